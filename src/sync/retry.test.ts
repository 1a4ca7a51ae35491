import { beforeEach, describe, expect, test } from 'vitest';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { present } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { executeRun } from './execute-run.ts';
import { getRun, listRuns } from './list-runs.ts';
import { nextTry, startRetry } from './retry.ts';
import type { RunDeps } from './run-deps.ts';
import { startNightlyRun } from './start-run.ts';

const world = await useWorld();
const { store } = world.emulator;

/** What would have been done later, and the time, which a test turns on. */
const queued: { queue: string; runId: string; delaySeconds: number }[] = [];
let aheadMs = 0;
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
const jobs: RunDeps['jobs'] = {
  enqueue: async (queue, data, { delaySeconds = 0 } = {}) => {
    queued.push({ queue, runId: 'runId' in data ? data.runId : '', delaySeconds });
  },
};
const deps = { ...world.deps, clock, jobs };

beforeEach(() => {
  store.faults.clear();
  queued.length = 0;
  aheadMs = 0;
});

const down = (answer: Parameters<typeof store.faults.add>[0]['answer'] = { status: 503 }) =>
  store.faults.add({ match: { path: '/v1.0/users' }, answer });

async function start(org: Org, trigger: 'nightly' | 'retry', runId = ''): Promise<string> {
  const before = queued.length;
  if (trigger === 'nightly') await startNightlyRun(deps, { organisationId: org.id, connectionId: org.connectionId });
  else await startRetry(deps, { organisationId: org.id, runId });
  const job = queued.slice(before).find(({ queue }) => queue === 'run');
  return job?.runId ?? '';
}

async function execute(org: Org, runId: string) {
  await executeRun(deps, { organisationId: org.id, runId }, new AbortController().signal);
  return getRun({ db: world.db }, org.actor, { id: runId });
}

/** When the run's next try is due: turns the clock there, and does what the job would. */
async function tryAgain(org: Org, runId: string) {
  const job = present(
    queued.find((one) => one.queue === 'retry' && one.runId === runId),
    'a try is due',
  );
  aheadMs += job.delaySeconds * 1000;
  return execute(org, await start(org, 'retry', runId));
}

const minutes = (from: string | null, to: string | null) =>
  Math.round((Date.parse(to ?? '') - Date.parse(from ?? '')) / 60_000);
const latest = async (org: Org) => (await listRuns({ db: world.db }, org.actor, { limit: 100 })).items;

describe('F15, F16: a run that Microsoft did not answer', () => {
  test('is tried again in a quarter of an hour, an hour and three hours, and then left to the next night', async () => {
    const org = await world.connect();
    await world.admin.query(`update connection set mode = 'daily' where id = $1`, [org.connectionId]);
    org.addPerson();
    await org.run();
    const before = await dump(world, org.id);
    down();
    let run = await execute(org, await start(org, 'nightly'));
    const waited = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(run).toMatchObject({
        state: 'retrying',
        attempt,
        error: { code: 'graph_unreachable', detail: '503 ServiceUnavailable' },
      });
      expect(run.error?.graphRequestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(run.counts, 'the count of tries and of requests').toMatchObject({ tries: 8, requests: 8 });
      waited.push(minutes(run.finishedAt, run.retryAt));
      const failed = run;
      run = await tryAgain(org, run.id);
      expect(run.trigger).toBe('retry');
      expect(await getRun({ db: world.db }, org.actor, { id: failed.id })).toMatchObject({
        state: 'failed',
        retryAt: null,
      });
    }
    expect(waited).toEqual([15, 60, 180]);
    expect(run).toMatchObject({ state: 'failed', attempt: 4, retryAt: null });
    expect(await dump(world, org.id)).toEqual(before);
    aheadMs += 24 * 3_600_000;
    store.faults.clear();
    const night = await execute(org, await start(org, 'nightly'));
    expect(night).toMatchObject({ trigger: 'nightly', state: 'ok', attempt: 1 });
  });

  test('that succeeds on the next try stands in the list with both', async () => {
    const org = await world.connect();
    org.addPerson();
    down();
    const failed = await org.run(deps);
    expect(failed.state).toBe('retrying');
    store.faults.clear();
    expect(await tryAgain(org, failed.id)).toMatchObject({ state: 'ok', trigger: 'retry', attempt: 2 });
    expect((await latest(org)).map(({ state, trigger }) => [state, trigger])).toEqual([
      ['ok', 'retry'],
      ['failed', 'manual'],
    ]);
    await startRetry(deps, { organisationId: org.id, runId: failed.id });
    expect(await latest(org), 'told twice, it begins once').toHaveLength(2);
  });

  test('can always be tried again by hand, which takes the place of the try that was to come', async () => {
    const org = await world.connect();
    org.addPerson();
    down();
    const failed = await org.run(deps);
    store.faults.clear();
    expect(await org.run(deps)).toMatchObject({ state: 'ok', trigger: 'manual', attempt: 1 });
    expect(await start(org, 'retry', failed.id)).toBe('');
    expect(await latest(org)).toHaveLength(2);
  });

  test('F51: is not tried again once the sync is off', async () => {
    const org = await world.connect();
    down();
    const failed = await org.run(deps);
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      org.connectionId,
    ]);
    expect(await start(org, 'retry', failed.id)).toBe('');
    expect(await getRun({ db: world.db }, org.actor, { id: failed.id })).toMatchObject({
      state: 'failed',
      retryAt: null,
    });
  });

  test('F15: that was asked to wait longer than it may is tried when Microsoft has said', async () => {
    const org = await world.connect();
    org.addPerson();
    down({ status: 429, headers: { 'retry-after': '10800' } });
    const run = await org.run(deps);
    expect(run).toMatchObject({ state: 'retrying', error: { code: 'graph_busy' } });
    expect(minutes(run.finishedAt, run.retryAt)).toBe(180);
  });

  test('is tried again for what may pass, and for nothing else', () => {
    const now = new Date();
    const of = (code: Parameters<typeof nextTry>[0]['code']) => nextTry({ code, waitSeconds: null, attempt: 1, now });
    for (const code of [
      'graph_unreachable',
      'graph_busy',
      'graph_certificate',
      'graph_malformed',
      'graph_intercepted',
    ] as const)
      expect(of(code), code).not.toBeNull();
    for (const code of [
      'graph_foreign_link',
      'graph_loop',
      'graph_too_large',
      'graph_resync',
      'graph_consent_revoked',
      'run_implausible',
      'internal',
    ] as const)
      expect(of(code), code).toBeNull();
    expect(nextTry({ code: 'graph_busy', waitSeconds: 1e9, attempt: 1, now })?.getTime()).toBe(
      now.getTime() + 24 * 3_600_000,
    );
  });
});

