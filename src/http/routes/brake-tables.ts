// A preview and the held rows as tables for a file, with the words of the page that asked.
import type { Actor } from '../../base/actor.ts';
import type { Columns, Rows } from '../../base/table.ts';
import { pageSizeMax, type Language, type Page } from '../../contract/common.ts';
import { AppError } from '../../contract/errors.ts';
import { goneReasons } from '../../contract/situations.ts';
import { appFields, type TargetField } from '../../contract/settings.ts';
import type { Database } from '../../db/pool.ts';
import { en } from '../../i18n/en.ts';
import { sv } from '../../i18n/sv.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { listCustomFields } from '../../people/custom-fields.ts';
import { listHeldRows, type HeldFilter } from '../../sync/held.ts';
import { getPreview, listPreviewRows, type PreviewFilter } from '../../sync/previews.ts';

interface Deps {
  db: Database;
}
interface Table {
  name: string;
  columns: Columns;
  rows: Rows;
}

const catalogues: Readonly<Record<Language, Catalogue>> = { sv, en };

/** Throws not_found. */
export async function previewTable(
  deps: Deps,
  actor: Actor,
  { language, ...filter }: PreviewFilter & { id: string; language: Language },
): Promise<Table> {
  const words = catalogues[language];
  const { preview, held, review, runs } = words;
  const { hash } = await getPreview(deps, actor, { id: filter.id });
  if (hash === null) throw new AppError('not_found');
  const labelOf = await fieldLabels(deps, actor, words);
  const reasons = new Map<string, string>([
    ...goneReasons.map((reason) => [reason, review.gone[reason]] as const),
    ...Object.entries(runs.run.issues.code),
  ]);
  const columns = preview.file;
  return {
    name: preview.crumb,
    columns: [
      columns.what,
      columns.person,
      columns.detail,
      columns.field,
      columns.before,
      columns.after,
      columns.reason,
      columns.held,
    ].map((header) => ({ header })),
    rows: mapped(
      eachRow((after) => listPreviewRows(deps, actor, { ...filter, after, limit: pageSizeMax })),
      (row) => [
        preview.kind[row.kind],
        row.displayName,
        row.detail,
        row.field === null ? null : labelOf(row.field),
        row.before,
        row.after,
        row.reason === null ? null : (reasons.get(row.reason) ?? row.reason),
        row.held ? held.file.yes : held.file.no,
      ],
    ),
  };
}

/** Of the held rows that wait, or that were dismissed. */
export async function heldTable(
  deps: Deps,
  actor: Actor,
  { language, ...filter }: HeldFilter & { language: Language },
): Promise<Table> {
  const words = catalogues[language];
  const { held, review } = words;
  const labelOf = await fieldLabels(deps, actor, words);
  const columns = held.file;
  return {
    name: columns.name,
    columns: [
      columns.person,
      columns.email,
      columns.reason,
      columns.field,
      columns.before,
      columns.after,
      columns.since,
      columns.decision,
      columns.by,
    ].map((header) => ({ header })),
    rows: mapped(
      eachRow((after) => listHeldRows(deps, actor, { ...filter, after, limit: pageSizeMax })),
      (row) => [
        row.displayName,
        row.email,
        row.reason === null ? null : review.gone[row.reason],
        row.field === null ? null : labelOf(row.field),
        row.before,
        row.after,
        row.since,
        row.decision === null ? null : columns.decisions[row.decision],
        row.decidedBy,
      ],
    ),
  };
}

/** All rows of a list that is read page by page. */
async function* eachRow<T>(page: (after: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void> {
  let after: string | undefined;
  do {
    const { items, next } = await page(after);
    yield* items;
    after = next ?? undefined;
  } while (after !== undefined);
}

async function* mapped<T, U>(rows: AsyncIterable<T>, fn: (row: T) => U): AsyncGenerator<U, void> {
  for await (const row of rows) yield fn(row);
}

async function fieldLabels(deps: Deps, actor: Actor, { people }: Catalogue): Promise<(field: TargetField) => string> {
  const custom = new Map((await listCustomFields(deps, actor)).items.map(({ key, label }) => [`custom:${key}`, label]));
  return (field) => {
    const own = appFields.find((one) => one === field);
    return own === undefined ? (custom.get(field) ?? field) : people.field[own];
  };
}
