// How synced values reach app users: many at once, each with its line of history (before, after, by what). Only fields are
// written; sign-in, permissions and everything else stay out of reach, also by the role's rights (I2, I3).
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import { isExcepted } from './list-exceptions.ts';

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
    select app_user_id, field, before, after, run_id from planned_change
    where organisation_id = ${run.organisationId} and run_id = ${run.runId}`;
  const { users, fields } = await apply(tx, { organisationId: run.organisationId, planned, by: null, follows: true });
  return { users, fields };
}

/** Who brought changes about, and by what. */
export interface By {
  actorId: string;
  requestId?: string;
  /** The audit event of a bulk action, such as linking. */
  deedId?: string;
  undoId?: string;
}

/** The same for changes that a person's action brings with it, such as linking, approving or undoing. */
export async function applyFields(
  tx: Tx,
  input: { organisationId: string; changes: readonly (PlannedField & { runId?: string })[] } & By,
): Promise<AppliedFields & { written: ReadonlySet<string> }> {
  const { organisationId, changes, ...by } = input;
  if (changes.length === 0) return { users: 0, fields: 0, written: new Set() };
  const rows = changes.map((change) => ({
    app_user_id: change.appUserId,
    field: change.field,
    before: change.before,
    after: change.after,
    run_id: change.runId ?? null,
  }));
  const planned = sql`
    select app_user_id, field, before, after, run_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (app_user_id uuid, field text, before text, after text, run_id uuid)`;
  return apply(tx, { organisationId, planned, by, follows: true });
}

/**
 * What a person puts back, exceptions or not. A statement selects it: app_user_id, field, before, after, run_id. Too many to name
 * them.
 */
export async function applySelected(
  tx: Tx,
  { organisationId, planned, by }: { organisationId: string; planned: RawBuilder<unknown>; by: By },
): Promise<AppliedFields> {
  const { users, fields } = await apply(tx, { organisationId, planned, by, follows: false });
  return { users, fields };
}

interface Application {
  organisationId: string;
  /** app_user_id, field, before, after, run_id. */
  planned: RawBuilder<unknown>;
  /** Null: the run itself. */
  by: By | null;
  /** Entra's values: a field with an exception does not follow them. */
  follows: boolean;
}

/** `written` has a word for each row of a person's action, `${appUserId} ${field}`; of a run there may be too many. */
async function apply(
  tx: Tx,
  { organisationId, planned, by, follows }: Application,
): Promise<AppliedFields & { written: ReadonlySet<string> }> {
  // Locked in the order of the key, so that two who write the same people wait for each other instead of for ever.
  await sql`
    select from app_user where organisation_id = ${organisationId} and id in (select app_user_id from (${planned}) p)
    order by id for update
  `.execute(tx);
  const { rows } = await sql<{ users: string; fields: string; written: string[] | null }>`
    with valid as (
      select p.* from (${planned}) p
      join app_user a on a.organisation_id = ${organisationId} and a.id = p.app_user_id
      where a.removed_at is null and a.fields ->> p.field is not distinct from p.before and p.before is distinct from p.after
        and not (${follows} and ${isExcepted(organisationId, { appUserId: sql`p.app_user_id`, field: sql`p.field` })})
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
      insert into field_change (organisation_id, app_user_id, field, before, after, run_id, actor_id, request_id, deed_id, undo_id)
      select ${organisationId}::uuid, v.app_user_id, v.field, v.before, v.after, v.run_id, ${by?.actorId ?? null}::uuid,
        ${by?.requestId ?? null}, ${by?.deedId ?? null}::uuid, ${by?.undoId ?? null}::uuid
      from valid v order by v.app_user_id, v.field
      returning app_user_id, field
    )
    select (select count(*) from updated) as users, (select count(*) from written) as fields,
      (select array_agg(app_user_id || ' ' || field) from written where ${by !== null}) as written
  `.execute(tx);
  const [row] = rows;
  return { users: Number(row?.users ?? 0), fields: Number(row?.fields ?? 0), written: new Set(row?.written ?? []) };
}
