// The whole server through one night of a connection that is synced by hand: the queue wakes it, Microsoft is asked, people are told.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { useDatabase } from '../test/database.ts';
import { addOrganisation } from '../test/people.ts';
import { systemClock } from './base/clock.ts';
import { newId } from './base/ids.ts';
import { createLogger } from './base/log.ts';
import { loadConfig } from './config.ts';
import { createJobs } from './jobs/jobs.ts';
import { nextNightly } from './jobs/nightly.ts';
import { startSamsyn } from './main.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
const lines: string[] = [];
const log = createLogger({ level: 'info', write: (line) => void lines.push(line) });
const expiresAt = new Date('2028-03-31T00:00:00Z');
let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  await admin.connect();
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-main-'));
  emulator = await startEmulator({ tenants: 1 });
});
afterAll(async () => {
  await emulator.close();
  await admin.end();
  await rm(folder, { recursive: true, force: true });
});

test('withdrawn consent and a secret that runs out are noticed by the night, and the log warns at the start', async () => {
  const org = await addOrganisation(db, 'norrsken.test');
  const [connectionId, tenantId] = [newId(), [...emulator.store.tenants.keys()][0]];
  await admin.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, mode, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, 'Norrsken', 'active', 'manual', 'Åsa', $4, now())`,
    [org.id, connectionId, tenantId, newId()],
  );
  const timeZone = 'Europe/Stockholm';
  const night = nextNightly({ connectionId, timeZone }, new Date(expiresAt.getTime() - 10 * 86_400_000));
  const ahead = night.getTime() + 60_000 - systemClock.now().getTime();
  const clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + ahead) };
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: connectionString,
    SAMSYN_DATA_DIR: folder,
    SAMSYN_ENTRA_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
    SAMSYN_ENTRA_CLIENT_SECRET: 'demo-secret-not-for-production',
    SAMSYN_ENTRA_SECRET_EXPIRES: '2028-03-31',
    SAMSYN_ENTRA_LOGIN_URL: emulator.url,
    SAMSYN_GRAPH_URL: emulator.url,
  });
  const samsyn = await startSamsyn({ config, log, clock });
  const jobs = createJobs({ db: samsyn.db, log });
  await jobs.start();
  try {
    expect(lines.join('\n')).toMatch(/"level":"warn".*secret of the app registration runs out in 1?\d days/);
    await jobs.enqueue('night', { organisationId: org.id, connectionId, timeZone, since: 0 });
    await expect
      .poll(async () => (await admin.query('select status, trouble_code from connection')).rows, { timeout: 20_000 })
      .toEqual([{ status: 'blocked', trouble_code: 'graph_consent_revoked' }]);
    const told = await admin.query<{ kind: string }>('select kind from notification');
    expect(told.rows.map(({ kind }) => kind)).toEqual(['credential_expires']);
  } finally {
    await jobs.stop();
    await samsyn.stop();
  }
}, 60_000);
