import { beforeEach, describe, expect, test } from 'vitest';
import { dump, readingTables, useWorld, type Org } from '../../test/factories.ts';
import { stopAfter, type Step } from '../../test/worker.ts';
import { systemClock } from '../base/clock.ts';
import { defaultMappings } from '../contract/settings.ts';
import { executeRun } from './execute-run.ts';
import { getRun } from './list-runs.ts';
import { startRetry } from './retry.ts';

const world = await useWorld();
const { store } = world.emulator;
const never = new AbortController().signal;

let aheadMs = 0;
const clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
const deps = { ...world.deps, clock };
const hourMs = 3_600_000;

beforeEach(() => {
  store.faults.clear();
  store.changeSettings({ pageSizes: { listMax: 10, delta: 10 } });
  aheadMs = 0;
});

async function prepare(people = 50): Promise<{ org: Org; ids: string[] }> {
  const org = await world.connect();
  return { org, ids: Array.from({ length: people }, () => org.addPerson().id) };
}

async function stopped(org: Org, step: Step, count: number): Promise<string> {
  const runId = await org.start();
  await stopAfter(deps, { organisationId: org.id, runId }, step, count);
  store.requests.reset();
  return runId;
}

async function goOn(org: Org, runId: string) {
  await executeRun(deps, { organisationId: org.id, runId }, never);
  return getRun(world, org.actor, { id: runId });
}

const listed = () => store.requests.summary().perRoute['GET /v1.0/users'] ?? 0;
const batches = () => store.requests.summary().perRoute['POST /v1.0/$batch'] ?? 0;
const kept = async (org: Org) => Object.values(await dump(world, org.id, readingTables)).flat().length;
const present = async (org: Org): Promise<string[]> =>
  (
    await world.admin.query<{ object_id: string }>(
      'select object_id from directory_user where organisation_id = $1 and deleted_at is null order by 1',
      [org.id],
    )
  ).rows.map((row) => row.object_id);
const set = (org: Org, change: string) =>
  world.admin.query(`update pull_progress set ${change} where organisation_id = $1`, [org.id]);

describe('a reading that was stopped after two of five pages is begun anew', () => {
  const cases: [string, (org: Org) => unknown][] = [
    ['when other fields are coupled', (org) => org.set({ mappings: [...defaultMappings, { source: 'city', target: 'city', write: 'always', empty: 'keep' }] })],
    ['when the mirror has moved on, as after a restore (F68)', (org) => set(org, 'generation = generation + 1')],
    ['when it is of another tenant', (org) => set(org, 'tenant_id = gen_random_uuid()')],
    ['when it was staged in another form, by an earlier version', (org) => set(org, `options = '0' || options`)],
    ['when it began more than a day and a half ago', () => (aheadMs = 36 * hourMs)],
    ['when it was taken up twice and nobody got any further', (org) => set(org, 'taken_up = 2')],
  ]; // prettier-ignore
  for (const [when, change] of cases) {
    test(when, async () => {
      const { org, ids } = await prepare();
      const runId = await stopped(org, 'list', 2);
      await change(org);
      // The page of the run is told at most every 300 ms.
      await world.admin.query('update sync_run set people_read = 20 where id = $1', [runId]);
      expect(await goOn(org, runId)).toMatchObject({
        state: 'ok',
        progress: { peopleRead: 50, turn: { kind: 'again' } },
      });
      expect(listed()).toBe(5);
      expect(await present(org)).toEqual(ids.toSorted());
      expect(await kept(org)).toBe(0);
    });
  }

  for (const status of [400, 404, 410]) {
    test(`F11: when Microsoft refuses its next link with ${status}, in the same run, which says so`, async () => {
      const { org, ids } = await prepare();
      const runId = await stopped(org, 'list', 2);
      const fault = store.faults.add({ match: { path: '/v1.0/users?', times: 1 }, answer: { status } });
      const run = await goOn(org, runId);
      expect(fault.used).toBe(1);
      expect(run).toMatchObject({
        state: 'ok',
        mode: 'initial',
        progress: { peopleRead: 50, turn: { kind: 'again' } },
      });
      expect(listed()).toBe(1 + 5);
      expect(await present(org)).toEqual(ids.toSorted());
    });
  }

  test('and not when it is an hour old, another field is left as it was, or a notice is set', async () => {
    const { org } = await prepare();
    const runId = await stopped(org, 'list', 2);
    aheadMs = 35 * hourMs;
    await org.set({ includeGuests: true });
    expect(await goOn(org, runId)).toMatchObject({ state: 'ok', progress: { turn: { kind: 'resumed' } } });
    expect(listed()).toBe(3);
  });
});

