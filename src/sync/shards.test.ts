import { beforeEach, expect, test } from 'vitest';
import { clientId, useWorld, type Org } from '../../test/factories.ts';
import { json, startHostileGraph, tenantId } from '../../test/hostile-graph.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { createGraph } from '../graph/graph.ts';

const world = await useWorld();
const { store, url } = world.emulator;
const waits: number[] = [];
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => {
    if (ms !== 1000) waits.push(ms);
    return systemClock.sleep(ms === 1000 ? ms : Math.min(ms, 50), signal);
  },
};

beforeEach(() => {
  store.faults.clear();
  store.changeSettings({ pageSizes: { listMax: 20 }, latencyMs: 0 });
  waits.length = 0;
});

const graph = (lanes: number) =>
  createGraph({
    config: { clientId, clientSecret: 'demo-secret-not-for-production', loginUrl: url, graphUrl: url, lanes },
    clock,
    log: createLogger({ level: 'silent' }),
    shardsFrom: 50,
  });

/** 300 people with every kind of first sign, some of which Microsoft would not take today. */
async function large(): Promise<{ org: Org; ids: Set<string> }> {
  const org = await world.connect();
  const signs = ['a', 'B', 'c', 'Z', '0', '9', '_', '-', 'å', 'Ö', 'é', 'ı', 'ß', '$', "'", '#', '~', '中', 'Ａ'];
  const ids = new Set<string>();
  for (let index = 0; index < 300; index += 1) {
    const name = `${signs[index % signs.length]}person${index}@bolag.example`;
    ids.add(org.addPerson({ userPrincipalName: name, displayName: name }).id);
  }
  return { org, ids };
}

async function mirrored(org: Org): Promise<Set<string>> {
  const { rows } = await world.admin.query<{ object_id: string }>(
    'select object_id from directory_user where organisation_id = $1 and deleted_at is null',
    [org.id],
  );
  return new Set(rows.map((row) => row.object_id));
}

test('R1-R3: a large tenant that is read in shards gives the same mirror as one chain, whatever names begin with', async () => {
  const { org, ids } = await large();
  const run = await org.run({ graph: graph(8) });
  expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 300 } });
  expect(await mirrored(org)).toEqual(ids);
  const { rows: sharded } = await attributesOf(org);
  store.invalidateDeltaLinks(org.tenantId);
  const chain = await org.run({ graph: graph(1) });
  expect(chain).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 300, changedFields: 0, gone: 0 } });
  expect((await attributesOf(org)).rows).toEqual(sharded);
  expect(run.progress.peopleRead).toBe(300);
});

test('R6: a shard that keeps somebody back is noticed by the count, and everybody is read in one chain', async () => {
  const { org, ids } = await large();
  const fault = store.faults.add({
    match: { path: 'filter=startsWith(userPrincipalName%2C%27c' },
    answer: { body: { value: [] } },
  });
  const run = await org.run({ graph: graph(8) });
  expect(fault.used, 'the shard was asked for').toBe(1);
  expect(run).toMatchObject({ state: 'ok', counts: { people: 300 } });
  expect(await mirrored(org)).toEqual(ids);
});

test('a filter that Microsoft refuses, or people that it does not count, lead to the one chain', async () => {
  for (const path of ['startsWith', 'not(', '/v1.0/users/$count']) {
    const { org, ids } = await large();
    store.faults.clear();
    store.faults.add({ match: { path }, answer: { status: 400 } });
    expect(await org.run({ graph: graph(8) })).toMatchObject({ state: 'ok', counts: { people: 300 } });
    expect(await mirrored(org)).toEqual(ids);
  }
});

test('a page that fails in one of the shards fails the run, and nothing is visible', async () => {
  const { org } = await large();
  store.faults.add({ match: { path: 'startsWith(userPrincipalName%2C%27z%27)' }, answer: { status: 503 } });
  expect(await org.run({ graph: graph(8) })).toMatchObject({ state: 'retrying', error: { code: 'graph_unreachable' } });
  expect(await mirrored(org)).toEqual(new Set());
});

test('who comes, goes and is renamed while the shards are read is in the mirror as they are at the end', async () => {
  const { org, ids } = await large();
  const [gone = '', renamed = ''] = [...ids];
  let requests = 0;
  const changing = graph(8);
  const reader: typeof changing.reader = (tenantId, options) =>
    changing.reader(tenantId, {
      ...options,
      before: async () => {
        await options?.before?.();
        requests += 1;
        if (requests !== 12) return;
        store.deleteUser(tenantId, gone);
        store.updateUser(tenantId, renamed, { userPrincipalName: 'zz.new@bolag.example' });
        ids.add(org.addPerson({ userPrincipalName: 'aa.new@bolag.example' }).id);
        ids.delete(gone);
      },
    });
  expect(await org.run({ graph: { ...changing, reader } })).toMatchObject({ state: 'ok' });
  expect(await mirrored(org)).toEqual(ids);
});

test('F14: a wait that Microsoft asks one list for is kept by all of them, and counts once', async () => {
  const { org } = await large();
  store.faults.add({
    match: { path: 'startsWith', skip: 5, times: 8 },
    answer: { status: 429, headers: { 'retry-after': '900' } },
  });
  const run = await org.run({ graph: graph(8) });
  // Eight times a quarter of an hour would be more than the two hours of a run.
  expect(run).toMatchObject({ state: 'ok', counts: { people: 300 } });
  expect(waits.filter((ms) => ms > 500_000).length).toBeGreaterThanOrEqual(8);
});

test('G3: each shard costs a page more at most, and the rest is looked up', async () => {
  const { org } = await large();
  const one = graph(8).reader(org.tenantId);
  const seen = new Set<string>();
  for await (const { items } of one.listUsersInShards([], 300)) for (const { id } of items) seen.add(id);
  expect(seen.size).toBe(300);
  expect(one.requests).toBeLessThanOrEqual(38 + Math.ceil(300 / 20) + Math.ceil(300 / 20));
});

test('as many lists are asked for at a time as there are lanes, and no more', async () => {
  const hostile = await startHostileGraph();
  try {
    for (const lanes of [2, 8]) {
      let [open, most] = [0, 0];
      hostile.answer((_, response) => {
        most = Math.max(most, (open += 1));
        setTimeout(() => {
          open -= 1;
          json(response, { value: [] });
        }, 60);
      });
      const config = { clientId, clientSecret: 'x', loginUrl: hostile.url, graphUrl: hostile.url, lanes };
      const reader = createGraph({ config, clock, log: createLogger({ level: 'silent' }) }).reader(tenantId);
      for await (const _ of reader.listUsersInShards([], 30_000));
      expect(most).toBe(lanes);
      expect(hostile.asked).toHaveLength(38);
    }
  } finally {
    await hostile.close();
  }
});

function attributesOf(org: Org) {
  return world.admin.query(
    'select object_id, user_principal_name, display_name, mail, attributes, aliases, manager_id from directory_user where organisation_id = $1 order by object_id',
    [org.id],
  );
}
