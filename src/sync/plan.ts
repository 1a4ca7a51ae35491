// Works out what a run would write, in portions of linked people, into planned_change. Only people whose directory entry was
// written since the last run that went well are looked at, and those of whom something is held, unless the settings have changed.
import { sql } from 'kysely';
import type { Mapping } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import { planFields, type FieldIssue } from '../reconcile/mapping.ts';

export interface PlanInput {
  organisationId: string;
  connectionId: string;
  runId: string;
  /** Entries that were written by a later generation than this are looked at: what the last good run made. */
  sinceGeneration: number;
  mappings: readonly Mapping[];
  /** Everybody who is linked, not only whose entry changed. */
  everybody: boolean;
  /** Who was linked since the last good run began, or in the minute before, may have the values of the generation before it. */
  linkedSince: Date | null;
  /** The last good run: of whom it had a case, whatever wrote it, is looked at again. */
  lastRunId: string | null;
  /** Nobody but this person. */
  onlyObjectId?: string;
}

const portion = 1000;

/** What was applied needs no plan any more: its history says the same. */
export async function discardPlan(tx: Tx, run: { organisationId: string; runId: string }): Promise<void> {
  await tx
    .deleteFrom('planned_change')
    .where('organisation_id', '=', run.organisationId)
    .where('run_id', '=', run.runId)
    .execute();
}

interface LinkedRow {
  app_user_id: string;
  display_name: string;
  fields: Record<string, string>;
  attributes: Record<string, string>;
  manager: string | null;
}

/** Fills planned_change and run_issue. Returns how many issues there are. */
export async function planRun(tx: Tx, input: PlanInput): Promise<number> {
  let issues = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await listLinked(tx, input, after);
    const changes = [];
    const found = [];
    for (const row of rows) {
      const source = row.manager === null ? row.attributes : { ...row.attributes, manager: row.manager };
      const plan = planFields(input.mappings, source, row.fields);
      for (const change of plan.changes) changes.push({ app_user_id: row.app_user_id, ...change });
      for (const issue of plan.issues)
        found.push({ ...issue, app_user_id: row.app_user_id, subject: row.display_name });
    }
    if (changes.length > 0) {
      await sql`
        insert into planned_change (organisation_id, run_id, app_user_id, field, before, after)
        select ${input.organisationId}::uuid, ${input.runId}::uuid, r.app_user_id, r.field, r.before, r.after
        from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as r (app_user_id uuid, field text, before text, after text)
      `.execute(tx);
    }
    await writeIssues(tx, input, found);
    issues += found.length;
    const last = rows.at(-1);
    if (rows.length < portion || !last) return issues;
    after = last.app_user_id;
  }
}

// Whose deletion is proposed is gone for the plan; if it is held after all, dropForHeldManagers takes that back.
const isLeaving = sql`coalesce(m.held_reason in ('deleted', 'purged') and m.held_decision is null, false)`;

/** What would be emptied because a manager is gone waits with the manager. */
export async function dropForHeldManagers(
  tx: Tx,
  input: Omit<PlanInput, 'everybody' | 'sinceGeneration' | 'linkedSince' | 'lastRunId'>,
) {
  const targets = input.mappings.filter(({ source }) => source === 'manager').map(({ target }) => target);
  if (targets.length === 0) return;
  await sql`
    delete from planned_change p
    using link l, directory_user d, directory_user m
    where p.organisation_id = ${input.organisationId} and p.run_id = ${input.runId} and p.field = any(${targets}::text[])
      and l.organisation_id = p.organisation_id and l.connection_id = ${input.connectionId} and l.app_user_id = p.app_user_id
      and d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
      and m.organisation_id = d.organisation_id and m.connection_id = d.connection_id and m.object_id = d.manager_id
      and ${isLeaving}
  `.execute(tx);
}

/** Linked people who are present and in scope, in the order of the key, without those whose absence is proposed or held. A manager's new name reaches those who report to them. */
async function listLinked(tx: Tx, input: PlanInput, after: string): Promise<LinkedRow[]> {
  const { rows } = await sql<LinkedRow>`
    select l.app_user_id, d.display_name, a.fields, d.attributes,
      case when m.deleted_at is null and not ${isLeaving} then m.display_name end as manager
    from link l
    join directory_user d
      on d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
    join app_user a on a.organisation_id = l.organisation_id and a.id = l.app_user_id
    left join directory_user m
      on m.organisation_id = d.organisation_id and m.connection_id = d.connection_id and m.object_id = d.manager_id
    where l.organisation_id = ${input.organisationId} and l.connection_id = ${input.connectionId}
      and l.app_user_id > ${after}::uuid
      and d.deleted_at is null and d.in_scope and a.removed_at is null
      and (d.held_reason is null or d.held_decision = 'dismissed')
      and (${input.onlyObjectId ?? null}::uuid is null or l.object_id = ${input.onlyObjectId ?? null})
      and (${input.everybody} or d.generation > ${input.sinceGeneration} or m.generation > ${input.sinceGeneration} or ${isLeaving}
        or l.linked_at >= ${input.linkedSince}::timestamptz - interval '1 minute'
        or l.app_user_id in (select i.app_user_id from run_issue i
          where i.organisation_id = ${input.organisationId} and i.run_id = ${input.lastRunId} and i.app_user_id is not null)
        or l.app_user_id in (select x.app_user_id from field_exception x
          where x.organisation_id = ${input.organisationId} and x.ends_at <= now())
        or exists (select from held_change h
          where h.organisation_id = l.organisation_id and h.connection_id = l.connection_id and h.app_user_id = l.app_user_id))
    order by l.app_user_id
    limit ${portion}
  `.execute(tx);
  return rows;
}

type SubjectIssue = FieldIssue & { app_user_id: string; subject: string };

async function writeIssues(tx: Tx, input: PlanInput, issues: readonly SubjectIssue[]): Promise<void> {
  if (issues.length === 0) return;
  await sql`
    insert into run_issue (organisation_id, run_id, code, subject, app_user_id, field)
    select ${input.organisationId}::uuid, ${input.runId}::uuid, r.code, r.subject, r.app_user_id, r.field
    from jsonb_to_recordset(${JSON.stringify(issues)}::jsonb) as r (code text, subject text, app_user_id uuid, field text)
  `.execute(tx);
}
