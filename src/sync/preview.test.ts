import { describe, expect, test } from 'vitest';
import { dump, readingTables, useWorld, visibleTables, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import { createSealer } from '../base/seal.ts';
import { saveFields, saveGroups } from '../connection/save-settings.ts';
import type { ConnectionDeps } from '../connection/deps.ts';
import type { Draft } from '../contract/api-preview.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { executeRun } from './execute-run.ts';
import { getPreview, listPreviewRows } from './previews.ts';
import { startPreview } from './start-preview.ts';

const world = await useWorld();
const { store } = world.emulator;
const title: Mapping = { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' };
const settingsDeps = {
  ...world.deps,
  sealer: createSealer(new Uint8Array(32)),
  schedule: async () => undefined,
} as unknown as ConnectionDeps; // what saving groups and fields takes of them

async function preview(org: Org, draft?: Draft) {
  const run = await startPreview(world.deps, org.actor, { draft });
  await executeRun(world.deps, { organisationId: org.id, runId: run.id }, new AbortController().signal);
  return getPreview(world, org.actor, { id: run.id });
}
const rowsOf = async (org: Org, id: string, kind?: 'changed' | 'new' | 'gone' | 'returned') =>
  (await listPreviewRows(world, org.actor, { id, limit: 200, ...(kind && { kind }) })).items;

async function connected(count: number) {
  const org = await world.connect({ mappings: defaultMappings });
  const people = [];
  for (let number = 0; number < count; number += 1) {
    const { id: objectId } = org.addPerson({ displayName: `Person ${number}`, jobTitle: `Titel ${number}` });
    people.push({ objectId, appUserId: await org.addAppUser({ displayName: `Person ${number}` }) });
  }
  await org.run();
  for (const { objectId, appUserId } of people) await org.link(objectId, appUserId);
  await org.run();
  return { org, people };
}

describe('a preview', () => {
  test('shows what the next run does, changes nothing at all, and its hash is that of the run', async () => {
    const { org, people } = await connected(8);
    const [one, two, three] = people.map((person) => person.objectId);
    store.updateUser(org.tenantId, present(one, 'made'), { displayName: 'Nytt namn' });
    store.deleteUser(org.tenantId, present(two, 'made'));
    org.addPerson({ displayName: 'Helt ny' });
    const tables = visibleTables.filter((table) => !['sync_run', 'preview_row', ...readingTables].includes(table));
    const before = await dump(world, org.id, tables);
    const shown = await preview(org);
    expect(await dump(world, org.id, tables)).toEqual(before);
    expect(shown).toMatchObject({
      run: { state: 'ok', trigger: 'preview' },
      isCurrent: true,
      draft: null,
      counts: { changed: 1, changedPeople: 1, new: 1, gone: 1, returned: 0, peopleBefore: 8, people: 8 },
      fields: [{ field: 'displayName', changed: 1, filled: 0, emptied: 0 }],
      held: [],
    });
    expect(await rowsOf(org, shown.run.id)).toMatchObject([
      { kind: 'changed', field: 'displayName', before: 'Person 0', after: 'Nytt namn', held: false },
      { kind: 'new', displayName: 'Helt ny', appUserId: null },
      { kind: 'gone', displayName: 'Person 1', reason: 'deleted' },
    ]);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { changedFields: 1, newPeople: 1, gone: 1 } });
    const { rows } = await world.admin.query('select plan_hash from sync_run where id = $1', [run.id]);
    expect(rows[0]).toEqual({ plan_hash: shown.hash });
    store.restoreUser(org.tenantId, present(two, 'made'));
    expect(await rowsOf(org, (await preview(org)).run.id)).toMatchObject([
      { kind: 'returned', displayName: 'Person 1' },
    ]);
    expect(three).toBeDefined();
  });

  test('works with settings that nobody has saved, and marks what would be held', async () => {
    const { org } = await connected(12);
    const draft = { fields: { mappings: [...defaultMappings, title] } };
    const shown = await preview(org, draft);
    expect(shown).toMatchObject({ draft, counts: { changed: 12 }, held: [{ limit: 'changed', field: 'jobTitle' }] });
    expect((await rowsOf(org, shown.run.id, 'changed')).every(({ held }) => held)).toBe(true);
    // Nothing of it was saved, and the next run knows nothing of it.
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 0 } });
  });

  test('a search, a kind and a field narrow it down, page by page', async () => {
    const { org } = await connected(12);
    const { run } = await preview(org, { fields: { mappings: [...defaultMappings, title] } });
    const first = await listPreviewRows(world, org.actor, { id: run.id, limit: 5, field: 'jobTitle' });
    expect(first).toMatchObject({ total: 12, items: { length: 5 } });
    const second = await listPreviewRows(world, org.actor, {
      id: run.id,
      limit: 5,
      field: 'jobTitle',
      after: present(first.next, 'there are more'),
    });
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(10);
    expect(
      (await listPreviewRows(world, org.actor, { id: run.id, limit: 50, search: 'titel 11' })).items,
    ).toMatchObject([{ displayName: 'Person 11' }]);
  });

  test('another organisation sees nothing of it', async () => {
    const { org } = await connected(1);
    const other = await world.connect();
    const { run } = await preview(org);
    await expect(getPreview(world, other.actor, { id: run.id })).rejects.toThrow('not_found');
    await expect(listPreviewRows(world, other.actor, { id: run.id, limit: 50 })).rejects.toThrow('not_found');
  });
});

