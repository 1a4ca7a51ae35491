// The review lists, page by page in the order of the name; search and paging in the database.
import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { AccountFilter } from '../contract/account-marks.ts';
import type { candidateSchema, ReviewRow } from '../contract/api-review.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { goneReasons, matchReasons, type ReviewList } from '../contract/situations.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { afterName, countLimit, matchesSearch, toPage } from '../people/search.ts';
import { isAmongAccounts } from './account-filter.ts';
import { requireConnected, type Connected } from './connected.ts';
import { personColumns, presentPerson, type PersonRow } from './person.ts';
import { appOnly, conditionOf, everybody, isKept, withCandidates, type DirectoryList } from './sources.ts';

export interface ListInput extends PageQuery {
  list: ReviewList;
  kept: 'without' | 'only';
  account?: AccountFilter | undefined;
}

interface Row extends PersonRow {
  object_id: string | null;
  app_user_id: string | null;
  app_name: string | null;
  app_email: string | null;
  deleted_at: Date | null;
  deleted_reason: string | null;
  deleted_evidence: string | null;
  out_reason: string | null;
  scope_since: Date | null;
  kept_at: Date | null;
  linked_at: Date | null;
  ignored_at: Date | null;
  ignored_reason: string | null;
  ignored_by: string | null;
}

/** A page of a list. Guarantee: each row is on exactly one page as long as nobody is renamed meanwhile. */
export async function listReview(deps: { db: Database }, actor: Actor, input: ListInput): Promise<Page<ReviewRow>> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      return input.list === 'app_only' ? listAppOnly(tx, of, input) : listDirectory(tx, of, input.list, input);
    },
    { readOnly: true, joinsWholeTables: true },
  );
}

async function countUpTo(tx: Tx, query: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{
    count: string;
  }>`select count(*) as count from (${query} limit ${countLimit}) found`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

async function listDirectory(tx: Tx, of: Connected, list: DirectoryList, input: ListInput): Promise<Page<ReviewRow>> {
  const search = matchesSearch(sql.ref<string>('d.search_text'), input.search);
  const found = sql`${everybody(of)} and ${conditionOf(list, input.kept)} and ${isAmongAccounts(input.account)} and ${search}`;
  const before = list === 'suggested' || list === 'available' ? withCandidates(of) : sql``;
  const after = afterName({ name: sql.ref<string>('d.display_name'), id: sql.ref<string>('d.object_id') }, input.after);
  const { rows } = await sql<Row & { object_id: string; total: string }>`
    ${before}
    select ${personColumns}, l.app_user_id, a.display_name as app_name, a.fields ->> 'email' as app_email,
      d.deleted_at, d.deleted_reason, d.deleted_evidence, d.out_reason, d.scope_since,
      case when ${isKept} then l.kept_at end as kept_at, l.linked_at,
      i.ignored_at, i.reason as ignored_reason,
      (select w.display_name from app_user w where w.organisation_id = i.organisation_id and w.id = i.ignored_by) as ignored_by,
      (select count(*) from (select from ${found} limit ${countLimit}) counted) as total
    from ${found} and ${after}
    order by d.display_name, d.object_id
    limit ${input.limit + 1}
  `.execute(tx);
  const candidates =
    list === 'suggested'
      ? await listCandidates(
          tx,
          of,
          rows.map((row) => row.object_id),
        )
      : new Map<string, Candidate[]>();
  return toPage(rows, {
    limit: input.limit,
    // A page after the last one has no row to carry the number.
    count: Number(
      rows[0]?.total ?? (input.after === undefined ? 0 : await countUpTo(tx, sql`${before} select from ${found}`)),
    ),
    keyOf: (row) => [row.display_name, row.object_id],
    toItem: (row) => presentRow(row, candidates.get(row.object_id) ?? []),
  });
}

type Candidate = z.infer<typeof candidateSchema>;

/** The candidates of a page of people, strongest reason first. */
async function listCandidates(tx: Tx, of: Connected, objectIds: readonly string[]): Promise<Map<string, Candidate[]>> {
  const found = new Map<string, Candidate[]>();
  if (objectIds.length === 0) return found;
  const { rows } = await sql<{
    object_id: string;
    id: string;
    display_name: string;
    email: string | null;
    reasons: string[];
  }>`
    select c.object_id, a.id, a.display_name, coalesce(a.fields ->> 'email', a.sign_in_email) as email, c.reasons
    from candidate c
    join app_user a on a.organisation_id = c.organisation_id and a.id = c.app_user_id
    where c.organisation_id = ${of.organisationId} and c.connection_id = ${of.connectionId}
      and c.object_id = any(${[...objectIds]}::uuid[])
    order by a.display_name, a.id
  `.execute(tx);
  for (const row of rows) {
    const reasons = matchReasons.filter((reason) => row.reasons.includes(reason));
    const list = found.get(row.object_id) ?? [];
    list.push({ id: row.id, displayName: row.display_name, email: row.email, reasons });
    found.set(row.object_id, list);
  }
  const strength = (candidate: Candidate) => matchReasons.findIndex((reason) => candidate.reasons.includes(reason));
  for (const list of found.values()) list.sort((a, b) => strength(a) - strength(b));
  return found;
}

async function listAppOnly(tx: Tx, of: Connected, input: ListInput): Promise<Page<ReviewRow>> {
  const found = sql`${appOnly(of)} and ${matchesSearch(sql.ref<string>('a.search_text'), input.search)}`;
  const after = afterName({ name: sql.ref<string>('a.display_name'), id: sql.ref<string>('a.id') }, input.after);
  const { rows } = await sql<{ id: string; display_name: string; email: string | null }>`
    select a.id, a.display_name, coalesce(a.fields ->> 'email', a.sign_in_email) as email
    from ${found} and ${after} order by a.display_name, a.id limit ${input.limit + 1}
  `.execute(tx);
  return toPage(rows, {
    limit: input.limit,
    count: await countUpTo(tx, sql`select from ${found}`),
    keyOf: (row) => [row.display_name, row.id],
    toItem: (row) => ({
      person: null,
      appUser: { id: row.id, displayName: row.display_name, email: row.email },
      candidates: [],
      gone: null,
      ignored: null,
      linkedAt: null,
    }),
  });
}

function presentRow(row: Row & { object_id: string }, candidates: Candidate[]): ReviewRow {
  return {
    person: presentPerson(row),
    appUser: row.app_user_id ? { id: row.app_user_id, displayName: row.app_name ?? '', email: row.app_email } : null,
    candidates,
    gone: row.app_user_id ? presentGone(row) : null,
    ignored: row.ignored_at
      ? { at: row.ignored_at.toISOString(), by: row.ignored_by, reason: row.ignored_reason }
      : null,
    linkedAt: row.linked_at?.toISOString() ?? null,
  };
}

/** Why a linked person needs a decision; null when there is nothing to decide. Deleted outweighs out of scope. */
function presentGone(row: Row): ReviewRow['gone'] {
  const told = row.deleted_at ? row.deleted_reason : row.out_reason;
  const reason = goneReasons.find((known) => known === told);
  const since = row.deleted_at ?? row.scope_since;
  if (!reason || !since) return null;
  const evidence = row.deleted_at ? (row.deleted_evidence ?? '') : 'out_of_scope';
  return { reason, since: since.toISOString(), evidence, keptAt: row.kept_at?.toISOString() ?? null };
}
