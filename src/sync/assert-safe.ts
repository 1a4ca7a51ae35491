// What must be true of a run is checked once more in its own transaction, by the rows as they are and not by what the code believes
// (I1, I6, I13, I22, I23, I37). A run that would break one is rolled back whole, fails by name, and the operator is told.
import { sql } from 'kysely';
import { AppError } from '../contract/errors.ts';
import type { HeldWhy } from '../contract/brake.ts';
import type { Tx } from '../db/transaction.ts';
import { isLinked, undecided } from '../mirror/absence.ts';
import { heldAbsences, heldFields } from '../reconcile/brake.ts';
import type { Lease } from './lease.ts';

export interface Settled {
  lease: Lease;
  fromGeneration: number;
  why: readonly HeldWhy[];
  changedFields: number;
  /** Linked people whose absence the plan proposed, and nobody has decided. */
  plannedGone: number;
}

/** Throws AppError('run_unsafe', { invariant }). */
export async function assertSafe(
  tx: Tx,
  { lease, fromGeneration, why, changedFields, plannedGone }: Settled,
): Promise<void> {
  const { organisationId, connectionId, runId, fence } = lease;
  const fields = heldFields(why);
  const { rows } = await sql<Record<string, boolean>>`
    with written as (
      select app_user_id, field, (array_agg(after order by id desc))[1] as after, count(*) as changes
      from field_change where organisation_id = ${organisationId} and run_id = ${runId}
      group by app_user_id, field
    )
    select
      not has_table_privilege('app_user', 'delete') as "I1",
      (select count(*) = count(distinct object_id) and count(*) = count(distinct app_user_id)
        from link where organisation_id = ${organisationId} and connection_id = ${connectionId}) as "I6",
      (select generation = ${fromGeneration}::bigint + 1
        from mirror_state where organisation_id = ${organisationId} and connection_id = ${connectionId}) as "I13",
      exists (select from run_lease where organisation_id = ${organisationId} and connection_id = ${connectionId}
          and fence = ${fence} and run_id = ${runId})
        and not exists (select from sync_run where organisation_id = ${organisationId} and connection_id = ${connectionId}
          and fence > ${fence}) as "I22",
      (select coalesce(sum(changes), 0) = ${changedFields}
          and coalesce(bool_and(changes = 1 and a.fields ->> w.field is not distinct from w.after), true)
        from written w join app_user a on a.organisation_id = ${organisationId} and a.id = w.app_user_id) as "I23",
      not exists (select from written where ${fields === null} or field = any(${[...(fields ?? [])]}::text[]))
        and (${heldAbsences(why) === 'nobody'} or ${plannedGone} = (
          select count(*) from directory_user d
          where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId} and ${undecided} and ${isLinked})) as "I37"
  `.execute(tx);
  const broken = Object.entries(rows[0] ?? {}).find(([, holds]) => !holds);
  if (broken) throw new AppError('run_unsafe', { params: { invariant: broken[0] } });
}
