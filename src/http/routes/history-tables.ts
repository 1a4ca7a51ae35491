// History as tables for a file, in the words of the page that asked and in the organisation's own time.
import type { TFunction } from 'i18next';
import type { Actor } from '../../base/actor.ts';
import type { Columns, Rows } from '../../base/table.ts';
import { pageSizeMax, type Language } from '../../contract/common.ts';
import type { TargetField } from '../../contract/settings.ts';
import type { Database } from '../../db/pool.ts';
import { inOrganisation } from '../../db/transaction.ts';
import { aboutWords, actionWords, detailWords, fieldWords, whoWords } from '../../i18n/history-words.ts';
import { wordsIn } from '../../i18n/words.ts';
import { listCustomFields } from '../../people/custom-fields.ts';
import { readChanges, type ChangeFilter } from '../../people/history-changes.ts';
import { readDecisions, type DecisionFilter } from '../../people/history-decisions.ts';
import { getOrganisation } from '../../people/organisations.ts';
import { getRun, listRunChanges } from '../../sync/list-runs.ts';

interface Deps {
  db: Database;
}
interface Table {
  name: string;
  columns: Columns;
  rows: Rows;
}

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
  async function* changes() {
    for (let after: string | undefined; ;) {
      const { items, next } = await listRunChanges(deps, actor, { ...input, after, limit: pageSizeMax });
      yield* items;
      if (next === null) return;
      after = next;
    }
  }
  return {
    name: `${t(($) => $.history.table.run_changes)} ${when(run.createdAt).replaceAll(':', '.')}`,
    columns: [
      { header: t(($) => $.history.changes.person), width: 28 },
      { header: t(($) => $.history.changes.field) },
      { header: t(($) => $.history.changes.before), width: 32 },
      { header: t(($) => $.history.changes.after), width: 32 },
    ],
    rows: mapped(changes(), (change) => [
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

interface Words {
  t: TFunction;
  labels: ReadonlyMap<TargetField, string>;
  /** `2026-11-25 02:14:08`, where the organisation is. */
  when: (iso: string) => string;
  /** Today, for the name of the file. */
  day: string;
  whenHeader: Columns[number];
}

async function wordsOf(deps: Deps, actor: Actor, language: Language): Promise<Words> {
  const t = await wordsIn(language);
  const { organisationId } = actor;
  const { timeZone: zone, now } = await inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const { timeZone } = await getOrganisation(tx, organisationId);
      const { at } = await tx.selectNoFrom((eb) => eb.fn<Date>('now').as('at')).executeTakeFirstOrThrow();
      return { timeZone, now: at };
    },
    { readOnly: true },
  );
  const { items } = await listCustomFields(deps, actor);
  const times = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone });
  const when = (iso: string) => times.format(new Date(iso));
  const heading = t(($) => $.history.changes.when);
  return {
    t,
    labels: new Map(items.map(({ key, label }) => [`custom:${key}`, label])),
    when,
    day: when(now.toISOString()).slice(0, 10),
    whenHeader: { header: t(($) => $.history.table.zone, { heading, zone }), width: 26 },
  };
}

async function* mapped<T, U>(rows: AsyncIterable<T>, fn: (row: T) => U): AsyncGenerator<U, void> {
  for await (const row of rows) yield fn(row);
}
