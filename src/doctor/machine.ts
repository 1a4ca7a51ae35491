// The doctor's steps on this machine: the built web app, the data folder, and the key for secrets.
import { access, constants, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newId } from '../base/ids.ts';
import { parseSecretKeys, type Config } from '../config.ts';
import { failed, ok, type Finding, type Step } from './finding.ts';

const defaultRoot = fileURLToPath(new URL('../..', import.meta.url));

export function machineSteps(config: Config, root = defaultRoot): Step[] {
  return [
    { name: 'web app', find: () => findWebApp(root) },
    { name: 'data folder', find: () => findDataFolder(config.dataDir) },
    { name: 'secret key', find: () => findSecretKey(config) },
  ];
}

async function findWebApp(root: string): Promise<Finding> {
  if (await exists(path.join(root, 'dist/web/index.html'))) return ok('built');
  if (await exists(path.join(root, 'node_modules/vite'))) return ok('not built yet: the first start builds it');
  return failed('not built, and the tools to build it are not installed: run npm ci && npm run build');
}

async function findDataFolder(dataDir: string): Promise<Finding> {
  const next = 'make it writable for this user, or choose another with SAMSYN_DATA_DIR';
  try {
    if (!(await stat(dataDir)).isDirectory())
      return failed(`${dataDir} is no folder: choose another with SAMSYN_DATA_DIR`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return failed(`${dataDir} cannot be opened (${codeOf(error)}): ${next}`);
    const above = await nearest(path.dirname(dataDir));
    return (await isWritable(above))
      ? ok(`${dataDir} is not there yet: the first start makes it`)
      : failed(`${dataDir} is not there, and ${above} is not writable for this user: make the folder, or ${next}`);
  }
  try {
    const file = path.join(dataDir, `doctor-${newId()}`);
    await writeFile(file, '', { mode: 0o600, flag: 'wx' });
    await rm(file);
    return ok(`${dataDir} is writable`);
  } catch (error) {
    return failed(`${dataDir} is not writable (${codeOf(error)}): ${next}`);
  }
}

const openToOthers = 0o077;

async function findSecretKey({ dataDir, secretKeys }: Config): Promise<Finding> {
  if (secretKeys.length > 0)
    return ok(`from SAMSYN_SECRET_KEY${secretKeys.length > 1 ? `, with ${secretKeys.length - 1} earlier` : ''}`);
  const file = path.join(dataDir, 'secret-key');
  try {
    parseSecretKeys(await readFile(file, 'utf8'));
    const { mode } = await stat(file);
    if ((mode & openToOthers) !== 0) return failed(`others on this machine may read ${file}: run chmod 600 ${file}`);
    return ok(`${file}, readable by its owner only`);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return ok(`${file} is not there yet: the first start makes it`);
    const why = code === '' ? 'it does not hold base64 of 32 bytes' : code;
    return failed(`${file} cannot be used (${why}): bring it back from a backup, or set SAMSYN_SECRET_KEY`);
  }
}

const exists = (file: string): Promise<boolean> => stat(file).then(() => true, () => false); // prettier-ignore

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK | constants.X_OK).then(() => true, () => false); // prettier-ignore

async function nearest(folder: string): Promise<string> {
  if ((await exists(folder)) || path.dirname(folder) === folder) return folder;
  return nearest(path.dirname(folder));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
