// F44 and F45: the database is away when a worker starts, when a run is to be begun, and in the middle of one. Real processes on a
// PostgreSQL that is stopped and started as a server is for an upgrade.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { createLogger } from '../src/base/log.ts';
import { startEmbedded, type Embedded } from '../src/db/embedded.ts';
import { arrangeOrganisations, clientId, type Organisation } from './chaos/world.ts';
import { freePort, getRun, runCommand, startServer, type ServerProcess } from './whole-server.ts';

const log = createLogger({ level: 'silent' });
let folder: string;
let database: Embedded;
let emulator: Emulator;
let env: Record<string, string>;
let web: ServerProcess;
let worker: ServerProcess;
let org: Organisation;

const startDatabase = () => startEmbedded({ dataDir: path.join(folder, 'data'), log });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-down-'));
  database = await startDatabase();
  emulator = await startEmulator({
    seed: 'none',
    apps: [{ clientId, secret: 'demo-secret-not-for-production', name: 'Samsyn', redirectUris: [], requiredRoles: [], groupMembershipClaims: 'None' }],
  }); // prettier-ignore
  const port = await freePort();
  const url = `http://localhost:${port}`;
  env = {
    PORT: String(port),
    DATABASE_URL: database.connectionString,
    SAMSYN_PUBLIC_URL: url,
    SAMSYN_SECRET_KEY: Buffer.alloc(32, 5).toString('base64'),
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: 'demo-secret-not-for-production',
    SAMSYN_ENTRA_LOGIN_URL: emulator.url,
    SAMSYN_GRAPH_URL: emulator.url,
  };
  web = await startServer('web', env);
  worker = await startServer('work', env);
  const { connectionString } = database;
  const [made] = await arrangeOrganisations({ url, connectionString, emulator }, 1);
  if (!made) throw new Error('one was asked for');
  org = made;
}, 180_000);
afterAll(async () => {
  await Promise.all([web, worker].map((one) => one.end('SIGKILL')));
  await database.stop();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

const ready = async () => (await fetch(`${web.url}/readyz`)).status;
const start = async () => String((await org.session.call('POST', '/connection/runs'))['id']);
const stateOf = async (id: string) => (await getRun(org.session, id)).state;

test('F44 the database is down at the start: a worker says so in one line and ends; one that is up waits, and does the run when it is back', async () => {
  await worker.end('SIGTERM');
  const id = await start();
  await database.stop();
  const refused = runCommand(['work'], env);
  expect(refused.code).toBe(1);
  expect(refused.stderr.trim().split('\n')).toHaveLength(1);
  expect(refused.stderr).toMatch(/No database server answers at .*: start it, or check host and port in DATABASE_URL/);
  // Whoever looks meanwhile is told so.
  expect(await ready()).toBe(503);
  await expect(start()).rejects.toThrow('database_unavailable');
  database = await startDatabase();
  await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  // The service manager starts it again, and then the database goes once more before there is anything to do.
  worker = await startServer('work', env);
  await expect.poll(() => stateOf(id), { timeout: 30_000 }).toBe('ok');
  await database.stop();
  await new Promise((done) => setTimeout(done, 3000));
  database = await startDatabase();
  await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  const next = await start();
  await expect.poll(() => stateOf(next), { timeout: 60_000 }).toBe('ok');
  expect(worker.child.exitCode).toBe(null);
}, 240_000);

test('F45 the database is restarted in the middle of reading: the run is begun again by itself and ends well, once', async () => {
  const [linked] = org.linked;
  emulator.store.updateUser(org.tenantId, linked?.objectId ?? '', { displayName: 'Nytt namn' });
  emulator.store.faults.add({
    match: { path: '/users/delta', tenant: org.tenantId, times: 1 },
    answer: { delayMs: 4000 },
  });
  const id = await start();
  await expect
    .poll(
      () =>
        worker
          .output()
          .split('\n')
          .some((line) => line.includes(id) && line.includes('Run begun')),
      { timeout: 20_000 },
    )
    .toBe(true);
  await database.stop();
  const downAt = performance.now();
  await new Promise((done) => setTimeout(done, 5000));
  database = await startDatabase();
  await expect.poll(() => stateOf(id).catch(() => 'away'), { timeout: 95_000, interval: 500 }).toBe('ok');
  expect(performance.now() - downAt).toBeLessThan(95_000);
  expect(await getRun(org.session, id)).toMatchObject({ counts: { changedUsers: 1, changedFields: 1 } });
  const runs = await org.session.call('GET', '/connection/runs');
  expect((runs['items'] as { state: string }[]).filter(({ state }) => state !== 'ok')).toEqual([]); // by the contract
}, 180_000);
