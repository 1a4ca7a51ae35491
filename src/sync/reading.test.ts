import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dump, mirrorTables, useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';

const world = await useWorld({ seed: 'demo', users: 2000 });
const { store } = world.emulator;

const requests = (): number => store.requests.summary().count;
const isThere = (one: { deletedAt: number | null }): boolean => one.deletedAt === null;

async function mirrored(org: Org): Promise<{ object_id: string; in_scope: boolean; out_reason: string | null }[]> {
  const { rows } = await world.admin.query(
    'select object_id, in_scope, out_reason, display_name, attributes from directory_user where organisation_id = $1',
    [org.id],
  );
  return rows as { object_id: string; in_scope: boolean; out_reason: string | null }[]; // the columns asked for
}

beforeEach(() => {
  store.faults.clear();
  store.changeSettings({
    deltaQuirks: { removedInFirstRound: false, emptyPages: false, duplicates: false, reversed: false },
  });
});

describe('a tenant of some two thousand people', () => {
  let org: Org;
  const tenant = present([...store.tenants.values()][0], 'the seed has a tenant');
  beforeAll(async () => {
    org = await world.connect({ tenantId: tenant.id });
  });

  test('I11, I41: the first run reads everybody with at most one request a page of 999 and five more, and asks once whether it may ask about mailboxes', async () => {
    const live = [...tenant.users.values()].filter(isThere);
    store.requests.reset();
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', phase: 'done', mode: 'initial', error: null });
    const asked = store.requests.summary();
    // The question about one mailbox, which is not permitted here, and the batch around it.
    const mailboxes = asked.perRoute['GET /v1.0/users/{id}/mailboxSettings'] ?? 0;
    expect(mailboxes).toBe(1);
    expect(asked.count).toBeLessThanOrEqual(Math.ceil(live.length / 999) + 5 + 2 * mailboxes);
    expect(asked.writeAttempts).toEqual([]);
    const rows = await mirrored(org);
    expect(rows.map((row) => row.object_id).toSorted()).toEqual(live.map((one) => one.id).toSorted());
    expect(run.progress.peopleExpected).toBe(live.length);
    expect(run.progress.peopleRead).toBe(live.length);
    const wanted = live.filter((one) => one.props['userType'] !== 'Guest' && one.props['accountEnabled'] === true);
    expect(rows.filter((row) => row.in_scope).length).toBe(wanted.length);
    expect(run.counts).toMatchObject({ people: wanted.length, newPeople: wanted.length, gone: 0, changedUsers: 0 });
    expect(run.counts.requests).toBe(
      asked.count - mailboxes - 1 - (asked.perRoute[`GET /{id}/v2.0/.well-known/openid-configuration`] ?? 0),
    );
  });

  test('R3: a second run with nothing changed makes a handful of requests and writes no row of a person', async () => {
    const tables = [...mirrorTables, 'app_user', 'link', 'field_change'];
    const before = await dump(world, org.id, tables);
    store.requests.reset();
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', mode: 'incremental' });
    expect(run.counts).toMatchObject({ newPeople: 0, gone: 0, returned: 0, changedUsers: 0, changedFields: 0 });
    expect(requests()).toBeLessThanOrEqual(3);
    expect(await dump(world, org.id, tables)).toEqual(before);
  });

  test('I15: a change that Microsoft never told is healed by the full reading of the week', async () => {
    const person = present([...tenant.users.values()].find(isThere), 'somebody is there');
    const key = [org.id, person.id];
    await world.admin.query(
      `update directory_user set display_name = 'Fel' where organisation_id = $1 and object_id = $2`,
      key,
    );
    const nameNow = async () =>
      (
        await world.admin.query(
          'select display_name from directory_user where organisation_id = $1 and object_id = $2',
          key,
        )
      ).rows;
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental' });
    expect(await nameNow()).toEqual([{ display_name: 'Fel' }]);
    await world.admin.query(
      `update mirror_state set full_read_at = now() - interval '7 days 1 hour' where organisation_id = $1`,
      [org.id],
    );
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial' });
    expect(await nameNow()).toEqual([{ display_name: person.props['displayName'] }]);
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental' });
  });

  test('F11, I15: a full reading with nothing changed writes no row of a person either', async () => {
    const before = await dump(world, org.id, mirrorTables);
    store.invalidateDeltaLinks(tenant.id);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', mode: 'initial' });
    expect(await dump(world, org.id, mirrorTables)).toEqual(before);
  });

  test('I13, I14: the generation grows by exactly one with each run, and the link goes on from the last', async () => {
    const state = async () =>
      (await world.admin.query('select generation, users_link from mirror_state where organisation_id = $1', [org.id]))
        .rows[0] as { generation: string; users_link: string };
    const before = await state();
    await org.run();
    const after = await state();
    expect(Number(after.generation)).toBe(Number(before.generation) + 1);
    expect(after.users_link).not.toBe(before.users_link);
  });
});

