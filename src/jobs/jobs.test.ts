// Jobs on a real database: what is enqueued is done at least once, whoever dies, and only if what it belongs to has happened.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { systemClock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { createLogger } from '../base/log.ts';
import { inOrganisation } from '../db/transaction.ts';
import { installJobs } from './install.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { nightlyCron } from './nightly.ts';
import { queueSchemas, type JobData } from './queues.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const organisationId = newId();
const running: Jobs[] = [];

beforeAll(async () => {
  await owner.connect();
  // Two servers that start at once, and one that starts again.
  await Promise.all([installJobs(connectionString), installJobs(connectionString)]);
  await installJobs(connectionString);
}, 60_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
  await owner.query('truncate pgboss.job');
});
afterAll(() => owner.end());

async function startJobs(): Promise<Jobs> {
  const jobs = createJobs({ db, log: createLogger({ level: 'silent' }) });
  running.push(jobs);
  await jobs.start();
  return jobs;
}

const run = (): JobData<'run'> => ({ organisationId, runId: newId() });
const rows = async (queue: string) =>
  (await owner.query<Record<string, unknown>>('select * from pgboss.job where name = $1 order by created_on', [queue]))
    .rows;
const soon = (what: () => void, timeout = 15_000) => vi.waitFor(what, { timeout, interval: 50 });

describe('a job', () => {
  test('is done, with what it carries', async () => {
    const jobs = await startJobs();
    const done: unknown[] = [];
    await jobs.work('run', async (data) => void done.push(data));
    const data = run();
    await jobs.enqueue('run', data);
    await soon(() => expect(done).toEqual([data]));
  });

  test('that fails is tried again until it succeeds', async () => {
    const jobs = await startJobs();
    let tries = 0;
    await jobs.work('run', async () => {
      tries += 1;
      if (tries < 2) throw new Error('the database was away');
    });
    await jobs.enqueue('run', run());
    await soon(() => expect(tries).toBe(2));
  });

  test('exists when the transaction commits, and not when it rolls back', async () => {
    const jobs = await startJobs();
    const [kept, lost] = [run(), run()];
    await inOrganisation(db, organisationId, async (tx) => {
      await jobs.enqueue('run', kept, { tx });
      expect(await rows('run')).toEqual([]);
    });
    const rolledBack = inOrganisation(db, organisationId, async (tx) => {
      await jobs.enqueue('run', lost, { tx });
      throw new Error('changed its mind');
    });
    await expect(rolledBack).rejects.toThrow('changed its mind');
    expect((await rows('run')).map(({ data }) => data)).toEqual([kept]);
  });

  test('can be enqueued by a run, under the role of a sync', async () => {
    const jobs = await startJobs();
    await inOrganisation(db, organisationId, (tx) => jobs.enqueue('mail', { organisationId }, { tx, key: 'x' }), {
      role: 'samsyn_sync',
    });
    expect(await rows('mail')).toHaveLength(1);
  });

  test('with a delay waits for it', async () => {
    const jobs = await startJobs();
    const done: string[] = [];
    await jobs.work('run', async ({ runId }) => void done.push(runId));
    const [late, early] = [run(), run()];
    await jobs.enqueue('run', late, { delaySeconds: 3 });
    await jobs.enqueue('run', early);
    await soon(() => expect(done).toEqual([early.runId]));
    await soon(() => expect(done).toEqual([early.runId, late.runId]));
    const [first] = (await rows('run')) as { created_on: Date; started_on: Date }[]; // by pg-boss
    expect(Number(first?.started_on) - Number(first?.created_on)).toBeGreaterThanOrEqual(3000);
  });

  test('with the key of one that waits is that one; once that has begun, it is another', async () => {
    const jobs = await startJobs();
    for (let times = 0; times < 3; times += 1) await jobs.enqueue('mail', { organisationId }, { key: organisationId });
    await jobs.enqueue('mail', { organisationId: newId() }, { key: newId() });
    expect(await rows('mail')).toHaveLength(2);
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    await jobs.work('mail', async () => {
      begun += 1;
      await gate.promise;
    });
    await soon(() => expect(begun).toBe(1));
    await jobs.enqueue('mail', { organisationId }, { key: organisationId });
    expect(await rows('mail')).toHaveLength(3);
    gate.resolve();
    await soon(() => expect(begun).toBe(3));
  });

  test('that nobody can read is thrown away and holds up no other', async () => {
    const jobs = await startJobs();
    const done: string[] = [];
    await owner.query(`insert into pgboss.job (name, data) values ('run', '{"organisationId": "x"}')`);
    await jobs.work('run', async ({ runId }) => void done.push(runId));
    const good = run();
    await jobs.enqueue('run', good);
    await soon(() => expect(done).toEqual([good.runId]));
    expect((await rows('run')).map(({ state }) => state)).not.toContain('retry');
  });
});

