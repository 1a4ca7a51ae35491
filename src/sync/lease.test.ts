import { describe, expect, test } from 'vitest';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { systemClock } from '../base/clock.ts';
import { createSealer } from '../base/seal.ts';
import type { Run } from '../contract/api-runs.ts';
import { defaultMappings } from '../contract/settings.ts';
import { turnOff } from '../connection/turn-off.ts';
import type { Graph } from '../graph/graph.ts';
import { tell } from '../notify/tell.ts';
import { executeRun } from './execute-run.ts';
import { getRun } from './list-runs.ts';
import { startNightlyRun, startRun } from './start-run.ts';
import { unheard } from '../../test/unheard.ts';

const world = await useWorld();
const { store } = world.emulator;
const never = new AbortController().signal;

/** The real client, which does `hook` each time before it asks what changed. */
function pausing(graph: Graph, hook: () => Promise<void>): Graph {
  return {
    ...graph,
    reader(tenantId, options) {
      const reader = graph.reader(tenantId, options);
      const usersDelta: typeof reader.usersDelta = async function* (link, sources) {
        await hook();
        yield* reader.usersDelta(link, sources);
      };
      return Object.create(reader, { usersDelta: { value: usersDelta } }) as typeof reader; // the same with one method replaced
    },
  };
}

/** A run that has come as far as asking what changed, and goes on when told. */
async function half(org: Org, runId: string, signal = never) {
  const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const graph = pausing(world.deps.graph, async () => {
    arrived.resolve();
    await go.promise;
  });
  const ended = executeRun({ ...world.deps, graph }, { organisationId: org.id, runId }, signal);
  await Promise.race([arrived.promise, ended]);
  return { ended, go: go.resolve };
}

const execute = (org: Org, runId: string) => executeRun(world.deps, { organisationId: org.id, runId }, never);
const runOf = (org: Org, id: string): Promise<Run> => getRun(world, org.actor, { id });

async function fence(org: Org): Promise<number> {
  const { rows } = await world.admin.query<{ fence: string }>(
    'select fence from run_lease where organisation_id = $1',
    [org.id],
  );
  return Number(rows[0]?.fence ?? 0);
}

const expire = (org: Org) =>
  world.admin.query(
    `update run_lease set expires_at = clock_timestamp() - interval '1 second' where organisation_id = $1`,
    [org.id],
  );

/** Somebody linked, whose name changes in Entra. */
async function prepare() {
  const org = await world.connect();
  const { id: objectId } = org.addPerson({ displayName: 'Gammalt' });
  const appUserId = await org.addAppUser({ displayName: 'Någon' });
  await org.run();
  await org.link(objectId, appUserId);
  store.updateUser(org.tenantId, objectId, { displayName: 'Nytt', department: 'Drift' });
  return {
    org,
    objectId,
    name: async () => (await org.fieldsOf(appUserId))['displayName'],
    fields: () => org.fieldsOf(appUserId),
  };
}

async function staged(org: Org): Promise<number> {
  const { rows } = await world.admin.query('select from staging_user where organisation_id = $1', [org.id]);
  return rows.length;
}

const turnOffNow = (org: Org): Promise<void> =>
  turnOff(
    {
      ...world.deps, tell, sealer: createSealer(new Uint8Array(32)), publicUrl: 'http://localhost',
      ...unheard,
      schedule: async () => undefined, nextNightly: () => new Date(0),
    },
    org.actor,
  ); // prettier-ignore

/** The sessions of workers that wait for a lock, as soon as there is one. */
async function blocked(): Promise<number[]> {
  for (;;) {
    const { rows } = await world.admin.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'samsyn' and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return rows.map((row) => row.pid);
    await systemClock.sleep(10);
  }
}

