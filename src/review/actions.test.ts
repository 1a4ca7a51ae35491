import { describe, expect, test } from 'vitest';
import { dump, useWorld, visibleTables, type Org } from '../../test/factories.ts';
import { newId } from '../base/ids.ts';
import { defaultMappings } from '../contract/settings.ts';
import { searchAppUsers, searchDirectory } from './choices.ts';
import { saveBrakeLimits } from '../connection/brake-limits.ts';
import { defaultBrakeLimits } from '../contract/brake.ts';
import { createFromDirectory } from './create.ts';
import { keep, remove, unkeep } from './gone.ts';
import { ignore, restore } from './ignore.ts';
import { link, unlink } from './link.ts';
import { listReview } from './lists.ts';
import { removeAppUser } from './remove-app-user.ts';
import type { ReviewList } from '../contract/situations.ts';

const world = await useWorld();
const { store } = world.emulator;

/** Ids of the directory users on a list; of the app users for those that are about them. */
async function on(org: Org, list: ReviewList, kept: 'without' | 'only' = 'without'): Promise<string[]> {
  const { items } = await listReview(world, org.actor, { list, kept, limit: 200 });
  return items.map((row) => row.person?.id ?? row.appUser?.id ?? '');
}

async function addAppUsers(org: Org, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await org.addAppUser({ displayName: 'Någon' }));
  return ids;
}

async function audited(org: Org): Promise<string[]> {
  const { rows } = await world.admin.query<{ action: string; actor_id: string }>(
    `select action, actor_id from audit_event where organisation_id = $1 and action <> 'run.started' order by id`,
    [org.id],
  );
  return rows.filter((row) => row.actor_id === org.actor.appUserId).map((row) => row.action);
}

const codes = (result: { refused: { id: string; code: string }[] }) =>
  Object.fromEntries(result.refused.map(({ id, code }) => [id, code]));

/** Somebody linked who is gone from Entra. */
async function goneOne(org: Org): Promise<{ objectId: string; appUserId: string }> {
  const { id: objectId } = org.addPerson();
  const appUserId = await org.addAppUser({ displayName: 'Någon' }, 'nagon@bolag.example');
  await org.run();
  await org.link(objectId, appUserId);
  store.deleteUser(org.tenantId, objectId);
  await org.run();
  return { objectId, appUserId };
}

