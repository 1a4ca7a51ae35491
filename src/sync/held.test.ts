import { describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { saveBrakeLimits } from '../connection/brake-limits.ts';
import { defaultBrakeLimits } from '../contract/brake.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { listReview } from '../review/lists.ts';
import { decideHeld } from './decide-held.ts';
import { getHeld, listHeldRows } from './held.ts';

const world = await useWorld();
const { store } = world.emulator;
const title: Mapping = { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' };
const page = { limit: 200, dismissed: 'without' } as const;

interface Linked {
  objectId: string;
  appUserId: string;
}

/** So many linked people who are in step, with a title each. */
async function connected(count: number, options: Parameters<typeof world.connect>[0] = {}) {
  const org = await world.connect({ mappings: [...defaultMappings, title], ...options });
  const people: Linked[] = [];
  for (let number = 0; number < count; number += 1) {
    const { id: objectId } = org.addPerson({ displayName: `Person ${number}`, jobTitle: `Titel ${number}` });
    people.push({ objectId, appUserId: await org.addAppUser({ displayName: `Person ${number}` }) });
  }
  await org.run();
  for (const { objectId, appUserId } of people) await org.link(objectId, appUserId);
  expect(await org.run()).toMatchObject({ state: 'ok' });
  return { org, people };
}

const gone = async (org: Org) =>
  (await listReview(world, org.actor, { list: 'gone', kept: 'without', limit: 200 })).items.length;
const heldRows = async (org: Org) => (await listHeldRows(world, org.actor, page)).items;
const heldOf = async (org: Org) => (await getHeld(world, org.actor)).held;
const titleOf = async (org: Org, { appUserId }: Linked) => (await org.fieldsOf(appUserId))['jobTitle'];

describe('absences', () => {
  test('F41, R8: more than the limit are held, nobody of them is listed, and everything else is applied', async () => {
    const { org, people } = await connected(12);
    // Of so many that a fifth of the directory is left standing (F40).
    for (let number = 0; number < 20; number += 1) org.addPerson({ displayName: `Annan ${number}` });
    await org.run();
    for (const { objectId } of people.slice(0, 6)) store.deleteUser(org.tenantId, objectId);
    store.updateUser(org.tenantId, people[11]!.objectId, { jobTitle: 'Ny' }); // twelve were made
    const run = await org.run();
    expect(run).toMatchObject({ state: 'held', counts: { gone: 0, held: 6, changedFields: 1 } });
    expect(run.heldWhy).toEqual([{ limit: 'gone', field: null, people: 6, peopleInWeek: 6, of: 12, allowed: 5 }]);
    expect(await gone(org)).toBe(0);
    expect(await titleOf(org, people[11]!)).toBe('Ny');
    expect(await heldOf(org)).toMatchObject({ runId: run.id, absences: 6, changes: 0, dismissed: 0 });
    expect((await heldRows(org)).map(({ reason, evidence }) => `${reason} ${evidence}`)).toEqual(
      Array.from({ length: 6 }, () => 'deleted deleted_items'),
    );
  });

  test('as many as the limit are no reason to stop', async () => {
    const { org, people } = await connected(12);
    for (const { objectId } of people.slice(0, 5)) store.deleteUser(org.tenantId, objectId);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 5, held: 0 } });
    expect(await gone(org)).toBe(5);
  });

  test('F41: those that went within seven days count, and an approved one does not', async () => {
    const { org, people } = await connected(20);
    for (const { objectId } of people.slice(0, 4)) store.deleteUser(org.tenantId, objectId);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 4 } });
    for (const { objectId } of people.slice(4, 6)) store.deleteUser(org.tenantId, objectId);
    expect(await org.run()).toMatchObject({ state: 'held', counts: { gone: 0, held: 2 } });
    const { hash } = (await heldOf(org))!; // it is held
    expect(await decideHeld(world, org.actor, { decision: 'approve', rows: { all: hash } })).toEqual({
      done: 2,
      refused: [],
    });
    expect(await gone(org)).toBe(6);
    store.deleteUser(org.tenantId, people[6]!.objectId);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1 } });
  });

  test('a directory that recovers ends the hold by itself, and says so', async () => {
    const { org, people } = await connected(12);
    for (const { objectId } of people.slice(0, 7)) store.deleteUser(org.tenantId, objectId);
    await org.run();
    for (const { objectId } of people.slice(0, 7)) store.restoreUser(org.tenantId, objectId);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { held: 0, holdsEnded: 7, gone: 0 } });
    expect(await heldOf(org)).toBeNull();
    const { rows } = await world.admin.query(
      'select kind from notification where organisation_id = $1 and kind like $2',
      [org.id, '%hold%'],
    );
    expect(rows.length).toBeLessThanOrEqual(1);
  });

  test('when enough of them come back, the rest goes as usual', async () => {
    const { org, people } = await connected(12);
    for (const { objectId } of people.slice(0, 7)) store.deleteUser(org.tenantId, objectId);
    await org.run();
    for (const { objectId } of people.slice(0, 5)) store.restoreUser(org.tenantId, objectId);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { held: 0, holdsEnded: 5, gone: 2 } });
  });

  test('F43: who leaves by another choice of groups is held, and row by row is decided', async () => {
    const { org, people } = await connected(12);
    await org.set({
      groups: [store.createGroup(org.tenantId, { displayName: 'Tom' })].map(({ id }) => ({ id, name: 'Tom' })),
    });
    expect(await org.run()).toMatchObject({ state: 'held', counts: { gone: 0 } });
    const rows = await heldRows(org);
    expect(rows.map(({ reason }) => reason)).toEqual(Array.from({ length: 12 }, () => 'left_groups'));
    const [approved, waiting, dismissed] = rows.map(({ key }) => key);
    await decideHeld(world, org.actor, { decision: 'approve', rows: [approved!] });
    await decideHeld(world, org.actor, { decision: 'wait', rows: [waiting!] });
    await decideHeld(world, org.actor, { decision: 'dismiss', rows: [dismissed!] });
    expect(await gone(org)).toBe(1);
    expect(await heldOf(org)).toMatchObject({ absences: 11 - 1, dismissed: 1 });
    // The next run asks nobody again, and changes nothing of what was decided.
    expect(await org.run()).toMatchObject({ state: 'held', counts: { gone: 0, held: 10 } });
    expect(await gone(org)).toBe(1);
    expect((await listHeldRows(world, org.actor, { ...page, dismissed: 'only' })).items).toMatchObject([
      { key: dismissed, decision: 'dismissed', decidedBy: org.actor.name },
    ]);
    expect(people).toHaveLength(12);
  });

  test('I37: a decision on all is refused when they are others than were shown', async () => {
    const { org, people } = await connected(12);
    for (const { objectId } of people.slice(0, 6)) store.deleteUser(org.tenantId, objectId);
    await org.run();
    const { hash } = (await heldOf(org))!; // six are
    store.deleteUser(org.tenantId, people[6]!.objectId);
    await org.run();
    await expect(decideHeld(world, org.actor, { decision: 'approve', rows: { all: hash } })).rejects.toThrow(
      'stale_version',
    );
    expect(await gone(org)).toBe(0);
  });

  test('F40: when a fifth of a directory is gone everything waits, also people who are not linked', async () => {
    const { org, people } = await connected(3);
    const others = Array.from({ length: 10 }, (_, number) => org.addPerson({ displayName: `Annan ${number}` }));
    await org.run();
    for (const { id } of others.slice(0, 8)) store.deleteUser(org.tenantId, id);
    store.updateUser(org.tenantId, people[0]!.objectId, { jobTitle: 'Ny' });
    const run = await org.run();
    expect(run).toMatchObject({ state: 'held', counts: { held: 9, changedFields: 0 } });
    expect(run.heldWhy[0]).toMatchObject({ limit: 'remaining', people: 8, of: 13 });
    expect(await titleOf(org, people[0]!)).toBe('Titel 0');
  });
});

