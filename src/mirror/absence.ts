// Absences are proposed before they are applied: somebody who counted and no longer does is first marked with what the directory
// says (held_*), and counts as before. Whoever leads the run then lets them go, or leaves them held for a person to decide (R8).
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import type { MirrorKey } from './state.ts';

/** Of the rows that are proposed and on which nobody has decided. */
export const undecided = sql`d.held_reason is not null and d.held_decision is null`;

/** Whether somebody cares: a person who is linked and not ignored. Needs `d`, directory_user. */
export const isLinked = sql`
  exists (select from link l
    where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)
  and not exists (select from ignored i
    join connection k on k.organisation_id = i.organisation_id and k.tenant_id = i.tenant_id and k.id = d.connection_id
    where i.organisation_id = d.organisation_id and i.object_id = d.object_id)`;

/**
 * Lets proposed absences happen: tombstones, or out of scope, from now on. `which`: a condition on `d`. Returns how many.
 * Guarantee: only rows with evidence (I16), and none that counts again.
 */
export async function applyAbsences(
  tx: Tx,
  key: MirrorKey,
  { generation, which }: { generation: number; which: RawBuilder<unknown> },
): Promise<number> {
  const isDeleted = sql`d.held_reason in ('deleted', 'purged')`;
  const result = await sql`
    update directory_user d set
      deleted_at = case when ${isDeleted} then now() end,
      deleted_reason = case when ${isDeleted} then d.held_reason end,
      deleted_evidence = case when ${isDeleted} then d.held_evidence end,
      in_scope = ${isDeleted},
      out_reason = case when not ${isDeleted} then d.held_reason end,
      scope_since = case when ${isDeleted} then d.scope_since else now() end,
      generation = ${generation}, ${notHeld}
    where d.organisation_id = ${key.organisationId} and d.connection_id = ${key.connectionId}
      and d.held_reason is not null and ${which}
  `.execute(tx);
  await touchReports(tx, key, generation);
  return Number(result.numAffectedRows ?? 0);
}

/** What a row is written with when the directory takes an absence back, or when it is applied. */
export const notHeld = sql`
  held_reason = null, held_evidence = null, held_at = null, held_run_id = null, held_decision = null, held_decided_by = null,
  held_decided_at = null`;

/** Who reported to somebody who is gone now has a manager less: their entry means something else, though nobody wrote it. */
async function touchReports(tx: Tx, key: MirrorKey, generation: number): Promise<void> {
  await sql`
    update directory_user d set generation = ${generation}
    from directory_user m
    where m.organisation_id = ${key.organisationId} and m.connection_id = ${key.connectionId}
      and m.generation = ${generation} and m.deleted_at is not null
      and d.organisation_id = m.organisation_id and d.connection_id = m.connection_id and d.manager_id = m.object_id
      and d.generation <> ${generation}
  `.execute(tx);
}

/** A tombstone is kept while a link, one that was moved from it, or an ignored mark of the organisation needs it, and no longer. */
export async function purgeTombstones(tx: Tx, key: MirrorKey): Promise<void> {
  await sql`
    delete from directory_user d
    where d.organisation_id = ${key.organisationId} and d.connection_id = ${key.connectionId} and d.deleted_at is not null
      and not exists (select from link l
        where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)
      and not exists (select from link l
        where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.moved_from = d.object_id)
      and not exists (select from ignored i
        join connection k on k.organisation_id = i.organisation_id and k.tenant_id = i.tenant_id and k.id = d.connection_id
        where i.organisation_id = d.organisation_id and i.object_id = d.object_id)
  `.execute(tx);
}
