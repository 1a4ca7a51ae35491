import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { onServer } from '../../test/database-setup.ts';
import { createLogger } from '../base/log.ts';
import { isMigrated, migrate } from './migrate.ts';
import { assertReachable, createDatabase } from './pool.ts';
import { assertRowSecurity } from './self-check.ts';

const log = createLogger({ level: 'silent' });
const { db, connectionString, adminConnectionString } = await useDatabase({ empty: true });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-migrate-'));
  await file('0001-first.sql', 'create table first (id int);');
  await file('0002-second.sql', 'create table second (id int);\ninsert into second values (1);');
  await file('notes.md', 'not a migration');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await onServer(
    adminConnectionString,
    'drop schema public cascade; create schema public; alter schema public owner to samsyn; grant usage on schema public to public',
  );
});

const file = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
const run = (): Promise<string[]> => migrate({ connectionString, log, folder });

test('the files are applied in order and once', async () => {
  expect(await isMigrated(db, folder)).toBe(false);
  expect(await run()).toEqual(['0001-first', '0002-second']);
  expect(await run()).toEqual([]);
  expect(await isMigrated(db, folder)).toBe(true);
  await file('0003-third.sql', 'create table third (id int)');
  expect(await isMigrated(db, folder)).toBe(false);
  expect(await run()).toEqual(['0003-third']);
});

test('two that migrate at once apply each file once', async () => {
  const applied = await Promise.all([run(), run(), run()]);
  expect(applied.flat().toSorted()).toEqual(['0001-first', '0002-second']);
});

test('a file that was changed after it was applied is refused, line ends apart', async () => {
  await run();
  await file('0002-second.sql', 'create table second (id int);\r\ninsert into second values (1);');
  expect(await run()).toEqual([]);
  await file('0002-second.sql', 'create table second (id bigint);');
  await expect(run()).rejects.toMatchObject({
    code: 'migration_changed',
    message: expect.stringContaining('0002-second'),
  });
  expect(await isMigrated(db, folder)).toBe(false);
});

test('a database that is newer than the software is refused', async () => {
  await run();
  await rm(path.join(folder, '0002-second.sql'));
  await expect(run()).rejects.toMatchObject({
    code: 'database_newer',
    message: expect.stringContaining('0002-second'),
  });
});

test('a file that fails leaves nothing behind, and the message names the line', async () => {
  await file('0002-second.sql', 'create table second (id int);\n\nselect nonsense from second;');
  await expect(run()).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringContaining('0002-second, line 3'),
  });
  await file('0002-second.sql', 'create table second (id int);');
  expect(await run()).toEqual(['0002-second']);
});

test('the run-time role is samsyn_app, is bound by row-level security and owns nothing', async () => {
  await run();
  await assertRowSecurity(db);
  const { rows } = await sql`select current_user as role`.execute(db.kysely);
  expect(rows).toEqual([{ role: 'samsyn_app' }]);
});

test('the self-check refuses a table with an organisation that lacks a wall', async () => {
  await run();
  const check = (): Promise<void> => assertRowSecurity(db);
  await onServer(connectionString, 'create table loose (organisation_id uuid)');
  await expect(check()).rejects.toMatchObject({
    code: 'table_unsafe',
    message: expect.stringContaining('loose (lacks ENABLE'),
  });
  await onServer(connectionString, 'alter table loose enable row level security');
  await expect(check()).rejects.toThrow(/loose \(lacks FORCE/);
  await onServer(connectionString, 'alter table loose force row level security');
  await expect(check()).rejects.toThrow(/loose \(lacks a policy/);
  await onServer(connectionString, 'create policy wall on loose using (false)');
  await check();
  await onServer(connectionString, 'create view peep as select * from loose');
  await expect(check()).rejects.toThrow(/peep \(lacks security_invoker/);
});

test('the self-check refuses a role that could step over the walls', async () => {
  await run();
  await onServer(connectionString, 'create table mine (id int)');
  await onServer(adminConnectionString, 'alter table mine owner to samsyn_app');
  await expect(assertRowSecurity(db)).rejects.toMatchObject({
    code: 'role_unsafe',
    message: expect.stringContaining('owns the table mine'),
  });

  // The role of another name, as the real one serves all tests at once.
  await onServer(adminConnectionString, 'drop role if exists test_bypass; create role test_bypass bypassrls');
  const url = new URL(adminConnectionString);
  const loose = createDatabase({ connectionString: url.href, role: 'test_bypass' as 'samsyn_app', maxConnections: 1 }); // as an operator may set it up
  await expect(assertRowSecurity(loose)).rejects.toThrow(/BYPASSRLS/);
  await loose.close();
  await onServer(adminConnectionString, 'drop role test_bypass');
});

function changed(change: (url: URL) => void): string {
  const url = new URL(connectionString);
  change(url);
  return url.href;
}

test.each([
  [
    'an unknown database',
    'database_unknown',
    () => changed((url) => (url.pathname = '/nowhere')),
    /no database nowhere/,
  ],
  [
    'a wrong password',
    'password_refused',
    () => changed((url) => (url.password = 'Wr0ng-s3cret')),
    /refused the user samsyn/,
  ],
  [
    'a port where nobody answers',
    'unreachable',
    () => 'postgresql://samsyn:Wr0ng-s3cret@127.0.0.1:1/x',
    /127\.0\.0\.1:1/,
  ],
  [
    'a socket that is not there',
    'unreachable',
    () => 'postgresql://samsyn:Wr0ng-s3cret@localhost/x?host=/nowhere',
    /\/nowhere/,
  ],
  ['an address of something else', 'unreachable', () => 'mysql://samsyn:Wr0ng-s3cret@localhost/x', /DATABASE_URL/],
  ['no address at all', 'unreachable', () => 'Wr0ng-s3cret', /DATABASE_URL/],
])('%s gives one clear line without the password', async (_, code, address, words) => {
  const failures = [migrate({ connectionString: address(), log, folder }).catch((error: Error) => error)];
  // An address that cannot be read is refused before there is a pool.
  if (address().startsWith('postgres')) {
    const other = createDatabase({ connectionString: address(), role: 'samsyn_app' });
    failures.push(
      assertReachable(other)
        .then(
          () => [],
          (error: Error) => error,
        )
        .finally(() => other.close()),
    );
  }
  for (const failure of await Promise.all(failures)) {
    expect(failure).toMatchObject({ code, message: expect.stringMatching(words) });
    expect((failure as Error).message).not.toMatch(/Wr0ng|\n/);
  }
});

test('a server that is not PostgreSQL is told as such', async () => {
  const server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  await expect(
    migrate({ connectionString: `postgresql://x:y@127.0.0.1:${port}/z`, log, folder }),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/PostgreSQL/),
    name: 'DatabaseStartError',
  });
  server.close();
});
