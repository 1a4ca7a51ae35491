// The key of the server is missing, or another one: it starts, shows, and changes nothing; with the key back it goes on (F69, T13).
import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../src/base/log.ts';
import { loadConfig } from '../src/config.ts';
import { createJobs } from '../src/jobs/jobs.ts';
import { answerApprovals } from '../src/approvals.ts';
import { startSamsyn, type Samsyn } from '../src/main.ts';
import { takeNewKey } from '../src/take-key.ts';
import { addressOf, contractRoutes, nameOf } from './contract-routes.ts';
import { useDatabase } from './database.ts';
import { addOrganisation, password, type Org } from './people.ts';
import { scriptedBrowser, type ScriptedBrowser } from './scripted-browser.ts';

const { db, connectionString, adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
const lines: string[] = [];
const log = createLogger({ level: 'info', write: (line) => void lines.push(line) });
const newKey = () => randomBytes(32).toString('base64');
let folder: string;
let org: Org;

beforeAll(async () => {
  await admin.connect();
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-key-'));
  org = await addOrganisation(db, 'norrsken.test');
});
afterAll(async () => {
  await admin.end();
  await rm(folder, { recursive: true, force: true });
});

const configOf = (secretKey = '') =>
  loadConfig({
    PORT: '0',
    DATABASE_URL: connectionString,
    SAMSYN_DATA_DIR: folder,
    ...(secretKey === '' ? {} : { SAMSYN_SECRET_KEY: secretKey }),
  });

async function withServer<T>(secretKey: string, fn: (samsyn: Samsyn) => Promise<T>): Promise<T> {
  const samsyn = await startSamsyn({ config: configOf(secretKey), log });
  try {
    return await fn(samsyn);
  } finally {
    await samsyn.stop();
  }
}

/** The server listens on another port than the address by which people reach it: the browser says where it stands. */
async function signIn(samsyn: Samsyn): Promise<ScriptedBrowser> {
  const browser = scriptedBrowser();
  const { status } = await browser.call('POST', `${samsyn.url}/api/v1/session`, { email: org.admin.email, password });
  expect(status).toBe(200);
  return browser;
}

const readOnlyOf = async (samsyn: Samsyn) =>
  (await (await fetch(`${samsyn.url}/api/v1/server`)).json() as { readOnly: string | null }).readOnly; // prettier-ignore

async function dump(): Promise<string[]> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'pgboss') and tablename not in ('auth_session', 'version') order by 1`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await admin.query<{ row: string }>(`select t::text as row from ${name} t order by 1`);
    parts.push(`-- ${name}`, ...rows.map(({ row }) => row));
  }
  return parts;
}

const sealed = async () => (await admin.query<{ sealed: string }>('select sealed from server_key')).rows[0]?.sealed;

/** Whoever is signed in may look; every route that would write is refused, and no row is another afterwards. */
async function onlyShows(samsyn: Samsyn, why: string): Promise<void> {
  expect(await readOnlyOf(samsyn)).toBe(why);
  expect(await (await fetch(`${samsyn.url}/readyz`)).json()).toEqual({ status: 'ready', readOnly: why });
  const browser = await signIn(samsyn);
  const before = await dump();
  expect((await browser.call('GET', `${samsyn.url}/api/v1/organisations/${org.id}/users`)).status).toBe(200);
  const writes = contractRoutes.filter(
    ({ method, path: address }) => method !== 'GET' && address !== '/api/v1/session',
  );
  expect(writes.length).toBeGreaterThan(30);
  for (const route of writes) {
    const answer = await browser.call(route.method, `${samsyn.url}${addressOf(route, org.id)}`, {});
    expect([nameOf(route), answer.status, answer.body]).toMatchObject([nameOf(route), 503, { error: { code: 'server_read_only' } }]); // prettier-ignore
  }
  expect((await browser.call('PATCH', `${samsyn.url}/api/v1/session`, { language: 'en' })).status).toBe(503);
  for (const way of ['callback', 'consent']) {
    const back = await fetch(`${samsyn.url}/entra/${way}?state=x&code=y`, { redirect: 'manual' });
    expect([back.status, back.headers.get('location')]).toEqual([302, 'http://localhost:0/connect/flow']);
  }
  expect(await dump()).toEqual(before);
}

describe('F69', () => {
  test('a key file that is gone is not made anew: the server only shows, and goes on when the file is back', async () => {
    const file = path.join(folder, 'secret-key');
    expect(await withServer('', readOnlyOf)).toBeNull();
    const first = await sealed();
    expect(first).toMatch(/^s1\./);
    await rename(file, `${file}.away`);
    lines.length = 0;
    await withServer('', (samsyn) => onlyShows(samsyn, 'key_missing'));
    expect(lines.join('')).toMatch(/"level":"error".*secret key is missing.*Bring back the key file/);
    await expect(access(file)).rejects.toThrow('ENOENT');
    expect(await sealed()).toBe(first);
    await rename(`${file}.away`, file);
    await withServer('', async (samsyn) => {
      expect(await readOnlyOf(samsyn)).toBeNull();
      const browser = await signIn(samsyn);
      expect((await browser.call('PATCH', `${samsyn.url}/api/v1/session`, { language: 'en' })).status).toBe(200);
    });
    expect(await sealed()).toBe(first);
  }, 60_000);

  test('with another key the server only shows, no work of the queue is done, and no sealed value is overwritten', async () => {
    const first = await sealed();
    lines.length = 0;
    await withServer(newKey(), async (samsyn) => {
      const jobs = createJobs({ db, log });
      await jobs.start();
      await jobs.enqueue('mail', { organisationId: org.id });
      await jobs.stop();
      await onlyShows(samsyn, 'key_wrong');
      // A worker would have looked twice by now.
      await wait(4_500);
      const { rows } = await admin.query<{ state: string }>(`select state from pgboss.job where name = 'mail'`);
      expect(rows).toEqual([{ state: 'created' }]);
    });
    expect(lines.join('')).toMatch(/"level":"error".*not the one that belongs to this database/);
    // Nor does the operator's command decide about anything.
    await expect(answerApprovals(configOf(newKey()), log, ['--approve', '0192'])).rejects.toThrow(/secret key/);
    expect(await sealed()).toBe(first);
    // What has waited is done by the server that has its key back.
    await withServer('', () =>
      expect
        .poll(async () => (await admin.query(`select state from pgboss.job where name = 'mail'`)).rows, {
          timeout: 20_000,
        })
        .toEqual([{ state: 'completed' }]),
    );
  }, 90_000);

  test('a new key with the earlier one beside it seals anew; then the new one is enough, and the earlier one alone is not', async () => {
    const [second, third] = [newKey(), newKey()];
    const first = await sealed();
    await takeNewKey(configOf(second), log);
    const bySecond = await sealed();
    expect(bySecond).not.toBe(first);
    expect(await withServer(`${third},${second}`, readOnlyOf)).toBeNull();
    expect((await sealed())?.split('.')[1]).not.toBe(bySecond?.split('.')[1]);
    expect(await withServer(third, readOnlyOf)).toBeNull();
    expect(await withServer(second, readOnlyOf)).toBe('key_wrong');
    expect(await withServer(third, readOnlyOf)).toBeNull();
  }, 60_000);

  test('a key that is lost for good is replaced on the command line, and not by mistake', async () => {
    const fourth = newKey();
    expect(await withServer(fourth, readOnlyOf)).toBe('key_wrong');
    expect(await takeNewKey(configOf(fourth), log)).toBe(true);
    const now = await sealed();
    expect(await takeNewKey(configOf(fourth), log)).toBe(false);
    expect(await sealed()).toBe(now);
    expect(await withServer(fourth, readOnlyOf)).toBeNull();
  }, 60_000);
});