describe('linking', () => {
  test('H15, I24: writes the coupled fields at once, with history by the person, and one audit event', async () => {
    const org = await world.connect();
    const person = org.addPerson({
      displayName: 'Maria Ström',
      givenName: 'Maria',
      surname: 'Ström',
      mail: 'm@x.example',
    });
    const appUserId = await org.addAppUser(
      { displayName: 'Maria', lastName: 'Lindqvist', city: 'Luleå' },
      'maria@in.example',
    );
    await org.run();
    expect(await link(world, org.actor, { pairs: [{ objectId: person.id, appUserId }] })).toEqual({
      done: 1,
      refused: [],
    });
    expect(await org.fieldsOf(appUserId)).toEqual({
      displayName: 'Maria Ström', firstName: 'Maria', lastName: 'Ström', email: 'm@x.example', city: 'Luleå',
    }); // prettier-ignore
    const { rows } = await world.admin.query(
      'select field, before, after, actor_id, run_id from field_change where app_user_id = $1 order by field',
      [appUserId],
    );
    const by = { actor_id: org.actor.appUserId, run_id: null };
    expect(rows).toEqual([
      { field: 'displayName', before: 'Maria', after: 'Maria Ström', ...by },
      { field: 'email', before: null, after: 'm@x.example', ...by },
      { field: 'firstName', before: null, after: 'Maria', ...by },
      { field: 'lastName', before: 'Lindqvist', after: 'Ström', ...by },
    ]);
    const user = await world.admin.query('select sign_in_email from app_user where id = $1', [appUserId]);
    expect(user.rows).toEqual([{ sign_in_email: 'maria@in.example' }]);
    expect(await audited(org)).toEqual(['link.created']);
    expect(await on(org, 'linked')).toEqual([person.id]);
  });

  test('I6, F66: refuses what is no longer so, says why, and links the others', async () => {
    const org = await world.connect();
    const [free, taken, second, deleted, outside, ignored, unknown] = [
      org.addPerson(), org.addPerson(), org.addPerson(), org.addPerson(), org.addPerson({ userType: 'Guest' }), org.addPerson(), newId(),
    ]; // prettier-ignore
    const [user, takenUser, removed, ...more] = await addAppUsers(org, 9);
    await org.run();
    await org.link(taken.id, takenUser ?? '');
    await ignore(world, org.actor, { objectIds: [ignored.id] });
    await world.admin.query('update app_user set removed_at = now() where id = $1', [removed]);
    store.deleteUser(org.tenantId, deleted.id);
    await org.run();
    const asked = [
      [free.id, user], [taken.id, more[0]], [second.id, takenUser], [deleted.id, more[1]], [outside.id, more[2]],
      [ignored.id, more[3]], [unknown, more[4]],
    ] as const; // prettier-ignore
    const result = await link(world, org.actor, {
      pairs: asked.map(([objectId, appUserId]) => ({ objectId, appUserId: appUserId ?? '' })),
    });
    expect(result.done).toBe(1);
    expect(codes(result)).toEqual({
      [taken.id]: 'already_linked', [second.id]: 'app_user_linked', [deleted.id]: 'not_found', [outside.id]: 'not_available',
      [ignored.id]: 'not_available', [unknown]: 'not_found',
    }); // prettier-ignore
    const onRemoved = await link(world, org.actor, { pairs: [{ objectId: second.id, appUserId: removed ?? '' }] });
    expect(codes(onRemoved)).toEqual({ [second.id]: 'not_found' });
    expect((await on(org, 'linked')).toSorted()).toEqual([free.id, taken.id].toSorted());
  });

  test('I6: one person to two users, or two persons to one, in the same request: one pair is done and one is refused', async () => {
    const org = await world.connect();
    const [a, b, c] = [org.addPerson(), org.addPerson(), org.addPerson()];
    const [one, two, three] = [await org.addAppUser(), await org.addAppUser(), await org.addAppUser()];
    await org.run();
    const twice = await link(world, org.actor, {
      pairs: [one, two].map((appUserId) => ({ objectId: a.id, appUserId })),
    });
    expect([twice.done, codes(twice)]).toEqual([1, { [a.id]: 'already_linked' }]);
    const shared = await link(world, org.actor, {
      pairs: [b, c].map(({ id }) => ({ objectId: id, appUserId: three })),
    });
    expect([shared.done, shared.refused.map((row) => row.code)]).toEqual([1, ['app_user_linked']]);
  });

  test('I6: two administrators who link the same person at once: exactly one succeeds', async () => {
    const org = await world.connect();
    const person = org.addPerson();
    const users = await addAppUsers(org, 6);
    await org.run();
    const results = await Promise.all(
      users.map((appUserId) => link(world, org.actor, { pairs: [{ objectId: person.id, appUserId }] })),
    );
    expect(results.reduce((sum, one) => sum + one.done, 0)).toBe(1);
  });

  test('unlinking leaves the app user exactly as they are, and a run no longer changes them', async () => {
    const org = await world.connect();
    const person = org.addPerson();
    const appUserId = await org.addAppUser({ displayName: 'Någon' });
    await org.run();
    await org.link(person.id, appUserId);
    const before = await dump(world, org.id, ['app_user', 'field_change']);
    expect(await unlink(world, org.actor, { appUserIds: [appUserId] })).toEqual({ done: 1, refused: [] });
    store.updateUser(org.tenantId, person.id, { displayName: 'Nytt' });
    await org.run();
    expect(await dump(world, org.id, ['app_user', 'field_change'])).toEqual(before);
    expect(codes(await unlink(world, org.actor, { appUserIds: [appUserId] }))).toEqual({
      [appUserId]: 'not_available',
    });
    expect(await audited(org)).toEqual(['link.created', 'link.removed']);
  });
});

