// What the page of a preview reads: its counts, and its rows by kind and name.
import { sql, type Selectable } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import {
  draftSchema,
  previewKinds,
  type Preview,
  type previewFilter,
  type PreviewRow,
} from '../contract/api-preview.ts';
import { heldWhySchema } from '../contract/brake.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { AppError } from '../contract/errors.ts';
import { targetFieldSchema } from '../contract/settings.ts';
import type { Database } from '../db/pool.ts';
import type { PreviewRowTable } from '../db/schema.ts';
import { decodeCursor, numberOfCursor } from '../db/cursor.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { countLimit, matchesSearch, toPage } from '../people/search.ts';
import { getRun } from './list-runs.ts';

interface Deps {
  db: Database;
}

/** Throws not_found. */
export async function getPreview(deps: Deps, actor: Actor, { id }: { id: string }): Promise<Preview> {
  const { organisationId } = actor;
  const run = await getRun(deps, actor, { id });
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const row = await requirePreview(tx, organisationId, id);
      const counted = await countRows(tx, organisationId, id);
      return {
        run,
        hash: row.state === 'ok' ? row.plan_hash : null,
        draft: row.draft === null ? null : draftSchema.parse(row.draft),
        isCurrent: row.settings_version === row.settings_version_now,
        ...counted,
        counts: {
          ...counted.counts,
          peopleBefore: row.counts['peopleBefore'] ?? 0,
          people: row.counts['people'] ?? 0,
        },
        held: z.array(heldWhySchema).parse(row.held_why ?? []),
      };
    },
    { readOnly: true },
  );
}

async function requirePreview(tx: Tx, organisationId: string, id: string) {
  const row = await tx
    .selectFrom('sync_run as r')
    .innerJoin('connection as c', (join) =>
      join.onRef('c.organisation_id', '=', 'r.organisation_id').onRef('c.id', '=', 'r.connection_id'),
    )
    .select(['r.state', 'r.plan_hash', 'r.draft', 'r.settings_version', 'r.counts', 'r.held_why'])
    .select('c.settings_version as settings_version_now')
    .where('r.organisation_id', '=', organisationId)
    .where('r.id', '=', id)
    .where('r.trigger', '=', 'preview')
    .executeTakeFirst();
  if (!row) throw new AppError('not_found');
  return row;
}

async function countRows(
  tx: Tx,
  organisationId: string,
  runId: string,
): Promise<{ counts: Omit<Preview['counts'], 'people' | 'peopleBefore'>; fields: Preview['fields'] }> {
  const { rows } = await sql<{
    kind: PreviewRow['kind'];
    field: string | null;
    rows: string;
    filled: string;
    emptied: string;
  }>`
    select kind, case when kind = 'changed' then field end as field, count(*) as rows,
      count(*) filter (where before is null) as filled, count(*) filter (where after is null) as emptied
    from preview_row
    where organisation_id = ${organisationId} and run_id = ${runId}
    group by 1, 2 order by rows desc, field
  `.execute(tx);
  const people = await sql<{ people: string }>`
    select count(distinct app_user_id) as people from preview_row
    where organisation_id = ${organisationId} and run_id = ${runId} and kind = 'changed'
  `.execute(tx);
  const sum = (kind: PreviewRow['kind']) =>
    rows.filter((row) => row.kind === kind).reduce((total, row) => total + Number(row.rows), 0);
  return {
    counts: {
      changedPeople: Number(people.rows[0]?.people ?? 0),
      changed: sum('changed'),
      new: sum('new'),
      gone: sum('gone'),
      returned: sum('returned'),
      clash: sum('clash'),
    },
    fields: rows.flatMap(({ field, rows: changed, filled, emptied }) =>
      field === null
        ? []
        : [
            {
              field: targetFieldSchema.parse(field),
              changed: Number(changed),
              filled: Number(filled),
              emptied: Number(emptied),
            },
          ],
    ),
  };
}

export type PreviewFilter = z.output<typeof previewFilter>;

type Row = Omit<Selectable<PreviewRowTable>, 'kind'> & Pick<PreviewRow, 'kind'>;

/** Throws not_found. */
export async function listPreviewRows(
  deps: Deps,
  actor: Actor,
  input: PageQuery & PreviewFilter & { id: string },
): Promise<Page<PreviewRow>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      await requirePreview(tx, organisationId, input.id);
      const after = input.after === undefined ? '0' : numberOfCursor(decodeCursor(input.after, 1)[0]);
      const found = sql`
        from preview_row
        where organisation_id = ${organisationId} and run_id = ${input.id}
          and kind = any(${input.kind === undefined ? [...previewKinds] : [input.kind]}::text[])
          and (${input.field ?? null}::text is null or field = ${input.field ?? null})
          and ${matchesSearch(sql.ref<string>('search_text'), input.search)}`;
      const { rows } = await sql<Row & { total: string }>`
        select position, kind, object_id, app_user_id, display_name, detail, field, before, after, reason, held,
          (select count(*) from (select ${found} limit ${countLimit}) counted) as total
        ${found} and position > ${after}::integer
        order by position
        limit ${input.limit + 1}
      `.execute(tx);
      return toPage(rows, {
        limit: input.limit,
        count: Number(rows[0]?.total ?? 0),
        keyOf: (row) => [String(row.position)],
        toItem: present,
      });
    },
    { readOnly: true },
  );
}

function present(row: Row): PreviewRow {
  return {
    id: String(row.position),
    kind: row.kind,
    objectId: row.object_id,
    appUserId: row.app_user_id,
    displayName: row.display_name,
    detail: row.detail,
    field: row.field === null ? null : targetFieldSchema.parse(row.field),
    before: row.before,
    after: row.after,
    reason: row.reason,
    held: row.held,
  };
}
