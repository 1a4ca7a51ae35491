// An organisation keeps somebody who can sign in and has *Användare & Team*: without one nobody could let anybody in again.
import { sql } from 'kysely';
import { AppError } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';

/**
 * Throws last_administrator when without these app users none is left. The rows of all administrators stay locked, so that
 * two who take each other's permission away at once do not both succeed.
 */
export async function protectLastAdministrator(
  tx: Tx,
  organisationId: string,
  leaving: readonly string[],
): Promise<void> {
  const administrators = await tx
    .selectFrom('app_user')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('removed_at', 'is', null)
    .where('account_id', 'is not', null)
    .where('permissions', '@>', sql<string[]>`array['users_and_teams']::text[]`)
    .orderBy('id')
    .forUpdate()
    .execute();
  const isLeaving = new Set(leaving);
  const stays = administrators.filter(({ id }) => !isLeaving.has(id));
  if (stays.length === 0 && administrators.length > 0) throw new AppError('last_administrator');
}