describe('a worker', () => {
  test('that is killed loses nothing: its job is taken over', async () => {
    const script = path.join(import.meta.dirname, '../../test/job-worker.ts');
    const child = spawn(process.execPath, [script, connectionString], { stdio: ['ignore', 'pipe', 'inherit'] });
    const jobs = await startJobs();
    const data = run();
    await jobs.enqueue('run', data);
    const [taken] = (await once(child.stdout, 'data')) as [Buffer]; // by the stream
    expect(taken.toString().trim()).toBe(data.runId);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await rows('run')).toMatchObject([{ state: 'active' }]);
    const done: unknown[] = [];
    await jobs.work('run', async (one) => void done.push(one));
    await systemClock.sleep(1500);
    // Its heart may still be believed to beat.
    expect(done).toEqual([]);
    await owner.query(`update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute'`);
    await soon(() => expect(done).toEqual([data]), 40_000);
  }, 60_000);

  test('that is stopped tells its work to stop; the job is done again at the next start', async () => {
    const first = await startJobs();
    const told = Promise.withResolvers<void>();
    await first.work('run', async (_data, signal) => {
      told.resolve();
      await systemClock.sleep(60_000, signal);
    });
    const data = run();
    await first.enqueue('run', data);
    await told.promise;
    const before = performance.now();
    await first.stop();
    // Not only when the time for stopping is out.
    expect(performance.now() - before).toBeLessThan(6000);
    const second = await startJobs();
    const done: unknown[] = [];
    await second.work('run', async (one) => void done.push(one));
    await soon(() => expect(done).toEqual([data]));
  });

  test('works on as many at once as it is told', async () => {
    const jobs = await startJobs();
    let now = 0;
    let most = 0;
    let done = 0;
    await jobs.work(
      'run',
      async () => {
        now += 1;
        most = Math.max(most, now);
        await systemClock.sleep(200);
        now -= 1;
        done += 1;
      },
      { concurrency: 3 },
    );
    for (let index = 0; index < 8; index += 1) await jobs.enqueue('run', run());
    await soon(() => expect(done).toBe(8));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });
});

test('T27 slots that are set apart for one priority take only such jobs, and of those that wait the higher goes first', async () => {
  const jobs = await startJobs();
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const work = async ({ runId }: JobData<'run'>) => {
    begun.push(runId);
    await gate.promise;
  };
  const large = [run(), run(), run(), run()];
  const ids = large.map(({ runId }) => runId);
  const [small, other] = [run(), run()];
  for (const one of large) await jobs.enqueue('run', one, { priority: 0 });
  await jobs.work('run', work, { concurrency: 2 });
  await soon(() => expect(begun).toHaveLength(2));
  expect(ids).toEqual(expect.arrayContaining(begun));
  await jobs.work('run', work, { concurrency: 1, onlyPriority: 2 });
  await jobs.enqueue('run', small, { priority: 2 });
  await soon(() => expect(begun.at(-1)).toBe(small.runId));
  // The slot is free only for its own, and the others are full.
  await jobs.enqueue('run', other, { priority: 1 });
  await systemClock.sleep(1500);
  expect(begun).toHaveLength(3);
  gate.resolve();
  await soon(() => expect(begun).toHaveLength(6));
  expect(begun.indexOf(other.runId)).toBeLessThan(5);
});

