// Starts one PostgreSQL for all tests and makes a template with all migrations; test/database.ts copies it for each file.
import { mkdtemp, readdir, readFile, readlink, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createLogger } from '../src/base/log.ts';
import { startEmbedded } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testServer: { owner: string; admin: string };
  }
}

export const templateName = 'samsyn_template';
const folderPrefix = 'samsyn-test-';
const log = createLogger({ level: 'warn', format: 'plain' });

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['SAMSYN_TEST_DATABASE_URL'];
  const server = given ? { owner: given, admin: given, stop: () => Promise.resolve() } : await startServer();
  try {
    await onServer(server.admin, `drop database if exists ${templateName} with (force)`);
    await onServer(server.owner, `create database ${templateName}`);
    await migrate({ connectionString: databaseUrl(server.owner, templateName), log });
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('testServer', { owner: server.owner, admin: server.admin });
  return () => server.stop();
}

async function startServer(): Promise<{ owner: string; admin: string; stop(): Promise<void> }> {
  await sweep();
  const folder = await mkdtemp(path.join(tmpdir(), `${folderPrefix}${process.pid}-`));
  await chmod(folder, 0o711);
  // Lets the superuser in, as the product does not: tests arrange and look across the walls.
  const rules = path.join(folder, 'rules.conf');
  await writeFile(rules, 'local all postgres trust\nlocal all samsyn scram-sha-256\n', { mode: 0o644 });
  const embedded = await startEmbedded({
    dataDir: path.join(folder, 'data'),
    log,
    // Thrown away at the end: speed before durability.
    settings: { hba_file: rules, fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  const admin = new URL(embedded.connectionString);
  admin.username = 'postgres';
  admin.password = '';
  return {
    owner: embedded.connectionString,
    admin: admin.href,
    async stop() {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a test run that was killed has left behind. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (!pid || (await readlink(`/proc/${pid}/exe`).catch(() => undefined))) continue;
    const folder = path.join(tmpdir(), name, 'data/postgres');
    const server = Number((await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
    if (server > 0 && (await readlink(`/proc/${server}/cwd`).catch(() => '')) === folder)
      process.kill(server, 'SIGQUIT');
    await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined); // another user's
  }
}

export async function onServer(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export function databaseUrl(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return url.href;
}