describe('two workers (F49)', () => {
  test('at once: one does the run, the other is told that it is busy', async () => {
    const { org, name } = await prepare();
    const runId = await org.start();
    const first = await half(org, runId);
    expect(await execute(org, runId)).toBe('busy');
    expect(await name()).toBe('Gammalt');
    first.go();
    expect(await first.ended).toBe('done');
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { changedUsers: 1 } });
    expect(await name()).toBe('Nytt');
    expect(await execute(org, runId)).toBe('done');
  });

  test('the other is busy at once also while the first one commits for longer than its lease', async () => {
    const { org } = await prepare();
    const runId = await org.start();
    const first = await half(org, runId);
    await expire(org);
    await world.admin.query('begin');
    await world.admin.query('select from run_lease where organisation_id = $1 for update', [org.id]);
    const began = systemClock.monotonicMs();
    expect(await execute(org, runId)).toBe('busy');
    expect(systemClock.monotonicMs() - began).toBeLessThan(2000);
    await world.admin.query('commit');
    expect(await execute(org, runId)).toBe('done');
    first.go();
    await first.ended;
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok' });
  });

  test('I13: one that was paused, and is told to start over when it wakes up, leaves what the other has read alone', async () => {
    const { org } = await prepare();
    const fresh = org.addPerson();
    store.invalidateDeltaLinks(org.tenantId);
    await org.set({
      mappings: [...defaultMappings, { source: 'city', target: 'city', write: 'always', empty: 'keep' }],
    });
    const runId = await org.start();
    const first = await half(org, runId);
    await expire(org);
    // Only the first one's link is dead: the second makes its own afterwards.
    store.invalidateDeltaLinks(org.tenantId);
    const second = await half(org, runId);
    const read = await dump(world, org.id, ['staging_user']);
    expect(await staged(org)).toBe(2);
    first.go();
    await first.ended;
    expect(await dump(world, org.id, ['staging_user'])).toEqual(read);
    second.go();
    await second.ended;
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { people: 2, newPeople: 1 } });
    const { rows } = await world.admin.query('select from directory_user where object_id = $1', [fresh.id]);
    expect(rows).toHaveLength(1);
  });

  test('I22: one that was paused past its lease commits nothing after another has taken over', async () => {
    const { org, objectId, name } = await prepare();
    const runId = await org.start();
    const first = await half(org, runId);
    const held = await fence(org);
    await expire(org);
    expect(await execute(org, runId)).toBe('done');
    expect(await fence(org)).toBe(held + 1);
    const [after, run] = [await dump(world, org.id), await runOf(org, runId)];
    expect(run.state).toBe('ok');
    store.updateUser(org.tenantId, objectId, { displayName: 'Ännu nyare' });
    first.go();
    await first.ended;
    expect(await dump(world, org.id)).toEqual(after);
    expect(await runOf(org, runId)).toEqual(run);
    expect(await name()).toBe('Nytt');
    await org.run();
    expect(await name()).toBe('Ännu nyare');
    expect(await staged(org)).toBe(0);
  });

  test('I22: one whose lease ran out commits nothing even if nobody has taken over', async () => {
    const { org, name } = await prepare();
    const before = await dump(world, org.id);
    const runId = await org.start();
    const first = await half(org, runId);
    await expire(org);
    first.go();
    await first.ended;
    expect(await runOf(org, runId)).toMatchObject({ state: 'superseded', error: { code: 'run_superseded' } });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await org.run()).toMatchObject({ state: 'ok' });
    expect(await name()).toBe('Nytt');
  });

  test('I14: one that began from a generation which is not the last one any more applies nothing of it, and begins again', async () => {
    const { org, name } = await prepare();
    const runId = await org.start();
    const first = await half(org, runId);
    // As a decision about held rows does.
    const moved = await world.admin.query<{ generation: string }>(
      'update mirror_state set generation = generation + 1 where organisation_id = $1 returning generation',
      [org.id],
    );
    first.go();
    await first.ended;
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', mode: 'incremental' });
    const { rows } = await world.admin.query('select generation, (select count(*)::int from sync_run r where r.organisation_id = m.organisation_id and r.generation = m.generation) as runs from mirror_state m where organisation_id = $1', [org.id]); // prettier-ignore
    expect(rows).toEqual([{ generation: String(Number(moved.rows[0]?.generation) + 1), runs: 1 }]);
    expect(await name()).toBe('Nytt');
  });

  test('of different organisations do not wait for each other', async () => {
    const [a, b] = [await prepare(), await prepare()];
    const runId = await a.org.start();
    const first = await half(a.org, runId);
    expect(await b.org.run()).toMatchObject({ state: 'ok' });
    first.go();
    await first.ended;
    expect(await runOf(a.org, runId)).toMatchObject({ state: 'ok' });
  });
});