describe('F16: a connection whose nights fail', () => {
  test('is told of each night for two, and then once a week, to the administrators too; a good run ends it', { timeout: 60_000 }, async () => {
    const org = await world.connect();
    await world.admin.query(`update connection set mode = 'daily', created_at = now() - interval '1 year' where id = $1`, [org.connectionId]);
    await world.admin.query(
      `insert into notice_recipient (organisation_id, connection_id, id, email, kinds, position) values ($1, $2, gen_random_uuid(), 'drift@bolag.example', '{run_failed}', 0)`,
      [org.id, org.connectionId],
    );
    org.addPerson();
    down();
    const told: number[][] = [];
    for (let night = 0; night < 11; night += 1) {
      aheadMs += 24 * 3_600_000;
      const runId = await start(org, 'nightly');
      expect(await execute(org, runId)).toMatchObject({ state: 'retrying' });
      // The notices of a night lie a night behind, as they would.
      for (const table of ['outbox', 'notification'])
        await world.admin.query(`update ${table} set created_at = least(created_at, now()) - interval '24 hours' where organisation_id = $1`, [org.id]);
      await world.admin.query(`update sync_run set finished_at = least(finished_at, now()) - interval '24 hours' where organisation_id = $1`, [org.id]);
      told.push(await countTold(org));
    }
    // Mails of each night, then one in the third night and one a week later; the administrator reads of those two.
    expect(told.map(([mails]) => mails)).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4]);
    expect(told.at(-1)).toEqual([4, 2]);
    const { rows } = await world.admin.query<{ params: unknown }>(
      `select params from notification where organisation_id = $1 and kind = 'sync_degraded' order by created_at`, [org.id]);
    expect(rows.map(({ params }) => params)).toEqual([
      { nights: 3, code: 'graph_unreachable' },
      { nights: 10, code: 'graph_unreachable' },
    ]);
    const { rows: [connection] } = await world.admin.query<{ status: string }>('select status from connection where id = $1', [org.connectionId]);
    expect(connection?.status, 'never switched off by itself').toBe('active');
    store.faults.clear();
    expect(await org.run(deps)).toMatchObject({ state: 'ok' });
  }); // prettier-ignore
});

async function countTold(org: Org): Promise<number[]> {
  const { rows } = await world.admin.query<{ mails: string; notices: string }>(
    `select (select count(*) from outbox where organisation_id = $1) as mails,
       (select count(*) from notification where organisation_id = $1 and kind = 'sync_degraded') as notices`,
    [org.id],
  );
  return [Number(rows[0]?.mails), Number(rows[0]?.notices)];
}
