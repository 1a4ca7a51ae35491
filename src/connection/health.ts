// Trouble that a person in Entra or with the credentials has to end. Written by a run or by the night's probe, in its transaction;
// one that succeeds takes it away. The connection is never switched off by it.
import type { Selectable } from 'kysely';
import type { ErrorCode } from '../contract/errors.ts';
import type { ConnectionTable } from '../db/schema.ts';
import type { Tx } from '../db/transaction.ts';

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

/** True when it is new, so that it is told once: the same trouble night after night is not. */
export async function markTrouble(
  tx: Tx,
  input: OfConnection & { code: ErrorCode; graphRequestId: string | null; now: Date },
): Promise<boolean> {
  const before = await tx
    .selectFrom('connection')
    .select(['status', 'trouble_code'])
    .where('organisation_id', '=', input.organisationId)
    .where('id', '=', input.connectionId)
    .where('status', '<>', 'off')
    .forUpdate()
    .executeTakeFirst();
  if (!before) return false;
  const isNew = before.status !== 'blocked' || before.trouble_code !== input.code;
  await tx
    .updateTable('connection')
    .set({
      status: 'blocked',
      trouble_code: input.code,
      trouble_request_id: input.graphRequestId,
      trouble_asked_at: input.now,
      ...(isNew ? { trouble_since: input.now } : {}),
    })
    .where('organisation_id', '=', input.organisationId)
    .where('id', '=', input.connectionId)
    .execute();
  return isNew;
}

/** True when there was some. */
export async function clearTrouble(tx: Tx, input: OfConnection): Promise<boolean> {
  const cleared = await tx
    .updateTable('connection')
    // Blocked comes from a run or a probe, and only an active connection has either.
    .set({ status: 'active', trouble_code: null, trouble_since: null, trouble_request_id: null })
    .where('organisation_id', '=', input.organisationId)
    .where('id', '=', input.connectionId)
    .where('status', '=', 'blocked')
    .returning('id')
    .executeTakeFirst();
  return cleared !== undefined;
}

type Troubled = Pick<Selectable<ConnectionTable>, 'trouble_code' | 'trouble_asked_at'>;

const dayMs = 24 * 3_600_000;
// A night is at the same minute, and what it asks takes a while: half a day off, the seventh night is the one.
const goneTenantMs = 6.5 * dayMs;

/**
 * From when on a night asks Microsoft by itself, now or earlier when nothing keeps it from it; null: not before a person has. After
 * an address of a stranger only a person begins again (F24), and a tenant that is gone is asked for once a week (F5).
 */
export function asksFrom({ trouble_code: code, trouble_asked_at: askedAt }: Troubled, now: Date): Date | null {
  if (code === 'graph_foreign_link') return null;
  if (code !== 'graph_tenant_gone' || askedAt === null) return now;
  return new Date(Math.max(now.getTime(), askedAt.getTime() + goneTenantMs));
}

/** Whether this night asks nothing. */
export function isLeftAlone(connection: Troubled, now: Date): boolean {
  const from = asksFrom(connection, now);
  return from === null || from.getTime() > now.getTime();
}