describe('creating', () => {
  test('H16, T8: gives the mapped fields and the link, and nobody a sign-in', async () => {
    const org = await world.connect({
      mappings: [...defaultMappings, { source: 'manager', target: 'manager', write: 'always', empty: 'keep' }],
    });
    const boss = org.addPerson({ displayName: 'Chefen' });
    const person = org.addPerson({
      displayName: 'Ny Åkesson',
      givenName: 'Ny',
      surname: 'Åkesson',
      mail: 'ny@x.example',
      department: 'Drift',
    });
    store.setManager(org.tenantId, person.id, boss.id);
    await org.run();
    expect(await createFromDirectory(world, org.actor, { objectIds: [person.id] })).toEqual({ done: 1, refused: [] });
    const { rows } = await world.admin.query(
      `select a.* from app_user a join link l on l.app_user_id = a.id where l.object_id = $1 and a.organisation_id = $2`,
      [person.id, org.id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      fields: { displayName: 'Ny Åkesson', firstName: 'Ny', lastName: 'Åkesson', email: 'ny@x.example', manager: 'Chefen' },
      sign_in_email: null, account_id: null, permissions: [], created_by: org.actor.appUserId, removed_at: null,
    }); // prettier-ignore
    store.updateUser(org.tenantId, person.id, { surname: 'Gift' });
    expect((await org.run()).counts).toMatchObject({ changedUsers: 1 });
    expect(await audited(org)).toEqual(['app_user.created_from_entra']);
  });

  test('F66: who is linked, ignored, gone, out of scope or unknown is refused and made by nobody', async () => {
    const org = await world.connect();
    const [linked, ignored, deleted, guest] = [
      org.addPerson(),
      org.addPerson(),
      org.addPerson(),
      org.addPerson({ userType: 'Guest' }),
    ];
    const appUserId = await org.addAppUser();
    await org.run();
    await org.link(linked.id, appUserId);
    await ignore(world, org.actor, { objectIds: [ignored.id] });
    store.deleteUser(org.tenantId, deleted.id);
    await org.run();
    const before = await dump(world, org.id);
    const asked = [linked.id, ignored.id, deleted.id, guest.id, newId()];
    const result = await createFromDirectory(world, org.actor, { objectIds: asked });
    expect(result.done).toBe(0);
    expect(codes(result)).toEqual(Object.fromEntries(asked.map((id) => [id, 'not_available'])));
    expect(await dump(world, org.id)).toEqual(before);
  });

  test('what the app cannot hold is left out, and the person is made all the same', async () => {
    const org = await world.connect();
    const person = org.addPerson({
      displayName: 'x'.repeat(1500),
      givenName: 'Lång',
      surname: 'Namn',
      mail: 'ingen adress',
    });
    await org.run();
    expect(await createFromDirectory(world, org.actor, { objectIds: [person.id] })).toMatchObject({ done: 1 });
    const { rows } = await world.admin.query(
      'select fields, display_name from app_user where organisation_id = $1 and account_id is null',
      [org.id],
    );
    expect(rows).toEqual([{ fields: { firstName: 'Lång', lastName: 'Namn' }, display_name: 'Lång Namn' }]);
    expect((await org.run()).counts.issues).toBe(2);
  });

  test('two administrators who create the same people at once make each of them once', async () => {
    const org = await world.connect();
    const objectIds = Array.from({ length: 20 }, () => org.addPerson().id);
    await org.run();
    const results = await Promise.all([1, 2, 3].map(() => createFromDirectory(world, org.actor, { objectIds })));
    expect(results.reduce((sum, one) => sum + one.done, 0)).toBe(20);
    const { rows } = await world.admin.query('select from app_user where organisation_id = $1', [org.id]);
    expect(rows).toHaveLength(21);
  });

  test('a thousand at once are made, linked and ignored in seconds', async () => {
    const org = await world.connect();
    // So many gone at once would wait for a person.
    await saveBrakeLimits(world, org.actor, {
      ...defaultBrakeLimits,
      gone: { count: 1000, share: 1, max: 1000 },
    });
    const objectIds = Array.from({ length: 2000 }, () => org.addPerson().id);
    await org.run();
    const [first, second] = [objectIds.slice(0, 1000), objectIds.slice(1000)];
    const began = performance.now();
    expect(await createFromDirectory(world, org.actor, { objectIds: first })).toEqual({ done: 1000, refused: [] });
    expect(await ignore(world, org.actor, { objectIds: second })).toEqual({ done: 1000, refused: [] });
    expect(await restore(world, org.actor, { objectIds: second })).toEqual({ done: 1000, refused: [] });
    const { rows } = await world.admin.query<{ app_user_id: string }>(
      'select app_user_id from link where organisation_id = $1',
      [org.id],
    );
    const appUserIds = rows.map((row) => row.app_user_id);
    expect(await unlink(world, org.actor, { appUserIds })).toEqual({ done: 1000, refused: [] });
    const pairs = appUserIds.map((appUserId, index) => ({ objectId: second[index] ?? '', appUserId }));
    expect(await link(world, org.actor, { pairs })).toEqual({ done: 1000, refused: [] });
    for (const id of second) store.deleteUser(org.tenantId, id);
    expect((await org.run()).counts).toMatchObject({ gone: 1000, people: 1000 });
    expect(await keep(world, org.actor, { appUserIds })).toEqual({ done: 1000, refused: [] });
    expect(await unkeep(world, org.actor, { appUserIds })).toEqual({ done: 1000, refused: [] });
    expect(await remove(world, org.actor, { appUserIds })).toEqual({ done: 1000, refused: [] });
    expect(performance.now() - began).toBeLessThan(15_000);
    const kept = await world.admin.query('select from app_user where organisation_id = $1', [org.id]);
    expect(kept.rows).toHaveLength(1001);
  });
});

