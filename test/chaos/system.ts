// What is killed: Samsyn's own processes, as an operator runs them, in one of two ways. `parts`: a web process and two workers on one
// PostgreSQL that is kept up by the product's own supervisor. `whole`: one process with the embedded database under it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createLogger } from '../../src/base/log.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { freePort, startServer, type Environment, type ServerProcess } from '../whole-server.ts';

export type Kind = 'worker' | 'web' | 'connection' | 'database' | 'embedded' | 'server' | 'machine';

export interface System {
  url: string;
  /** As the owner; sees the rows of an organisation in a transaction that names it. */
  connectionString: string;
  kinds: readonly Kind[];
  /** Kills with -9, or cuts a connection; answers when it is gone. */
  kill(kind: Kind, random: () => number): Promise<void>;
  /** Starts again what an operator's service manager would start again. */
  heal(): Promise<void>;
  /** What the killed processes and those that live have logged, each as one text. */
  logs(): readonly string[];
  stop(): Promise<void>;
}

const key = Buffer.alloc(32, 9).toString('base64');

function environmentOf(port: number, microsoft: string): Environment {
  return {
    PORT: String(port),
    SAMSYN_PUBLIC_URL: `http://localhost:${port}`,
    SAMSYN_SECRET_KEY: key,
    SAMSYN_ENTRA_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
    SAMSYN_ENTRA_CLIENT_SECRET: 'demo-secret-not-for-production',
    SAMSYN_ENTRA_LOGIN_URL: microsoft,
    SAMSYN_GRAPH_URL: microsoft,
  };
}

export async function startParts(microsoft: string): Promise<System> {
  const folder = await mkdtemp(path.join(tmpdir(), 'samsyn-chaos-'));
  const dataDir = path.join(folder, 'data');
  const embedded = await startEmbedded({ dataDir, log: createLogger({ level: 'silent' }) });
  const { connectionString } = embedded;
  const port = await freePort();
  const env = { ...environmentOf(port, microsoft), DATABASE_URL: connectionString };
  const ended: string[] = [];
  // One after the other: the first brings the tables up to date.
  const web = { process: await startServer('web', env) };
  const workers = [{ process: await startServer('work', env) }, { process: await startServer('work', env) }];
  let heal: () => Promise<void> = async () => undefined;

  return {
    url: web.process.url,
    connectionString,
    kinds: ['worker', 'web', 'connection', 'database'],
    async kill(kind, random) {
      if (kind === 'worker') {
        const worker = workers[Math.floor(random() * workers.length)] ?? workers[0];
        if (!worker) return;
        await worker.process.end('SIGKILL');
        ended.push(worker.process.output());
        heal = async () => void (worker.process = await startServer('work', env));
      } else if (kind === 'web') {
        await web.process.end('SIGKILL');
        ended.push(web.process.output());
        heal = async () => void (web.process = await startServer('web', env));
      } else if (kind === 'connection') {
        await cutConnection(connectionString);
        heal = () => untilReady(web.process.url);
      } else {
        await killDatabase(dataDir);
        heal = () => untilReady(web.process.url);
      }
    },
    heal: () => heal(),
    logs: () => [...ended, ...[web, ...workers].map(({ process }) => process.output())],
    async stop() {
      await Promise.all([web, ...workers].map(({ process }) => process.end('SIGKILL')));
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startWhole(microsoft: string): Promise<System> {
  const folder = await mkdtemp(path.join(tmpdir(), 'samsyn-chaos-'));
  const dataDir = path.join(folder, 'data');
  const port = await freePort();
  const env = { ...environmentOf(port, microsoft), SAMSYN_DATA_DIR: dataDir };
  const ended: string[] = [];
  let server: ServerProcess = await startServer('serve', env);
  const password = (await readFile(path.join(dataDir, 'postgres-password'), 'utf8')).trim();
  const socket = encodeURIComponent(path.join(dataDir, 'postgres'));
  let mustStart = false;

  return {
    url: server.url,
    connectionString: `postgresql://samsyn:${password}@localhost/samsyn?host=${socket}`,
    kinds: ['embedded', 'server', 'machine'],
    async kill(kind) {
      mustStart = kind !== 'embedded';
      // As when the power goes: neither has time to see that the other is gone.
      if (kind === 'machine') server.child.kill('SIGSTOP');
      if (kind !== 'server') await killDatabase(dataDir);
      if (!mustStart) return;
      await server.end('SIGKILL');
      ended.push(server.output());
    },
    async heal() {
      if (mustStart) server = await startServer('serve', env);
      else await untilReady(server.url);
    },
    logs: () => [...ended, server.output()],
    async stop() {
      await server.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function killDatabase(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
  if (!(pid > 1)) throw new Error('there is no database server to kill');
  process.kill(pid, 'SIGKILL');
}

/** One of Samsyn's, rather one that is at work. */
async function cutConnection(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name in ('samsyn', 'samsyn-jobs') and pid <> pg_backend_pid()
      order by (query ilike 'commit%' and state = 'active') desc, (state <> 'idle') desc, random() limit 1`);
  } finally {
    await client.end();
  }
}

async function untilReady(url: string): Promise<void> {
  const until = performance.now() + 60_000;
  while ((await fetch(`${url}/readyz`).catch(() => null))?.ok !== true) {
    if (performance.now() > until) throw new Error('Samsyn does not get ready again');
    await new Promise((done) => setTimeout(done, 50));
  }
}
