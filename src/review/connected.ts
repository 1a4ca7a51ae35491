// The connection whose people are reviewed. Reviewing needs one that is not off.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';

export interface Connected {
  organisationId: string;
  connectionId: string;
  tenantId: string;
}

/** One decision about people, in a transaction of its own. Throws not_connected. */
export function decide<T>(
  { db }: { db: Database },
  actor: Actor,
  fn: (tx: Tx, of: Connected) => Promise<T>,
): Promise<T> {
  const inOne = async (tx: Tx) => {
    const of = await requireConnected(tx, actor.organisationId);
    await lockDecisions(tx, of);
    return fn(tx, of);
  };
  return inOrganisation(db, actor.organisationId, inOne, { joinsWholeTables: true });
}

/**
 * Who decides waits here for whoever does so at the same time: a person must not end up linked and ignored at once (I10), or
 * created twice.
 */
export async function lockDecisions(tx: Tx, of: Pick<Connected, 'organisationId' | 'connectionId'>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`decide:${of.connectionId}`}, 0))`.execute(tx);
}

/** Throws not_connected. */
export async function requireConnected(tx: Tx, organisationId: string): Promise<Connected> {
  const row = await tx
    .selectFrom('connection')
    .select(['id', 'tenant_id'])
    .where('organisation_id', '=', organisationId)
    .where('status', '<>', 'off')
    .executeTakeFirst();
  if (!row) throw new AppError('not_connected');
  return { organisationId, connectionId: row.id, tenantId: row.tenant_id };
}
