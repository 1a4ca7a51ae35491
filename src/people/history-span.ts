// The days that somebody filters history by, as points in time: a day begins at midnight where the organisation is.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

export interface Span {
  from: Date | null;
  /** The first moment that no longer belongs. */
  until: Date | null;
}

export async function spanOf(
  tx: Tx,
  organisationId: string,
  days: { from?: string | undefined; until?: string | undefined },
): Promise<Span> {
  if (days.from === undefined && days.until === undefined) return { from: null, until: null };
  const { rows } = await sql<Span>`
    select ${days.from ?? null}::date::timestamp at time zone time_zone as from,
      (${days.until ?? null}::date + 1)::timestamp at time zone time_zone as until
    from organisation where id = ${organisationId}
  `.execute(tx);
  return rows[0] ?? { from: null, until: null };
}
