// The connection whose people are reviewed. Reviewing needs one that is not off.
import { AppError } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';

export interface Connected {
  organisationId: string;
  connectionId: string;
  tenantId: string;
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
