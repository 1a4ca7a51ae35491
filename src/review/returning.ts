// Returning people (F32): somebody new in Entra who has the address or the employee number of a linked person who is gone. Proposed,
// and never linked by itself; one click by a person moves the link, and with it the app user and their history (I7, I8).
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { BulkResult, Returning } from '../contract/api-review.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { goneReasonSchema, matchReasons, returningReasons } from '../contract/situations.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { decodeCursor, uuidOfCursor } from '../db/cursor.ts';
import { countLimit, matchesSearch, toPage } from '../people/search.ts';
import { decide, requireConnected, type Connected } from './connected.ts';
import { applyNow, type Pair } from './link.ts';
import { personColumns, presentPerson, type PersonRow } from './person.ts';

const isGone = sql`not (g.deleted_at is null and g.in_scope)`;

/**
 * Begins a statement that asks for `returning_pair`: object_id (new), app_user_id, from_object_id, reasons. Worked out as sets: the gone
 * are few, and whoever is new is looked at once for each kind of key.
 */
export function withReturning(of: Connected): RawBuilder<unknown> {
  return sql`
    gone_link as materialized (
      select g.object_id, l.app_user_id, g.mail_key, g.upn_key, g.alias_keys, g.employee_key,
        a.email_key, a.sign_in_key, a.employee_key as own_employee_key
      from link l
      join directory_user g on g.organisation_id = l.organisation_id and g.connection_id = l.connection_id and g.object_id = l.object_id
      join app_user a on a.organisation_id = l.organisation_id and a.id = l.app_user_id and a.removed_at is null
      where l.organisation_id = ${of.organisationId} and l.connection_id = ${of.connectionId} and ${isGone}
    ),
    gone_address as materialized (
      select distinct g.object_id, g.app_user_id, k.key from gone_link g
      cross join lateral unnest(array[g.mail_key, g.upn_key, g.email_key, g.sign_in_key] || g.alias_keys) as k (key)
      where k.key is not null
    ),
    gone_number as materialized (
      select distinct g.object_id, g.app_user_id, k.key from gone_link g
      cross join lateral unnest(array[g.employee_key, g.own_employee_key]) as k (key)
      where k.key is not null
    ),
    newcomer as materialized (
      select d.object_id, d.mail_key, d.upn_key, d.alias_keys, d.employee_key
      from directory_user d
      where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.deleted_at is null and d.in_scope
        and exists (select from gone_link)
        and not exists (select from link l
          where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)
        and not exists (select from ignored i
          where i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id)
    ),
    returning_pair as materialized (
      select m.object_id, m.app_user_id, m.from_object_id, array_agg(distinct m.reason) as reasons
      from (
        select n.object_id, g.app_user_id, g.object_id as from_object_id, 'same_email' as reason
        from newcomer n join gone_address g on g.key = n.mail_key
        union all
        select n.object_id, g.app_user_id, g.object_id, 'same_upn' from newcomer n join gone_address g on g.key = n.upn_key
        union all
        select n.object_id, g.app_user_id, g.object_id, 'same_alias'
        from newcomer n cross join lateral unnest(n.alias_keys) as alias_key join gone_address g on g.key = alias_key
        where alias_key is distinct from n.mail_key and alias_key is distinct from n.upn_key
        union all
        select n.object_id, g.app_user_id, g.object_id, 'same_employee_id'
        from newcomer n join gone_number g on g.key = n.employee_key
      ) m
      group by m.object_id, m.app_user_id, m.from_object_id
    )`;
}

interface Row extends PersonRow {
  object_id: string;
  app_user_id: string;
  app_name: string;
  app_email: string | null;
  from_object_id: string;
  from_name: string;
  reason: string;
  since: Date;
  reasons: string[];
}

/** A page, by name. Throws not_connected. */
export async function listReturning(deps: { db: Database }, actor: Actor, input: PageQuery): Promise<Page<Returning>> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      const after = input.after === undefined ? null : decodeCursor(input.after, 3);
      const found = sql`
        returning_pair r
        join directory_user d on d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.object_id = r.object_id
        join directory_user g on g.organisation_id = d.organisation_id and g.connection_id = d.connection_id and g.object_id = r.from_object_id
        join app_user a on a.organisation_id = d.organisation_id and a.id = r.app_user_id
        where ${matchesSearch(sql.ref<string>('d.search_text'), input.search)}`;
      const { rows } = await sql<Row & { total: string }>`
        with ${withReturning(of)}
        select ${personColumns}, a.id as app_user_id, a.display_name as app_name, a.fields ->> 'email' as app_email,
          g.object_id as from_object_id, g.display_name as from_name, coalesce(g.deleted_reason, g.out_reason) as reason,
          coalesce(g.deleted_at, g.scope_since) as since, r.reasons,
          (select count(*) from (select from ${found} limit ${countLimit}) counted) as total
        from ${found} and (${after === null} or (d.display_name, d.object_id, a.id)
          > (${after?.[0] ?? ''} collate "sv-x-icu", ${uuidOfCursor(after?.[1] ?? nobody)}::uuid, ${uuidOfCursor(after?.[2] ?? nobody)}::uuid))
        order by d.display_name, d.object_id, a.id
        limit ${input.limit + 1}
      `.execute(tx);
      return toPage(rows, {
        limit: input.limit,
        count: Number(rows[0]?.total ?? 0),
        keyOf: (row) => [row.display_name, row.object_id, row.app_user_id],
        toItem: (row) => ({
          person: presentPerson(row),
          appUser: { id: row.app_user_id, displayName: row.app_name, email: row.app_email },
          from: {
            id: row.from_object_id,
            displayName: row.from_name,
            reason: goneReasonSchema.parse(row.reason),
            since: row.since.toISOString(),
          },
          reasons: z
            .array(z.enum(returningReasons))
            .parse(matchReasons.filter((reason) => row.reasons.includes(reason))),
        }),
      });
    },
    { readOnly: true, joinsWholeTables: true },
  );
}

