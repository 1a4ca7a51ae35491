// How lists of people are searched and paged: the same for contacts and app users.
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import type { Page } from '../contract/common.ts';
import { decodeCursor, encodeCursor, uuidOfCursor } from '../db/cursor.ts';

const tokensMax = 8;

/**
 * Every word must be found. Three letters and more anywhere in the text, by the trigram index; one or two only at the
 * beginning of a word, because no index helps and every text has them.
 */
export function matchesSearch(searchText: Expression<string | null>, search: string | undefined): RawBuilder<SqlBool> {
  const tokens = (search ?? '')
    .toWellFormed()
    // One sign or two for one letter, by keyboard: as many letters either way.
    .normalize('NFC')
    .replace(/\p{Cc}/gu, ' ')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, tokensMax);
  if (tokens.length === 0) return sql<SqlBool>`true`;
  const conditions = tokens.map((token) => {
    const text = token.replace(/[\\%_]/g, String.raw`\$&`);
    return Array.from(token).length >= 3
      ? sql`${searchText} like '%' || search_key(${text}) || '%'`
      : sql`(${searchText} like search_key(${text}) || '%' or ${searchText} like '% ' || search_key(${text}) || '%')`;
  });
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}

/** The rows after the last one of the page before, in the order of name and id. */
export function afterName(
  columns: { name: Expression<string>; id: Expression<string> },
  after: string | undefined,
): RawBuilder<SqlBool> {
  if (after === undefined) return sql<SqlBool>`true`;
  const [name, id] = decodeCursor(after, 2);
  return sql<SqlBool>`(${columns.name}, ${columns.id}) > (${name}, ${uuidOfCursor(id)}::uuid)`;
}

const totalMax = 1000;
/** For `limit`: one more than is counted, to see that there are more. */
export const countLimit = totalMax + 1;

/** `rows` holds one more than the page when there is a next one. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  options: { limit: number; count: number; keyOf: (row: Row) => string[]; toItem: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, options.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(options.toItem),
    next: rows.length > options.limit && last ? encodeCursor(options.keyOf(last)) : null,
    total: Math.min(options.count, totalMax),
    totalIsCapped: options.count > totalMax,
  };
}