describe('ignoring', () => {
  test('H17: moves people between the lists of free and of ignored, with reason and by whom', async () => {
    const org = await world.connect();
    const [room, person] = [org.addPerson({ displayName: 'Konferensrum' }), org.addPerson()];
    await org.run();
    expect(await ignore(world, org.actor, { objectIds: [room.id], reason: 'Ett rum' })).toEqual({
      done: 1,
      refused: [],
    });
    expect([await on(org, 'available'), await on(org, 'ignored')]).toEqual([[person.id], [room.id]]);
    const { items } = await listReview(world, org.actor, { list: 'ignored', kept: 'without', limit: 10 });
    expect(items[0]?.ignored).toMatchObject({ by: 'Ada Admin', reason: 'Ett rum' });
    expect(codes(await ignore(world, org.actor, { objectIds: [room.id, newId()] }))).toMatchObject({
      [room.id]: 'not_available',
    });
    expect(await restore(world, org.actor, { objectIds: [room.id] })).toEqual({ done: 1, refused: [] });
    expect(codes(await restore(world, org.actor, { objectIds: [room.id] }))).toEqual({ [room.id]: 'not_available' });
    expect([(await on(org, 'available')).length, await on(org, 'ignored')]).toEqual([2, []]);
    expect(await audited(org)).toEqual(['person.ignored', 'person.restored']);
  });

  test('I10: who is linked cannot be ignored', async () => {
    const org = await world.connect();
    const person = org.addPerson();
    const appUserId = await org.addAppUser();
    await org.run();
    await org.link(person.id, appUserId);
    expect(codes(await ignore(world, org.actor, { objectIds: [person.id] }))).toEqual({
      [person.id]: 'already_linked',
    });
  });

  test('I10: linked by one and ignored by another at the same moment is only one of the two', async () => {
    const org = await world.connect();
    const people = Array.from({ length: 15 }, () => org.addPerson());
    const users = await addAppUsers(org, people.length);
    await org.run();
    await Promise.all(
      people.flatMap((person, index) => [
        link(world, org.actor, { pairs: [{ objectId: person.id, appUserId: users[index] ?? '' }] }),
        ignore(world, org.actor, { objectIds: [person.id] }),
      ]),
    );
    const { rows } = await world.admin.query(
      'select from link l join ignored i on i.organisation_id = l.organisation_id and i.object_id = l.object_id where l.organisation_id = $1',
      [org.id],
    );
    expect(rows).toHaveLength(0);
    expect([...(await on(org, 'linked')), ...(await on(org, 'ignored'))]).toHaveLength(15);
  });
});

