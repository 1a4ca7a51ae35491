// What one organisation's rows are, past the walls, as plain data: read after a commit that may have changed them, so that the invariants
// look at a before and an after. Only the tables that the commit may have written are read anew.
import type pg from 'pg';

export type Row = Readonly<Record<string, unknown>>;

/** By table. Rows are in the order of their keys. */
export type Snapshot = Readonly<Record<Watched, readonly Row[]>>;

/** In which order the rows of a table are shown; tables that nothing is claimed about are not read. */
const watched = {
  connection: 'id',
  connection_group: 'group_id',
  attribute_mapping: 'position',
  notice_recipient: 'position',
  app_user: 'id',
  link: 'object_id',
  ignored: 'object_id',
  mirror_state: 'connection_id',
  directory_user: 'object_id',
  directory_membership: 'group_id, member_id',
  gone_group: 'group_id',
  gone_group_member: 'group_id, object_id',
  sync_run: 'id',
  run_lease: 'connection_id',
  run_issue: 'id',
  field_change: 'id',
  held_change: 'app_user_id, field',
  brake_limit: 'connection_id',
  notification: 'id',
  outbox: 'id',
  audit_event: 'id',
} as const satisfies Record<string, string>;

export type Watched = keyof typeof watched;
export const watchedTables = Object.keys(watched) as Watched[]; // the keys of the object above

export const isWatched = (table: string): table is Watched => Object.hasOwn(watched, table);

const statements = new Map<string, { name: string; text: string }>();

/** The rows of `tables` as they are now, and all others as they were. */
export async function takeSnapshot(
  client: pg.Client,
  organisationId: string,
  { tables = watchedTables, before }: { tables?: readonly Watched[]; before?: Snapshot } = {},
): Promise<Snapshot> {
  if (tables.length === 0 && before) return before;
  const key = tables.join();
  let statement = statements.get(key);
  if (statement === undefined) {
    const parts = tables.map(
      (table) =>
        `(select coalesce(jsonb_agg(to_jsonb(t)${withoutDerived(table)} order by ${watched[table]}), '[]') from ${table} t where organisation_id = $1) as ${table}`,
    );
    statement = { name: `look ${statements.size}`, text: `select ${parts.join(', ')}` };
    statements.set(key, statement);
  }
  const { rows } = await client.query<Record<Watched, Row[]>>({ ...statement, values: [organisationId] });
  return { ...before, ...rows[0] } as Snapshot; // every table is in one of the two
}

/** What the database works out by itself from the other columns. */
function withoutDerived(table: Watched): string {
  if (table === 'directory_user') return ` - '{search_text,alias_keys,mail_key,upn_key,employee_key}'::text[]`;
  if (table === 'app_user') return ` - '{search_text,email_key,sign_in_key,employee_key,display_name}'::text[]`;
  return '';
}

export interface Changed {
  before: Row;
  after: Row;
}

export interface Difference {
  added: Row[];
  removed: Row[];
  changed: Changed[];
}

/** Rows of one table, told apart by the columns of its key. */
export function compare(before: readonly Row[], after: readonly Row[], key: readonly string[]): Difference {
  const keyOf = (row: Row): string => key.map((name) => String(row[name])).join(' ');
  const earlier = new Map(before.map((row) => [keyOf(row), row]));
  const difference: Difference = { added: [], removed: [], changed: [] };
  for (const row of after) {
    const was = earlier.get(keyOf(row));
    earlier.delete(keyOf(row));
    if (was === undefined) difference.added.push(row);
    else if (!isSame(was, row)) difference.changed.push({ before: was, after: row });
  }
  difference.removed = [...earlier.values()];
  return difference;
}

export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  if (keys.length !== others.length) return false;
  // Of objects alone, by the line above.
  return keys.every((key) => isSame((one as Row)[key], (other as Row)[key]));
}

/** Which columns differ. */
export function columnsThatDiffer({ before, after }: Changed): string[] {
  return Object.keys(after).filter((column) => !isSame(before[column], after[column]));
}