describe('a worker that dies (F48)', () => {
  test('stopped in the middle: nothing is changed, and a later worker does the same run to its end', async () => {
    const { org, name } = await prepare();
    const before = await dump(world, org.id);
    const runId = await org.start();
    const stop = new AbortController();
    const first = await half(org, runId, stop.signal);
    stop.abort(new Error('the server stops'));
    first.go();
    await expect(first.ended).rejects.toThrow('the server stops');
    expect(await runOf(org, runId)).toMatchObject({ state: 'running', error: null });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await execute(org, runId)).toBe('done');
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { changedUsers: 1 } });
    expect(await name()).toBe('Nytt');
    expect(await staged(org)).toBe(0);
  });

  for (const [table, when] of [
    ['staging_user', 'reading'],
    ['directory_user', 'committing'],
  ] as const) {
    test(`F45, F46: the database connection cut while ${when}: nothing is half done, and a later worker ends the run`, async () => {
      const { org, name } = await prepare();
      const before = await dump(world, org.id);
      const runId = await org.start();
      const first = await half(org, runId);
      await world.admin.query('begin');
      await world.admin.query(`lock table ${table} in access exclusive mode`);
      first.go();
      for (const pid of await blocked()) await world.admin.query('select pg_terminate_backend($1)', [pid]);
      await world.admin.query('commit');
      await expect(first.ended).rejects.toThrow(/terminat/);
      expect(await runOf(org, runId)).toMatchObject({ state: 'running', error: null });
      expect(await dump(world, org.id)).toEqual(before);
      expect(await execute(org, runId)).toBe('done');
      expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { changedUsers: 1 } });
      expect(await name()).toBe('Nytt');
      expect(await staged(org)).toBe(0);
    });
  }

  test('I39: an open run whose worker is gone does not block the next one for ever', async () => {
    const { org, name } = await prepare();
    const dead = await org.start();
    await expect(startRun(world.deps, org.actor)).rejects.toMatchObject({ code: 'run_open' });
    await world.admin.query(
      `update sync_run set state = 'running', created_at = now() - interval '2 minutes' where id = $1`,
      [dead],
    );
    expect(await org.run()).toMatchObject({ state: 'ok' });
    expect(await runOf(org, dead)).toMatchObject({ state: 'superseded', error: { code: 'run_interrupted' } });
    expect(await execute(org, dead)).toBe('done');
    expect(await name()).toBe('Nytt');
  });
});

describe('settings that change during a run', () => {
  test('saved while it reads: it begins again and ends with the new ones', async () => {
    const { org, fields } = await prepare();
    const runId = await org.start();
    const first = await half(org, runId);
    await org.set({
      mappings: [...defaultMappings, { source: 'department', target: 'department', write: 'always', empty: 'keep' }],
    });
    first.go();
    await first.ended;
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok' });
    expect(await fields()).toMatchObject({ displayName: 'Nytt', department: 'Drift' });
  });

  test('saved again and again: it gives up, changes nothing, and the next one takes what is left', async () => {
    const { org, name } = await prepare();
    const before = await dump(world, org.id);
    let times = 0;
    const graph = pausing(world.deps.graph, async () => {
      times += 1;
      await org.set({});
    });
    expect(await org.run({ graph })).toMatchObject({ state: 'superseded', error: { code: 'run_superseded' } });
    expect(times).toBe(5);
    expect(await dump(world, org.id)).toEqual(before);
    expect(await org.run()).toMatchObject({ state: 'ok' });
    expect(await name()).toBe('Nytt');
  });

  test('I30, F51: turned off while it reads, it asks Microsoft nothing more, applies nothing and is superseded', async () => {
    const { org } = await prepare();
    const before = await dump(world, org.id);
    const runId = await org.start();
    const first = await half(org, runId);
    await turnOffNow(org);
    store.requests.reset();
    first.go();
    await first.ended;
    expect(store.requests.summary().count).toBe(0);
    expect(await runOf(org, runId)).toMatchObject({ state: 'superseded', error: { code: 'run_superseded' } });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await staged(org)).toBe(0);
    await expect(startRun(world.deps, org.actor)).rejects.toMatchObject({ code: 'not_connected' });
  });

  test('I30: turned off when all is read and nothing is written yet, it applies nothing', async () => {
    const { org } = await prepare();
    const before = await dump(world, org.id);
    const runId = await org.start();
    const first = await half(org, runId);
    // Its next word on how far it has come waits here.
    await world.admin.query('begin');
    await world.admin.query('select from sync_run where id = $1 for update', [runId]);
    first.go();
    await blocked();
    await turnOffNow(org);
    await world.admin.query('commit');
    await first.ended;
    expect(await runOf(org, runId)).toMatchObject({ state: 'superseded' });
    expect(await dump(world, org.id)).toEqual(before);
  });
});

describe('the night', () => {
  test('I38: gives at most one run a local date, and none when set to manual', async () => {
    const { org } = await prepare();
    const key = { organisationId: org.id, connectionId: org.connectionId };
    const nights = async () =>
      (
        await world.admin.query<{ id: string }>(
          `select id from sync_run where organisation_id = $1 and trigger = 'nightly'`,
          [org.id],
        )
      ).rows;
    await startNightlyRun(world.deps, key);
    expect(await nights()).toEqual([]);
    await world.admin.query(`update connection set mode = 'daily' where id = $1`, [org.connectionId]);
    await startNightlyRun(world.deps, key);
    const [night, ...others] = await nights();
    expect(others).toEqual([]);
    await execute(org, night?.id ?? '');
    expect(await runOf(org, night?.id ?? '')).toMatchObject({ state: 'ok', trigger: 'nightly', requestedBy: null });
    await startNightlyRun(world.deps, key);
    expect(await nights()).toHaveLength(1);
    const tomorrow = { ...systemClock, now: () => new Date(systemClock.now().getTime() + 24 * 3_600_000) };
    await startNightlyRun({ ...world.deps, clock: tomorrow }, key);
    expect(await nights()).toHaveLength(2);
  });
});
