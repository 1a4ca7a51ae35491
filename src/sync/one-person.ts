// One person now: the same way as a whole run, for one person alone: asked about in Entra, switched, planned, weighed and applied. It
// counts for no good run of the connection, and says nothing of anybody else.
import { sql } from 'kysely';
import type { RunSettings } from '../connection/run-settings.ts';
import type { PersonSteps } from '../contract/api-person-run.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { TenantReader } from '../graph/reader.ts';
import { purgeTombstones } from '../mirror/absence.ts';
import { pullPerson, switchPerson, unstagePerson, type PersonPulled } from '../mirror/one-person.ts';
import { tellOfRun } from '../notify/tell-of-run.ts';
import { applyPlannedFields } from '../people/apply-fields.ts';
import { dropClashes } from './clashes.ts';
import { countRun, type RunCounts } from './count-run.ts';
import { dropExcepted } from './exceptions.ts';
import { countHeldAbsences, holdUnusual, weighPlan } from './hold-unusual.ts';
import { assertLease, SettingsChanged, type Lease } from './lease.ts';
import { noteRefused } from './notes.ts';
import { discardPlan, planRun } from './plan.ts';
import type { RunDeps } from './run-deps.ts';
import { assertUnchanged, inRun } from './settle.ts';

export interface PersonJob {
  lease: Lease;
  settings: RunSettings;
  reader: TenantReader;
  objectId: string;
  signal: AbortSignal;
}

/** Throws what a run throws, and not_available when the directory was never read. */
export async function syncPerson(deps: RunDeps, job: PersonJob): Promise<void> {
  const { lease, settings, reader, objectId, signal } = job;
  const { organisationId, connectionId } = lease;
  const pulled = await pullPerson(deps, {
    organisationId,
    connectionId,
    reader,
    objectId,
    sources: settings.mappings.map(({ source }) => source),
    asksGroups: settings.scope === 'groups',
    signal,
    assertHeld: (tx) => assertLease(tx, lease),
    onStep: (steps) => noteSteps(deps, lease, steps),
  });
  signal.throwIfAborted();
  await inRun(deps, lease, (tx) => settlePerson(deps, tx, job, pulled));
}

async function noteSteps(deps: RunDeps, lease: Lease, steps: PersonSteps): Promise<void> {
  await inOrganisation(
    deps.db,
    lease.organisationId,
    (tx) =>
      tx
        .updateTable('sync_run')
        .set({ steps: JSON.stringify(steps), people_read: 1 })
        .where('organisation_id', '=', lease.organisationId)
        .where('id', '=', lease.runId)
        .where('fence', '=', String(lease.fence))
        .execute(),
    { role: 'samsyn_sync' },
  );
}

async function settlePerson(deps: RunDeps, tx: Tx, job: PersonJob, pulled: PersonPulled): Promise<void> {
  const { lease, settings, reader, objectId: onlyObjectId } = job;
  const { organisationId, connectionId, runId } = lease;
  await assertLease(tx, lease);
  await assertUnchanged(tx, lease, settings);
  const absencesBefore = await countHeldAbsences(tx, lease);
  const generation = await switchPerson(tx, pulled, {
    groupIds: settings.scope === 'groups' ? settings.groupIds : null,
    includeGuests: settings.includeGuests,
    includeDisabled: settings.includeDisabled,
    runId,
  });
  // Nobody else runs while the lease is ours: somebody has decided about held absences meanwhile.
  if (generation === null) throw new SettingsChanged();
  const refused = settings.mappings.filter(({ source }) => pulled.refused.includes(source));
  await noteRefused(tx, { organisationId, runId }, refused);
  const run = { organisationId, connectionId, runId, onlyObjectId };
  const mappings = settings.mappings.filter((mapping) => !refused.includes(mapping));
  // Whatever the last run saw: this one person is looked at.
  const everyone = { everybody: true, sinceGeneration: 0, linkedSince: null, lastRunId: null };
  const issues = await planRun(tx, { ...run, ...everyone, mappings });
  await dropExcepted(tx, run);
  const clashes = await dropClashes(tx, run);
  const { settingsVersion } = settings;
  const weighed = await weighPlan(tx, { ...run, settingsVersion, absencesBefore });
  const holding = await holdUnusual(tx, { ...run, generation, mappings: settings.mappings }, weighed);
  const applied = await applyPlannedFields(tx, { organisationId, runId });
  await discardPlan(tx, { organisationId, runId });
  const isHeld = await waits(tx, lease, onlyObjectId);
  const counts: RunCounts = {
    ...(await countRun(tx, lease)),
    changedUsers: applied.users,
    changedFields: applied.fields,
    held: isHeld ? holding.held : 0,
    holdsEnded: weighed.ended,
    issues: issues + clashes + refused.length,
    requests: reader.requests,
  };
  await purgeTombstones(tx, lease);
  await unstagePerson(tx, pulled);
  const held = { now: holding.held, fresh: holding.fresh, ended: weighed.ended };
  await tellOfRun(deps, tx, { organisationId, connectionId, runId, counts, held, error: null });
  await sql`
    update sync_run set state = ${isHeld ? 'held' : 'ok'}, phase = 'done', mode = 'incremental', generation = ${generation},
      settings_version = ${settingsVersion}, counts = ${JSON.stringify(counts)}::jsonb, waiting_until = null,
      held_why = ${JSON.stringify(isHeld ? weighed.why : [])}::jsonb,
      unapproved = ${holding.unapproved === null ? null : JSON.stringify(holding.unapproved)}::jsonb,
      subject_name = coalesce((select d.display_name from directory_user d where d.organisation_id = ${organisationId}
        and d.connection_id = ${connectionId} and d.object_id = ${onlyObjectId}), subject_name),
      error_code = null, finished_at = clock_timestamp()
    where organisation_id = ${organisationId} and id = ${runId}
  `.execute(tx);
}

/** Whether anything of this person waits for a decision. */
async function waits(tx: Tx, { organisationId, connectionId }: Lease, objectId: string): Promise<boolean> {
  const { rows } = await sql`
    select from directory_user d
    left join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
    where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId} and d.object_id = ${objectId}
      and (d.held_reason is not null and d.held_decision is distinct from 'dismissed'
        or exists (select from held_change h where h.organisation_id = l.organisation_id and h.connection_id = l.connection_id
          and h.app_user_id = l.app_user_id and h.decision is distinct from 'dismissed'))
  `.execute(tx);
  return rows.length > 0;
}
