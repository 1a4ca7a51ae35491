import { beforeEach, describe, expect, test } from 'vitest';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import type { ReviewRow } from '../contract/api-review.ts';
import { defaultMappings } from '../contract/settings.ts';
import { keep } from '../review/gone.ts';
import { ignore } from '../review/ignore.ts';
import { listReview } from '../review/lists.ts';

const world = await useWorld();
const { store } = world.emulator;

beforeEach(() => {
  store.faults.clear();
  store.changeSettings({
    deltaQuirks: { removedInFirstRound: false, emptyPages: false, duplicates: false, reversed: false },
  });
});

async function linked(org: Org, person: Record<string, string> = {}) {
  const { id: objectId } = org.addPerson(person);
  const appUserId = await org.addAppUser({ displayName: 'Någon' });
  await org.run();
  await org.link(objectId, appUserId);
  return { objectId, appUserId };
}

async function gone(org: Org, kept: 'without' | 'only' = 'without'): Promise<ReviewRow[]> {
  return (await listReview(world, org.actor, { list: 'gone', kept, limit: 50 })).items;
}

async function reasons(org: Org): Promise<Record<string, string>> {
  const rows = await gone(org);
  return Object.fromEntries(rows.map((row) => [row.appUser?.id ?? '', `${row.gone?.reason} ${row.gone?.evidence}`]));
}

async function isRemoved(appUserId: string): Promise<boolean> {
  const { rows } = await world.admin.query<{ removed_at: Date | null }>(
    'select removed_at from app_user where id = $1',
    [appUserId],
  );
  return present(rows[0], 'the app user is there').removed_at !== null;
}

