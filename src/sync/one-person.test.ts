// One person now: asked about in Entra, and brought in step alone, with every step told.
import { beforeEach, expect, test } from 'vitest';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { newId } from '../base/ids.ts';
import type { PersonRun } from '../contract/api-person-run.ts';
import { defaultMappings } from '../contract/settings.ts';
import { listReview } from '../review/lists.ts';
import { executeRun } from './execute-run.ts';
import { getPersonRun, startPersonRun } from './start-person-run.ts';

const world = await useWorld();
const { store } = world.emulator;
beforeEach(() => store.faults.clear());

async function now(org: Org, whom: { objectId: string } | { appUserId: string }): Promise<PersonRun> {
  const { run } = await startPersonRun(world.deps, org.actor, whom);
  await executeRun(world.deps, { organisationId: org.id, runId: run.id }, new AbortController().signal);
  return getPersonRun(world, org.actor, { id: run.id });
}

async function follow(org: Org, ...names: string[]) {
  const people = names.map((displayName) => org.addPerson({ displayName }));
  await org.run();
  const followed = [];
  for (const { id: objectId } of people) {
    const appUserId = await org.addAppUser({ displayName: 'Före' });
    await org.link(objectId, appUserId);
    followed.push({ objectId, appUserId });
  }
  await org.run();
  return followed as [(typeof followed)[number], (typeof followed)[number]]; // tests name two
}

const nameOf = async (org: Org, appUserId: string) => (await org.fieldsOf(appUserId))['displayName'];

test('only the one is brought in step, with before and after; the next run still sees the others, and what the links tell again is harmless (F27)', async () => {
  const org = await world.connect();
  const [anna, bo] = await follow(org, 'Anna', 'Bo');
  for (const { objectId } of [anna, bo]) store.updateUser(org.tenantId, objectId, { displayName: 'Ny' });
  const links = () => dump(world, org.id, ['mirror_state']);
  const [before] = (await links())['mirror_state'] as [{ row: Record<string, unknown> }]; // there is one a connection
  const done = await now(org, { appUserId: anna.appUserId });
  expect(done).toMatchObject({
    objectId: anna.objectId,
    appUserId: anna.appUserId,
    displayName: 'Ny',
    run: { trigger: 'person', state: 'ok', counts: { changedFields: 1 } },
    steps: { entra: 'present', groups: null },
    why: { situation: 'linked', scope: { isIn: true } },
    changes: [{ field: 'displayName', before: 'Anna', after: 'Ny' }],
  });
  const [after] = (await links())['mirror_state'] as [{ row: Record<string, unknown> }];
  expect([after.row['users_link'], after.row['generation']]).toEqual([
    before.row['users_link'],
    Number(before.row['generation']) + 1,
  ]);
  expect([await nameOf(org, anna.appUserId), await nameOf(org, bo.appUserId)]).toEqual(['Ny', 'Bo']);
  expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental', counts: { changedUsers: 1 } });
  expect(await nameOf(org, bo.appUserId)).toBe('Ny');
});

test('somebody who is not in the mirror yet comes into it, and a person whom Entra does not know does not', async () => {
  const org = await world.connect();
  await follow(org, 'Anna', 'Bo');
  const { id: objectId } = org.addPerson({ displayName: 'Cia' });
  expect(await now(org, { objectId })).toMatchObject({
    displayName: 'Cia',
    steps: { entra: 'present' },
    why: { situation: 'unmatched', scope: { isIn: true } },
    run: { counts: { newPeople: 1 } },
  });
  expect(await now(org, { objectId: newId() })).toMatchObject({
    steps: { entra: 'missing' },
    why: null,
    run: { state: 'ok' },
  });
  expect(await org.run()).toMatchObject({ state: 'ok' });
});

