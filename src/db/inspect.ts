// What an operator asks of a database before trusting it to Samsyn: which server it is, how far it is migrated, and whether its
// owner may do what the first start has to. Changes nothing.
import type pg from 'pg';
import { connectOwner } from './connect.ts';
import { openMigrations } from './migrate.ts';

export interface DatabaseState {
  /** 18.4 */
  version: string;
  /** The owner is a superuser, which it should not be. */
  isSuperuser: boolean;
  isMigrated: boolean;
  /** What the next start will apply. */
  open: string[];
  /** What its user lacks for that, a sentence each. */
  lacks: string[];
}

/** Throws DatabaseStartError when it cannot be reached, is too old, or holds migrations that this software does not know. */
export async function inspectDatabase(connectionString: string): Promise<DatabaseState> {
  const client = await connectOwner(connectionString);
  try {
    const server = await readServer(client);
    const applied = server.hasTable ? await readApplied(client) : [];
    const open = await openMigrations(applied);
    const { version, isSuperuser } = server;
    return {
      version,
      isSuperuser,
      isMigrated: applied.length > 0,
      open,
      lacks: open.length === 0 ? [] : lacksOf(server),
    };
  } finally {
    await client.end();
  }
}

interface Server {
  version: string;
  isSuperuser: boolean;
  hasTable: boolean;
  mayCreateSchemas: boolean;
  mayCreateTables: boolean;
  mayMakeRoles: boolean;
  missingRoles: number;
}

async function readServer(client: pg.Client): Promise<Server> {
  const { rows } = await client.query<Server>(`
    select current_setting('server_version') as version, r.rolsuper as "isSuperuser",
      to_regclass('public.samsyn_migration') is not null as "hasTable",
      has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
      has_schema_privilege('public', 'create') as "mayCreateTables",
      r.rolsuper or r.rolcreaterole as "mayMakeRoles",
      (select count(*)::int from unnest(array['samsyn_app', 'samsyn_sync']) as needed(name)
       where not exists (select from pg_roles o where o.rolname = needed.name and pg_has_role(o.oid, 'MEMBER'))) as "missingRoles"
    from pg_roles r where r.rolname = current_user`);
  const [server] = rows;
  if (!server) throw new Error('the database does not know its own user');
  return server;
}

async function readApplied(client: pg.Client): Promise<{ number: number; name: string; checksum: string }[]> {
  const { rows } = await client.query<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from samsyn_migration order by number',
  );
  return rows;
}

function lacksOf({ mayCreateSchemas, mayCreateTables, mayMakeRoles, missingRoles }: Server): string[] {
  return [
    ...(mayCreateSchemas && mayCreateTables ? [] : ['let the user of DATABASE_URL own the database']),
    ...(mayMakeRoles || missingRoles === 0
      ? []
      : [
          'give it CREATEROLE, or run as an administrator: create role samsyn_app nologin; create role samsyn_sync nologin; grant samsyn_app, samsyn_sync to <that user>',
        ]),
  ];
}