describe('who is deleted in Entra', () => {
  test('I1, I18, F29, F30: stands on the list with reason, evidence and time, and is never removed in the app', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    const fields = await org.fieldsOf(appUserId);
    const before = Date.now();
    store.deleteUser(org.tenantId, objectId);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { gone: 1, people: 0, changedUsers: 0 } });
    const [row, ...others] = await gone(org);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      person: { id: objectId },
      appUser: { id: appUserId },
      gone: { reason: 'deleted', evidence: 'deleted_items', keptAt: null },
    });
    expect(new Date(row?.gone?.since ?? 0).getTime()).toBeGreaterThanOrEqual(before - 1000);
    expect(await isRemoved(appUserId)).toBe(false);
    expect(await org.fieldsOf(appUserId)).toEqual(fields);
    expect((await org.run()).counts.gone).toBe(0);
    expect(await gone(org)).toHaveLength(1);
  });

  test('F30: gone for good is told apart, at once or later, also when a full reading finds it', async () => {
    const org = await world.connect();
    org.addPerson(); // a directory without anybody would not be believed
    const [atOnce, later, unseen] = [await linked(org), await linked(org), await linked(org)];
    store.purge(org.tenantId, atOnce.objectId);
    store.deleteUser(org.tenantId, later.objectId);
    store.deleteUser(org.tenantId, unseen.objectId);
    await org.run();
    expect(await reasons(org)).toEqual({
      [atOnce.appUserId]: 'purged not_found',
      [later.appUserId]: 'deleted deleted_items',
      [unseen.appUserId]: 'deleted deleted_items',
    });
    const since = (await gone(org)).find((row) => row.appUser?.id === later.appUserId)?.gone?.since;
    store.purge(org.tenantId, later.objectId);
    await org.run();
    store.purge(org.tenantId, unseen.objectId);
    store.invalidateDeltaLinks(org.tenantId);
    expect(await org.run()).toMatchObject({ mode: 'initial', counts: { gone: 0 } });
    expect(await reasons(org)).toEqual({
      [atOnce.appUserId]: 'purged not_found',
      [later.appUserId]: 'purged not_found',
      [unseen.appUserId]: 'purged not_found',
    });
    expect((await gone(org)).find((row) => row.appUser?.id === later.appUserId)?.gone?.since).toBe(since);
  });

  test('F31: restored with the same id leaves the list, is counted as returned, and fields follow again', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    store.deleteUser(org.tenantId, objectId);
    await org.run();
    store.restoreUser(org.tenantId, objectId);
    store.updateUser(org.tenantId, objectId, { displayName: 'Åter Tillbaka' });
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { returned: 1, gone: 0, people: 1, newPeople: 0 } });
    expect(await gone(org)).toEqual([]);
    expect((await org.fieldsOf(appUserId))['displayName']).toBe('Åter Tillbaka');
  });

  test('deleted, restored and deleted again between two runs is gone once', async () => {
    const org = await world.connect();
    const { objectId } = await linked(org);
    store.deleteUser(org.tenantId, objectId);
    store.restoreUser(org.tenantId, objectId);
    expect((await org.run()).counts).toMatchObject({ gone: 0, returned: 0 });
    store.deleteUser(org.tenantId, objectId);
    store.restoreUser(org.tenantId, objectId);
    store.deleteUser(org.tenantId, objectId);
    expect((await org.run()).counts).toMatchObject({ gone: 1, returned: 0 });
  });

  test('F32, I8: recreated with the same address is somebody new; the link stays with the old one', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org, { mail: 'anna@x.example', displayName: 'Anna' });
    store.purge(org.tenantId, objectId);
    const again = org.addPerson({ mail: 'anna@x.example', displayName: 'Anna Ny' });
    expect(await org.run()).toMatchObject({ counts: { gone: 1, newPeople: 1 } });
    expect(await reasons(org)).toEqual({ [appUserId]: 'purged not_found' });
    expect((await org.fieldsOf(appUserId))['displayName']).toBe('Anna');
    const { items } = await listReview(world, org.actor, { list: 'available', kept: 'without', limit: 50 });
    expect(items.map((row) => row.person?.id)).toEqual([again.id]);
  });

  test('who was neither linked nor ignored leaves no trace; who was ignored stays so through deletion and restoring (I9)', async () => {
    const org = await world.connect();
    const [nobody, ignored] = [org.addPerson(), org.addPerson()];
    await org.run();
    await ignore(world, org.actor, { objectIds: [ignored.id] });
    for (const id of [nobody.id, ignored.id]) store.deleteUser(org.tenantId, id);
    expect((await org.run()).counts.gone).toBe(0);
    const { rows } = await world.admin.query('select object_id from directory_user where organisation_id = $1', [
      org.id,
    ]);
    expect(rows).toEqual([{ object_id: ignored.id }]);
    store.restoreUser(org.tenantId, ignored.id);
    store.updateUser(org.tenantId, ignored.id, { displayName: 'Bytt', userPrincipalName: 'bytt@x.example' });
    expect((await org.run()).counts.newPeople).toBe(0);
    const list = await listReview(world, org.actor, { list: 'ignored', kept: 'without', limit: 50 });
    expect(list.items.map((row) => row.person?.displayName)).toEqual(['Bytt']);
  });

  test('who is kept stays kept for that absence and is asked about again after the next', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    store.deleteUser(org.tenantId, objectId);
    await org.run();
    await keep(world, org.actor, { appUserIds: [appUserId] });
    await org.run();
    expect([await gone(org), (await gone(org, 'only')).length]).toEqual([[], 1]);
    store.restoreUser(org.tenantId, objectId);
    await org.run();
    store.deleteUser(org.tenantId, objectId);
    await org.run();
    expect([(await gone(org)).length, await gone(org, 'only')]).toEqual([1, []]);
  });
});

describe('who comes back', () => {
  test('disabled is asked about again, with the time of coming back', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    store.deleteUser(org.tenantId, objectId);
    await org.run();
    await keep(world, org.actor, { appUserIds: [appUserId] });
    store.restoreUser(org.tenantId, objectId);
    store.updateUser(org.tenantId, objectId, { accountEnabled: false });
    const before = Date.now();
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1, returned: 0 } });
    const [row, ...others] = await gone(org);
    expect([others, await gone(org, 'only')]).toEqual([[], []]);
    expect(row?.gone).toMatchObject({ reason: 'disabled', keptAt: null });
    expect(Date.parse(row?.gone?.since ?? '')).toBeGreaterThanOrEqual(before - 1000);
  });

  test('to the same reason as before the deletion is where it was: what was decided about that still counts', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    store.updateUser(org.tenantId, objectId, { accountEnabled: false });
    await org.run();
    await keep(world, org.actor, { appUserIds: [appUserId] });
    store.deleteUser(org.tenantId, objectId);
    await org.run();
    expect([(await gone(org)).length, await gone(org, 'only')]).toEqual([1, []]);
    store.restoreUser(org.tenantId, objectId);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 0 } });
    expect([await gone(org), (await gone(org, 'only')).length]).toEqual([[], 1]);
  });
});

