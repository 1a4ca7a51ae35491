// A place for one history at a time: a database of its own with a few connections, in which time is what the simulation says. Functions
// of the same names stand before PostgreSQL's own in the search path, so that the product's statements read virtual time.
import pg from 'pg';

/** A connection as samsyn_app, bound by row-level security. */
export interface Line {
  client: pg.Client;
  /** Statements that this connection knows by name. */
  prepared: Set<string>;
  /** Its last transaction has written nothing, and ends with the next message. */
  isOpen: boolean;
}

export interface Slot {
  take(): Promise<Line>;
  give(line: Line): void;
  /** Sees and may everything: for arranging, and for looking across the walls. */
  readonly superuser: pg.Client;
  /** Takes away what histories have left, now and then. */
  sweep(): Promise<void>;
  end(): Promise<void>;
}

export interface SlotOptions {
  /** Of the superuser, to any database of the server. */
  admin: string;
  /** Of the owner. */
  owner: string;
  /** A migrated database that is copied. */
  template: string;
  name: string;
  /** Statements that plant a bug in the database. */
  planted?: readonly string[];
}

// Statements of the product are small; a lock that is not free within this is held by a party that is parked.
const lockTimeoutMs = 25;
const path = 'public, sim, pg_catalog';

export async function openSlot(options: SlotOptions): Promise<Slot> {
  await on(options.admin, async (client) => {
    await client.query(`drop database if exists ${options.name} with (force)`);
    const owner = decodeURIComponent(new URL(options.owner).username);
    await client.query(`create database ${options.name} template ${options.template} owner "${owner}"`);
  });
  const superuser = await connect(withDatabase(options.admin, options.name), { search_path: path });
  for (const statement of virtualTime) await superuser.query(statement);
  for (const statement of await defaultsAnew(superuser)) await superuser.query(statement);
  for (const statement of options.planted ?? []) await superuser.query(statement);
  const tables = await listTables(superuser);
  const free: Line[] = [];
  const all: pg.Client[] = [];
  return {
    superuser,
    async take() {
      const found = free.pop();
      if (found) return found;
      const client = await connect(withDatabase(options.owner, options.name), {
        search_path: path,
        role: 'samsyn_app',
        timezone: 'UTC',
        lock_timeout: lockTimeoutMs,
        jit: 'off',
        plan_cache_mode: 'force_generic_plan',
      });
      all.push(client);
      return { client, prepared: new Set(), isOpen: false };
    },
    give: (line) => void free.push(line),
    async sweep() {
      for (const line of free) {
        if (line.isOpen) await line.client.query('commit');
        line.isOpen = false;
      }
      await superuser.query(`truncate ${tables.join(', ')} cascade`);
    },
    async end() {
      await Promise.all([superuser, ...all].map((client) => client.end()));
      await on(options.admin, (client) => client.query(`drop database if exists ${options.name} with (force)`));
    },
  };
}

const virtualTime = [
  'create schema sim',
  'grant usage on schema sim to public',
  ...['now', 'clock_timestamp', 'transaction_timestamp', 'statement_timestamp'].map(
    (name) => `
      create function sim.${name}() returns timestamptz language sql stable parallel safe
      return coalesce(nullif(pg_catalog.current_setting('sim.now', true), '')::timestamptz, pg_catalog.now())`,
  ),
];

/** Columns whose default is the time: it was bound to PostgreSQL's own when the tables were made. */
async function defaultsAnew(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(`
    select format('alter table %s alter column %I set default now()', d.adrelid::regclass, a.attname) as statement
    from pg_attrdef d
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_class c on c.oid = d.adrelid
    where c.relnamespace = 'public'::regnamespace and pg_get_expr(d.adbin, d.adrelid) ~ '\\mnow\\(\\)'`);
  return rows.map(({ statement }) => statement);
}

async function listTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like '%migration%'`,
  );
  return rows.map(({ name }) => name);
}

async function connect(connectionString: string, settings: Record<string, string | number>): Promise<pg.Client> {
  const url = new URL(connectionString);
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${String(value).replaceAll(' ', '')}`);
  url.searchParams.set('options', options.join(' '));
  const client = new pg.Client({ connectionString: url.href, application_name: 'samsyn simulation' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function on(connectionString: string, fn: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await fn(client);
  } finally {
    await client.end();
  }
}

function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}
