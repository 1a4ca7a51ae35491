// Run at each start: refuses to serve when the walls between organisations do not stand.
import { sql } from 'kysely';
import { explainConnectError } from './connect.ts';
import type { Database } from './pool.ts';
import { DatabaseStartError } from './start-error.ts';

/** Fails when the role at run time could step over row-level security, or a table with an organisation is not behind it. */
export async function assertRowSecurity(db: Database): Promise<void> {
  const role = await currentRole(db);
  const why =
    (role.rolsuper && 'is a superuser') ||
    (role.rolbypassrls && 'may bypass row-level security (BYPASSRLS)') ||
    (role.owned !== null && `owns the table ${role.owned}`);
  if (why) {
    throw new DatabaseStartError(
      'role_unsafe',
      `Samsyn would run as the database role ${role.name}, which ${why}: organisations would not be kept apart. Run "alter role samsyn_app nosuperuser nobypassrls" as an administrator, and let it own nothing`,
    );
  }
  const { rows: open } = await sql<{ name: string; missing: string }>`
    select c.oid::regclass::text as name,
      case when not c.relrowsecurity then 'ENABLE ROW LEVEL SECURITY'
           when not c.relforcerowsecurity then 'FORCE ROW LEVEL SECURITY'
           else 'a policy' end as missing
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped)
      and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))
    union all
    -- A view without it reads with the rights of its owner.
    select c.oid::regclass::text, 'security_invoker'
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and n.nspname = 'public'
      and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    order by 1
  `.execute(db.kysely);
  if (open.length > 0) {
    throw new DatabaseStartError(
      'table_unsafe',
      `Organisations are not kept apart in ${open.map(({ name, missing }) => `${name} (lacks ${missing})`).join(', ')}: the database was changed by hand; bring it back, or restore a backup`,
    );
  }
}

async function currentRole(db: Database): Promise<{
  name: string;
  rolsuper: boolean;
  rolbypassrls: boolean;
  owned: string | null;
}> {
  try {
    const { rows } = await sql<{ name: string; rolsuper: boolean; rolbypassrls: boolean; owned: string | null }>`
      select r.rolname as name, r.rolsuper, r.rolbypassrls,
        (select min(c.oid::regclass::text) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname = 'public' and pg_has_role(r.oid, c.relowner, 'USAGE')) as owned
      from pg_roles r where r.rolname = current_user
    `.execute(db.kysely);
    const role = rows[0];
    if (!role) throw new DatabaseStartError('role_unsafe', 'The database does not say which role Samsyn runs as');
    return role;
  } catch (error) {
    throw explainConnectError(error, db.connectionString);
  }
}