describe('people who are gone', () => {
  test('H18: keeping takes them from the list and changes nothing else; putting back shows them again', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await goneOne(org);
    const before = await dump(world, org.id, ['app_user', 'field_change', 'directory_user']);
    expect(await keep(world, org.actor, { appUserIds: [appUserId] })).toEqual({ done: 1, refused: [] });
    expect([await on(org, 'gone'), await on(org, 'gone', 'only')]).toEqual([[], [objectId]]);
    expect(await unkeep(world, org.actor, { appUserIds: [appUserId] })).toEqual({ done: 1, refused: [] });
    expect([await on(org, 'gone'), await on(org, 'gone', 'only')]).toEqual([[objectId], []]);
    expect(await dump(world, org.id, ['app_user', 'field_change', 'directory_user'])).toEqual(before);
    expect((await audited(org)).slice(1)).toEqual(['app_user.kept', 'app_user.unkept']);
  });

  test('I1: removing keeps the row with the time and takes the link; what is left in the mirror goes with the next run', async () => {
    const org = await world.connect();
    const { appUserId } = await goneOne(org);
    expect(await remove(world, org.actor, { appUserIds: [appUserId] })).toEqual({ done: 1, refused: [] });
    const { rows } = await world.admin.query(
      'select removed_at, removed_by, account_id, fields from app_user where id = $1',
      [appUserId],
    );
    expect(rows[0]).toMatchObject({
      removed_at: expect.any(Date) as Date,
      removed_by: org.actor.appUserId,
      account_id: null,
    });
    expect(await dump(world, org.id, ['link'])).toEqual({ link: [] });
    expect([await on(org, 'gone'), await on(org, 'gone', 'only')]).toEqual([[], []]);
    await org.run();
    expect(await dump(world, org.id, ['directory_user'])).toEqual({ directory_user: [] });
    expect((await audited(org)).at(-1)).toBe('app_user.removed');
  });

  test('an app user that is removed by hand takes its link along: the person is available, and nobody stands on the list', async () => {
    const org = await world.connect();
    const [{ id: objectId }, gone] = [org.addPerson(), await goneOne(org)];
    const appUserId = await org.addAppUser({ displayName: 'Någon' });
    await org.link(objectId, appUserId);
    for (const id of [appUserId, gone.appUserId]) await removeAppUser(world, org.actor, { id });
    expect([await on(org, 'linked'), await on(org, 'available'), await on(org, 'gone')]).toEqual([[], [objectId], []]);
  });

  test('who stands on the list although removed leaves it by removing', async () => {
    const org = await world.connect();
    const { appUserId } = await goneOne(org);
    await world.admin.query('update app_user set removed_at = now() where id = $1', [appUserId]);
    expect(await remove(world, org.actor, { appUserIds: [appUserId] })).toEqual({ done: 1, refused: [] });
    expect(await on(org, 'gone')).toEqual([]);
  });

  test('F66: who is not gone, or has come back since the page was shown, is neither kept nor removed', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await goneOne(org);
    const alone = await org.addAppUser();
    store.restoreUser(org.tenantId, objectId);
    await org.run();
    const before = await dump(world, org.id);
    const appUserIds = [appUserId, alone, newId()];
    for (const deed of [keep, unkeep, remove]) {
      const result = await deed(world, org.actor, { appUserIds });
      expect([result.done, codes(result)]).toEqual([0, Object.fromEntries(appUserIds.map((id) => [id, 'not_gone']))]);
    }
    expect(await dump(world, org.id)).toEqual(before);
  });

  test('nobody removes themself, and then nobody else of the choice is removed either', async () => {
    const org = await world.connect();
    const { appUserId } = await goneOne(org);
    const me = org.addPerson();
    await org.run();
    await org.link(me.id, org.actor.appUserId);
    store.deleteUser(org.tenantId, me.id);
    await org.run();
    const attempt = remove(world, org.actor, { appUserIds: [appUserId, org.actor.appUserId] });
    await expect(attempt).rejects.toMatchObject({ code: 'cannot_remove_self' });
    expect(await on(org, 'gone')).toHaveLength(2);
  });
});

describe('another organisation', () => {
  test('T10: sees nothing, and can do nothing with ids that it has learned', async () => {
    const [a, b] = [await world.connect(), await world.connect()];
    const { objectId, appUserId } = await goneOne(a);
    const [free, alone] = [a.addPerson(), await a.addAppUser({ displayName: 'Ensam' })];
    await a.run();
    const own = b.addPerson();
    const ownUser = await b.addAppUser();
    await b.run();
    const before = await dump(world, a.id, [...visibleTables, 'audit_event']);
    for (const result of [
      await link(world, b.actor, { pairs: [{ objectId: free.id, appUserId: ownUser }, { objectId: own.id, appUserId: alone }] }),
      await createFromDirectory(world, b.actor, { objectIds: [free.id] }),
      await ignore(world, b.actor, { objectIds: [free.id] }),
      await restore(world, b.actor, { objectIds: [objectId] }),
      await unlink(world, b.actor, { appUserIds: [appUserId] }),
      await keep(world, b.actor, { appUserIds: [appUserId] }),
      await remove(world, b.actor, { appUserIds: [appUserId] }),
    ]) {
      expect(result.done).toBe(0);
      expect(result.refused.map((row) => [row.name, row.code]).every(([name, code]) => name !== 'Ensam' && code !== 'already_linked')).toBe(true);
    } // prettier-ignore
    expect(await dump(world, a.id, [...visibleTables, 'audit_event'])).toEqual(before);
    for (const list of ['linked', 'suggested', 'ignored', 'gone'] as const) expect(await on(b, list)).toEqual([]);
    expect(await on(b, 'available')).toEqual([own.id]);
    expect((await searchDirectory(world, b.actor, {})).items.map((one) => one.id)).toEqual([own.id]);
    expect((await searchAppUsers(world, b.actor, { search: 'Ensam' })).items).toEqual([]);
  });

  test('without a connection each of them says so', async () => {
    const org = await world.connect();
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      org.connectionId,
    ]);
    for (const attempt of [
      () => link(world, org.actor, { pairs: [{ objectId: newId(), appUserId: newId() }] }),
      () => createFromDirectory(world, org.actor, { objectIds: [newId()] }),
      () => ignore(world, org.actor, { objectIds: [newId()] }),
      () => remove(world, org.actor, { appUserIds: [newId()] }),
      () => on(org, 'linked'),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'not_connected' });
    }
  });
});
