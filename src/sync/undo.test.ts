import { describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { createFromDirectory } from '../review/create.ts';
import { link, unlink } from '../review/link.ts';
import { getUndoPlan, listUndoRows, undo } from './undo.ts';

const world = await useWorld();
const { store } = world.emulator;
const title: Mapping = { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' };

async function connected(count = 3) {
  const org = await world.connect({ mappings: [...defaultMappings, title] });
  const people = [];
  for (let number = 0; number < count; number += 1) {
    const { id: objectId } = org.addPerson({ displayName: `Person ${number}`, jobTitle: 'Före' });
    people.push({ objectId, appUserId: await org.addAppUser({ displayName: `Person ${number}` }) });
  }
  await org.run();
  for (const { objectId, appUserId } of people) await org.link(objectId, appUserId);
  await org.run();
  return { org, people };
}

/** A run that gave everybody another title. */
async function changed(org: Org, people: { objectId: string }[], jobTitle = 'Efter') {
  for (const { objectId } of people) store.updateUser(org.tenantId, objectId, { jobTitle });
  return org.run();
}
const titles = (org: Org, people: { appUserId: string }[]) =>
  Promise.all(people.map(async ({ appUserId }) => (await org.fieldsOf(appUserId))['jobTitle']));
const lastDeed = async (org: Org, action: string): Promise<string> => {
  const { rows } = await world.admin.query<{ id: string }>(
    'select id from audit_event where organisation_id = $1 and action = $2 order by id desc limit 1',
    [org.id, action],
  );
  return present(rows[0], 'it was written down').id;
};
/** I23: each value is what folding its history gives. */
async function expectFolded(org: Org, appUserId: string) {
  const { rows } = await world.admin.query<{ field: string; before: string | null; after: string | null }>(
    'select field, before, after from field_change where app_user_id = $1 order by id',
    [appUserId],
  );
  const fold = new Map<string, string | null>();
  for (const { field, before, after } of rows) {
    if (fold.has(field)) expect(before).toBe(fold.get(field));
    fold.set(field, after);
  }
  const fields = await org.fieldsOf(appUserId);
  for (const [field, value] of fold) expect(fields[field] ?? null).toBe(value);
}

describe('undoing a run', () => {
  test('puts its fields back, with history, and the next run leaves them so until Entra says something else', async () => {
    const { org, people } = await connected();
    const run = await changed(org, people);
    expect(await titles(org, people)).toEqual(['Efter', 'Efter', 'Efter']);
    expect(await getUndoPlan(world, org.actor, { kind: 'run', id: run.id })).toMatchObject({
      fields: 3,
      changedSince: 0,
      undone: 0,
      last: null,
    });
    expect(await undo(world, org.actor, { kind: 'run', id: run.id, overwrite: [] })).toMatchObject({
      fields: 3,
      leftAlone: 0,
    });
    expect(await titles(org, people)).toEqual(['Före', 'Före', 'Före']);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 0 } });
    await org.set({ mappings: [...defaultMappings, title] }); // looks at everybody
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 0 } });
    store.updateUser(org.tenantId, present(people[0], 'made').objectId, { jobTitle: 'Ny' });
    await org.run();
    expect(await titles(org, people)).toEqual(['Ny', 'Före', 'Före']);
    for (const { appUserId } of people) await expectFolded(org, appUserId);
  });

  test('what somebody changed since is shown and left alone, unless it is named', async () => {
    const { org, people } = await connected();
    const run = await changed(org, people);
    await changed(org, [present(people[0], 'made'), present(people[1], 'made')], 'Senare');
    expect(await getUndoPlan(world, org.actor, { kind: 'run', id: run.id })).toMatchObject({
      fields: 3,
      changedSince: 2,
    });
    const { items } = await listUndoRows(world, org.actor, { kind: 'run', id: run.id, limit: 50 });
    expect(items).toMatchObject([
      { displayName: 'Person 0', now: 'Senare', back: 'Före', changedSince: true },
      { displayName: 'Person 1', now: 'Senare', back: 'Före', changedSince: true },
      { displayName: 'Person 2', now: 'Efter', back: 'Före', changedSince: false },
    ]);
    const overwrite = [present(items[0], 'listed').key];
    expect(await undo(world, org.actor, { kind: 'run', id: run.id, overwrite })).toMatchObject({
      fields: 2,
      leftAlone: 1,
    });
    expect(await titles(org, people)).toEqual(['Före', 'Senare', 'Före']);
  });

  test('of one person leaves the others, and can be undone itself', async () => {
    const { org, people } = await connected();
    const run = await changed(org, people);
    const { appUserId } = present(people[1], 'made');
    const { undoId } = await undo(world, org.actor, { kind: 'run', id: run.id, appUserId, overwrite: [] });
    expect(await titles(org, people)).toEqual(['Efter', 'Före', 'Efter']);
    expect(await getUndoPlan(world, org.actor, { kind: 'run', id: run.id })).toMatchObject({
      fields: 2,
      undone: 1,
      last: { undoId },
    });
    expect(await undo(world, org.actor, { kind: 'undo', id: undoId, overwrite: [] })).toMatchObject({ fields: 1 });
    expect(await titles(org, people)).toEqual(['Efter', 'Efter', 'Efter']);
    expect(await org.run()).toMatchObject({ counts: { changedFields: 0, held: 0 } });
    await expectFolded(org, appUserId);
  });

  test('twice does nothing more, and another organisation finds no such run', async () => {
    const { org, people } = await connected();
    const run = await changed(org, people);
    await undo(world, org.actor, { kind: 'run', id: run.id, overwrite: [] });
    expect(await undo(world, org.actor, { kind: 'run', id: run.id, overwrite: [] })).toMatchObject({ fields: 0 });
    const other = await world.connect();
    await expect(undo(world, other.actor, { kind: 'run', id: run.id, overwrite: [] })).rejects.toThrow('not_found');
  });
});

