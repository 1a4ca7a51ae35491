// What the pages under *Körningar* and the progress on *Översikt* read.
import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { listRunIssues as listRunIssuesRoute, Run, runChangeSchema } from '../contract/api-runs.ts';
import { heldWhySchema } from '../contract/brake.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { AppError, errorCodes, type ErrorCode } from '../contract/errors.ts';
import { decodeCursor, encodeCursor, numberOfCursor, uuidOfCursor } from '../db/cursor.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';

interface Deps {
  db: Database;
}

const countMax = 1000;

function selectRuns(tx: Tx, organisationId: string) {
  return tx
    .selectFrom('sync_run as r')
    .leftJoin('app_user as a', (join) =>
      join.onRef('a.organisation_id', '=', 'r.organisation_id').onRef('a.id', '=', 'r.requested_by'),
    )
    .selectAll('r')
    .select('a.display_name as requested_by_name')
    .where('r.organisation_id', '=', organisationId);
}
type RunRow = Awaited<ReturnType<ReturnType<typeof selectRuns>['executeTakeFirstOrThrow']>>;

function codeOf(code: string): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'internal';
}

function present(row: RunRow): Run {
  const count = (name: string) => row.counts[name] ?? 0;
  return {
    id: row.id,
    trigger: row.trigger as Run['trigger'], // the table's check allows exactly these
    mode: row.mode === 'initial' || row.mode === 'incremental' ? row.mode : null,
    state: row.state as Run['state'], // likewise
    phase: row.phase as Run['phase'], // likewise
    requestedBy: row.requested_by_name,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    retryAt: row.retry_at?.toISOString() ?? null,
    attempt: row.attempt,
    waitingUntil: row.waiting_until?.toISOString() ?? null,
    progress: {
      peopleRead: row.people_read,
      peopleExpected: row.people_expected,
      groupsRead: row.groups_read,
      turn: turnOf(row),
    },
    counts: {
      people: count('people'),
      newPeople: count('newPeople'),
      changedUsers: count('changedUsers'),
      changedFields: count('changedFields'),
      gone: count('gone'),
      returned: count('returned'),
      held: count('held'),
      holdsEnded: count('holdsEnded'),
      issues: count('issues'),
      requests: count('requests'),
      tries: count('tries'),
    },
    heldWhy: z.array(heldWhySchema).parse(row.held_why ?? []),
    error: row.error_code
      ? {
          code: codeOf(row.error_code),
          detail: row.error_detail,
          graphRequestId: row.error_request_id,
          clientRequestId: row.error_client_request_id,
        }
      : null,
  };
}

/** The latest of the two. */
function turnOf({ resumed_at: resumed, reread_at: again }: RunRow): Run['progress']['turn'] {
  if (again !== null && (resumed === null || again >= resumed)) return { kind: 'again', at: again.toISOString() };
  return resumed && { kind: 'resumed', at: resumed.toISOString() };
}

/** One run. Throws not_found. */
export async function getRun(deps: Deps, actor: Actor, input: { id: string }): Promise<Run> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const row = await selectRuns(tx, actor.organisationId).where('r.id', '=', input.id).executeTakeFirst();
      if (!row) throw new AppError('not_found');
      return present(row);
    },
    { readOnly: true },
  );
}

/** Runs of all connections of the organisation, latest first (ids grow with time). */
export async function listRuns(deps: Deps, actor: Actor, query: Omit<PageQuery, 'search'>): Promise<Page<Run>> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const after = query.after === undefined ? null : uuidOfCursor(decodeCursor(query.after, 1)[0]);
      let select = selectRuns(tx, actor.organisationId);
      if (after) select = select.where('r.id', '<', after);
      const rows = await select
        .orderBy('r.id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const total = await countUpTo(tx, sql`sync_run where organisation_id = ${actor.organisationId}`);
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: shown.map(present),
        next: rows.length > query.limit && last ? encodeCursor([last.id]) : null,
        ...total,
      };
    },
    { readOnly: true },
  );
}

async function countUpTo(tx: Tx, from: ReturnType<typeof sql>): Promise<{ total: number; totalIsCapped: boolean }> {
  const { rows } = await sql<{
    total: string;
  }>`select count(*) as total from (select from ${from} limit ${countMax + 1}) c`.execute(tx);
  const total = Number(rows[0]?.total ?? 0);
  return { total: Math.min(total, countMax), totalIsCapped: total > countMax };
}

type RunChange = z.infer<typeof runChangeSchema>;

/** What a run wrote, in the order in which it was written; search in the person's name and the values. */
export async function listRunChanges(
  deps: Deps,
  actor: Actor,
  input: PageQuery & { id: string },
): Promise<Page<RunChange>> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const after = input.after === undefined ? '0' : numberOfCursor(decodeCursor(input.after, 1)[0]);
      const pattern = input.search ? `%${input.search.replaceAll(/[\\%_]/g, '\\$&')}%` : null;
      const from = sql`
        field_change c
        join app_user a on a.organisation_id = c.organisation_id and a.id = c.app_user_id
        where c.organisation_id = ${actor.organisationId} and c.run_id = ${input.id}
          and (${pattern}::text is null or a.search_text like search_key(${pattern}) or c.before ilike ${pattern} or c.after ilike ${pattern})`;
      const { rows } = await sql<{
        id: string;
        app_user_id: string;
        display_name: string;
        field: RunChange['field'];
        before: string | null;
        after: string | null;
      }>`
        select c.id, c.app_user_id, a.display_name, c.field, c.before, c.after
        from ${from} and c.id > ${after}::bigint
        order by c.id limit ${input.limit + 1}
      `.execute(tx);
      const total = await countUpTo(tx, from);
      const shown = rows.slice(0, input.limit);
      const last = shown.at(-1);
      return {
        items: shown.map((row) => ({
          id: row.id,
          appUserId: row.app_user_id,
          displayName: row.display_name,
          field: row.field,
          before: row.before,
          after: row.after,
        })),
        next: rows.length > input.limit && last ? encodeCursor([last.id]) : null,
        ...total,
      };
    },
    { readOnly: true },
  );
}

type RunIssuePage = z.infer<typeof listRunIssuesRoute.response>;

/** What a run could not take care of. */
export async function listRunIssues(
  deps: Deps,
  actor: Actor,
  input: Omit<PageQuery, 'search'> & { id: string },
): Promise<RunIssuePage> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const after = input.after === undefined ? '0' : numberOfCursor(decodeCursor(input.after, 1)[0]);
      const from = sql`run_issue where organisation_id = ${actor.organisationId} and run_id = ${input.id}`;
      const { rows } = await sql<RunIssuePage['items'][number]>`
        select id, code, subject, field, other_name as "otherName" from ${from} and id > ${after}::bigint order by id limit ${input.limit + 1}
      `.execute(tx);
      const total = await countUpTo(tx, from);
      const shown = rows.slice(0, input.limit);
      const last = shown.at(-1);
      return { items: shown, next: rows.length > input.limit && last ? encodeCursor([last.id]) : null, ...total };
    },
    { readOnly: true },
  );
}
