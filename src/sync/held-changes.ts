// Changes of fields that no run makes by itself: those that the brake held, and those that a person dismissed. Each run plans them
// anew; what the plan no longer wants ends by itself, and a dismissed one stands as long as the directory says the same.
import { sql } from 'kysely';
import type { TargetField } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';

interface RunKey {
  organisationId: string;
  connectionId: string;
  runId: string;
  /** Of a run of one person: what is held of others is no question of its plan. */
  onlyObjectId?: string;
}

/**
 * Brings what earlier runs held in step with the plan of this one. Returns how many holds, undecided or waiting, ended because the
 * directory, or the app user, no longer differs in that way.
 */
export async function endHeldChanges(tx: Tx, run: RunKey): Promise<number> {
  const { rows } = await sql<{ decision: string | null }>`
    delete from held_change h
    where h.organisation_id = ${run.organisationId} and h.connection_id = ${run.connectionId}
      and (${run.onlyObjectId ?? null}::uuid is null or exists (select from link l
        where l.organisation_id = h.organisation_id and l.connection_id = h.connection_id and l.app_user_id = h.app_user_id
          and l.object_id = ${run.onlyObjectId ?? null}))
      and not exists (select from planned_change p
        where p.organisation_id = h.organisation_id and p.run_id = ${run.runId} and p.app_user_id = h.app_user_id
          and p.field = h.field and p.after is not distinct from h.after)
    returning h.decision
  `.execute(tx);
  // What a person did by hand since is asked about with what it would replace now.
  await sql`
    update held_change h set before = p.before
    from planned_change p
    where h.organisation_id = ${run.organisationId} and h.connection_id = ${run.connectionId}
      and p.organisation_id = h.organisation_id and p.run_id = ${run.runId} and p.app_user_id = h.app_user_id and p.field = h.field
      and p.before is distinct from h.before
  `.execute(tx);
  await sql`
    delete from planned_change p using held_change h
    where p.organisation_id = ${run.organisationId} and p.run_id = ${run.runId} and h.connection_id = ${run.connectionId}
      and h.organisation_id = p.organisation_id and h.app_user_id = p.app_user_id and h.field = p.field
      and h.decision = 'dismissed'
  `.execute(tx);
  return rows.filter(({ decision }) => decision !== 'dismissed').length;
}

/** Takes changes out of the plan and holds them: those of the fields (null: of all), and those that somebody chose to wait with. */
export async function holdChanges(tx: Tx, run: RunKey, fields: readonly TargetField[] | null): Promise<number> {
  const taken = sql`
    (${fields === null} or p.field = any(${[...(fields ?? [])]}::text[])
      or exists (select from held_change h
        where h.organisation_id = p.organisation_id and h.connection_id = ${run.connectionId}
          and h.app_user_id = p.app_user_id and h.field = p.field and h.decision = 'waiting'))`;
  const { rows } = await sql<{ fresh: string }>`
    with taken as (
      delete from planned_change p
      where p.organisation_id = ${run.organisationId} and p.run_id = ${run.runId} and ${taken}
      returning p.app_user_id, p.field, p.before, p.after
    ), written as (
      insert into held_change (organisation_id, connection_id, app_user_id, field, before, after, run_id)
      select ${run.organisationId}::uuid, ${run.connectionId}::uuid, app_user_id, field, before, after, ${run.runId}::uuid from taken
      on conflict do nothing
      returning 1
    )
    select count(*) as fresh from written
  `.execute(tx);
  // Those that were held before and are applied now are held no more.
  await sql`
    delete from held_change h using planned_change p
    where h.organisation_id = ${run.organisationId} and h.connection_id = ${run.connectionId}
      and p.organisation_id = h.organisation_id and p.run_id = ${run.runId} and p.app_user_id = h.app_user_id and p.field = h.field
  `.execute(tx);
  return Number(rows[0]?.fresh ?? 0);
}
