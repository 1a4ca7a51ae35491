// A PostgreSQL for simulations started from the command line: thrown away at the end, so speed comes before durability.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createLogger } from '../../src/base/log.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';

export interface SimulationServer {
  /** Of the superuser and of the owner, to the server's own databases. */
  admin: string;
  owner: string;
  template: string;
  stop(): Promise<void>;
}

const template = 'simulation_template';

export async function startSimulationServer(): Promise<SimulationServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'samsyn-simulation-'));
  await chmod(folder, 0o711);
  // Lets the superuser in, as the product does not.
  const rules = path.join(folder, 'rules.conf');
  await writeFile(rules, 'local all postgres trust\nlocal all samsyn scram-sha-256\n', { mode: 0o644 });
  const log = createLogger({ level: 'warn', format: 'plain' });
  const embedded = await startEmbedded({
    dataDir: path.join(folder, 'data'),
    log,
    settings: {
      hba_file: rules,
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      max_connections: '200',
      wal_level: 'minimal',
      max_wal_senders: '0',
    },
  });
  const owner = embedded.connectionString;
  const url = new URL(owner);
  url.username = 'postgres';
  url.password = '';
  const admin = url.href;
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  await client.query(`create database ${template}`);
  await client.end();
  url.href = owner;
  url.pathname = `/${template}`;
  await migrate({ connectionString: url.href, log: createLogger({ level: 'silent' }) });
  return {
    admin,
    owner,
    template,
    async stop() {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
