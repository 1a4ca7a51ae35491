// F8: a chosen group is gone from Entra. That is no evidence that its members no longer belong (R6): they stay in scope until a person
// takes the group out of the choice or it is back, and all else goes on.
import { beforeEach, describe, expect, test } from 'vitest';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { newId } from '../base/ids.ts';
import { listGoneGroups } from '../connection/gone-groups.ts';
import { inOrganisation } from '../db/transaction.ts';
import { listNotifications } from '../notify/inbox.ts';
import { listReview } from '../review/lists.ts';
import { listRunIssues } from './list-runs.ts';

const world = await useWorld();
const { store } = world.emulator;

const tables = ['directory_group', 'directory_membership', 'gone_group', 'gone_group_member'];

beforeEach(() => store.faults.clear());

interface Person {
  id: string;
  appUserId: string;
}

interface Group {
  id: string;
  name: string;
}

function addGroup(org: Org, name: string, members: readonly { id: string }[] = []): Group {
  const { id } = store.createGroup(org.tenantId, { displayName: name });
  for (const member of members) store.addMember(org.tenantId, id, member.id);
  return { id, name };
}

async function addLinked(org: Org): Promise<Person> {
  const { id } = org.addPerson();
  return { id, appUserId: await org.addAppUser({ displayName: 'Någon' }) };
}

/** Reads the directory with these groups chosen, and links. */
async function begin(org: Org, groups: readonly Group[], people: readonly Person[]): Promise<void> {
  await org.set({ groups });
  expect(await org.run()).toMatchObject({ state: 'ok' });
  for (const { id, appUserId } of people) await org.link(id, appUserId);
  await org.run();
}

/** Reason by app user of those on *Ta bort Entra ID-användare*. */
async function listed(org: Org): Promise<Record<string, string | undefined>> {
  const { items } = await listReview(world, org.actor, { list: 'gone', kept: 'without', limit: 50 });
  return Object.fromEntries(items.map((row) => [row.appUser?.id ?? '', row.gone?.reason]));
}

const shown = (org: Org) =>
  inOrganisation(world.db, org.id, (tx) =>
    listGoneGroups(tx, { organisationId: org.id, connectionId: org.connectionId }),
  );

const nameOf = async (org: Org, { appUserId }: Person) => (await org.fieldsOf(appUserId))['displayName'];

async function issuesOf(org: Org, id: string): Promise<string[]> {
  const { items } = await listRunIssues({ db: world.db }, org.actor, { id, limit: 10 });
  return items.map(({ code, subject }) => `${code} ${subject}`);
}

