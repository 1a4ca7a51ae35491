// How synced values reach app users: many at once, each with its line of history (before, after, by what). Only fields are
// written; sign-in, permissions and everything else stay out of reach, also by the role's rights (I2, I3).
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

export interface PlannedField {
  appUserId: string;
  field: string;
  before: string | null;
  after: string | null;
}

export interface AppliedFields {
  users: number;
  fields: number;
}

/**
 * Applies the run's rows of planned_change. A field that somebody changed since it was planned is left alone:
 * the person wins (F65), and `before` in the history is always the value that was replaced (I23).
 */
export async function applyPlannedFields(
  tx: Tx,
  run: { organisationId: string; runId: string },
): Promise<AppliedFields> {
  const planned = sql`
    select app_user_id, field, before, after from planned_change
    where organisation_id = ${run.organisationId} and run_id = ${run.runId}`;
  return apply(tx, { organisationId: run.organisationId, planned, runId: run.runId, actorId: null });
}

/** The same for changes that a person's action brings with it, such as linking. */
export async function applyFields(
  tx: Tx,
  input: { organisationId: string; actorId: string; changes: readonly PlannedField[] },
): Promise<AppliedFields> {
  if (input.changes.length === 0) return { users: 0, fields: 0 };
  const rows = input.changes.map((change) => ({
    app_user_id: change.appUserId,
    field: change.field,
    before: change.before,
    after: change.after,
  }));
  const planned = sql`
    select app_user_id, field, before, after
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (app_user_id uuid, field text, before text, after text)`;
  return apply(tx, { organisationId: input.organisationId, planned, runId: null, actorId: input.actorId });
}

interface Application {
  organisationId: string;
  planned: ReturnType<typeof sql>;
  runId: string | null;
  actorId: string | null;
}

async function apply(tx: Tx, input: Application): Promise<AppliedFields> {
  const { organisationId, planned, runId, actorId } = input;
  // Locked in the order of the key, so that two who write the same people wait for each other instead of for ever.
  await sql`
    select from app_user where organisation_id = ${organisationId} and id in (select app_user_id from (${planned}) p)
    order by id for update
  `.execute(tx);
  const { rows } = await sql<{ users: string; fields: string }>`
    with valid as (
      select p.* from (${planned}) p
      join app_user a on a.organisation_id = ${organisationId} and a.id = p.app_user_id
      where a.removed_at is null and a.fields ->> p.field is not distinct from p.before and p.before is distinct from p.after
    ),
    patch as (
      select app_user_id,
        coalesce(jsonb_object_agg(field, after) filter (where after is not null), '{}') as put,
        coalesce(array_agg(field) filter (where after is null), '{}') as cleared
      from valid group by app_user_id
    ),
    updated as (
      update app_user a set fields = (a.fields - p.cleared) || p.put, updated_at = now(), version = a.version + 1
      from patch p where a.organisation_id = ${organisationId} and a.id = p.app_user_id
      returning a.id
    ),
    written as (
      insert into field_change (organisation_id, app_user_id, field, before, after, run_id, actor_id)
      select ${organisationId}::uuid, v.app_user_id, v.field, v.before, v.after, ${runId}::uuid, ${actorId}::uuid
      from valid v order by v.app_user_id, v.field
      returning id
    )
    select (select count(*) from updated) as users, (select count(*) from written) as fields
  `.execute(tx);
  return { users: Number(rows[0]?.users ?? 0), fields: Number(rows[0]?.fields ?? 0) };
}
