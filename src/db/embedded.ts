// The embedded database: a real PostgreSQL server that belongs to this process, reachable over a Unix socket only.
// It outlives a kill -9 of ours; the next start ends it and starts it anew, and what was committed is there.
//
// PostgreSQL refuses to run as root, and the user that it then runs as (nobody) may not be able to walk to the data folder,
// as when Samsyn lies in /root. So the server is started *inside* its folder and knows it as /proc/self/cwd:
// a path that leads there whatever the folders above allow.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import {
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { findBinaries, type Binaries, type RunAs } from './embedded-binaries.ts';
import { lockFolder } from './embedded-lock.ts';
import { DatabaseStartError } from './start-error.ts';

export interface Embedded {
  /** For the role `samsyn`: owner of the database `samsyn`, no superuser. */
  connectionString: string;
  stop(): Promise<void>;
}

interface EmbeddedOptions {
  dataDir: string;
  log: Logger;
  /** A folder with initdb and postgres, instead of those from npm. */
  binDir?: string | undefined;
  /** More settings of the server, for tests. */
  settings?: Record<string, string>;
}

interface Place {
  dataDir: string;
  /** The folder of the server itself: PGDATA. */
  folder: string;
  logFile: string;
  binaries: Binaries;
  runAs: RunAs | undefined;
}

