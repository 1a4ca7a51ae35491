// What a signed-in person sees first: the organisations that it belongs to, and how much is unread in each.
import type { Session } from '../contract/api-session.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import { listMemberships } from './memberships.ts';
import type { Account } from './sign-in.ts';

export async function describeSession({ db }: { db: Database }, account: Account): Promise<Session> {
  const organisations: Session['organisations'] = [];
  for (const membership of await listMemberships(db, account.id)) {
    const { organisationId, organisationName, ...rest } = membership;
    organisations.push({
      ...rest,
      id: organisationId,
      name: organisationName,
      // One organisation is visible in a transaction, so each is asked by itself; people belong to few.
      unread: await countUnread(db, organisationId, membership.appUserId),
    });
  }
  return { account, organisations };
}

async function countUnread(db: Database, organisationId: string, appUserId: string): Promise<number> {
  const { unread } = await inOrganisation(
    db,
    organisationId,
    (tx) =>
      tx
        .selectFrom('notification')
        .select((eb) => eb.fn.countAll<string>().as('unread'))
        .where('organisation_id', '=', organisationId)
        .where('app_user_id', '=', appUserId)
        .where('read_at', 'is', null)
        .executeTakeFirstOrThrow(),
    { readOnly: true },
  );
  return Number(unread);
}
