// The organisation's connection that is not off: there is at most one (a unique index sees to it).
import type { Selectable } from 'kysely';
import { AppError } from '../contract/errors.ts';
import type { ConnectionTable } from '../db/schema.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';

export type ConnectionRow = Selectable<ConnectionTable>;

export async function findConnection(tx: Tx, organisationId: string): Promise<ConnectionRow | null> {
  const row = await tx
    .selectFrom('connection')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('status', '<>', 'off')
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Locked until the transaction ends, so that two savings do not lose one another. `read` only keeps savings away meanwhile: it does
 * not wait for a run that commits, which takes minutes in a large directory.
 */
export async function requireConnection(
  tx: Tx,
  organisationId: string,
  use: 'write' | 'read' = 'write',
): Promise<ConnectionRow> {
  const query = tx
    .selectFrom('connection')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('status', '<>', 'off');
  const row = await (use === 'write' ? query.forUpdate() : query.forShare()).executeTakeFirst();
  if (!row) throw new AppError('not_connected');
  return row;
}

/** Before each request to Microsoft: throws not_connected once this very connection is off (I30). */
export async function requireOn(
  { db }: { db: Database },
  { organisation_id: organisationId, id }: Pick<ConnectionRow, 'organisation_id' | 'id'>,
): Promise<void> {
  const row = await inOrganisation(db, organisationId, (tx) => findConnection(tx, organisationId), { readOnly: true });
  if (row?.id !== id) throw new AppError('not_connected');
}

/**
 * There is none, or one that only a new consent can help: connecting again keeps it, with its settings and links. Another tenant
 * than its own is refused as connect_tenant_mismatch; `tenantId` is null until somebody has signed in.
 */
export async function requireConnectable(tx: Tx, organisationId: string, tenantId: string | null): Promise<void> {
  const connection = await findConnection(tx, organisationId);
  if (!connection) return;
  if (connection.status !== 'blocked') throw new AppError('already_connected');
  if (tenantId !== null && connection.tenant_id !== tenantId) throw new AppError('connect_tenant_mismatch');
}