describe('undoing a deed', () => {
  test('links go with the values that they brought, and come back when that is undone', async () => {
    const { org } = await connected(1);
    const { id: objectId } = org.addPerson({ displayName: 'Ny', jobTitle: 'Chef' });
    const appUserId = await org.addAppUser({ displayName: 'Ny', jobTitle: 'För hand' });
    await org.run();
    await link(world, org.actor, { pairs: [{ objectId, appUserId }] });
    expect((await org.fieldsOf(appUserId))['jobTitle']).toBe('Chef');
    const id = await lastDeed(org, 'link.created');
    const { undoId, ...done } = await undo(world, org.actor, { kind: 'deed', id, overwrite: [] });
    expect(done).toMatchObject({ fields: 4, links: 1 }); // the names and the address came with it
    expect((await org.fieldsOf(appUserId))['jobTitle']).toBe('För hand');
    expect(await isLinked(appUserId)).toBe(false);
    await undo(world, org.actor, { kind: 'undo', id: undoId, overwrite: [] });
    expect(await isLinked(appUserId)).toBe(true);
    expect((await org.fieldsOf(appUserId))['jobTitle']).toBe('Chef');
    await unlink(world, org.actor, { appUserIds: [appUserId] });
    await undo(world, org.actor, { kind: 'deed', id: await lastDeed(org, 'link.removed'), overwrite: [] });
    expect(await isLinked(appUserId)).toBe(true);
  });

  test('created users are removed again, but not who was given something since', async () => {
    const { org } = await connected(1);
    const ids = ['Ett', 'Två'].map((displayName) => org.addPerson({ displayName }).id);
    await org.run();
    await createFromDirectory(world, org.actor, { objectIds: ids });
    const { rows } = await world.admin.query<{ id: string }>(
      `select id from app_user where organisation_id = $1 and fields ->> 'displayName' in ('Ett', 'Två') order by display_name`,
      [org.id],
    );
    const [one, two] = rows.map((row) => row.id);
    await world.admin.query(`update app_user set sign_in_email = 'tva@bolag.example' where id = $1`, [two]);
    const id = await lastDeed(org, 'app_user.created_from_entra');
    expect(await getUndoPlan(world, org.actor, { kind: 'deed', id })).toMatchObject({
      createdUsers: 2,
      changedSince: 1,
    });
    const { undoId } = await undo(world, org.actor, { kind: 'deed', id, overwrite: [] });
    const removed = async () =>
      (await world.admin.query('select id from app_user where id = any($1) and removed_at is not null', [[one, two]]))
        .rows;
    expect(await removed()).toEqual([{ id: one }]);
    expect(await isLinked(present(one, 'made'))).toBe(false);
    await undo(world, org.actor, { kind: 'undo', id: undoId, overwrite: [] });
    expect(await removed()).toEqual([]);
    expect(await isLinked(present(one, 'made'))).toBe(true);
  });
});

async function isLinked(appUserId: string): Promise<boolean> {
  return (await world.admin.query('select from link where app_user_id = $1', [appUserId])).rows.length > 0;
}
