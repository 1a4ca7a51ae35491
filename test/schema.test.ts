// The database against what the code believes of it: src/db/schema.ts names the migrated tables, and the walls between
// organisations stand in the catalogue of PostgreSQL itself (T10, I1, I2, I32).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outOfScopeReasons, situations } from '../src/contract/situations.ts';
import { useDatabase } from './database.ts';

const { connectionString, adminConnectionString, db } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
beforeAll(() => admin.connect());
afterAll(() => admin.end());

async function rows<T extends pg.QueryResultRow>(query: string): Promise<T[]> {
  return (await admin.query<T>(query)).rows;
}

interface Column {
  table: string;
  column: string;
  kind: 'table' | 'view';
  nullable: boolean;
  filled: boolean;
  generated: boolean;
}

const migrated = () =>
  rows<Column>(`
    select c.relname as table, a.attname as column, case c.relkind when 'v' then 'view' else 'table' end as kind,
      not a.attnotnull as nullable, a.atthasdef and a.attgenerated = '' as filled,
      a.attgenerated <> '' or a.attidentity = 'a' as generated
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v') and c.relname <> 'samsyn_migration'
    order by 1, 2`);

/** Table -> column -> type, as written. */
function written(): Map<string, Map<string, string>> {
  const text = readFileSync(path.join(import.meta.dirname, '../src/db/schema.ts'), 'utf8');
  const lines = (block: string) =>
    [...block.matchAll(/^ {2}(\w+): ([^;]+);$/gm)].map(([, name = '', type = '']) => [name, type] as const);
  const blocks = new Map(
    [...text.matchAll(/^export interface (\w+) \{$([^}]*)^\}$/gm)].map(([, name = '', block = '']) => [name, block]),
  );
  return new Map(
    lines(blocks.get('Schema') ?? '').map(([table, type]) => [table, new Map(lines(blocks.get(type) ?? ''))]),
  );
}