const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Moves links from entries that are gone to new ones; coupled fields follow at once. Refused are `not_found`, `not_gone` (the entry of
 * the app user is here), and `not_available` (the new one is gone, out of scope, ignored or linked). Throws not_connected.
 */
export async function moveLinks(
  deps: { db: Database },
  actor: Actor,
  { pairs }: { pairs: readonly Pair[] },
): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const moved = await move(tx, of, actor, pairs);
    const deedId = newId();
    await applyNow(tx, of, { actor, deedId }, moved);
    if (moved.length > 0) {
      const { organisationId } = of;
      await recordAudit(tx, { organisationId, id: deedId, actor, action: 'link.moved', detail: { pairs: moved } });
    }
    const done = new Set(moved.map((pair) => `${pair.objectId} ${pair.appUserId}`));
    const refused = pairs.filter((pair) => !done.has(`${pair.objectId} ${pair.appUserId}`));
    return { done: moved.length, refused: await explain(tx, of, refused) };
  });
}

/** One statement for each half: who may move, each side once, and the new link in the place of the old. */
async function move(
  tx: Tx,
  of: Connected,
  actor: Actor,
  pairs: readonly Pair[],
): Promise<(Pair & { fromObjectId: string })[]> {
  const { rows } = await sql<{ object_id: string; app_user_id: string; from_object_id: string }>`
    with asked as (
      select distinct on (p."objectId") p."objectId" as object_id, p."appUserId" as app_user_id
      from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as p ("objectId" uuid, "appUserId" uuid)
      order by p."objectId", p."appUserId"
    ),
    free as (
      select distinct on (l.app_user_id) d.object_id, l.app_user_id
      from asked p
      join directory_user d on d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.object_id = p.object_id
      join app_user a on a.organisation_id = d.organisation_id and a.id = p.app_user_id and a.removed_at is null
      join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.app_user_id = a.id
      join directory_user g on g.organisation_id = l.organisation_id and g.connection_id = l.connection_id and g.object_id = l.object_id
      where d.deleted_at is null and d.in_scope and ${isGone}
        and not exists (select from link t
          where t.organisation_id = d.organisation_id and t.connection_id = d.connection_id and t.object_id = d.object_id)
        and not exists (select from ignored i
          where i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id)
      order by l.app_user_id, d.object_id
    )
    delete from link l using free f
    where l.organisation_id = ${of.organisationId} and l.connection_id = ${of.connectionId} and l.app_user_id = f.app_user_id
    returning f.object_id, l.app_user_id, l.object_id as from_object_id
  `.execute(tx);
  if (rows.length === 0) return [];
  await sql`
    insert into link (organisation_id, connection_id, object_id, app_user_id, linked_by, moved_from)
    select ${of.organisationId}::uuid, ${of.connectionId}::uuid, r.object_id, r.app_user_id, ${actor.appUserId}::uuid, r.from_object_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (object_id uuid, app_user_id uuid, from_object_id uuid)
  `.execute(tx);
  return rows.map((row) => ({
    objectId: row.object_id,
    appUserId: row.app_user_id,
    fromObjectId: row.from_object_id,
  }));
}

/** From the facts as they are now (F66). */
async function explain(tx: Tx, of: Connected, pairs: readonly Pair[]): Promise<BulkResult['refused']> {
  if (pairs.length === 0) return [];
  const { rows } = await sql<{ id: string; name: string; code: string }>`
    select p."objectId" as id, coalesce(d.display_name, '') as name,
      case
        when d.object_id is null or a.id is null then 'not_found'
        when d.deleted_at is not null or not d.in_scope or exists (select from link t
          where t.organisation_id = d.organisation_id and t.connection_id = d.connection_id and t.object_id = d.object_id) then 'not_available'
        when g.object_id is null or not ${isGone} then 'not_gone'
        else 'not_available'
      end as code
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as p ("objectId" uuid, "appUserId" uuid)
    left join directory_user d on d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.object_id = p."objectId"
    left join app_user a on a.organisation_id = ${of.organisationId} and a.id = p."appUserId" and a.removed_at is null
    left join link l on l.organisation_id = ${of.organisationId} and l.connection_id = ${of.connectionId} and l.app_user_id = p."appUserId"
    left join directory_user g on g.organisation_id = l.organisation_id and g.connection_id = l.connection_id and g.object_id = l.object_id
  `.execute(tx);
  return rows;
}
