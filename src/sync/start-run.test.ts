// Beginning a run: one at a time for a connection, one a night and local date, and nothing that stays stuck (I22, I38, I39).
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { manualClock, type ManualClock } from '../../test/manual-clock.ts';
import { addOrganisation, type Org } from '../../test/people.ts';
import { newId } from '../base/ids.ts';
import { createLogger } from '../base/log.ts';
import { installJobs } from '../jobs/install.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import { nextNightly } from '../jobs/nightly.ts';
import { startNightlyRun, startRun, type StartDeps } from './start-run.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const log = createLogger({ level: 'silent' });
let jobs: Jobs;
let org: Org;
let connectionId: string;
let clock: ManualClock;
let deps: StartDeps;
let count = 0;

beforeAll(async () => {
  await owner.connect();
  await installJobs(connectionString);
  jobs = createJobs({ db, log });
  await jobs.start();
}, 60_000);
afterAll(async () => {
  await jobs.stop();
  await owner.end();
});
beforeEach(async () => {
  org = await addOrganisation(db, `org${(count += 1)}.test`);
  connectionId = newId();
  await owner.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, mode, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, 'Norrsken', 'active', 'daily', 'Åsa', $4, now())`,
    [org.id, connectionId, newId(), newId()],
  );
  clock = manualClock('2026-06-10T00:30:00Z');
  deps = { db, clock, log, jobs };
});

const nightly = () => startNightlyRun(deps, { organisationId: org.id, connectionId });
const runs = async () =>
  (
    await owner.query<{ id: string; trigger: string; state: string; local_date: string | null }>(
      'select id, trigger, state, local_date::text from sync_run where organisation_id = $1 order by id',
      [org.id],
    )
  ).rows;
const dates = async () => (await runs()).map((run) => run.local_date);
const queued = async () =>
  (
    await owner.query<{ id: string }>(
      `select data->>'runId' as id from pgboss.job where name = 'run' and data->>'organisationId' = $1`,
      [org.id],
    )
  ).rows.map(({ id }) => id);
const finish = (state = 'ok') =>
  owner.query(
    `update sync_run set state = $2, phase = 'done', finished_at = now() where organisation_id = $1 and state in ('queued', 'running')`,
    [org.id, state],
  );
const set = (assignment: string) => owner.query(`update connection set ${assignment} where id = $1`, [connectionId]);

describe('a night', () => {
  test('begins a run, with its job', async () => {
    await nightly();
    const [run] = await runs();
    expect(run).toMatchObject({ trigger: 'nightly', state: 'queued', local_date: '2026-06-10' });
    expect(await queued()).toEqual([run?.id]);
  });

  test('has one run however often it is looked at, also when all looks come at once', async () => {
    await Promise.all(Array.from({ length: 10 }, nightly));
    expect(await dates()).toEqual(['2026-06-10']);
    await finish();
    for (let hour = 0; hour < 9; hour += 1) {
      await clock.advance(3_600_000);
      await nightly();
    }
    expect(await dates()).toEqual(['2026-06-10']);
    expect(await queued()).toHaveLength(1);
  });

  test('that failed is not tried again until the next', async () => {
    await nightly();
    await finish('failed');
    await nightly();
    clock.set('2026-06-11T00:30:00Z');
    await nightly();
    expect(await dates()).toEqual(['2026-06-10', '2026-06-11']);
  });

  test.each(['queued', 'running'])(
    'whose run is %s and has lost its worker goes on with it, and is not lost',
    async (state) => {
      await nightly();
      const [run] = await runs();
      await owner.query('update sync_run set state = $2, created_at = $3 where id = $1', [run?.id, state, clock.now()]);
      await clock.advance(3_600_000);
      await nightly();
      expect(await runs()).toEqual([{ ...run, state }]);
      expect(await queued()).toEqual([run?.id, run?.id]);
      // The next night is another: what is still open then is ended.
      clock.set('2026-06-11T00:30:00Z');
      await nightly();
      expect((await runs()).map((one) => [one.state, one.local_date])).toEqual([['superseded', '2026-06-10'], ['queued', '2026-06-11']]); // prettier-ignore
    },
  );

  test('waits for a run that is open, and is made up for at a later look', async () => {
    await startRun(deps, org.admin.actor);
    await nightly();
    expect(await dates()).toEqual([null]);
    await finish();
    await nightly();
    expect(await dates()).toEqual([null, '2026-06-10']);
  });

  test.each(['Europe/Stockholm', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Australia/Lord_Howe'])(
    'in %s: one run for every local date of a year, through both changes of clocks and a clock that is set back',
    async (timeZone) => {
      await owner.query('update organisation set time_zone = $2 where id = $1', [org.id, timeZone]);
      clock.set('2026-01-01T12:00:00Z');
      const seen = new Set<string>();
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
      for (let night = 0; night < 365; night += 1) {
        const at = nextNightly({ connectionId, timeZone }, clock.now());
        // Every twelfth night, to keep the test short, and all around the changes of clocks.
        if (night % 12 === 0 || /-(03|10)-(2[6-9]|3[01])|-(03|10)-0[2-9]|-(04|11)-0[1-6]/.test(at.toISOString())) {
          for (const laterMs of [0, 3_600_000, 60_000]) {
            clock.set(new Date(at.getTime() + laterMs));
            await nightly();
            await finish();
          }
          seen.add(format.format(at));
        }
        clock.set(at);
      }
      expect(await dates()).toEqual([...seen]);
      expect(seen.size).toBeGreaterThan(50);
    },
  );

  test.each([
    ['is set to manual', `mode = 'manual'`],
    ['is still being set up', `status = 'configuring'`],
    ['is turned off', `status = 'off', turned_off_at = now()`],
  ])('of a connection that %s begins nothing', async (_why, assignment) => {
    await set(assignment);
    await nightly();
    expect([await runs(), await queued()]).toEqual([[], []]);
  });

  test('of a connection of another organisation begins nothing', async () => {
    const other = await addOrganisation(db, `other${count}.test`);
    await startNightlyRun(deps, { organisationId: other.id, connectionId });
    expect(await runs()).toEqual([]);
  });
});

describe('by the button', () => {
  const start = () => startRun(deps, org.admin.actor);

  test('begins a run at once, unless one is open', async () => {
    const run = await start();
    expect(run).toMatchObject({ trigger: 'manual', state: 'queued', requestedBy: org.admin.email });
    await expect(start()).rejects.toMatchObject({ code: 'run_open' });
    expect(await queued()).toEqual([run.id]);
    await finish();
    await start();
    expect(await runs()).toHaveLength(2);
  });

  test('of ten clicks at once, one begins a run', async () => {
    const ends = await Promise.allSettled(Array.from({ length: 10 }, start));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await queued()).toHaveLength(1);
  });

  test.each([
    ['steps_missing', `status = 'configuring'`],
    ['not_connected', `status = 'off', turned_off_at = now()`],
  ])('%s is said where there is nothing to sync with', async (code, assignment) => {
    await set(assignment);
    await expect(start()).rejects.toMatchObject({ code });
    expect(await runs()).toEqual([]);
  });

  test('a run that nobody took for ten minutes blocks nobody for ever', async () => {
    const first = await start();
    await owner.query(`update sync_run set created_at = $2 where id = $1`, [
      first.id,
      new Date(clock.now().getTime() - 11 * 60_000),
    ]);
    await start();
    expect((await runs()).map(({ state }) => state)).toEqual(['superseded', 'queued']);
  });
});