describe('changes of a field', () => {
  test('F42: of more than the limit is held for that field, others are applied; approving writes them at once, with history', async () => {
    const { org, people } = await connected(12);
    people.forEach(({ objectId }, number) =>
      store.updateUser(org.tenantId, objectId, {
        jobTitle: 'Konsult',
        ...(number === 0 ? { displayName: 'Nytt namn' } : {}),
      }),
    );
    const run = await org.run();
    expect(run).toMatchObject({ state: 'held', counts: { changedFields: 1, held: 12 } });
    expect(run.heldWhy).toMatchObject([{ limit: 'changed', field: 'jobTitle', people: 12, allowed: 10 }]);
    expect((await org.fieldsOf(people[0]!.appUserId))['displayName']).toBe('Nytt namn');
    const [first, second] = await heldRows(org);
    expect(await decideHeld(world, org.actor, { decision: 'approve', rows: [first!.key] })).toMatchObject({ done: 1 });
    expect(await titleOf(org, { objectId: '', appUserId: first!.appUserId! })).toBe('Konsult');
    const { rows } = await world.admin.query(
      'select before, after, actor_id, run_id from field_change where app_user_id = $1 and field = $2 order by id desc limit 1',
      [first!.appUserId, 'jobTitle'],
    );
    expect(rows).toEqual([{ before: first!.before, after: 'Konsult', actor_id: org.actor.appUserId, run_id: run.id }]);
    // Somebody edited the next one meanwhile: it is left alone, and said.
    await world.admin.query(`update app_user set fields = fields || '{"jobTitle":"För hand"}' where id = $1`, [
      second!.appUserId,
    ]);
    expect(await decideHeld(world, org.actor, { decision: 'approve', rows: [second!.key] })).toMatchObject({
      done: 0,
      refused: [{ code: 'stale_version' }],
    });
  });

  test('F42: within seven days each person counts once, however often somebody renames them', async () => {
    const { org, people } = await connected(4);
    for (let number = 0; number < 12; number += 1) {
      store.updateUser(org.tenantId, people[0]!.objectId, { jobTitle: `Titel nummer ${number}` }); // four were made
      expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 1 } });
    }
  });

  test('F42: of different people within seven days those count that no run had before', async () => {
    const { org, people } = await connected(12);
    for (const half of [people.slice(0, 6), people.slice(5, 10)]) {
      for (const { objectId } of half) store.updateUser(org.tenantId, objectId, { jobTitle: `Ny ${half.length}` });
      expect(await org.run()).toMatchObject({ state: 'ok' });
    }
    store.updateUser(org.tenantId, people[11]!.objectId, { jobTitle: 'Den elfte' }); // twelve were made
    expect(await org.run()).toMatchObject({ state: 'held', counts: { held: 1 } });
  });

  test('who was held, and comes back with another title, has it', async () => {
    const { org, people } = await connected(12);
    const group = store.createGroup(org.tenantId, { displayName: 'Alla' });
    for (const { objectId } of people) store.addMember(org.tenantId, group.id, objectId);
    await org.set({ groups: [{ id: group.id, name: 'Alla' }] });
    expect(await org.run()).toMatchObject({ state: 'ok' });
    for (const { objectId } of people.slice(0, 7)) store.removeMember(org.tenantId, group.id, objectId);
    expect(await org.run()).toMatchObject({ state: 'held' });
    store.updateUser(org.tenantId, people[0]!.objectId, { jobTitle: 'Under tiden' }); // twelve were made
    expect(await org.run()).toMatchObject({ state: 'held' });
    for (const { objectId } of people.slice(0, 7)) store.addMember(org.tenantId, group.id, objectId);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { holdsEnded: 7 } });
    expect(await titleOf(org, people[0]!)).toBe('Under tiden');
  });

  test('F42: values that would be emptied have a limit of their own', async () => {
    const { org, people } = await connected(12);
    for (const { objectId } of people.slice(0, 6)) store.updateUser(org.tenantId, objectId, { jobTitle: null });
    const run = await org.run();
    expect(run.heldWhy).toMatchObject([{ limit: 'emptied', field: 'jobTitle', people: 6, allowed: 5 }]);
    expect(await titleOf(org, people[0]!)).toBe('Titel 0');
  });

  test('a dismissed change is not wanted again until Entra says something else', async () => {
    const { org, people } = await connected(12);
    for (const { objectId } of people) store.updateUser(org.tenantId, objectId, { jobTitle: 'Konsult' });
    await org.run();
    const { hash } = (await heldOf(org))!; // twelve are
    await decideHeld(world, org.actor, { decision: 'dismiss', rows: { all: hash } });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 0, held: 0 } });
    expect(await titleOf(org, people[3]!)).toBe('Titel 3');
    store.updateUser(org.tenantId, people[3]!.objectId, { jobTitle: 'Chef' });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 1 } });
    expect(await titleOf(org, people[3]!)).toBe('Chef');
  });

  test('limits of an organisation hold in place of the usual ones', async () => {
    const { org, people } = await connected(12);
    await saveBrakeLimits(world, org.actor, { ...defaultBrakeLimits, changed: { count: 12, share: 1 } });
    for (const { objectId } of people) store.updateUser(org.tenantId, objectId, { jobTitle: 'Konsult' });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 12 } });
  });

  test('the name of a manager whose absence is held is not emptied', async () => {
    const manager: Mapping = { source: 'manager', target: 'manager', write: 'always', empty: 'clear' };
    const { org, people } = await connected(12, { mappings: [...defaultMappings, title, manager] });
    store.setManager(org.tenantId, people[11]!.objectId, people[0]!.objectId);
    await org.run();
    expect((await org.fieldsOf(people[11]!.appUserId))['manager']).toBe('Person 0');
    for (const { objectId } of people.slice(0, 6)) store.deleteUser(org.tenantId, objectId);
    await org.run();
    expect((await org.fieldsOf(people[11]!.appUserId))['manager']).toBe('Person 0');
    const { hash } = (await heldOf(org))!; // six are
    await decideHeld(world, org.actor, { decision: 'approve', rows: { all: hash } });
    await org.run();
    expect(await org.fieldsOf(people[11]!.appUserId)).not.toHaveProperty('manager');
  });
});
