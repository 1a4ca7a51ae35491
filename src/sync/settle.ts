// The one transaction in which a run becomes visible: mirror, absences, fields, history, notices and the run's own row (R2). What is
// unusual is held in it, and shown to a person.
import { sql } from 'kysely';
import { clearTrouble } from '../connection/health.ts';
import type { RunSettings } from '../connection/run-settings.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { purgeTombstones } from '../mirror/absence.ts';
import type { PullResult } from '../mirror/pull.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { switchGeneration } from '../mirror/switch.ts';
import type { GroupsFound } from '../mirror/gone-groups.ts';
import { tellOfRun } from '../notify/tell-of-run.ts';
import { applyPlannedFields } from '../people/apply-fields.ts';
import { dropClashes } from './clashes.ts';
import { assertSafe } from './assert-safe.ts';
import { forgetEndedExceptions } from '../people/field-exceptions.ts';
import { countRun, type RunCounts } from './count-run.ts';
import { dropExcepted } from './exceptions.ts';
import { countHeldAbsences, holdUnusual, weighPlan, type Weighed } from './hold-unusual.ts';
import { assertLease, LeaseLost, SettingsChanged, type Lease } from './lease.ts';
import { noteGoneGroups, noteRefused } from './notes.ts';
import { discardPlan, planRun } from './plan.ts';
import type { RunDeps } from './run-deps.ts';

export interface Settlement {
  lease: Lease;
  settings: RunSettings;
  pulled: PullResult;
  requests: number;
}

const statementTimeoutMs = 300_000;

/** A transaction that works on whole tables, as a run. */
export function inRun<T>(deps: RunDeps, lease: Lease, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return inOrganisation(deps.db, lease.organisationId, fn, {
    role: 'samsyn_sync',
    statementTimeoutMs,
    joinsWholeTables: true,
  });
}

/** Throws LeaseLost when the run is somebody else's or the sync is off, SettingsChanged when it has to begin again. */
export async function settle(deps: RunDeps, settlement: Settlement): Promise<void> {
  await inRun(deps, settlement.lease, async (tx) => {
    const worked = await workOut(tx, settlement);
    await apply(deps, tx, settlement, worked);
  });
}

export interface WorkedOut {
  generation: number;
  groups: GroupsFound;
  issues: number;
  weighed: Weighed;
}

/**
 * The new generation with the plan beside it: absences are proposed and changes planned, and nothing of it is applied to anybody. A
 * preview ends here, and is rolled back.
 */
export async function workOut(tx: Tx, { lease, settings, pulled }: Settlement): Promise<WorkedOut> {
  const { organisationId, connectionId, runId } = lease;
  await assertLease(tx, lease);
  await assertUnchanged(tx, lease, settings);
  const absencesBefore = await countHeldAbsences(tx, lease);
  const switched = await switchGeneration(tx, pulled, {
    groupIds: settings.scope === 'groups' ? settings.groupIds : null,
    includeGuests: settings.includeGuests,
    includeDisabled: settings.includeDisabled,
    runId,
  });
  // Nobody else runs while the lease is ours: somebody has decided about held absences meanwhile.
  if (!switched) throw new SettingsChanged();
  const last = await findLastGoodRun(tx, lease);
  const refusedMappings = settings.mappings.filter(({ source }) => pulled.refused.includes(source));
  await noteRefused(tx, { organisationId, runId }, refusedMappings);
  const goneGroups = await noteGoneGroups(tx, { organisationId, connectionId, runId });
  const issues = await planRun(tx, {
    organisationId,
    connectionId,
    runId,
    // What Microsoft would not give is not empty: its fields stay as they are (F10).
    mappings: settings.mappings.filter((mapping) => !refusedMappings.includes(mapping)),
    everybody: last?.settings_version !== settings.settingsVersion || settings.isDraft,
    sinceGeneration: Number(last?.generation ?? 0),
    linkedSince: last?.started_at ?? null,
    lastRunId: last?.id ?? null,
  });
  await dropExcepted(tx, { organisationId, runId });
  await forgetEndedExceptions(tx, { organisationId, connectionId });
  const clashes = await dropClashes(tx, { organisationId, connectionId, runId });
  const { settingsVersion } = settings;
  const weighed = await weighPlan(tx, { organisationId, connectionId, runId, settingsVersion, absencesBefore });
  return {
    generation: switched.generation,
    groups: switched.groups,
    issues: issues + clashes + refusedMappings.length + goneGroups,
    weighed,
  };
}

async function apply(
  deps: RunDeps,
  tx: Tx,
  { lease, settings, pulled, requests }: Settlement,
  { generation, groups, issues, weighed }: WorkedOut,
): Promise<void> {
  const { organisationId, connectionId, runId } = lease;
  const holding = await holdUnusual(
    tx,
    { organisationId, connectionId, runId, generation, mappings: settings.mappings },
    weighed,
  );
  const applied = await applyPlannedFields(tx, { organisationId, runId });
  await discardPlan(tx, { organisationId, runId });
  await assertSafe(tx, {
    lease,
    fromGeneration: pulled.fromGeneration,
    why: weighed.why,
    changedFields: applied.fields,
    plannedGone: weighed.plan.gone,
  });
  const counts: RunCounts = {
    ...(await countRun(tx, lease)),
    changedUsers: applied.users,
    changedFields: applied.fields,
    held: holding.held,
    holdsEnded: weighed.ended,
    issues,
    requests,
  };
  await purgeTombstones(tx, lease);
  await sweepStaging(tx, lease);
  await clearTrouble(tx, { organisationId, connectionId });
  const held = { now: holding.held, fresh: holding.fresh, ended: weighed.ended };
  await tellOfRun(deps, tx, { organisationId, connectionId, runId, counts, groups, held, error: null });
  await sql`
    update sync_run set state = ${holding.held > 0 ? 'held' : 'ok'}, phase = 'done', mode = ${pulled.mode}, generation = ${generation},
      settings_version = ${settings.settingsVersion}, counts = ${JSON.stringify(counts)}::jsonb, waiting_until = null,
      plan_hash = ${weighed.hash}, held_why = ${JSON.stringify(weighed.why)}::jsonb,
      unapproved = ${holding.unapproved === null ? null : JSON.stringify(holding.unapproved)}::jsonb,
      error_code = null, finished_at = clock_timestamp()
    where organisation_id = ${organisationId} and id = ${runId}
  `.execute(tx);
}

/** Off means off, also for a run that is nearly done (I30); and what was read with other settings is not applied. */
export async function assertUnchanged(tx: Tx, lease: Lease, settings: RunSettings): Promise<void> {
  const { rows } = await sql<{ status: string; settings_version: number }>`
    select status, settings_version from connection
    where organisation_id = ${lease.organisationId} and id = ${lease.connectionId} for share
  `.execute(tx);
  const now = rows[0];
  if (!now || now.status === 'off') throw new LeaseLost();
  if (now.settings_version !== settings.settingsVersion) throw new SettingsChanged();
}

/** If it had the same settings, only people whose entry changed, or who were linked since it began, need to be looked at. */
async function findLastGoodRun(tx: Tx, lease: Lease) {
  return tx
    .selectFrom('sync_run')
    .select(['id', 'settings_version', 'started_at', 'generation'])
    .where('organisation_id', '=', lease.organisationId)
    .where('connection_id', '=', lease.connectionId)
    .where('state', 'in', ['ok', 'held'])
    .where('trigger', 'in', ['manual', 'nightly', 'retry'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}