describe('F43, I37: saving approves exactly what was shown', () => {
  test('the run carries it out without a hold', async () => {
    const { org } = await connected(12);
    const mappings = [...defaultMappings, title];
    const { run, hash } = await preview(org, { fields: { mappings } });
    const approves = { previewId: run.id, hash: present(hash, 'it was worked out') };
    await saveFields(settingsDeps, org.actor, { mappings, approves });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedFields: 12, held: 0 } });
  });

  test('not saved by it, or changed since in Entra: the run is held as any other', async () => {
    const { org, people } = await connected(12);
    const mappings = [...defaultMappings, title];
    const { run, hash } = await preview(org, { fields: { mappings } });
    await saveFields(settingsDeps, org.actor, {
      mappings,
      approves: { previewId: run.id, hash: present(hash, 'it was worked out') },
    });
    store.updateUser(org.tenantId, present(people[0], 'made').objectId, { jobTitle: 'Annan' });
    expect(await org.run()).toMatchObject({ state: 'held', counts: { changedFields: 0, held: 12 } });
  });

  test('a group that nobody is in, approved, lists everybody as gone', async () => {
    const { org } = await connected(12);
    const { id } = store.createGroup(org.tenantId, { displayName: 'Tom' });
    const groups = {
      scope: 'groups' as const,
      groups: [{ id, name: 'Tom' }],
      includeGuests: false,
      includeDisabled: false,
    };
    const shown = await preview(org, { groups });
    expect(shown.counts).toMatchObject({ gone: 12, people: 0, peopleBefore: 12 });
    const approves = { previewId: shown.run.id, hash: present(shown.hash, 'it was worked out') };
    await saveGroups(settingsDeps, org.actor, { ...groups, approves });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 12 } });
  });

  test('other settings than those that were previewed, or another hash, are refused and nothing is saved', async () => {
    const { org } = await connected(2);
    const mappings = [...defaultMappings, title];
    const { run, hash } = await preview(org, { fields: { mappings } });
    const previewId = run.id;
    const approved = { previewId, hash: present(hash, 'it was worked out') };
    await expect(
      saveFields(settingsDeps, org.actor, { mappings: [...defaultMappings], approves: approved }),
    ).rejects.toThrow('plan_changed');
    await expect(saveFields(settingsDeps, org.actor, { mappings, approves: { previewId, hash: 'x' } })).rejects.toThrow(
      'plan_changed',
    );
    await org.set({ mappings: defaultMappings });
    await expect(saveFields(settingsDeps, org.actor, { mappings, approves: approved })).rejects.toThrow('plan_changed');
    const { rows } = await world.admin.query(
      'select count(*)::int as n from attribute_mapping where organisation_id = $1',
      [org.id],
    );
    expect(rows).toEqual([{ n: defaultMappings.length }]);
  });
});