describe('F8: a chosen group that is gone', () => {
  test('takes nobody out of scope, whatever round finds it; fields, newcomers and proved removals go on meanwhile', async () => {
    const org = await world.connect();
    const [held, deleted, leaves] = [await addLinked(org), await addLinked(org), await addLinked(org)];
    const gone = addGroup(org, 'telefoni', [held, deleted]);
    const living = addGroup(org, 'växel', [leaves]);
    await begin(org, [gone, living], [held, deleted, leaves]);
    const since = Date.now();
    store.deleteGroup(org.tenantId, gone.id);
    store.updateUser(org.tenantId, held.id, { displayName: 'Följer än' });
    store.removeMember(org.tenantId, living.id, leaves.id);
    store.deleteUser(org.tenantId, deleted.id);
    store.addMember(org.tenantId, living.id, org.addPerson().id);
    const run = await org.run();
    expect(run).toMatchObject({
      state: 'ok',
      mode: 'incremental',
      error: null,
      counts: { people: 2, newPeople: 1, gone: 2, changedUsers: 1, issues: 1 },
    });
    expect(await issuesOf(org, run.id)).toEqual(['group_gone telefoni']);
    expect(await listed(org)).toEqual({ [leaves.appUserId]: 'left_groups', [deleted.appUserId]: 'deleted' });
    expect(await nameOf(org, held)).toBe('Följer än');
    const [group, ...others] = await shown(org);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ id: gone.id, name: 'telefoni', backAt: null, leaving: 1 });
    expect(Date.parse(group?.since ?? '')).toBeGreaterThanOrEqual(since - 1000);

    for (const full of [false, true]) {
      if (full) store.invalidateDeltaLinks(org.tenantId);
      const before = await dump(world, org.id, tables);
      expect(await org.run()).toMatchObject({
        state: 'ok',
        mode: full ? 'initial' : 'incremental',
        counts: { people: 2, gone: 0, issues: 1 },
      });
      expect(await dump(world, org.id, tables)).toEqual(before);
    }
    expect((await shown(org))[0]?.since, 'since when it is gone stays').toBe(group?.since);
  });

  test('found first by a full reading, holds those whom the mirror knew', async () => {
    const org = await world.connect();
    const held = await addLinked(org);
    const gone = addGroup(org, 'telefoni', [held]);
    await begin(org, [gone, addGroup(org, 'växel', [org.addPerson()])], [held]);
    store.deleteGroup(org.tenantId, gone.id);
    store.invalidateDeltaLinks(org.tenantId);
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 2, gone: 0, issues: 1 } });
    expect(await listed(org)).toEqual({});
  });

  test('as the only one, holds everybody, with the members of the groups within it, also when those go too', async () => {
    const org = await world.connect();
    const [direct, within, deep] = [await addLinked(org), await addLinked(org), await addLinked(org)];
    const lowest = addGroup(org, 'nere', [deep]);
    const nested = addGroup(org, 'mitten', [within, lowest]);
    const chosen = addGroup(org, 'överst', [direct, nested]);
    await begin(org, [chosen], [direct, within, deep]);
    store.deleteGroup(org.tenantId, chosen.id);
    store.deleteGroup(org.tenantId, nested.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 3, gone: 0, issues: 1 } });
    expect(await shown(org)).toMatchObject([{ name: 'överst', leaving: 3 }]);
    // Later: what happens below a group that is gone is no longer about the scope.
    store.deleteGroup(org.tenantId, lowest.id);
    store.removeMember(org.tenantId, lowest.id, deep.id);
    for (const full of [false, true]) {
      if (full) store.invalidateDeltaLinks(org.tenantId);
      expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 3, gone: 0 } });
      expect(await listed(org)).toEqual({});
    }
    expect(await shown(org)).toMatchObject([{ name: 'överst', leaving: 3 }]);
  });

  test('ends by itself when the group is restored, and says so until the next run; who left it meanwhile is listed then', async () => {
    const org = await world.connect();
    const [stays, leaves] = [await addLinked(org), await addLinked(org)];
    const chosen = addGroup(org, 'telefoni', [stays, leaves]);
    await begin(org, [chosen], [stays, leaves]);
    store.deleteGroup(org.tenantId, chosen.id);
    await org.run();
    store.restoreGroup(org.tenantId, chosen.id);
    store.removeMember(org.tenantId, chosen.id, leaves.id);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 1, gone: 1, issues: 0 } });
    expect(await listed(org)).toEqual({ [leaves.appUserId]: 'left_groups' });
    expect(await shown(org)).toMatchObject([{ name: 'telefoni', backAt: expect.any(String), leaving: 0 }]);
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental', counts: { people: 1, gone: 0 } });
    expect(await shown(org)).toEqual([]);
    // Gone once more: held by what is known now.
    store.deleteGroup(org.tenantId, chosen.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0, issues: 1 } });
    expect(await shown(org)).toMatchObject([{ backAt: null, leaving: 1 }]);
  });

  test('taken out of the choice by a person, lets its people be listed, and leaves who is there in another way', async () => {
    const org = await world.connect();
    const [only, both, inTwo] = [await addLinked(org), await addLinked(org), await addLinked(org)];
    const [first, second] = [addGroup(org, 'ett', [only, both, inTwo]), addGroup(org, 'två', [inTwo])];
    const nested = addGroup(org, 'inre', [both]);
    const living = addGroup(org, 'växel', [nested]);
    await begin(org, [first, second, living], [only, both, inTwo]);
    store.deleteGroup(org.tenantId, first.id);
    store.deleteGroup(org.tenantId, second.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 3, gone: 0, issues: 2 } });
    expect(await shown(org)).toMatchObject([
      { name: 'ett', leaving: 1 },
      { name: 'två', leaving: 0 },
    ]);
    await org.set({ groups: [second, living] });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 2, gone: 1, issues: 1 } });
    expect(await listed(org)).toEqual({ [only.appUserId]: 'left_groups' });
    expect(await shown(org)).toMatchObject([{ name: 'två', leaving: 1 }]);
    await org.set({ groups: [living] });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 1, issues: 0 } });
    expect(await listed(org)).toEqual({ [only.appUserId]: 'left_groups', [inTwo.appUserId]: 'left_groups' });
    expect(await shown(org)).toEqual([]);
    const { rows } = await world.admin.query('select from gone_group_member where organisation_id = $1', [org.id]);
    expect(rows.length).toBe(0);
  });

  test('that was never read holds everybody who is in scope: nobody knows who was in it', async () => {
    const org = await world.connect();
    const person = await addLinked(org);
    await org.run();
    await org.link(person.id, person.appUserId);
    const chosen = addGroup(org, 'ny', [person]);
    await org.set({ groups: [chosen] });
    store.deleteGroup(org.tenantId, chosen.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0, issues: 1 } });
    expect(await listed(org)).toEqual({});
    expect(await shown(org)).toMatchObject([{ name: 'ny', leaving: 1 }]);
  });

  test('does not keep whom another rule takes out: a held person who is disabled is listed as that', async () => {
    const org = await world.connect();
    const person = await addLinked(org);
    const chosen = addGroup(org, 'telefoni', [person]);
    await begin(org, [chosen], [person]);
    store.deleteGroup(org.tenantId, chosen.id);
    store.updateUser(org.tenantId, person.id, { accountEnabled: false });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1 } });
    expect(await listed(org)).toEqual({ [person.appUserId]: 'disabled' });
    expect(await shown(org)).toMatchObject([{ leaving: 0 }]);
  });

  test('is told of once, by name, and once more when it is back', async () => {
    const org = await world.connect();
    const person = await addLinked(org);
    const chosen = addGroup(org, 'telefoni', [person]);
    await begin(org, [chosen], [person]);
    await world.admin.query(
      `insert into notice_recipient (organisation_id, connection_id, id, app_user_id, email, kinds, position)
       values ($1, $2, $3, $4, null, '{run_failed}', 0), ($1, $2, $5, null, 'drift@norrsken.test', '{run_failed}', 1),
         ($1, $2, $6, null, 'hr@norrsken.test', '{gone}', 2)`,
      [org.id, org.connectionId, newId(), org.actor.appUserId, newId(), newId()],
    );
    store.deleteGroup(org.tenantId, chosen.id);
    for (let night = 0; night < 3; night += 1) await org.run();
    store.restoreGroup(org.tenantId, chosen.id);
    for (let night = 0; night < 2; night += 1) await org.run();
    const inbox = await listNotifications(world, org.actor, { limit: 50 });
    expect(inbox.items.map(({ kind, params }) => ({ kind, ...params }))).toEqual([
      { kind: 'group_back', group: 'telefoni' },
      { kind: 'group_gone', group: 'telefoni' },
    ]);
    const { rows } = await world.admin.query(
      `select recipient, message -> 'notices' -> 0 ->> 'kind' as kind from outbox where organisation_id = $1 order by id`,
      [org.id],
    );
    expect(rows).toEqual([
      { recipient: 'drift@norrsken.test', kind: 'group_gone' },
      { recipient: 'drift@norrsken.test', kind: 'group_back' },
    ]);
  });
});
