// What administrators decided, latest first: the audit trail made readable, with names for ids, and for settings what they were
// before: the last saving of the same tells that.
import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { Decision, decisionFilter, listHistoryActors as actorsRoute } from '../contract/api-history.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { decodeCursor, encodeCursor, uuidOfCursor } from '../db/cursor.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { settingsChanges } from './history-settings.ts';
import { spanOf } from './history-span.ts';
import { countLimit, toPage } from './search.ts';

export type DecisionFilter = z.output<typeof decisionFilter>;
type Detail = Record<string, unknown>;

interface Row {
  id: string;
  at: Date;
  actor_name: string;
  action: string;
  subject: string | null;
  detail: Detail;
  before: Detail | null;
  person_count: number;
  names: string[];
  subject_name: string | null;
  run_id: string | null;
}

/** A page. An id grows with time, so it is the order. */
export async function listDecisions(
  deps: { db: Database },
  actor: Actor,
  query: DecisionFilter & Omit<PageQuery, 'search'>,
): Promise<Page<Decision>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const condition = await conditionOf(tx, organisationId, query);
      const rows = await readRows(tx, condition, { after: query.after, limit: query.limit + 1 });
      const { rows: counted } = await sql<{ count: string }>`
        select count(*) as count from (select from audit_event e where ${condition} limit ${countLimit}) found
      `.execute(tx);
      return toPage(rows, {
        limit: query.limit,
        count: Number(counted[0]?.count ?? 0),
        keyOf: (row) => [row.id],
        toItem: present,
      });
    },
    { readOnly: true },
  );
}

const batchSize = 500;

/** All of them, latest first, for an export. */
export async function* readDecisions(
  deps: { db: Database },
  actor: Actor,
  filter: DecisionFilter,
): AsyncGenerator<Decision, void> {
  const { organisationId } = actor;
  for (let after: string | undefined; ;) {
    const rows = await inOrganisation(
      deps.db,
      organisationId,
      async (tx) => readRows(tx, await conditionOf(tx, organisationId, filter), { after, limit: batchSize }),
      { readOnly: true },
    );
    yield* rows.map(present);
    const last = rows.at(-1);
    if (!last || rows.length < batchSize) return;
    after = encodeCursor([last.id]);
  }
}

// By how an action begins.
const actionsOf: Readonly<Record<NonNullable<DecisionFilter['group']>, readonly string[]>> = {
  people: ['app_user.', 'person.', 'team.', 'custom_field.', 'password_link.', 'exception.'],
  links: ['link.', 'app_user.created_from_entra', 'person.', 'app_user.kept', 'app_user.unkept'],
  settings: ['settings.', 'organisation.', 'brake.'],
  connection: ['connection.', 'connect_link.'],
  runs: ['run.', 'person_run.', 'held.', 'undo.', 'preview.'],
  exports: ['table.exported'],
};

async function conditionOf(tx: Tx, organisationId: string, filter: DecisionFilter): Promise<RawBuilder<unknown>> {
  const { from, until } = await spanOf(tx, organisationId, filter);
  const begins = filter.group ? actionsOf[filter.group].map((start) => sql`starts_with(e.action, ${start})`) : [];
  const conditions = [
    sql`e.organisation_id = ${organisationId}`,
    ...(filter.actorId ? [sql`e.actor_id = ${filter.actorId}`] : []),
    ...(begins.length > 0 ? [sql`(${sql.join(begins, sql` or `)})`] : []),
    ...(from ? [sql`e.at >= ${from}`] : []),
    ...(until ? [sql`e.at < ${until}`] : []),
  ];
  return sql.join(conditions, sql` and `);
}

const namesMax = 3;