test('groups: the ways through them are asked anew for this person alone, and nobody else moves', async () => {
  const org = await world.connect();
  const outer = store.createGroup(org.tenantId, { displayName: 'Växel' });
  const inner = store.createGroup(org.tenantId, { displayName: 'Växel natt' });
  store.addMember(org.tenantId, outer.id, inner.id);
  const people = [org.addPerson({ displayName: 'Anna' }), org.addPerson({ displayName: 'Bo' })] as const;
  for (const { id } of people) store.addMember(org.tenantId, inner.id, id);
  await org.set({ groups: [{ id: outer.id, name: 'Växel' }] });
  await org.run();
  const ids = [await org.addAppUser({}), await org.addAppUser({})] as const;
  for (const [index, { id }] of people.entries()) await org.link(id, ids[index] ?? '');
  await org.run();
  expect(await now(org, { objectId: people[0].id })).toMatchObject({
    steps: { entra: 'present', groups: ['Växel', 'Växel natt'] },
    why: { scope: { isIn: true }, paths: [{ groups: [{ name: 'Växel' }, { name: 'Växel natt' }] }] },
  });
  for (const { id } of people) store.removeMember(org.tenantId, inner.id, id);
  expect(await now(org, { objectId: people[0].id })).toMatchObject({
    steps: { groups: [] },
    why: { situation: 'out_of_scope', scope: { isIn: false, outReason: 'left_groups' } },
    run: { counts: { gone: 1, people: 1 } },
  });
  store.addMember(org.tenantId, outer.id, people[0].id);
  expect(await now(org, { objectId: people[0].id })).toMatchObject({
    why: { situation: 'linked', paths: [{ groups: [{ name: 'Växel' }] }] },
    run: { counts: { returned: 1, people: 2 } },
  });
  expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1, people: 1 } });
});

test('who is deleted in Entra is on the list of the gone at once, with the proof; others who are deleted too are left for the run', async () => {
  const org = await world.connect();
  const [anna, bo] = await follow(org, 'Anna', 'Bo');
  for (const { objectId } of [anna, bo]) store.deleteUser(org.tenantId, objectId);
  expect(await now(org, { appUserId: anna.appUserId })).toMatchObject({
    steps: { entra: 'deleted' },
    why: { situation: 'deleted', deleted: { reason: 'deleted', evidence: 'deleted_items' } },
    run: { counts: { gone: 1 } },
  });
  const { items } = await listReview(world, org.actor, { list: 'gone', kept: 'without', limit: 10 });
  expect(items.map(({ appUser }) => appUser?.id)).toEqual([anna.appUserId]);
});

test('what is held of others stays held, and is not let go by one person’s run; what clashes is told', async () => {
  const org = await world.connect();
  const [anna, bo] = await follow(org, 'Anna', 'Bo');
  const { rows } = await world.admin.query<{ id: string }>('select id from sync_run where organisation_id = $1', [
    org.id,
  ]);
  const runId = rows[0]?.id;
  await world.admin.query(
    `update directory_user set held_reason = 'disabled', held_evidence = 'out_of_scope', held_at = now() - interval '1 hour', held_run_id = $3
     where organisation_id = $1 and object_id = $2`,
    [org.id, bo.objectId, runId],
  );
  await world.admin.query(
    `insert into held_change (organisation_id, connection_id, app_user_id, field, before, after, run_id)
     values ($1, $2, $3, 'displayName', 'Bo', 'Bosse', $4)`,
    [org.id, org.connectionId, bo.appUserId, runId],
  );
  await org.addAppUser({ displayName: 'Oskar', email: 'taken@a.example' });
  store.updateUser(org.tenantId, anna.objectId, { mail: 'taken@a.example' });
  expect(await now(org, { objectId: anna.objectId })).toMatchObject({
    run: { state: 'ok' },
    issues: [{ code: 'email_taken', field: 'email', otherName: 'Oskar' }],
    heldFields: [],
  });
  const left = await world.admin.query(
    `select d.held_reason, (select count(*)::int from held_change h where h.organisation_id = d.organisation_id) as changes
     from directory_user d where d.organisation_id = $1 and d.object_id = $2`,
    [org.id, bo.objectId],
  );
  expect(left.rows).toEqual([{ held_reason: 'disabled', changes: 1 }]);
});

test('other settings than the last run’s move nobody but the one', async () => {
  const org = await world.connect();
  const [anna, bo] = await follow(org, 'Anna', 'Bo');
  for (const { objectId } of [anna, bo]) store.updateUser(org.tenantId, objectId, { accountEnabled: false });
  await org.set({ mappings: defaultMappings, includeDisabled: true });
  await org.run();
  await org.set({ includeDisabled: false });
  expect(await now(org, { appUserId: anna.appUserId })).toMatchObject({ run: { counts: { gone: 1, people: 1 } } });
});

test('refused before the first run, for an app user without a link, and while a run is open', async () => {
  const org = await world.connect();
  org.addPerson();
  await expect(startPersonRun(world.deps, org.actor, { objectId: newId() })).rejects.toMatchObject({
    code: 'not_available',
  });
  await org.run();
  const appUserId = await org.addAppUser({});
  await expect(startPersonRun(world.deps, org.actor, { appUserId })).rejects.toMatchObject({ code: 'not_found' });
  await org.start();
  await expect(startPersonRun(world.deps, org.actor, { objectId: newId() })).rejects.toMatchObject({
    code: 'run_open',
  });
});
