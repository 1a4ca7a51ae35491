// What changed on app users, latest first: the table field_change read by person, field, run, administrator and time, and by what
// somebody searches for. At a million changes each question is a walk along one index (0009-history.sql).
import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { changeCauses, type changeFilter, type HistoryChange } from '../contract/api-history.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { decodeCursor, encodeCursor, numberOfCursor } from '../db/cursor.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { spanOf } from './history-span.ts';
import { countLimit, matchesSearch, toPage } from './search.ts';

export type ChangeFilter = z.output<typeof changeFilter> & { search?: string | undefined };

interface Row {
  id: string;
  /** To the microsecond, as the cursor needs it. */
  at_key: string;
  at: Date;
  field: HistoryChange['field'];
  before: string | null;
  after: string | null;
  app_user_id: string;
  display_name: string;
  removed: boolean;
  cause: string;
  actor_name: string | null;
  run_id: string | null;
  trigger: string | null;
  requested_by: string | null;
}

/** A page. Guarantee: a change that is written meanwhile stands before the first page, and moves nothing. */
export async function listChanges(
  deps: { db: Database },
  actor: Actor,
  query: ChangeFilter & PageQuery,
): Promise<Page<HistoryChange>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const sources = await sourcesOf(tx, organisationId, query);
      const rows = await readRows(tx, sources, { after: query.after, limit: query.limit + 1 });
      return toPage(rows, {
        limit: query.limit,
        count: await countRows(tx, sources),
        keyOf: (row) => [row.at_key, row.id],
        toItem: present,
      });
    },
    { readOnly: true },
  );
}

// Each batch is a transaction of its own, so that a slow reader holds no connection and no snapshot.
const batchSize = 2000;

/** All of them, latest first, for an export. */
export async function* readChanges(
  deps: { db: Database },
  actor: Actor,
  filter: ChangeFilter,
): AsyncGenerator<HistoryChange, void> {
  const { organisationId } = actor;
  for (let after: string | undefined; ;) {
    const rows = await inOrganisation(
      deps.db,
      organisationId,
      async (tx) => readRows(tx, await sourcesOf(tx, organisationId, filter), { after, limit: batchSize }),
      { readOnly: true },
    );
    yield* rows.map(present);
    const last = rows.at(-1);
    if (!last || rows.length < batchSize) return;
    after = encodeCursor([last.at_key, last.id]);
  }
}

interface Sources {
  /** On field_change c; a change that fulfils one of them is found. */
  conditions: RawBuilder<unknown>[];
  /** What a run wrote stands in the order of its numbers: there may be half a million with one time. */
  isOfRun: boolean;
}

// So many people's changes are looked up one by one; of more, the first are found sooner by walking back in time.
const peopleMax = 2000;

async function sourcesOf(tx: Tx, organisationId: string, filter: ChangeFilter): Promise<Sources> {
  const { from, until } = await spanOf(tx, organisationId, filter);
  const conditions = [
    sql`c.organisation_id = ${organisationId}`,
    ...(filter.appUserId ? [sql`c.app_user_id = ${filter.appUserId}`] : []),
    ...(filter.field ? [sql`c.field = ${filter.field}`] : []),
    ...(filter.runId ? [sql`c.run_id = ${filter.runId}`] : []),
    ...(filter.actorId ? [sql`c.actor_id = ${filter.actorId}`] : []),
    ...(from ? [sql`c.at >= ${from}`] : []),
    ...(until ? [sql`c.at < ${until}`] : []),
  ];
  const all = sql.join(conditions, sql` and `);
  const search = filter.search?.trim() ?? '';
  const isOfRun = filter.runId !== undefined;
  if (search === '') return { conditions: [all], isOfRun };
  const isNamedSo = sql`a.organisation_id = ${organisationId} and ${matchesSearch(sql.ref<string>('a.search_text'), search)}
    and ${matchesSearch(nameAndEmail, search)}`;
  const { rows } = await sql<{ id: string }>`
    select a.id from app_user a where ${isNamedSo} limit ${peopleMax + 1}
  `.execute(tx);
  const theirs =
    rows.length > peopleMax
      ? // In brackets, so that it is asked for each change and not worked out for everybody first.
        sql`(select true from app_user a where a.id = c.app_user_id and ${isNamedSo})`
      : sql`c.app_user_id = any(${rows.map(({ id }) => id)}::uuid[])`;
  const found = [...(rows.length > 0 ? [theirs] : []), begins('before_key', search), begins('after_key', search)];
  return { conditions: found.map((condition) => sql`${all} and ${condition}`), isOfRun };
}

