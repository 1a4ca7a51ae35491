// What time it is for the database, whose clock leases go by.
import { sql } from 'kysely';
import { present } from '../base/assert.ts';
import type { Tx } from './transaction.ts';

export async function readTime(tx: Tx): Promise<{ now: Date }> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(tx);
  return present(rows[0], 'a statement without a table answers one row');
}
