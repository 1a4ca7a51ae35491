// What a plan is known by: equal for two plans that would do the same to the same people, and for no others (I37).
import { sql } from 'kysely';
import { isLinked, undecided } from '../mirror/absence.ts';
import type { Tx } from '../db/transaction.ts';

/** SHA-256, as hex, of the proposed absences of linked people and of the planned changes. */
export async function hashPlan(
  tx: Tx,
  run: { organisationId: string; connectionId: string; runId: string },
): Promise<string> {
  const { rows } = await sql<{ hash: string }>`
    select encode(sha256(convert_to(coalesce(string_agg(line, ',' order by line collate "C"), ''), 'UTF8')), 'hex') as hash
    from (
      select jsonb_build_array(d.object_id, d.held_reason)::text as line
      from directory_user d
      where d.organisation_id = ${run.organisationId} and d.connection_id = ${run.connectionId} and ${undecided} and ${isLinked}
      union all
      select jsonb_build_array(app_user_id, field, before, after)::text
      from planned_change
      where organisation_id = ${run.organisationId} and run_id = ${run.runId}
    ) plan
  `.execute(tx);
  return rows[0]?.hash ?? '';
}
