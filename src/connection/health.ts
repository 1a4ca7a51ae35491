// Trouble that a person in Entra or with the credentials has to end. Written by a run or by the night's probe, in its transaction;
// one that succeeds takes it away. The connection is never switched off by it.
import type { ErrorCode } from '../contract/errors.ts';
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
