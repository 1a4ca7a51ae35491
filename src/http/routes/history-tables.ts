// History as tables for a file, in the words of the page that asked and in the organisation's own time.
import type { Actor } from '../../base/actor.ts';
import { pageSizeMax, type Language } from '../../contract/common.ts';
import { aboutWords, actionWords, detailWords, fieldWords, whoWords } from '../../i18n/history-words.ts';
import { readChanges, type ChangeFilter } from '../../people/history-changes.ts';
import { readDecisions, type DecisionFilter } from '../../people/history-decisions.ts';
import { getRun, listRunChanges } from '../../sync/list-runs.ts';
import { eachRow, mapped, wordsOf, type Deps, type Table } from './table-words.ts';

export async function changesTable(
  deps: Deps,
  actor: Actor,
  { language, ...filter }: ChangeFilter & { language: Language },
): Promise<Table> {
  const { t, labels, when, day, whenHeader } = await wordsOf(deps, actor, language);
  return {
    name: `${t(($) => $.history.table.history_changes)} ${day}`,
    columns: [
      whenHeader,
      { header: t(($) => $.history.changes.person), width: 28 },
      { header: t(($) => $.history.changes.field) },
      { header: t(($) => $.history.changes.before), width: 32 },
      { header: t(($) => $.history.changes.after), width: 32 },
      { header: t(($) => $.history.changes.why), width: 24 },
      { header: t(($) => $.history.changes.who), width: 28 },
    ],
    rows: mapped(readChanges(deps, actor, filter), (change) => [
      when(change.at),
      change.person.displayName,
      fieldWords(t, change.field, labels),
      change.before,
      change.after,
      t(($) => $.history.cause[change.cause]),
      whoWords(t, change),
    ]),
  };
}

/** Throws not_found. */
export async function runChangesTable(
  deps: Deps,
  actor: Actor,
  { language, ...input }: { id: string; search?: string | undefined; language: Language },
): Promise<Table> {
  const { t, labels, when } = await wordsOf(deps, actor, language);
  const run = await getRun(deps, actor, { id: input.id });
  const changes = eachRow((after) => listRunChanges(deps, actor, { ...input, after, limit: pageSizeMax }));
  return {
    name: `${t(($) => $.history.table.run_changes)} ${when(run.createdAt).replaceAll(':', '.')}`,
    columns: [
      { header: t(($) => $.history.changes.person), width: 28 },
      { header: t(($) => $.history.changes.field) },
      { header: t(($) => $.history.changes.before), width: 32 },
      { header: t(($) => $.history.changes.after), width: 32 },
    ],
    rows: mapped(changes, (change) => [
      change.displayName,
      fieldWords(t, change.field, labels),
      change.before,
      change.after,
    ]),
  };
}

export async function decisionsTable(
  deps: Deps,
  actor: Actor,
  { language, ...filter }: DecisionFilter & { language: Language },
): Promise<Table> {
  const { t, labels, when, day, whenHeader } = await wordsOf(deps, actor, language);
  return {
    name: `${t(($) => $.history.table.history_decisions)} ${day}`,
    columns: [
      whenHeader,
      { header: t(($) => $.history.decisions.who), width: 28 },
      { header: t(($) => $.history.decisions.what), width: 32 },
      { header: t(($) => $.history.decisions.about), width: 40 },
      { header: t(($) => $.history.decisions.detail), width: 60 },
    ],
    rows: mapped(readDecisions(deps, actor, filter), (decision) => [
      when(decision.at),
      decision.actorName,
      actionWords(t, decision.action),
      aboutWords(t, decision),
      detailWords(t, decision, labels).join('\n'),
    ]),
  };
}
