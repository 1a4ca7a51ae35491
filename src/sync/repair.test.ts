import { beforeEach, expect, test } from 'vitest';
import { dump, mirrorTables, useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import { defaultMappings } from '../contract/settings.ts';

const world = await useWorld();
const { store } = world.emulator;

beforeEach(() => {
  store.faults.clear();
  store.changeSettings({ pageSizes: { listMax: 999, delta: 200, deltaMembers: 500 } });
});

/** Somebody of each kind, in a group within the chosen one. */
async function prepare() {
  const org = await world.connect();
  const [inner, outer] = [
    store.createGroup(org.tenantId, { displayName: 'inre' }),
    store.createGroup(org.tenantId, { displayName: 'yttre' }),
  ];
  store.addMember(org.tenantId, outer.id, inner.id);
  const [renamed, deleted, leaves, joins] = Array.from({ length: 4 }, () => org.addPerson().id);
  const people = { renamed, deleted, leaves, joins } as Record<'renamed' | 'deleted' | 'leaves' | 'joins', string>; // four were made
  for (const id of [people.renamed, people.deleted, people.leaves]) store.addMember(org.tenantId, inner.id, id);
  await org.set({ groups: [{ id: outer.id, name: 'yttre' }] });
  expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 3 } });
  return { org, inner, people };
}

/** Everything changes, and Microsoft passes over it: the link goes on from after the changes. */
async function changeUnseen({ org, inner, people }: Awaited<ReturnType<typeof prepare>>): Promise<string> {
  store.updateUser(org.tenantId, people.renamed, { displayName: 'Bytt Namn' });
  store.deleteUser(org.tenantId, people.deleted);
  store.removeMember(org.tenantId, inner.id, people.leaves);
  store.addMember(org.tenantId, inner.id, people.joins);
  const added = org.addPerson({ displayName: 'Ny Person' }).id;
  store.addMember(org.tenantId, inner.id, added);
  for (const of of ['users', 'groups'])
    store.faults.add({ match: { path: `/v1.0/${of}/delta` }, fault: { name: 'withheldChanges', lost: true } });
  expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental', counts: { people: 3 } });
  store.faults.clear();
  // The links have passed over it for good.
  expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental', counts: { people: 3 } });
  return added;
}

async function inScope(org: Org): Promise<Map<string, string>> {
  const { rows } = await world.admin.query<{ object_id: string; display_name: string }>(
    'select object_id, display_name from directory_user where organisation_id = $1 and deleted_at is null and in_scope',
    [org.id],
  );
  return new Map(rows.map((row) => [row.object_id, row.display_name]));
}

const aWeekLater = (org: Org) =>
  world.admin.query(
    `update mirror_state set full_read_at = now() - interval '7 days 1 hour' where organisation_id = $1`,
    [org.id],
  );

async function modes(org: Org) {
  const { rows } = await world.admin.query<{ full_read_at: Date; generation: string }>(
    'select full_read_at, generation from mirror_state where organisation_id = $1',
    [org.id],
  );
  return present(rows[0], 'the mirror was read');
}

for (const [why, mend] of [
  ['the full reading of the week', aWeekLater],
  ['a link that Microsoft calls dead', async (org: Org) => store.invalidateDeltaLinks(org.tenantId)],
  [
    'a link that is too old (F13)',
    (org: Org) =>
      world.admin.query(
        `update mirror_state set users_link_at = now() - interval '145 hours', groups_link_at = now() - interval '145 hours' where organisation_id = $1`,
        [org.id],
      ),
  ],
] as const) {
  test(`I15, I11: people and members that Microsoft never told of are right after ${why}`, async () => {
    const world = await prepare();
    const { org, people } = world;
    const added = await changeUnseen(world);
    await mend(org);
    expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 3 } });
    const joined = store.tenant(org.tenantId).users.get(people.joins)?.props['displayName'] as string; // as addPerson gave it
    expect(await inScope(org)).toEqual(
      new Map([[people.renamed, 'Bytt Namn'], [people.joins, joined], [added, 'Ny Person']]), // prettier-ignore
    );
  });
}

test('I15: groups too are read in full once a week, also when other fields have made people be read in between', async () => {
  const world = await prepare();
  const { org, people } = world;
  await changeUnseen(world);
  await aWeekLater(org);
  await org.set({ mappings: [...defaultMappings, { source: 'city', target: 'city', write: 'always', empty: 'keep' }] });
  await org.run();
  expect([...(await inScope(org)).keys()]).not.toContain(people.leaves);
});

test('I15: reading people alone in full is no full reading: groups stay due', async () => {
  const { org } = await prepare();
  await world.admin.query(`update mirror_state set full_read_at = now() - interval '6 days' where organisation_id = $1`, [org.id]); // prettier-ignore
  const before = await modes(org);
  await org.set({ mappings: [...defaultMappings, { source: 'city', target: 'city', write: 'always', empty: 'keep' }] });
  expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial' });
  expect((await modes(org)).full_read_at).toEqual(before.full_read_at);
});

test('R8: while absences are held everybody is read anew, so that a directory that has recovered ends them; dismissed ones wait for the week', async () => {
  const { org, people } = await prepare();
  const hold = (decision: string | null) =>
    world.admin.query(
      `update directory_user set held_reason = 'left_groups', held_at = now(), held_decision = $3 where organisation_id = $1 and object_id = $2`,
      [org.id, people.renamed, decision],
    );
  for (const [decision, mode] of [
    [null, 'initial'],
    ['waiting', 'initial'],
    ['dismissed', 'incremental'],
  ] as const) {
    await hold(decision);
    expect(await org.run()).toMatchObject({ mode });
  }
});

test('G7: a full reading with nothing changed writes no row of a person, a group or a membership', async () => {
  const { org } = await prepare();
  const before = await dump(world, org.id, mirrorTables);
  expect(before['directory_membership']?.length).toBeGreaterThan(0);
  await aWeekLater(org);
  expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial' });
  expect(await dump(world, org.id, mirrorTables)).toEqual(before);
});