// Of the text that all lists of people are searched by; a title or a department is a value, and found as one.
const nameAndEmail = sql<string>`search_key(a.display_name || ' ' || coalesce(a.fields ->> 'email', ''))`;

/** By comparison: under row-level security an index knows no LIKE. U+10FFFF comes after whatever a value goes on with. */
function begins(column: 'before_key' | 'after_key', search: string): RawBuilder<unknown> {
  const key = sql`search_key(left(${search.toWellFormed()}, 64))`;
  return sql`(c.${sql.ref(column)} >= ${key} and c.${sql.ref(column)} < ${key} || ${'\u{10FFFF}'})`;
}

async function readRows(
  tx: Tx,
  { conditions, isOfRun }: Sources,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Row[]> {
  const order = (of: RawBuilder<unknown>) => (isOfRun ? sql`${of}.id desc` : sql`${of}.at desc, ${of}.id desc`);
  const start = startAfter(after, isOfRun);
  const one = (condition: RawBuilder<unknown>) => sql`
    (select c.* from field_change c where ${condition} and ${start} order by ${order(sql`c`)} limit ${limit})`;
  const { rows } = await sql<Row>`
    select c.id, c.at, to_char(c.at, ${timeKey}) as at_key, c.field, c.before, c.after, c.app_user_id, a.display_name,
      a.removed_at is not null as removed, ${causeOf} as cause, w.display_name as actor_name,
      c.run_id, r.trigger, q.display_name as requested_by
    from (
      select f.* from (select distinct on (id) * from (${sql.join(conditions.map(one), sql` union all `)}) u) f
      order by ${order(sql`f`)} limit ${limit}
    ) c
    join app_user a on a.organisation_id = c.organisation_id and a.id = c.app_user_id
    left join app_user w on w.organisation_id = c.organisation_id and w.id = c.actor_id
    left join sync_run r on r.organisation_id = c.organisation_id and r.id = c.run_id
    left join app_user q on q.organisation_id = r.organisation_id and q.id = r.requested_by
    left join audit_event e on e.organisation_id = c.organisation_id and e.id = c.deed_id
    order by ${order(sql`c`)}
  `.execute(tx);
  return rows;
}

// A person's first values and the person are written in one transaction, at one time. Links of earlier versions left no deed.
const causeOf = sql`
  case
    when c.undo_id is not null then 'undo'
    when c.run_id is not null and c.actor_id is not null then 'approved'
    when c.run_id is not null then 'run'
    when c.at = a.created_at then 'create'
    when e.action = 'link.created' then 'link'
    when c.deed_id is not null then 'decision'
    when c.actor_id is null then 'system'
    when c.request_id is null then 'link'
    else 'edit'
  end`;

const timeKey = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';

function startAfter(after: string | undefined, isOfRun: boolean): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [at = '', end] = decodeCursor(after, 2);
  const id = numberOfCursor(end);
  if (isOfRun) return sql`c.id < ${id}::bigint`;
  // One that somebody made up is the beginning of time, and not an error of the database.
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(at) && !Number.isNaN(Date.parse(at));
  return sql`(c.at, c.id) < (${isTime ? at : '-infinity'}::timestamptz, ${id}::bigint)`;
}

async function countRows(tx: Tx, { conditions }: Sources): Promise<number> {
  const one = (source: RawBuilder<unknown>) =>
    sql`(select c.id from field_change c where ${source} limit ${countLimit})`;
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from (${sql.join(conditions.map(one), sql` union `)}) found
  `.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

function present(row: Row): HistoryChange {
  return {
    id: row.id,
    at: row.at.toISOString(),
    person: { id: row.app_user_id, displayName: row.display_name, removed: row.removed },
    field: row.field,
    before: row.before,
    after: row.after,
    cause: changeCauses.find((cause) => cause === row.cause) ?? 'system',
    actorName: row.actor_name,
    run:
      row.run_id === null || row.trigger === null
        ? null
        : {
            id: row.run_id,
            // The table's check allows exactly these.
            trigger: row.trigger as NonNullable<HistoryChange['run']>['trigger'],
            requestedBy: row.requested_by,
          },
  };
}