test('the view of situations, and why somebody is out of scope, name exactly what the contract names', async () => {
  const [view] = await rows<{ definition: string }>(
    `select pg_get_viewdef('directory_situation'::regclass) as definition`,
  );
  const named = [...(view?.definition ?? '').matchAll(/(?:THEN|ELSE) '(\w+)'/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(situations));
  const [check] = await rows<{ definition: string }>(
    `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'directory_user_out_reason_check'`,
  );
  const reasons = [...(check?.definition ?? '').matchAll(/'(\w+)'::text/g)].map(([, name]) => name);
  expect(new Set(reasons)).toEqual(new Set(outOfScopeReasons));
});

describe('src/db/schema.ts', () => {
  test('names exactly the tables, views and columns of the migrated database', async () => {
    const ours = [...written()].flatMap(([table, columns]) =>
      [...columns.keys()].map((column) => `${table}.${column}`),
    );
    const theirs = (await migrated()).map(({ table, column }) => `${table}.${column}`);
    expect(ours.length).toBeGreaterThan(200);
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  test('says null of exactly the columns that can be null', async () => {
    // Their expressions end in a coalesce to text: PostgreSQL does not work out that they are never null.
    const neverNull = new Set(['app_user.display_name']);
    const tables = (await migrated()).filter(({ kind }) => kind === 'table');
    const wrong = tables.filter(({ table, column, nullable }) => {
      const type = written().get(table)?.get(column) ?? '';
      // Of a ColumnType, what is read comes first.
      const read = type.startsWith('ColumnType<') ? (type.slice(11).split(/, (?![^<]*>)/)[0] ?? '') : type;
      return / \| null\b/.test(read) !== (nullable && !neverNull.has(`${table}.${column}`));
    });
    expect(wrong.map(({ table, column }) => `${table}.${column}`)).toEqual([]);
  });

  test('leaves out of an insert only what the database fills in, and what it alone may fill in', async () => {
    const tables = (await migrated()).filter(({ kind }) => kind === 'table');
    const wrong = tables.filter(({ table, column, filled, generated }) => {
      const type = written().get(table)?.get(column) ?? '';
      const isLeftOut = /^Generated<|^ColumnType<.* \| undefined,/.test(type);
      return type.startsWith('GeneratedAlways<') !== generated || (isLeftOut && !filled);
    });
    expect(wrong.map(({ table, column }) => `${table}.${column}`)).toEqual([]);
  });
});

describe('the walls between organisations', () => {
  test('every table with an organisation has forced row-level security, for reading and for writing', async () => {
    const open = await rows(`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p')
        and (c.relname = 'organisation' or exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped))
        and not (c.relrowsecurity and c.relforcerowsecurity and exists (
          select from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and p.polpermissive
            and pg_get_expr(p.polqual, p.polrelid) ~ 'current_organisation'
            and pg_get_expr(p.polwithcheck, p.polrelid) ~ 'current_organisation'))`);
    expect(open).toEqual([]);
  });

  test('every table but those of sign-in has an organisation, first in its key and never null', async () => {
    const without = await rows<{ relname: string }>(`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not exists (
        select from pg_constraint k join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
        where k.conrelid = c.oid and k.contype = 'p' and a.attname = 'organisation_id' and a.attnotnull)
      order by 1`);
    expect(without.map(({ relname }) => relname)).toEqual([
      'auth_account',
      'auth_session',
      'auth_user',
      'auth_verification',
      'organisation',
      'samsyn_migration',
      'server_key',
    ]);
  });

  test('a foreign key between tables with an organisation takes the organisation along', async () => {
    const keys = await rows<{ name: string; from: string[]; to: string[] }>(`
      select k.conname as name,
        array(select a.attname::text from unnest(k.conkey) with ordinality u (n, i) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by i) as from,
        array(select a.attname::text from unnest(k.confkey) with ordinality u (n, i) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by i) as to
      from pg_constraint k
      where k.contype = 'f' and exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'organisation_id')
        and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'organisation_id')`);
    expect(keys.length).toBeGreaterThan(15);
    const crossing = keys.filter(({ from, to }) => {
      const at = from.indexOf('organisation_id');
      return at < 0 || to[at] !== 'organisation_id';
    });
    expect(crossing).toEqual([]);
  });

  test('views read with the rights of whoever asks', async () => {
    const views = await rows<{ relname: string; reloptions: string[] | null }>(`
      select relname, reloptions from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and relkind = 'v'`);
    expect(views.length).toBeGreaterThanOrEqual(2);
    expect(views.every(({ reloptions }) => reloptions?.includes('security_invoker=true'))).toBe(true);
  });
});

describe('the roles', () => {
  test('neither role of run time is a superuser, bypasses row-level security, makes roles or databases, or owns a table', async () => {
    const roles = await rows(`
      select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        exists (select from pg_class c where c.relowner = r.oid) as owns,
        has_schema_privilege(r.oid, 'public', 'create') as creates
      from pg_roles r where rolname in ('samsyn_app', 'samsyn_sync') order by 1`);
    const none = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      owns: false,
      creates: false,
    };
    expect(roles).toEqual([
      { rolname: 'samsyn_app', ...none },
      { rolname: 'samsyn_sync', ...none },
    ]);
  });

  test('a session of the product runs as samsyn_app, not as the owner', async () => {
    const { rows: found } = await pooled<{ current_user: string }>('select current_user');
    expect(found).toEqual([{ current_user: 'samsyn_app' }]);
  });

  test('no role may delete people or truncate anything', async () => {
    const granted = await rows(`
      select grantee, table_name, privilege_type from information_schema.role_table_grants
      where grantee in ('samsyn_app', 'samsyn_sync') and (privilege_type = 'TRUNCATE'
        or (privilege_type = 'DELETE' and table_name in ('app_user', 'organisation', 'connection', 'sync_run', 'password_link')))`);
    expect(granted).toEqual([]);
  });

  test('what was written down is only added to', async () => {
    const granted = await rows<{ table_name: string; privileges: string }>(`
      select table_name, string_agg(distinct privilege_type, ' ' order by privilege_type) as privileges
      from information_schema.role_table_grants
      where grantee in ('samsyn_app', 'samsyn_sync') and table_name in ('field_change', 'audit_event', 'run_issue')
      group by 1 order by 1`);
    expect(granted).toEqual(
      ['audit_event', 'field_change', 'run_issue'].map((name) => ({ table_name: name, privileges: 'INSERT SELECT' })),
    );
  });

  test('a sync can neither make, remove nor let in an app user: only fields, and the marks of a change', async () => {
    const [table] = await rows(`
      select has_table_privilege('samsyn_sync', 'app_user', 'insert') as insert, has_table_privilege('samsyn_sync', 'app_user', 'delete') as delete`);
    expect(table).toEqual({ insert: false, delete: false });
    const columns = await rows<{ column_name: string }>(`
      select column_name from information_schema.column_privileges
      where grantee = 'samsyn_sync' and table_name = 'app_user' and privilege_type = 'UPDATE' order by 1`);
    expect(columns.map((one) => one.column_name)).toEqual(['fields', 'updated_at', 'version']);
  });

  test('a sync can neither link nor ignore, and reads no sign-in', async () => {
    const may = await rows(`
      select table_name, privilege_type from information_schema.role_table_grants
      where grantee = 'samsyn_sync' and (table_name like 'auth\\_%' or table_name = 'password_link'
        or (table_name in ('link', 'ignored', 'notice_recipient', 'attribute_mapping') and privilege_type <> 'SELECT'))`);
    expect(may).toEqual([]);
  });
});

/** As the product's own pool connects. */
async function pooled<T extends pg.QueryResultRow>(query: string): Promise<pg.QueryResult<T>> {
  expect(db.connectionString).toBe(connectionString);
  const client = new pg.Client({ connectionString: db.boundConnectionString });
  await client.connect();
  try {
    return await client.query<T>(query);
  } finally {
    await client.end();
  }
}
