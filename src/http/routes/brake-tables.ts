// A preview and the held rows as tables for a file.
import type { Actor } from '../../base/actor.ts';
import { pageSizeMax, type Language } from '../../contract/common.ts';
import { AppError } from '../../contract/errors.ts';
import { goneReasons } from '../../contract/situations.ts';
import { fieldWords } from '../../i18n/history-words.ts';
import { sv } from '../../i18n/sv.ts';
import { listHeldRows, type HeldFilter } from '../../sync/held.ts';
import { getPreview, listPreviewRows, type PreviewFilter } from '../../sync/previews.ts';
import { eachRow, mapped, wordsOf, type Deps, type Table } from './table-words.ts';

/** Throws not_found: also when it was not worked out. */
export async function previewTable(
  deps: Deps,
  actor: Actor,
  { language, ...filter }: PreviewFilter & { id: string; language: Language },
): Promise<Table> {
  const { t, labels, day } = await wordsOf(deps, actor, language);
  const { hash } = await getPreview(deps, actor, { id: filter.id });
  if (hash === null) throw new AppError('not_found');
  const reasons = new Map<string, string>([
    ...goneReasons.map((reason) => [reason, t(($) => $.review.gone[reason])] as const),
    ...issueCodes.map((code) => [code, t(($) => $.runs.run.issues.code[code])] as const),
  ]);
  const header = (name: keyof typeof sv.preview.file) => t(($) => $.preview.file[name]);
  return {
    name: `${t(($) => $.preview.crumb)} ${day}`,
    columns: [
      { header: header('what'), width: 24 },
      { header: header('person'), width: 28 },
      { header: header('detail'), width: 32 },
      { header: header('field') },
      { header: header('before'), width: 32 },
      { header: header('after'), width: 32 },
      { header: header('reason'), width: 32 },
      { header: header('held') },
    ],
    rows: mapped(
      eachRow((after) => listPreviewRows(deps, actor, { ...filter, after, limit: pageSizeMax })),
      (row) => [
        t(($) => $.preview.kind[row.kind]),
        row.displayName,
        row.detail,
        row.field === null ? null : fieldWords(t, row.field, labels),
        row.before,
        row.after,
        row.reason === null ? null : (reasons.get(row.reason) ?? row.reason),
        row.held ? t(($) => $.held.file.yes) : t(($) => $.held.file.no),
      ],
    ),
  };
}

// The keys of the catalogue are the codes of run issues.
const issueCodes = Object.keys(sv.runs.run.issues.code) as (keyof typeof sv.runs.run.issues.code)[]; // of a constant

/** Of the held rows that wait, or that were dismissed. */
export async function heldTable(
  deps: Deps,
  actor: Actor,
  { language, ...filter }: HeldFilter & { language: Language },
): Promise<Table> {
  const { t, labels, when, day } = await wordsOf(deps, actor, language);
  const header = (name: Exclude<keyof typeof sv.held.file, 'decisions'>) => t(($) => $.held.file[name]);
  return {
    name: `${header('name')} ${day}`,
    columns: [
      { header: header('person'), width: 28 },
      { header: header('email'), width: 32 },
      { header: header('reason'), width: 32 },
      { header: header('field') },
      { header: header('before'), width: 32 },
      { header: header('after'), width: 32 },
      { header: header('since'), width: 24 },
      { header: header('decision') },
      { header: header('by'), width: 28 },
    ],
    rows: mapped(
      eachRow((after) => listHeldRows(deps, actor, { ...filter, after, limit: pageSizeMax })),
      ({ reason, field, decision, ...row }) => [
        row.displayName,
        row.email,
        reason === null ? null : t(($) => $.review.gone[reason]),
        field === null ? null : fieldWords(t, field, labels),
        row.before,
        row.after,
        when(row.since),
        decision === null ? null : t(($) => $.held.file.decisions[decision]),
        row.decidedBy,
      ],
    ),
  };
}
