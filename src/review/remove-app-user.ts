// Removing one app user, whether or not it is linked: its links go too, so that the person in Entra is available again and nobody
// is asked to decide about an app user that is not there.
import type { Actor } from '../base/actor.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import { removeAppUsers } from '../people/remove-app-users.ts';

/** Throws not_found, cannot_remove_self or last_administrator. */
export async function removeAppUser(deps: { db: Database }, actor: Actor, { id }: { id: string }): Promise<void> {
  await inOrganisation(deps.db, actor.organisationId, async (tx) => {
    const removed = await removeAppUsers(tx, actor, [id]);
    if (removed.length === 0) throw new AppError('not_found');
    await tx
      .deleteFrom('link')
      .where('organisation_id', '=', actor.organisationId)
      .where('app_user_id', '=', id)
      .execute();
  });
}
