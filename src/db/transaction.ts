// Each use of the database is a transaction that says whose rows it is about. The setting ends with the transaction,
// so a connection that goes back to the pool carries nothing over to the next.
import { CompiledQuery, sql, type Transaction } from 'kysely';
import { assert } from '../base/assert.ts';
import { isContended } from './lost.ts';
import type { Database } from './pool.ts';
import type { Schema } from './schema.ts';

export type Tx = Transaction<Schema>;

export interface InOrganisationOptions {
  readOnly?: boolean;
  /** What a run takes on: may neither make nor remove an app user. */
  role?: 'samsyn_sync';
  statementTimeoutMs?: number;
  /**
   * For statements that join whole tables: hash joins whatever the statistics say. Staging is new or was empty when it was last
   * counted, and a plan for one row then takes the square of the directory.
   */
  joinsWholeTables?: boolean;
}

/** Runs `fn` seeing the rows of one organisation only. May run it again after a deadlock: `fn` does nothing but SQL. */
export function inOrganisation<T>(
  db: Database,
  organisationId: string,
  fn: (tx: Tx) => Promise<T>,
  options: InOrganisationOptions = {},
): Promise<T> {
  assert(uuid.test(organisationId), 'the id of an organisation is a UUID');
  const settings: Record<string, string> = { 'samsyn.organisation': organisationId };
  if (options.role) settings['role'] = options.role;
  if (options.statementTimeoutMs !== undefined) settings['statement_timeout'] = String(options.statementTimeoutMs);
  if (options.joinsWholeTables) settings['enable_nestloop'] = 'off';
  return transact(db, settings, options.readOnly ?? false, fn);
}

export interface OutsideOptions {
  readOnly?: boolean;
  /** The signed-in account: shows the organisations that it belongs to, and its rows in them. */
  account?: string;
  /** What the operator may look for in all organisations, from the command line: connectings that wait for an approval. */
  operator?: 'approvals';
  statementTimeoutMs?: number;
}

/** For tables without an organisation, and for finding one's own. Rows of organisations are not visible. The reason is for the reader. */
export function outsideOrganisation<T>(
  db: Database,
  reason: string,
  fn: (tx: Tx) => Promise<T>,
  options: OutsideOptions = {},
): Promise<T> {
  assert(reason.length > 0, 'a transaction outside an organisation has a reason');
  const settings: Record<string, string> = {};
  if (options.account !== undefined) settings['samsyn.account'] = options.account;
  if (options.operator !== undefined) settings['samsyn.operator'] = options.operator;
  if (options.statementTimeoutMs !== undefined) settings['statement_timeout'] = String(options.statementTimeoutMs);
  return transact(db, settings, options.readOnly ?? false, fn);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const repeatsMax = 5;
const firstWaitMs = 20;

async function transact<T>(
  db: Database,
  settings: Record<string, string>,
  readOnly: boolean,
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await once(db, settings, readOnly, fn);
    } catch (error) {
      if (repeat === repeatsMax || !isContended(error)) throw error;
      // Full jitter: two that have collided do not meet again.
      const { clock, chance } = db.waits;
      await clock.sleep(chance() * firstWaitMs * 2 ** repeat);
    }
  }
}

function once<T>(
  db: Database,
  settings: Record<string, string>,
  readOnly: boolean,
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  const transaction = db.kysely.transaction();
  return (readOnly ? transaction.setAccessMode('read only') : transaction).execute(async (tx) => {
    const names = Object.keys(settings);
    if (names.length > 0) {
      const calls = names.map((name) => sql`set_config(${name}, ${settings[name]}, true)`);
      await sql`select ${sql.join(calls)}`.execute(tx);
    }
    const result = await fn(tx);
    // When fn has swallowed an error of a statement, COMMIT would roll back and not say so. This statement says so.
    if (!readOnly) await tx.executeQuery(CompiledQuery.raw('select 1'));
    return result;
  });
}