async function readRows(
  tx: Tx,
  condition: RawBuilder<unknown>,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Row[]> {
  const start = after === undefined ? sql`true` : sql`e.id < ${uuidOfCursor(decodeCursor(after, 1)[0])}::uuid`;
  const { rows } = await sql<Row>`
    with page as materialized (
      select e.* from audit_event e where ${condition} and ${start} order by e.id desc limit ${limit}
    )
    select e.id, e.at, e.actor_name, e.action, e.subject, e.detail, p.detail as before, t.person_count, t.names,
      coalesce(u.display_name, tm.name, cf.label) as subject_name, r.id as run_id
    from page e
    left join app_user u on u.organisation_id = e.organisation_id and u.id::text = e.subject
    left join team tm on tm.organisation_id = e.organisation_id and tm.id::text = e.subject
    left join custom_field cf on cf.organisation_id = e.organisation_id and cf.id::text = e.subject
    left join sync_run r on r.organisation_id = e.organisation_id and r.id::text = e.subject
    left join lateral (
      select b.detail from audit_event b
      where e.action like 'settings.%' and b.organisation_id = e.organisation_id and b.action = e.action
        and b.subject = e.subject and b.id < e.id
      order by b.id desc limit 1
    ) p on true
    cross join lateral (
      select count(*)::int as person_count, coalesce((array_agg(w.name order by w.place) filter (where w.place <= ${namesMax})), '{}') as names
      from (
        select m.place, coalesce(
          (select a.display_name from app_user a where a.organisation_id = e.organisation_id and a.id::text = coalesce(m.one ->> 'appUserId', m.one #>> '{}')),
          (select d.display_name from directory_user d where d.organisation_id = e.organisation_id and d.object_id::text = coalesce(m.one ->> 'objectId', m.one #>> '{}') limit 1),
          '') as name
        from jsonb_array_elements(case
          when jsonb_typeof(e.detail -> 'pairs') = 'array' then e.detail -> 'pairs'
          when jsonb_typeof(e.detail -> 'objectIds') = 'array' then e.detail -> 'objectIds'
          when jsonb_typeof(e.detail -> 'appUserIds') = 'array' and not e.action like 'settings.%' then e.detail -> 'appUserIds'
          else '[]' end) with ordinality as m (one, place)
      ) w
    ) t
    order by e.id desc
  `.execute(tx);
  return rows;
}

function present(row: Row): Decision {
  const isPerson =
    row.person_count === 0 && row.subject_name !== null && /^(app_user|password_link)\./.test(row.action);
  const { reason, name } = row.detail;
  return {
    id: row.id,
    at: row.at.toISOString(),
    actorName: row.actor_name,
    action: row.action,
    people:
      row.person_count > 0
        ? { count: row.person_count, names: row.names }
        : isPerson
          ? { count: 1, names: [row.subject_name ?? ''] }
          : null,
    subject: isPerson
      ? null
      : (row.subject_name ?? textOf(name) ?? (row.action === 'table.exported' ? row.subject : null)),
    reason: textOf(reason),
    runId: row.run_id,
    changes: settingsChanges(row.action, row.before ?? {}, row.detail),
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Who has changed or decided something, by name: one look along an index for each of them, however much they did. */
export async function listHistoryActors(
  deps: { db: Database },
  actor: Actor,
): Promise<z.output<typeof actorsRoute.response>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const first = (table: RawBuilder<unknown>, more: RawBuilder<unknown>) => sql`
        (select x.actor_id from ${table} x where x.organisation_id = ${organisationId} and ${more} order by x.actor_id limit 1)`;
      const actorsOf = (table: RawBuilder<unknown>) => sql`
        ${first(table, sql`x.actor_id is not null`)}
        union all
        select ${first(table, sql`x.actor_id > w.actor_id`)} from who w where w.actor_id is not null`;
      const ids = (table: RawBuilder<unknown>) =>
        sql`(with recursive who (actor_id) as (${actorsOf(table)}) select actor_id from who)`;
      const { rows } = await sql<{ id: string; display_name: string }>`
        select a.id, a.display_name from app_user a
        where a.organisation_id = ${organisationId}
          and a.id in (${ids(sql`field_change`)} union ${ids(sql`audit_event`)})
        order by a.display_name, a.id
      `.execute(tx);
      return { items: rows.map((row) => ({ id: row.id, displayName: row.display_name })) };
    },
    { readOnly: true },
  );
}
