// How many nights in a row a connection was not brought in step. From the third on it is told once a week, and no more after each
// night: whoever has not acted by then is reminded, and nobody is taught to ignore the mail. Nothing is switched off for it.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

const degradedFromNights = 3;

/** The nights since a run last went well, when they are so many that they are told as such; else 0. */
export async function countDegradedNights(tx: Tx, { organisationId, connectionId }: OfConnection): Promise<number> {
  const { rows } = await sql<{ nights: string }>`
    select count(distinct r.local_date) as nights
    from sync_run r
    where r.organisation_id = ${organisationId} and r.connection_id = ${connectionId}
      and r.trigger = 'nightly' and r.state in ('failed', 'retrying')
      and r.id > coalesce((
        select max(ok.id::text)::uuid from sync_run ok
        where ok.organisation_id = r.organisation_id and ok.connection_id = r.connection_id and ok.state in ('ok', 'held')
          and ok.trigger in ('manual', 'nightly', 'retry')
      ), '00000000-0000-0000-0000-000000000000')
  `.execute(tx);
  const nights = Number(rows[0]?.nights ?? 0);
  return nights >= degradedFromNights ? nights : 0;
}
