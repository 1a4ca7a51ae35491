// The connections at run time. Each session acts as samsyn_app, which row-level security binds, whatever role signs in.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { systemChance, type Chance } from '../base/chance.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { explainConnectError, requirePostgresUrl } from './connect.ts';
import type { Schema } from './schema.ts';

export interface Database {
  readonly kysely: Kysely<Schema>;
  /** As it was given: for whoever keeps connections of its own (jobs, sign-in). Holds a password: never to a log. */
  readonly connectionString: string;
  /** The same with the role and limits in it: sessions opened with it are bound like ours. */
  readonly boundConnectionString: string;
  /** How transactions that collided wait before they are repeated. */
  readonly waits: { clock: Clock; chance: Chance };
  close(): Promise<void>;
}

interface DatabaseOptions {
  connectionString: string;
  role: 'samsyn_app';
  maxConnections?: number;
  log?: Logger;
}

// A page waits for one statement at most this long; a run raises it for its own transaction.
const statementTimeoutMs = 15_000;
const lockTimeoutMs = 3_000;
const idleInTransactionMs = 30_000;
const connectTimeoutMs = 5_000;

export function createDatabase(options: DatabaseOptions): Database {
  const { connectionString, log } = options;
  const boundConnectionString = bind(connectionString, options.role);
  const pool = new pg.Pool({
    connectionString: boundConnectionString,
    application_name: 'samsyn',
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: { getTypeParser },
  });
  let closing: Promise<void> | undefined;
  // A server that stops ends its connections: without listeners that would end the process.
  const warn = (message: string) => (error: Error) => {
    if (closing === undefined) log?.warn(message, { error });
  };
  pool.on('error', warn('An idle database connection broke'));
  pool.on('connect', (client) => void client.on('error', warn('A database connection broke')));

  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    kysely,
    connectionString,
    boundConnectionString,
    waits: { clock: systemClock, chance: systemChance },
    // The pool is ended here and not by kysely, which leaves it open when no query has run.
    close: () => (closing ??= pool.end()),
  };
}

/** Fails with one clear line when the database cannot be used at all. */
export async function assertReachable(db: Database): Promise<void> {
  try {
    await db.kysely.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
  } catch (error) {
    throw explainConnectError(error, db.connectionString);
  }
}

/** In the address, because options given beside an address lose against those in it. The last -c of a name counts. */
function bind(connectionString: string, role: string): string {
  const url = requirePostgresUrl(connectionString);
  const settings = {
    role,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    timezone: 'UTC',
  };
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', [url.searchParams.get('options') ?? '', ...ours].join(' ').trim());
  for (const name of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
    url.searchParams.delete(name);
  }
  return url.href;
}

/** A date without a time stays text: as a Date, the zone of the machine would shift it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === pg.types.builtins.DATE) return (value) => value;
  // The overloads of pg want the literal; both lead to the same function.
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}
