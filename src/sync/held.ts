// What waits for a decision, as the pages show it: worked out from the rows that are held, so a number and its list cannot disagree.
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { Held, heldFilter, HeldRow } from '../contract/api-held.ts';
import { heldWhySchema } from '../contract/brake.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { targetFieldSchema } from '../contract/settings.ts';
import { goneReasonSchema } from '../contract/situations.ts';
import { findConnection } from '../connection/find-connection.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { decodeCursor } from '../db/cursor.ts';
import { isExcepted } from '../people/list-exceptions.ts';
import { countLimit, matchesSearch, toPage } from '../people/search.ts';

interface Deps {
  db: Database;
}
interface OfConnection {
  organisationId: string;
  connectionId: string;
}

/** Null when nothing waits, or nothing is connected. */
export async function getHeld(deps: Deps, actor: Actor): Promise<{ held: Held | null }> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const connection = await findConnection(tx, organisationId);
      if (!connection) return { held: null };
      return { held: await findHeld(tx, { organisationId, connectionId: connection.id }) };
    },
    { readOnly: true },
  );
}

async function findHeld(tx: Tx, of: OfConnection): Promise<Held | null> {
  const { rows } = await sql<{
    waiting: string;
    absences: string;
    dismissed: string;
    since: Date | null;
    run_id: string | null;
  }>`
    select count(*) filter (where ${waits}) as waiting, count(*) filter (where ${waits} and r.kind = 'absence') as absences,
      count(*) filter (where not ${waits}) as dismissed, min(r.since) filter (where ${waits}) as since,
      (array_agg(r.run_id order by r.since, r.run_id) filter (where ${waits}))[1] as run_id
    from (${heldRows(of)}) r
  `.execute(tx);
  const [row] = rows;
  if (!row || row.since === null || row.run_id === null) return null;
  return {
    runId: row.run_id,
    since: row.since.toISOString(),
    hash: await hashHeld(tx, of),
    why: await lastWhy(tx, of),
    absences: Number(row.absences),
    changes: Number(row.waiting) - Number(row.absences),
    fields: await countFields(tx, of),
    dismissed: Number(row.dismissed),
  };
}

/** SHA-256 of the rows that wait, as hex: a decision on all of them is about exactly these. */
export async function hashHeld(tx: Tx, of: OfConnection): Promise<string> {
  const { rows } = await sql<{ hash: string }>`
    select encode(sha256(convert_to(coalesce(string_agg(line, ',' order by line collate "C"), ''), 'UTF8')), 'hex') as hash
    from (
      select jsonb_build_array(r.key, r.reason, r.before, r.after)::text as line from (${heldRows(of)}) r where ${waits}
    ) lines
  `.execute(tx);
  return rows[0]?.hash ?? '';
}

// Nothing is asked about a field that was excepted since; the next run ends its hold.
const isOfException = (organisationId: string) =>
  isExcepted(organisationId, { appUserId: sql`h.app_user_id`, field: sql`h.field` });

const waits = sql`(r.decision is distinct from 'dismissed')`;

/** Held rows of both kinds, dismissed ones too. */
export function heldRows({ organisationId, connectionId }: OfConnection): RawBuilder<unknown> {
  return sql`
    select 'absence' as kind, 'a:' || d.object_id as key, d.object_id, l.app_user_id, d.display_name::text,
      coalesce(d.mail, d.user_principal_name) as email, d.held_reason as reason, d.held_evidence as evidence, d.held_at as since,
      d.held_run_id as run_id, null::text as field, null::text as before, null::text as after, d.held_decision as decision,
      d.held_decided_by as decided_by, d.held_decided_at as decided_at, d.search_text
    from directory_user d
    left join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
    where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId} and d.held_reason is not null
    union all
    select 'change', 'c:' || h.app_user_id || ':' || h.field, null, h.app_user_id, a.display_name::text,
      a.fields ->> 'email', null, null, h.held_at, h.run_id, h.field, h.before, h.after, h.decision, h.decided_by, h.decided_at,
      a.search_text || ' ' || search_key(coalesce(h.before, '') || ' ' || coalesce(h.after, ''))
    from held_change h
    join app_user a on a.organisation_id = h.organisation_id and a.id = h.app_user_id
    where h.organisation_id = ${organisationId} and h.connection_id = ${connectionId} and not ${isOfException(organisationId)}`;
}