/** Both initdb and postgres run with the folder as working directory. */
const here = '/proc/self/cwd';
// The usual number of the user nobody; it needs no entry in /etc/passwd.
const nobody = 65534;
// sun_path of Linux holds 108 bytes with its closing zero.
const socketPathBytesMax = 107;
// A dead server's last processes may hold its memory for a while.
const startTimeoutMs = 20_000;
const stopTimeoutMs = 30_000;
const logBytesMax = 10_000_000;

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log } = options;
  const dataDir = await prepareFolder(path.resolve(options.dataDir));
  const unlock = await lockFolder(dataDir);
  try {
    const folder = path.join(dataDir, 'postgres');
    const runAs = await userFor(folder);
    const binaries = await findBinaries({ binDir: options.binDir, dataDir, runAs });
    const place: Place = { dataDir, folder, logFile: path.join(dataDir, 'postgres.log'), binaries, runAs };
    const password = await initialise(place, log);
    await endLeftover(place, log);
    await shortenLog(place.logFile);
    const server = await supervise(place, options.settings ?? {}, log);
    const socketFolder = await socketFolderOf(folder);
    return {
      connectionString: `postgresql://samsyn:${password}@localhost/samsyn?host=${encodeURIComponent(socketFolder.path)}`,
      async stop() {
        await server.stop();
        await socketFolder.remove();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function prepareFolder(dataDir: string): Promise<string> {
  try {
    // Root's folder must let the server's user through to the copied programs; the files in it have their own protection.
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    return await realpath(dataDir);
  } catch (error) {
    throw new DatabaseStartError(
      'folder_unusable',
      `The data folder ${dataDir} cannot be made or opened: choose another with SAMSYN_DATA_DIR`,
      error,
    );
  }
}

/** Undefined: as ourselves. Root becomes the user that owns the data, or nobody. */
async function userFor(folder: string): Promise<RunAs | undefined> {
  const owner = await stat(folder).catch(() => undefined);
  const uid = process.getuid?.();
  if (uid !== 0) {
    if (owner && owner.uid !== uid) {
      throw new DatabaseStartError(
        'folder_unusable',
        `The folder ${folder} belongs to user ${owner.uid}, and this is user ${uid}: start Samsyn as before, or change the owner of the data folder`,
      );
    }
    return undefined;
  }
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : { uid: nobody, gid: nobody };
}

/** Makes the database when there is none. Half-made ones are thrown away: a folder gets its name when it is finished. */
async function initialise(place: Place, log: Logger): Promise<string> {
  const { dataDir, folder, binaries, runAs } = place;
  const passwordFile = path.join(dataDir, 'postgres-password');
  const version = await readFile(path.join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) {
    if (Number(version) !== binaries.majorVersion) {
      throw new DatabaseStartError(
        'embedded_failed',
        `The database in ${folder} was made by PostgreSQL ${version.trim()} and this is PostgreSQL ${binaries.majorVersion}: set SAMSYN_POSTGRES_BIN to the folder of a PostgreSQL ${version.trim()}`,
      );
    }
    try {
      return (await readFile(passwordFile, 'utf8')).trim();
    } catch (error) {
      throw new DatabaseStartError(
        'folder_unusable',
        `${passwordFile} is missing or not readable: it belongs to the database in ${folder}; bring it back from the backup of the data folder`,
        error,
      );
    }
  }

  log.info('Making the embedded database', { folder: dataDir });
  const draft = path.join(dataDir, 'postgres.new');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (runAs) await chown(draft, runAs.uid, runAs.gid);
  await runInside(place, draft, binaries.initdb, [
    '-D',
    here,
    '--username=postgres',
    '--encoding=UTF8',
    '--no-instructions',
    // Swedish order: å, ä and ö after z. The C locale for all else: the machine's own locales do not matter.
    '--locale=C',
    '--locale-provider=icu',
    '--icu-locale=sv-SE',
    '--auth-local=reject',
    '--auth-host=reject',
  ]);
  const password = randomBytes(24).toString('base64url');
  // Before anything listens: the superuser has no password and no way in; the owner of the database is an ordinary role.
  await runInside(
    place,
    draft,
    binaries.postgres,
    ['--single', '-D', here, '-j', 'postgres'],
    `create role samsyn login createrole createdb password '${password}'\n;\n\ncreate database samsyn owner samsyn\n;\n\n`,
  );
  await writeFile(path.join(draft, 'pg_hba.conf'), 'local all samsyn scram-sha-256\n');
  await writeFile(passwordFile, password + '\n', { mode: 0o600 });
  await rename(draft, folder);
  return password;
}

async function runInside(place: Place, cwd: string, file: string, args: string[], input = ''): Promise<void> {
  const child = spawn(file, args, { ...place.runAs, cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on('error', () => undefined); // it ended early: its exit code tells
  child.stdin.end(input);
  const code = await exitOf(child);
  // A single-user server answers 0 even when a statement failed.
  const failure = output.split('\n').find((line) => /\b(FATAL|ERROR|PANIC|error):/.test(line));
  if (code !== 0 || failure !== undefined) {
    throw new DatabaseStartError(
      'embedded_failed',
      `The embedded database could not be made in ${place.dataDir} (${failure?.trim() ?? `${path.basename(file)} ended with ${code}`}): check that the folder has 200 MB of room, or set DATABASE_URL to a PostgreSQL of your own`,
    );
  }
}

// Nothing of our own environment: initdb needs a shell, and messages are to be in English.
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** Ends a server that an earlier Samsyn left behind. It is known by its working directory: a number alone may be anybody. */
async function endLeftover({ folder, binaries }: Place, log: Logger): Promise<void> {
  const pid = Number((await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  const isServer = async (): Promise<boolean> =>
    pid > 0 &&
    (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder &&
    path.basename(await readlink(`/proc/${pid}/exe`).catch(() => '')) === path.basename(binaries.postgres);
  if (!(await isServer())) return;
  log.warn('Ending the database server that an earlier Samsyn left running', { pid });
  // Fast, then immediate: both keep what is committed.
  for (const [signal, waitMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!(await isServer())) return;
    process.kill(pid, signal);
    const untilMs = systemClock.monotonicMs() + waitMs;
    while (systemClock.monotonicMs() < untilMs) {
      if (!(await isServer())) return;
      await systemClock.sleep(20);
    }
  }
}

/** Starts the server, and starts it again when it ends without having been asked to. */
async function supervise(
  place: Place,
  settings: Record<string, string>,
  log: Logger,
): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  let server = await launch(place, settings, log);
  const endWithUs = (): void => void server.kill('SIGINT');
  process.once('exit', endWithUs);

  async function watch(): Promise<void> {
    for (;;) {
      const code = await exitOf(server);
      if (stopping) return;
      log.error('The embedded database ended unexpectedly and is started again', { code: String(code) });
      for (let attempt = 1; !stopping; attempt += 1) {
        try {
          server = await launch(place, settings, log);
          break;
        } catch (error) {
          log.error('The embedded database does not start', { error, attempt });
          await systemClock.sleep(Math.min(attempt, 30) * 1000);
        }
      }
      if (stopping) server.kill('SIGINT');
    }
  }
  const watching = watch();

  return {
    async stop() {
      stopping = true;
      server.kill('SIGINT');
      const timer = setTimeout(() => server.kill('SIGQUIT'), stopTimeoutMs);
      await watching;
      clearTimeout(timer);
      process.off('exit', endWithUs);
    },
  };
}

async function launch(place: Place, settings: Record<string, string>, log: Logger): Promise<ChildProcess> {
  const untilMs = systemClock.monotonicMs() + startTimeoutMs;
  const args = Object.entries({ ...serverSettings, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  for (;;) {
    const logStart = (await stat(place.logFile).catch(() => undefined))?.size ?? 0;
    const logHandle = openSync(place.logFile, 'a', 0o600);
    // In a session of its own: Ctrl-C in a terminal is for us, and we then end the server in order.
    const child = spawn(place.binaries.postgres, ['-D', here, ...args], {
      ...place.runAs,
      cwd: place.folder,
      env: environment,
      detached: true,
      stdio: ['ignore', logHandle, logHandle],
    });
    closeSync(logHandle);
    const exit = exitOf(child);
    const outcome = await Promise.race([exit, untilReady(place.folder, child, untilMs)]);
    if (outcome === 'ready') {
      // The child must not keep our process alive: stop() ends it.
      child.unref();
      return child;
    }
    if (outcome === 'timeout') {
      child.kill('SIGQUIT');
      await exit;
    }
    const written = (await readFile(place.logFile).catch(() => Buffer.alloc(0))).subarray(logStart).toString();
    const passing = /lock file .* already exists|pre-existing shared memory block|is still in use/.test(written);
    if (passing && systemClock.monotonicMs() < untilMs) {
      log.debug('The embedded database is still held by an earlier one');
      await systemClock.sleep(200);
      continue;
    }
    const reason = written
      .split('\n')
      .findLast((line) => /FATAL|PANIC/.test(line))
      ?.replace(/^.*?(FATAL|PANIC):\s*/, '');
    throw new DatabaseStartError(
      'embedded_failed',
      `The embedded database did not start (${reason ?? (outcome === 'timeout' ? `no answer in ${startTimeoutMs / 1000} s` : `it ended with ${outcome}`)}): see ${place.logFile}`,
    );
  }
}

const serverSettings = {
  listen_addresses: '',
  port: '5432',
  unix_socket_directories: here,
  unix_socket_permissions: '0700',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Durable, whatever a file in the data folder says.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // The log must not hold data of people: no statements, no parameters, no values of keys.
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

/** As pg_ctl does: the server writes "ready" into the eighth line of its file. */
async function untilReady(folder: string, child: ChildProcess, untilMs: number): Promise<'ready' | 'timeout'> {
  while (systemClock.monotonicMs() < untilMs) {
    const lines = (await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return 'ready';
    await systemClock.sleep(10);
  }
  return 'timeout';
}

function exitOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(child.signalCode);
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}

/** The socket lies in the server's folder. Where that path is too long for a socket, a link in the temporary folder shortens it. */
async function socketFolderOf(folder: string): Promise<{ path: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(path.join(folder, '.s.PGSQL.5432')) <= socketPathBytesMax) {
    return { path: folder, remove: () => Promise.resolve() };
  }
  const short = await mkdtemp(path.join(tmpdir(), 'samsyn-'));
  await symlink(folder, path.join(short, 'pg'));
  return { path: path.join(short, 'pg'), remove: () => rm(short, { recursive: true, force: true }) };
}

async function shortenLog(logFile: string): Promise<void> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > logBytesMax) await truncate(logFile, 0);
}