describe('changes between two runs', () => {
  test('an incremental run brings who is new, who changed and who went, and nobody else is written', async () => {
    const org = await world.connect();
    const [stays, changes, goes] = [org.addPerson(), org.addPerson(), org.addPerson()];
    await org.run();
    const kept = (await dump(world, org.id, ['directory_user']))['directory_user'];
    const added = org.addPerson({ displayName: 'Ny Åkesson' });
    store.updateUser(org.tenantId, changes.id, { displayName: 'Bytt Namn' });
    store.deleteUser(org.tenantId, goes.id);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', mode: 'incremental' });
    expect(run.counts).toMatchObject({ people: 3, newPeople: 1, gone: 0 });
    const rows = await mirrored(org);
    expect(rows.map((row) => row.object_id).toSorted()).toEqual([stays.id, changes.id, added.id].toSorted());
    expect(rows.find((row) => row.object_id === changes.id)).toMatchObject({ display_name: 'Bytt Namn' });
    const now = (await dump(world, org.id, ['directory_user']))['directory_user'] as { row: { object_id: string } }[];
    const of = (all: unknown, id: string) =>
      (all as { row: { object_id: string } }[]).find((one) => one.row.object_id === id);
    expect(of(now, stays.id)).toEqual(of(kept, stays.id));
    // A full reading brings the same of everybody, whichever way they came: nobody is written anew.
    store.invalidateDeltaLinks(org.tenantId);
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial' });
    expect((await dump(world, org.id, ['directory_user']))['directory_user']).toEqual(now);
  });

  test('F22: an empty page with a next link removes nobody', async () => {
    const org = await world.connect();
    org.addPerson();
    org.addPerson();
    await org.run();
    store.changeSettings({ deltaQuirks: { emptyPages: true } });
    org.addPerson();
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { people: 3, gone: 0 } });
    store.invalidateDeltaLinks(org.tenantId);
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 3 } });
  });

  test('F26-F29: the same person told twice, backwards and as removed in between stays as they are now', async () => {
    const org = await world.connect();
    const people = Array.from({ length: 5 }, () => org.addPerson());
    await org.run();
    store.changeSettings({ deltaQuirks: { duplicates: true, reversed: true, emptyPages: true } });
    for (const person of people) {
      store.updateUser(org.tenantId, person.id, { displayName: 'Först' });
      store.deleteUser(org.tenantId, person.id);
      store.restoreUser(org.tenantId, person.id);
      store.updateUser(org.tenantId, person.id, { displayName: 'Sist' });
    }
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { people: 5, gone: 0 } });
    const { rows } = await world.admin.query(
      'select distinct display_name from directory_user where organisation_id = $1',
      [org.id],
    );
    expect(rows).toEqual([{ display_name: 'Sist' }]);
  });

  test('F13: a link that is older than six days is not used', async () => {
    const org = await world.connect();
    org.addPerson();
    await org.run();
    await world.admin.query(
      `update mirror_state set users_link_at = now() - interval '145 hours' where organisation_id = $1`,
      [org.id],
    );
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial' });
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental' });
  });

  test('another choice of fields reads everybody anew, as a link only tells what it was made with', async () => {
    const org = await world.connect();
    const person = org.addPerson({ department: 'Drift' });
    const appUser = await org.addAppUser({ displayName: 'Någon' });
    await org.run();
    await org.link(person.id, appUser);
    await org.set({
      mappings: [{ source: 'department', target: 'department', write: 'always', empty: 'keep' }],
    });
    expect(await org.run()).toMatchObject({ mode: 'initial', counts: { changedUsers: 1, changedFields: 1 } });
    expect(await org.fieldsOf(appUser)).toMatchObject({ department: 'Drift' });
  });
});