async function countFields(tx: Tx, of: OfConnection): Promise<Held['fields']> {
  const { rows } = await sql<{ field: string; changes: string; emptied: string }>`
    select field, count(*) as changes, count(*) filter (where after is null) as emptied
    from held_change h
    where organisation_id = ${of.organisationId} and connection_id = ${of.connectionId} and decision is distinct from 'dismissed'
      and not ${isOfException(of.organisationId)}
    group by field order by changes desc, field
  `.execute(tx);
  return rows.map(({ field, changes, emptied }) => ({
    field: targetFieldSchema.parse(field),
    changes: Number(changes),
    emptied: Number(emptied),
  }));
}

/** As the last run that weighed a plan has said. */
async function lastWhy(tx: Tx, of: OfConnection): Promise<Held['why']> {
  const { rows } = await sql<{ held_why: unknown }>`
    select held_why from sync_run
    where organisation_id = ${of.organisationId} and connection_id = ${of.connectionId} and state in ('ok', 'held')
      and trigger in ('manual', 'nightly', 'retry') and held_why <> '[]'::jsonb
    order by id desc limit 1
  `.execute(tx);
  return z.array(heldWhySchema).parse(rows[0]?.held_why ?? []);
}

export type HeldFilter = z.output<typeof heldFilter>;

interface Row {
  kind: HeldRow['kind'];
  key: string;
  object_id: string | null;
  app_user_id: string | null;
  display_name: string;
  email: string | null;
  reason: string | null;
  evidence: string | null;
  since: Date;
  field: string | null;
  before: string | null;
  after: string | null;
  decision: HeldRow['decision'];
  decided_by_name: string | null;
  decided_at: Date | null;
}

/** By name; empty when nothing is connected. */
export async function listHeldRows(deps: Deps, actor: Actor, input: PageQuery & HeldFilter): Promise<Page<HeldRow>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const connection = await findConnection(tx, organisationId);
      if (!connection) return { items: [], next: null, total: 0, totalIsCapped: false };
      const found = filterRows({ organisationId, connectionId: connection.id }, input);
      const after = input.after === undefined ? null : decodeCursor(input.after, 2);
      const { rows } = await sql<Row & { total: string }>`
        select r.*, (select w.display_name from app_user w where w.organisation_id = ${organisationId} and w.id = r.decided_by) as decided_by_name,
          (select count(*) from (select ${found} limit ${countLimit}) counted) as total
        ${found}
          and (${after === null} or (r.display_name collate "sv-x-icu", r.key) > (${after?.[0] ?? ''}, ${after?.[1] ?? ''}))
        order by r.display_name collate "sv-x-icu", r.key
        limit ${input.limit + 1}
      `.execute(tx);
      return toPage(rows, {
        limit: input.limit,
        count: Number(rows[0]?.total ?? 0),
        keyOf: (row) => [row.display_name, row.key],
        toItem: present,
      });
    },
    { readOnly: true },
  );
}

function filterRows(
  of: OfConnection,
  { kind, reason, field, dismissed, search }: HeldFilter & { search?: string | undefined },
) {
  return sql`
    from (${heldRows(of)}) r
    where ${dismissed === 'only' ? sql`not ${waits}` : waits}
      and (${kind ?? null}::text is null or r.kind = ${kind ?? null}) and (${reason ?? null}::text is null or r.reason = ${reason ?? null})
      and (${field ?? null}::text is null or r.field = ${field ?? null}) and ${matchesSearch(sql.ref<string>('r.search_text'), search)}`;
}

function present(row: Row): HeldRow {
  return {
    key: row.key,
    kind: row.kind,
    objectId: row.object_id,
    appUserId: row.app_user_id,
    displayName: row.display_name,
    email: row.email,
    reason: row.reason === null ? null : goneReasonSchema.parse(row.reason),
    evidence: row.evidence,
    since: row.since.toISOString(),
    field: row.field === null ? null : targetFieldSchema.parse(row.field),
    before: row.before,
    after: row.after,
    decision: row.decision,
    decidedBy: row.decided_by_name,
    decidedAt: row.decided_at?.toISOString() ?? null,
  };
}