test('F11: a round of changes whose next link is refused begins again from the link of the mirror, and not with everybody', async () => {
  const { org, ids } = await prepare();
  await org.run(deps);
  for (const id of ids) store.updateUser(org.tenantId, id, { displayName: 'Nytt' });
  const runId = await stopped(org, 'people', 2);
  store.faults.add({ match: { path: '/v1.0/users/delta', times: 1 }, answer: { status: 410 } });
  expect(await goOn(org, runId)).toMatchObject({ state: 'ok', mode: 'incremental', progress: { peopleRead: 50 } });
  expect(listed()).toBe(0);
});

test('I15: a round of changes is not gone on with when everybody is due to be read', async () => {
  const { org, ids } = await prepare();
  await org.run(deps);
  for (const id of ids) store.updateUser(org.tenantId, id, { displayName: 'Nytt' });
  const runId = await stopped(org, 'people', 2);
  await world.admin.query(
    `update mirror_state set full_read_at = now() - interval '7 days 1 hour' where organisation_id = $1`,
    [org.id],
  );
  expect(await goOn(org, runId)).toMatchObject({ state: 'ok', mode: 'initial' });
  expect(listed()).toBe(5);
});

describe('what was read by a run that failed', () => {
  const fail = async (org: Org, status: number) => {
    store.faults.add({ match: { path: '/v1.0/users?', skip: 2 }, answer: { status } });
    return org.run(deps);
  };

  test('is kept for what may pass, and swept otherwise', async () => {
    for (const [status, state, isKept] of [
      [503, 'retrying', true],
      [403, 'failed', false],
    ] as const) {
      const { org } = await prepare();
      expect(await fail(org, status)).toMatchObject({ state });
      expect((await kept(org)) > 0).toBe(isKept);
      store.faults.clear();
    }
  });

  test('is swept when the sync is off by the time of the next try', async () => {
    const { org } = await prepare();
    const { id: runId } = await fail(org, 503);
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      org.connectionId,
    ]);
    await startRetry(deps, { organisationId: org.id, runId });
    expect(await kept(org)).toBe(0);
  });

  test('is swept when the organisation connects once more', async () => {
    const { org } = await prepare();
    await fail(org, 503);
    store.faults.clear();
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      org.connectionId,
    ]);
    const again = await world.connect({ again: org });
    expect(await again.run(deps)).toMatchObject({ state: 'ok', progress: { peopleRead: 50, turn: null } });
    expect(await kept(org)).toBe(0);
  });

  test('is gone on with by a run that somebody starts by hand, too', async () => {
    const { org } = await prepare();
    await fail(org, 503);
    store.faults.clear();
    store.requests.reset();
    expect(await org.run(deps)).toMatchObject({
      state: 'ok',
      trigger: 'manual',
      progress: { turn: { kind: 'resumed' } },
    });
    expect(listed()).toBe(3);
  });

  test('I39: a link that never answers ends no more than two tries after the first', async () => {
    const { org } = await prepare();
    store.faults.add({ match: { path: '$skiptoken' }, answer: { status: 503 } });
    const first = await org.run(deps);
    expect(first).toMatchObject({ state: 'retrying' });
    const turns = [];
    for (let tries = 0; tries < 3; tries += 1) turns.push((await org.run(deps)).progress.turn?.kind ?? null);
    expect(turns).toEqual(['resumed', 'resumed', null]);
  });
});

describe('R6: who was found to be gone', () => {
  /** Somebody is deleted and looked up, the run is stopped, and they are back; Microsoft never tells of it. */
  async function foundGone(): Promise<{ org: Org; runId: string; back: string }> {
    const { org, ids } = await prepare();
    await org.run(deps);
    const [back = ''] = ids;
    store.deleteUser(org.tenantId, back);
    const runId = await stopped(org, 'look up', 1);
    store.restoreUser(org.tenantId, back);
    store.faults.add({ match: { path: '/v1.0/users/delta' }, fault: { name: 'withheldChanges', lost: true } });
    return { org, runId, back };
  }

  test('more than an hour ago is asked about once more', async () => {
    const { org, runId, back } = await foundGone();
    aheadMs = 61 * 60_000;
    await goOn(org, runId);
    expect(batches()).toBeGreaterThan(0);
    expect(await present(org)).toContain(back);
  });

  test('just now is not', async () => {
    const { org, runId, back } = await foundGone();
    await goOn(org, runId);
    expect(batches()).toBe(0);
    expect(await present(org)).not.toContain(back);
  });

  test('and comes back by a change after that is looked up, and present', async () => {
    const { org, runId, back } = await foundGone();
    store.faults.clear();
    await goOn(org, runId);
    expect(await present(org)).toContain(back);
  });
});
