// F55: the server was off at night. A worker that starts in the morning makes one run, however often it starts; in the afternoon none.
import { afterAll, expect, test } from 'vitest';
import { systemClock, type Clock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import { loadConfig } from '../src/config.ts';
import { installJobs } from '../src/jobs/install.ts';
import { createJobs } from '../src/jobs/jobs.ts';
import { nextNightly } from '../src/jobs/nightly.ts';
import { startSamsyn } from '../src/main.ts';
import { clientId, useWorld } from './factories.ts';

const world = await useWorld();
const timeZone = 'Europe/Stockholm';
const hourMs = 3_600_000;
const log = createLogger({ level: 'silent' });
await installJobs(world.ownerConnectionString);
const jobs = createJobs({ db: world.db, log });
await jobs.start();
afterAll(() => jobs.stop());

const config = loadConfig({
  DATABASE_URL: world.ownerConnectionString,
  SAMSYN_SECRET_KEY: Buffer.alloc(32, 5).toString('base64'),
  SAMSYN_ENTRA_CLIENT_ID: clientId,
  SAMSYN_ENTRA_CLIENT_SECRET: 'demo-secret-not-for-production',
  SAMSYN_ENTRA_LOGIN_URL: world.emulator.url,
  SAMSYN_GRAPH_URL: world.emulator.url,
});

test('F55 a night that was missed is made up for once at a start before noon, and not at one after it', async () => {
  const org = await world.connect();
  org.addPerson();
  await world.admin.query(`update connection set mode = 'daily' where id = $1`, [org.connectionId]);
  const key = { organisationId: org.id, connectionId: org.connectionId, timeZone };
  await jobs.scheduleNightly({ ...key, mode: 'daily' });
  const nights = async () =>
    (
      await world.admin.query<{ date: string; state: string }>(
        `select local_date::text as date, state from sync_run where organisation_id = $1 and trigger = 'nightly' order by local_date`,
        [org.id],
      )
    ).rows;
  let advancedMs = 0;
  /** A worker from its start until it has had time for what it finds. */
  const startAt = async (at: Date, ...dates: string[]) => {
    const aheadMs = at.getTime() - systemClock.now().getTime();
    // Microsoft's clock goes with ours.
    world.emulator.store.advanceClock((aheadMs - advancedMs) / 1000);
    advancedMs = aheadMs;
    const clock: Clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + aheadMs) };
    const samsyn = await startSamsyn({ config, log, clock, part: 'work' });
    try {
      await expect.poll(nights, { timeout: 30_000 }).toEqual(dates.map((date) => ({ date, state: 'ok' })));
      // The night's jobs are done, also of one that finds nothing to do.
      await expect
        .poll(
          async () =>
            (await world.admin.query(`select from pgboss.job where name = 'night' and state < 'completed'`)).rowCount,
          { timeout: 30_000 },
        )
        .toBe(0);
    } finally {
      await samsyn.stop();
    }
  };
  const first = nextNightly(key, new Date(systemClock.now().getTime() + 48 * hourMs));
  const morning = new Date(first.getTime() + 5 * hourMs);
  const date = first.toLocaleDateString('sv-SE', { timeZone });
  await startAt(morning, date);
  await startAt(new Date(morning.getTime() + hourMs), date);
  // The next night is missed too, and it is afternoon: that one is gone.
  const second = nextNightly(key, first);
  await startAt(new Date(second.getTime() + 12 * hourMs), date);
}, 120_000);
