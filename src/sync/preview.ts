// What a run would do, by doing it: the same work as a run's, in a transaction that is rolled back. What it would have done is carried
// out of it and written down, so a preview and a run cannot differ.
import { sql, type Selectable } from 'kysely';
import type { PreviewRowTable } from '../db/schema.ts';
import type { Tx } from '../db/transaction.ts';
import { isLinked, undecided } from '../mirror/absence.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { heldAbsences, heldFields } from '../reconcile/brake.ts';
import { assertLease } from './lease.ts';
import type { RunDeps } from './run-deps.ts';
import { inRun, workOut, type Settlement, type WorkedOut } from './settle.ts';

/** Before it has a place. */
type Row = Omit<Selectable<PreviewRowTable>, 'organisation_id' | 'run_id' | 'position' | 'search_text'>;

/** Carries what was worked out past the end of its transaction. */
class RolledBack extends Error {
  readonly rows: readonly Row[];
  readonly worked: WorkedOut;
  constructor(rows: readonly Row[], worked: WorkedOut) {
    super('a preview is rolled back');
    this.rows = rows;
    this.worked = worked;
  }
}

// A row of a preview is some 300 bytes: a statement stays under a megabyte.
const rowsAtOnce = 2000;

/** Throws what settle throws. The rows of earlier previews go. */
export async function showPreview(deps: RunDeps, settlement: Settlement): Promise<void> {
  const { lease, settings, pulled, requests } = settlement;
  const { rows, worked } = await rolledBack(deps, settlement);
  const { weighed } = worked;
  await inRun(deps, lease, async (tx) => {
    await assertLease(tx, lease);
    await sql`
      delete from preview_row p using sync_run r
      where p.organisation_id = ${lease.organisationId} and r.organisation_id = p.organisation_id and r.id = p.run_id
        and r.connection_id = ${lease.connectionId}
    `.execute(tx);
    for (let from = 0; from < rows.length; from += rowsAtOnce) await insertRows(tx, settlement, rows, from);
    const counts = { peopleBefore: weighed.peopleBefore, people: weighed.peopleAfter, requests, issues: worked.issues };
    await sql`
      update sync_run set state = 'ok', phase = 'done', mode = ${pulled.mode}, settings_version = ${settings.settingsVersion},
        counts = ${JSON.stringify(counts)}::jsonb, plan_hash = ${weighed.hash}, held_why = ${JSON.stringify(weighed.why)}::jsonb,
        waiting_until = null, error_code = null, finished_at = clock_timestamp()
      where organisation_id = ${lease.organisationId} and id = ${lease.runId}
    `.execute(tx);
    await sweepStaging(tx, lease);
  });
}

async function rolledBack(deps: RunDeps, settlement: Settlement): Promise<RolledBack> {
  try {
    return await inRun(deps, settlement.lease, async (tx): Promise<never> => {
      const worked = await workOut(tx, settlement);
      throw new RolledBack(await listRows(tx, settlement, worked), worked);
    });
  } catch (error) {
    if (error instanceof RolledBack) return error;
    throw error;
  }
}

/** By kind, name and field. `d.scope_since = now()` is what this transaction moved. */
async function listRows(tx: Tx, { lease }: Settlement, { weighed: { why } }: WorkedOut): Promise<Row[]> {
  const fields = heldFields(why);
  const isAbsenceHeld = heldAbsences(why) !== 'nobody';
  const ofConnection = sql`d.organisation_id = ${lease.organisationId} and d.connection_id = ${lease.connectionId}`;
  const person = sql`d.display_name, coalesce(d.mail, d.user_principal_name)`;
  const none = sql`null::text, null::text, null::text`;
  const { rows } = await sql<Row>`
    select kind, object_id, app_user_id, display_name, detail, field, before, after, reason, held
    from (
      select 'changed' as kind, 1 as place, null::uuid as object_id, p.app_user_id, a.display_name, a.fields ->> 'email' as detail,
        p.field, p.before, p.after, null::text as reason, ${fields === null} or p.field = any(${[...(fields ?? [])]}::text[]) as held
      from planned_change p
      join app_user a on a.organisation_id = p.organisation_id and a.id = p.app_user_id
      where p.organisation_id = ${lease.organisationId} and p.run_id = ${lease.runId}
      union all
      select 'new', 2, d.object_id, null, ${person}, ${none}, null, false
      from directory_user d
      where ${ofConnection} and d.deleted_at is null and d.in_scope and d.scope_since = now() and not (${isLinkedOrIgnored})
      union all
      select 'gone', 3, d.object_id, l.app_user_id, ${person}, ${none}, d.held_reason, ${isAbsenceHeld}
      from directory_user d
      join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
      where ${ofConnection} and ${undecided} and ${isLinked}
      union all
      select 'returned', 4, d.object_id, l.app_user_id, ${person}, ${none}, null, false
      from directory_user d
      join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
      where ${ofConnection} and d.deleted_at is null and d.in_scope and d.scope_since = now() and d.first_seen_at < now()
      union all
      select 'clash', 5, null, i.app_user_id, i.subject, null, i.field, null, i.other_name, i.code, false
      from run_issue i
      where i.organisation_id = ${lease.organisationId} and i.run_id = ${lease.runId}
    ) found
    order by place, display_name collate "sv-x-icu", object_id, app_user_id, field
  `.execute(tx);
  return rows;
}

const isLinkedOrIgnored = sql`
  exists (select from link l
    where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)
  or exists (select from ignored i
    join connection k on k.organisation_id = i.organisation_id and k.tenant_id = i.tenant_id and k.id = d.connection_id
    where i.organisation_id = d.organisation_id and i.object_id = d.object_id)`;

async function insertRows(tx: Tx, { lease }: Settlement, rows: readonly Row[], from: number): Promise<void> {
  const part = rows.slice(from, from + rowsAtOnce).map((row, index) => ({ ...row, position: from + index + 1 }));
  await sql`
    insert into preview_row (organisation_id, run_id, position, kind, object_id, app_user_id, display_name, detail, field, before,
      after, reason, held)
    select ${lease.organisationId}::uuid, ${lease.runId}::uuid, r.position, r.kind, r.object_id, r.app_user_id, r.display_name,
      r.detail, r.field, r.before, r.after, r.reason, r.held
    from jsonb_to_recordset(${JSON.stringify(part)}::jsonb) as r (position integer, kind text, object_id uuid, app_user_id uuid,
      display_name text, detail text, field text, before text, after text, reason text, held boolean)
  `.execute(tx);
}
