// What every table for a file needs: the words of the page that asked, the organisation's own fields and time, and rows that are
// read as they are written.
import type { TFunction } from 'i18next';
import type { Actor } from '../../base/actor.ts';
import type { Columns, Rows } from '../../base/table.ts';
import type { Language, Page } from '../../contract/common.ts';
import type { TargetField } from '../../contract/settings.ts';
import type { Database } from '../../db/pool.ts';
import { inOrganisation } from '../../db/transaction.ts';
import { wordsIn } from '../../i18n/words.ts';
import { listCustomFields } from '../../people/custom-fields.ts';
import { getOrganisation } from '../../people/organisations.ts';

export interface Deps {
  db: Database;
}
export interface Table {
  name: string;
  columns: Columns;
  rows: Rows;
}

export interface Words {
  t: TFunction;
  labels: ReadonlyMap<TargetField, string>;
  /** `2026-11-25 02:14:08`, where the organisation is. */
  when: (iso: string) => string;
  /** Today, for the name of the file. */
  day: string;
  whenHeader: Columns[number];
}

export async function wordsOf(deps: Deps, actor: Actor, language: Language): Promise<Words> {
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

export async function* mapped<T, U>(rows: AsyncIterable<T>, fn: (row: T) => U): AsyncGenerator<U, void> {
  for await (const row of rows) yield fn(row);
}

/** All rows of a list that is read page by page. */
export async function* eachRow<T>(page: (after: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void> {
  for (let after: string | undefined; ;) {
    const { items, next } = await page(after);
    yield* items;
    if (next === null) return;
    after = next;
  }
}