describe('the night of a connection', () => {
  const nights = async () =>
    (await owner.query<Record<string, unknown>>('select key, cron, timezone, data from pgboss.schedule order by key'))
      .rows;

  test('is scheduled once, follows the time zone, and ends', async () => {
    const jobs = await startJobs();
    const [connectionId, other] = [newId(), newId()];
    const before = systemClock.now().getTime();
    await jobs.scheduleNightly({ organisationId, connectionId, timeZone: 'Europe/Stockholm', mode: 'daily' });
    await jobs.scheduleNightly({
      organisationId: newId(),
      connectionId: other,
      timeZone: 'Europe/London',
      mode: 'daily',
    });
    await jobs.scheduleNightly({ organisationId, connectionId, timeZone: 'Europe/Helsinki', mode: 'daily' });
    const [first, second] = await nights();
    expect(first).toMatchObject({
      key: connectionId,
      cron: nightlyCron({ connectionId }),
      timezone: 'Europe/Helsinki',
      data: { organisationId, connectionId, timeZone: 'Europe/Helsinki' },
    });
    expect(queueSchemas.night.parse(first?.['data']).since).toBeGreaterThanOrEqual(before);
    expect(second).toMatchObject({ key: other, timezone: 'Europe/London' });
    await jobs.unscheduleNightly(connectionId);
    await jobs.unscheduleNightly(connectionId);
    expect((await nights()).map(({ key }) => key)).toEqual([other]);
  });

  test('F56 what was owed before another time zone is owed still; another choice begins anew', async () => {
    const jobs = await startJobs();
    const connectionId = newId();
    const since = async () =>
      (await jobs.listNights()).find((night) => night.connectionId === connectionId)?.since ?? 0;
    await jobs.scheduleNightly({ organisationId, connectionId, timeZone: 'America/New_York', mode: 'manual' });
    const first = await since();
    await systemClock.sleep(5);
    await jobs.scheduleNightly({ organisationId, connectionId, timeZone: 'America/New_York', mode: 'daily' });
    const chosen = await since();
    expect(chosen).toBeGreaterThan(first);
    await systemClock.sleep(5);
    await jobs.scheduleNightly({ organisationId, connectionId, timeZone: 'Europe/Stockholm', mode: 'daily' });
    expect(await since()).toBe(chosen);
    await jobs.unscheduleNightly(connectionId);
    await jobs.scheduleNightly({ organisationId, connectionId, timeZone: 'Europe/Stockholm', mode: 'daily' });
    expect(await since()).toBeGreaterThan(chosen);
    await jobs.unscheduleNightly(connectionId);
  });

  test('belongs to the transaction that chose it: rolled back, nothing is scheduled and nothing ended', async () => {
    const jobs = await startJobs();
    const [connectionId, other] = [newId(), newId()];
    const key = { organisationId, timeZone: 'Europe/Stockholm', mode: 'daily' as const };
    await jobs.scheduleNightly({ ...key, connectionId });
    const before = await nights();
    await expect(
      inOrganisation(db, organisationId, async (tx) => {
        await jobs.unscheduleNightly(connectionId, tx);
        await jobs.scheduleNightly({ ...key, connectionId: other }, tx);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await nights()).toEqual(before);
    await inOrganisation(db, organisationId, (tx) => jobs.unscheduleNightly(connectionId, tx));
    expect((await nights()).map((one) => one['key'])).not.toContain(connectionId);
  });
});

test('servers that start at the same time do not trip over one another', async () => {
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([1, 2, 3].map(() => installJobs(connectionString)));
  }
});

test('at run time nobody may change how the queue is made', async () => {
  const { rows: may } = await owner.query(`
    select r.rolname, has_schema_privilege(r.oid, 'pgboss', 'create') as creates, has_table_privilege(r.oid, 'pgboss.job', 'delete') as deletes
    from pg_roles r where rolname in ('samsyn_app', 'samsyn_sync') order by 1`);
  expect(may).toEqual([
    { rolname: 'samsyn_app', creates: false, deletes: true },
    { rolname: 'samsyn_sync', creates: false, deletes: false },
  ]);
});