describe('missing evidence is not evidence of absence (R6)', () => {
  test('a removal that the look-up does not confirm removes nobody, and what is looked up is whole', async () => {
    const org = await world.connect({
      mappings: [
        ...defaultMappings.map((mapping) => ({ ...mapping, empty: 'clear' as const })),
        { source: 'department', target: 'department', write: 'always', empty: 'clear' },
        { source: 'manager', target: 'manager', write: 'always', empty: 'clear' },
      ],
    });
    const boss = org.addPerson({ displayName: 'Chefen' });
    const { objectId, appUserId } = await linked(org, { department: 'Drift' });
    store.setManager(org.tenantId, objectId, boss.id);
    await org.run();
    const fields = await org.fieldsOf(appUserId);
    expect(fields).toMatchObject({ department: 'Drift', manager: 'Chefen' });
    for (const reason of ['changed', 'deleted']) {
      store.faults.add({
        match: { path: '/v1.0/users/delta', times: 1 },
        answer: { body: {
          value: [{ id: objectId, '@removed': { reason } }],
          '@odata.deltaLink': `${world.emulator.url}/v1.0/users/delta?$deltatoken=x`,
        } },
      }); // prettier-ignore
      const run = await org.run();
      expect(run).toMatchObject({ state: 'ok', mode: 'incremental', counts: { gone: 0, changedUsers: 0 } });
      expect(await gone(org)).toEqual([]);
      // That link was invented: the next round is a full one.
      store.faults.clear();
      expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial', counts: { gone: 0, changedUsers: 0 } });
      expect(await org.fieldsOf(appUserId)).toEqual(fields);
    }
  });

  test('who is left out of a complete listing but answers when asked is there, with all values', async () => {
    const org = await world.connect({
      mappings: [{ source: 'department', target: 'department', write: 'always', empty: 'clear' }],
    });
    const { objectId, appUserId } = await linked(org, { department: 'Drift' });
    const other = org.addPerson();
    await org.run();
    store.invalidateDeltaLinks(org.tenantId);
    store.faults.add({
      match: { path: '/v1.0/users?' },
      answer: { body: { value: [{ id: other.id, displayName: 'Ensam', userPrincipalName: 'e@x.example', accountEnabled: true, userType: 'Member' }] } },
    }); // prettier-ignore
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { gone: 0, people: 2, changedUsers: 0 } });
    expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Drift' });
    expect(objectId).not.toBe(other.id);
  });

  test('a listing in which nobody is, is not believed: the run fails and nobody is gone', async () => {
    const org = await world.connect();
    await linked(org);
    const before = await dump(world, org.id);
    store.invalidateDeltaLinks(org.tenantId);
    store.faults.add({ match: { path: '/v1.0/users?' }, answer: { body: { value: [] } } });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'run_implausible' } });
    expect(await dump(world, org.id)).toEqual(before);
  });

  test('a look-up that is refused is no evidence: the run fails and nothing changes', async () => {
    const org = await world.connect();
    const { objectId } = await linked(org);
    store.deleteUser(org.tenantId, objectId);
    const before = await dump(world, org.id);
    store.faults.add({ match: { path: '/directory/deletedItems' }, answer: { status: 403 } });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_permission_missing' } });
    expect(await dump(world, org.id)).toEqual(before);
    store.faults.clear();
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1 } });
  });

  test('I16: each absence in the mirror names its evidence', async () => {
    const { rows } = await world.admin.query(
      'select count(*)::int as without from directory_user where deleted_at is not null and deleted_evidence is null',
    );
    expect(rows).toEqual([{ without: 0 }]);
  });
});
