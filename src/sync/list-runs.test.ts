import { beforeAll, describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import { saveBrakeLimits } from '../connection/brake-limits.ts';
import { defaultBrakeLimits } from '../contract/brake.ts';
import { getRun, listRunChanges, listRunIssues, listRuns } from './list-runs.ts';

const world = await useWorld();
const { store } = world.emulator;

describe('what a run did', () => {
  let org: Org;
  let runId: string;
  const people = ['Åsa', 'Örjan', 'Bo', 'Per 100% säker'];

  beforeAll(async () => {
    org = await world.connect();
    const added = people.map((displayName) => org.addPerson({ displayName }));
    await org.run();
    for (const person of added) await org.link(person.id, await org.addAppUser({ displayName: 'Någon' }));
    for (const [index, person] of added.entries()) {
      store.updateUser(org.tenantId, person.id, {
        displayName: `${people[index]} Ny`,
        surname: `Ny ${index}`,
        mail: 'fel adress',
      });
    }
    runId = (await org.run()).id;
  });

  test('comes in pages that hold each change once, with the number of all', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await listRunChanges(world, org.actor, {
        id: runId,
        limit: 3,
        ...(after === undefined ? {} : { after }),
      });
      expect([page.total, page.totalIsCapped]).toEqual([8, false]);
      seen.push(...page.items.map((one) => `${one.displayName}: ${one.field} ${one.before} -> ${one.after}`));
      if (page.next === null) break;
      after = page.next;
    }
    const expected = people.flatMap((name, index) => [
      `${name} Ny: displayName ${name} -> ${name} Ny`,
      `${name} Ny: lastName ${index + 1} -> Ny ${index}`,
    ]);
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });

  test('is found by name and by value, and wildcards are letters', async () => {
    const found = async (search: string) =>
      (await listRunChanges(world, org.actor, { id: runId, limit: 50, search })).total;
    expect(await found('örjan')).toBe(2);
    expect(await found('Ny 3')).toBe(2);
    expect(await found('100%')).toBe(2);
    expect(await found('1_0')).toBe(0);
    expect(await found('%')).toBe(2);
  });

  test('issues come in pages, too', async () => {
    const first = await listRunIssues(world, org.actor, { id: runId, limit: 3 });
    const second = await listRunIssues(world, org.actor, {
      id: runId,
      limit: 3,
      after: present(first.next, 'there is more'),
    });
    expect([first.total, first.items.length, second.items.length, second.next]).toEqual([4, 3, 1, null]);
    const issues = [...first.items, ...second.items].map((one) => `${one.code} ${one.field} ${one.subject}`);
    expect(issues.toSorted()).toEqual(people.map((name) => `value_invalid email ${name} Ny`).toSorted());
  });

  test('runs are listed latest first, by page', async () => {
    const first = await listRuns(world, org.actor, { limit: 1 });
    expect(first.items[0]).toMatchObject({
      id: runId,
      trigger: 'manual',
      requestedBy: 'Ada Admin',
      mode: 'incremental',
    });
    const second = await listRuns(world, org.actor, { limit: 1, after: present(first.next, 'there is more') });
    expect([second.items[0]?.mode, second.next, second.total]).toEqual(['initial', null, 2]);
  });

  test('T10: another organisation sees none of it', async () => {
    const other = await world.connect();
    await expect(getRun(world, other.actor, { id: runId })).rejects.toMatchObject({ code: 'not_found' });
    expect(await listRuns(world, other.actor, { limit: 10 })).toMatchObject({ items: [], total: 0 });
    expect(await listRunChanges(world, other.actor, { id: runId, limit: 10 })).toMatchObject({ items: [], total: 0 });
    expect(await listRunIssues(world, other.actor, { id: runId, limit: 10 })).toMatchObject({ items: [], total: 0 });
  });
});

test(
  'I20, I21: whoever reads while runs commit sees one generation of all: people, app users and history',
  { timeout: 60_000 },
  async () => {
    const org = await world.connect();
    const linked = [];
    for (let one = 0; one < 60; one += 1) linked.push(org.addPerson({ displayName: 'Version 0' }).id);
    await org.run();
    for (const objectId of linked) await org.link(objectId, await org.addAppUser({ displayName: 'Någon' }));
    // Everybody's name changes with each run.
    await saveBrakeLimits(world, org.actor, { ...defaultBrakeLimits, changed: { count: 1000, share: 1 } });
    const reader = await world.reader();
    let isReading = true;
    const seen: string[] = [];
    const reading = (async () => {
      while (isReading) {
        const { rows } = await reader.query<{ versions: string }>(
          `select string_agg(distinct v, ',') as versions from (
           select display_name as v from directory_user where organisation_id = $1
           union all
           select a.display_name from link l join app_user a on a.organisation_id = l.organisation_id and a.id = l.app_user_id
           where l.organisation_id = $1
           union all
           select 'Version ' || generation - 1 from mirror_state where organisation_id = $1) s`,
          [org.id],
        );
        seen.push(rows[0]?.versions ?? '');
      }
    })();
    for (let version = 1; version <= 6; version += 1) {
      for (const objectId of linked) store.updateUser(org.tenantId, objectId, { displayName: `Version ${version}` });
      expect(await org.run()).toMatchObject({ state: 'ok', counts: { changedUsers: 60 } });
    }
    isReading = false;
    await reading;
    const order = [...new Set(seen)];
    expect(order.filter((versions) => versions.includes(','))).toEqual([]);
    expect(order).toEqual(order.toSorted());
    expect(order.length).toBeGreaterThan(3); // else nobody was looking while they committed
  },
);
