// Exceptions in a run: what a person has excepted from the rules is no part of its plan, and so neither counted, nor held, nor written.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import { isExcepted } from '../people/list-exceptions.ts';

/** Takes the changes of excepted fields out of the plan. */
export async function dropExcepted(tx: Tx, run: { organisationId: string; runId: string }): Promise<void> {
  await sql`
    delete from planned_change p
    where p.organisation_id = ${run.organisationId} and p.run_id = ${run.runId}
      and ${isExcepted(run.organisationId, { appUserId: sql`p.app_user_id`, field: sql`p.field` })}
  `.execute(tx);
}
