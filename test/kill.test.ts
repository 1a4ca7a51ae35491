import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { useDatabase } from './database.ts';
import {
  addOrganisation,
  configure,
  connect,
  enter,
  freePort,
  getRun,
  startServer,
  sync,
  type ServerProcess,
} from './whole-server.ts';

const { connectionString, adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
const clientId = '11111111-2222-4333-8444-555555555555';
let emulator: Emulator;
let server: ServerProcess | undefined;

beforeAll(async () => {
  await admin.connect();
  emulator = await startEmulator({ users: 3000 });
});
afterAll(async () => {
  await server?.end('SIGKILL');
  await emulator.close();
  await admin.end();
});

const tables = ['app_user', 'link', 'ignored', 'field_change', 'directory_user', 'directory_group', 'directory_membership', 'mirror_state', 'connection', 'connection_group', 'attribute_mapping', 'notice_recipient', 'notification', 'outbox']; // prettier-ignore

async function visible(): Promise<unknown[]> {
  const sums: unknown[] = [];
  for (const table of tables) {
    const { rows } = await admin.query<{ sum: string }>(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${table} t`,
    );
    sums.push([table, rows[0]?.sum]);
  }
  return sums;
}

test('F48 a server killed with -9 in the middle of a run leaves nothing half done, and the next start takes the run up', async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = {
    PORT: String(port),
    DATABASE_URL: connectionString,
    SAMSYN_PUBLIC_URL: url,
    SAMSYN_SECRET_KEY: Buffer.alloc(32, 5).toString('base64'),
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: 'secret-of-the-tests',
    SAMSYN_ENTRA_LOGIN_URL: emulator.url,
    SAMSYN_GRAPH_URL: emulator.url,
    SAMSYN_LOG_LEVEL: 'warn',
  };
  const redirectUris = [`${url}/entra/callback`, `${url}/entra/consent`];
  const known = emulator.store.app(clientId);
  if (!known) throw new Error('the emulator knows the app');
  emulator.store.putApp({ ...known, secret: 'secret-of-the-tests', redirectUris });
  const token = addOrganisation(env);
  server = await startServer('serve', env);
  const session = await enter(url, token);
  await connect(session, url);
  await configure(session);
  expect(await sync(session)).toMatchObject({ state: 'ok' });
  const tenant = emulator.store.tenant(await tenantId());
  const present = [...tenant.users.values()].filter((user) => user.deletedAt === null).slice(0, 500);
  for (const [index, user] of present.entries())
    emulator.store.updateUser(tenant.id, user.id, { displayName: `Ändrad ${index}` });

  const before = await visible();
  emulator.store.changeSettings({ latencyMs: 1000, pageSizes: { delta: 50 } });
  const { id } = await session.call('POST', '/connection/runs');
  // In the midst of reading: some pages are here, others are not.
  await expect.poll(pagesRead, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
  await server.end('SIGKILL');
  expect(await visible()).toEqual(before);
  const staged = await pagesRead();

  // What it had asked last is answered, and counted, by then.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  emulator.store.requests.reset();
  emulator.store.changeSettings({ latencyMs: 0 });
  const restarted = performance.now();
  server = await startServer('serve', env);
  await expect
    .poll(async () => (await getRun(session, String(id))).state, { timeout: 100_000, interval: 500 })
    .toBe('ok');
  expect(performance.now() - restarted).toBeLessThan(90_000);
  const { rows } = await admin.query<{ changed: string }>(
    `select count(*) as changed from directory_user where display_name like 'Ändrad %'`,
  );
  expect(Number(rows[0]?.changed)).toBe(500);
  // It went on where it was: the other pages, and what has changed since.
  expect(emulator.store.requests.summary().perRoute['GET /v1.0/users/delta']).toBe(10 - staged + 1);
  expect((await getRun(session, String(id))).progress).toMatchObject({ peopleRead: 500, turn: { kind: 'resumed' } });
  const runs = await admin.query('select state from sync_run order by created_at');
  expect(runs.rows).toEqual([{ state: 'ok' }, { state: 'ok' }]);
  expect((await admin.query('select 1 from staging_user')).rowCount).toBe(0);
}, 300_000);

/** Pages of 50 changes that are staged. */
async function pagesRead(): Promise<number> {
  const { rows } = await admin.query<{ people_read: number }>('select people_read from pull_progress');
  return (rows[0]?.people_read ?? 0) / 50;
}

async function tenantId(): Promise<string> {
  const { rows } = await admin.query<{ id: string }>('select tenant_id as id from connection');
  return rows[0]?.id ?? '';
}
