// The inbox: one's own notices only, latest first, read one by one or all at once; and who hears of the connection.
import { beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { addAppUser, addOrganisation, addPerson, type Org, type Person } from '../../test/people.ts';
import { inOrganisation } from '../db/transaction.ts';
import { countUnread, listNotifications, markRead, notifyAppUsers, type NewNotification } from './inbox.ts';
import { tell } from './tell.ts';

const { db } = await useDatabase();
let org: Org;
beforeAll(async () => {
  org = await addOrganisation(db, 'norrsken.test');
});

const gone = (count: number): NewNotification => ({ kind: 'gone', params: { count }, target: 'gone', targetId: null });
const kindsOf = async ({ actor }: Person) =>
  (await listNotifications({ db }, actor, { limit: 50 })).items.map(({ kind }) => kind);

test('is one’s own: page by page, latest first, read one by one or all at once', async () => {
  for (let count = 1; count <= 5; count += 1)
    await inOrganisation(db, org.id, (tx) => notifyAppUsers(tx, org.id, [org.admin.id, org.member.id], [gone(count)]));
  const ids: string[] = [];
  const counts: unknown[] = [];
  for (let after: string | undefined; ;) {
    const page = await listNotifications({ db }, org.admin.actor, { after, limit: 2 });
    ids.push(...page.items.map((one) => one.id));
    counts.push(...page.items.map((one) => one.params['count']));
    expect(page.total).toBe(5);
    if (page.next === null) break;
    after = page.next;
  }
  expect(counts).toEqual([5, 4, 3, 2, 1]);
  // Somebody else's are passed over.
  expect(await markRead({ db }, org.member.actor, { ids })).toEqual({ unread: 5 });
  expect(await markRead({ db }, org.admin.actor, { ids: ids.slice(0, 2) })).toEqual({ unread: 3 });
  expect(await markRead({ db }, org.admin.actor, { ids: [] })).toEqual({ unread: 3 });
  expect(await markRead({ db }, org.admin.actor, {})).toEqual({ unread: 0 });
  expect(await countUnread({ db }, org.member.actor)).toEqual({ unread: 5 });
});

test('of administrators hears of the connection, if they can sign in; of an asker, what was asked for', async () => {
  const own = await addOrganisation(db, 'own.test');
  const boss = await addPerson(db, own.id, { email: 'boss@own.test', permissions: ['users_and_teams'] });
  await addAppUser(db, own.id, { displayName: 'Bo' }, { permissions: ['users_and_teams'] });
  const event = { organisationId: own.id, params: { person: 'Åsa', tenant: 'Norrsken' }, target: 'overview' } as const;
  await inOrganisation(db, own.id, (tx) => tell(tx, { ...event, kind: 'turned_off', recipients: 'administrators' }));
  await inOrganisation(db, own.id, (tx) =>
    tell(tx, { ...event, kind: 'connected', recipients: 'asker', askerId: own.member.id }),
  );
  expect([await kindsOf(own.admin), await kindsOf(boss), await kindsOf(own.member)]).toEqual([
    ['turned_off'],
    ['turned_off'],
    ['connected'],
  ]);
});
