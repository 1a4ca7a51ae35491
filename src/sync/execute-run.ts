// One run from beginning to end: pull, reconcile, apply, notify. Everything that anybody can see changes in one transaction at
// the end (R2); a run that fails before it has changed nothing, and says why.
import { sql } from 'kysely';
import { clearTrouble } from '../connection/health.ts';
import { getRunSettings, type RunSettings } from '../connection/run-settings.ts';
import { isDatabaseLost } from '../db/lost.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { pull, type PullResult } from '../mirror/pull.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { switchGeneration } from '../mirror/switch.ts';
import { tellOfRun } from '../notify/tell-of-run.ts';
import { applyPlannedFields } from '../people/apply-fields.ts';
import { askMailboxes } from './ask-mailboxes.ts';
import { countRun, type RunCounts } from './count-run.ts';
import { failRun } from './fail-run.ts';
import { assertLease, LeaseLost, releaseLease, SettingsChanged, takeLease, whileHolding, type Lease } from './lease.ts';
import { noteGoneGroups, noteRefused } from './notes.ts';
import { discardPlan, planRun } from './plan.ts';
import { createProgress } from './progress.ts';
import type { RunDeps } from './run-deps.ts';

export interface RunJob {
  organisationId: string;
  runId: string;
}

// An administrator who saves again and again would keep a run from ending; the next run takes what is left.
const beginningsMax = 5;
const finalStatementTimeoutMs = 300_000;

/**
 * Does a queued run, or takes over one whose worker died. Returns 'busy' when another worker holds the connection: try again
 * later. Throws only when `signal` ends it (the run is then left for the next worker) or the database is away.
 */
export async function executeRun(deps: RunDeps, job: RunJob, signal: AbortSignal): Promise<'done' | 'busy'> {
  const claim = await claimRun(deps, job);
  if (claim === 'ended') return 'done';
  if (claim === 'busy') return 'busy';
  const log = deps.log.with({ organisation: job.organisationId, run: job.runId });
  log.info('Run begun', { connection: claim.connectionId });
  const spent = { requests: 0 };
  try {
    await whileHolding(deps, claim, signal, async (either) => {
      const tenantId = await runUntilSettled(deps, claim, { signal: either, spent });
      log.info('Run done', { connection: claim.connectionId });
      await askMailboxes(deps, claim, { tenantId, signal: either, before: () => assertOn(deps, claim) });
    });
  } catch (error) {
    if (signal.aborted || isDatabaseLost(error)) throw error;
    log.warn('Run failed', { connection: claim.connectionId, error });
    await failRun(deps, claim, error, spent.requests);
  } finally {
    await inOrganisation(deps.db, job.organisationId, (tx) => releaseLease(tx, claim), { role: 'samsyn_sync' }).catch(
      (error: unknown) => log.warn('The lease could not be given back and runs out by itself', { error }),
    );
  }
  return 'done';
}

async function claimRun(deps: RunDeps, job: RunJob): Promise<Lease | 'ended' | 'busy'> {
  return inOrganisation(
    deps.db,
    job.organisationId,
    async (tx) => {
      const run = await tx
        .selectFrom('sync_run')
        .select(['connection_id', 'state'])
        .where('organisation_id', '=', job.organisationId)
        .where('id', '=', job.runId)
        .forUpdate()
        .executeTakeFirst();
      if (!run || (run.state !== 'queued' && run.state !== 'running')) return 'ended';
      const lease = await takeLease(tx, { ...job, connectionId: run.connection_id });
      if (!lease) return 'busy';
      await tx
        .updateTable('sync_run')
        .set({ state: 'running', phase: 'pull', fence: String(lease.fence), started_at: deps.clock.now() })
        .where('organisation_id', '=', job.organisationId)
        .where('id', '=', job.runId)
        .execute();
      return lease;
    },
    { role: 'samsyn_sync' },
  );
}

interface Going {
  signal: AbortSignal;
  /** Over all beginnings. */
  spent: { requests: number };
}

/** Answers whose directory was read. */
async function runUntilSettled(deps: RunDeps, lease: Lease, going: Going): Promise<string> {
  for (let beginning = 1; ; beginning += 1) {
    try {
      return await runOnce(deps, lease, going);
    } catch (error) {
      if (!(error instanceof SettingsChanged) || beginning === beginningsMax) throw error;
      deps.log.info('The settings changed, the run begins again', { run: lease.runId });
    }
  }
}

async function runOnce(deps: RunDeps, lease: Lease, { signal, spent }: Going): Promise<string> {
  const { organisationId, connectionId } = lease;
  const settings = await inOrganisation(
    deps.db,
    organisationId,
    (tx) => getRunSettings(tx, organisationId, connectionId),
    {
      role: 'samsyn_sync',
    },
  );
  if (settings.status === 'off') throw new LeaseLost();
  const progress = createProgress(deps, lease);
  const reader = deps.graph.reader(settings.tenantId, {
    signal,
    before: () => {
      spent.requests += 1;
      return assertOn(deps, lease);
    },
    onWait: (until) => void progress.wait(until),
  });
  const pulled = await pull(deps, {
    organisationId,
    connectionId,
    reader,
    sources: settings.mappings.map((mapping) => mapping.source),
    groups: settings.scope === 'groups' ? await listChosenGroups(deps, lease) : null,
    signal,
    onProgress: (read) => progress.read(read),
    assertHeld: (tx) => assertLease(tx, lease),
  });
  signal.throwIfAborted();
  await progress.phase('apply');
  await inOrganisation(
    deps.db,
    organisationId,
    (tx) => settle(deps, tx, { lease, settings, pulled, requests: reader.requests }),
    {
      role: 'samsyn_sync',
      statementTimeoutMs: finalStatementTimeoutMs,
      joinsWholeTables: true,
    },
  );
  return settings.tenantId;
}

interface Settlement {
  lease: Lease;
  settings: RunSettings;
  pulled: PullResult;
  requests: number;
}

/** The one transaction in which a run becomes visible: mirror, fields, history, notices, links and the run's own row. */
async function settle(deps: RunDeps, tx: Tx, { lease, settings, pulled, requests }: Settlement): Promise<void> {
  const { organisationId, connectionId, runId } = lease;
  await assertLease(tx, lease);
  await assertUnchanged(tx, lease, settings);
  const switched = await switchGeneration(tx, pulled, {
    groupIds: settings.scope === 'groups' ? settings.groupIds : null,
    includeGuests: settings.includeGuests,
    includeDisabled: settings.includeDisabled,
  });
  if (!switched) throw new LeaseLost(); // the mirror is a later one than the pull began with: someone else has run
  const last = await findLastGoodRun(tx, lease);
  const { refused } = pulled;
  const refusedMappings = settings.mappings.filter(({ source }) => refused.includes(source));
  await noteRefused(tx, { organisationId, runId }, refusedMappings);
  const goneGroups = await noteGoneGroups(tx, { organisationId, connectionId, runId });
  const issues = await planRun(tx, {
    organisationId,
    connectionId,
    runId,
    generation: switched.generation,
    // What Microsoft would not give is not empty: its fields stay as they are (F10).
    mappings: settings.mappings.filter((mapping) => !refusedMappings.includes(mapping)),
    everybody: last?.settings_version !== settings.settingsVersion,
    linkedSince: last?.started_at ?? null,
  });
  const applied = await applyPlannedFields(tx, { organisationId, runId });
  await discardPlan(tx, { organisationId, runId });
  const counts: RunCounts = {
    ...(await countRun(tx, lease)),
    changedUsers: applied.users,
    changedFields: applied.fields,
    issues: issues + refusedMappings.length + goneGroups,
    requests,
  };
  await sweepStaging(tx, lease);
  await clearTrouble(tx, { organisationId, connectionId });
  await tellOfRun(deps, tx, { organisationId, connectionId, runId, counts, groups: switched.groups, error: null });
  await sql`
    update sync_run set state = 'ok', phase = 'done', mode = ${pulled.mode}, generation = ${switched.generation},
      settings_version = ${settings.settingsVersion}, counts = ${JSON.stringify(counts)}::jsonb, waiting_until = null,
      error_code = null, finished_at = clock_timestamp()
    where organisation_id = ${organisationId} and id = ${runId}
  `.execute(tx);
}

/** Off means off, also for a run that is nearly done (I30); and what was read with other settings is not applied. */
async function assertUnchanged(tx: Tx, lease: Lease, settings: RunSettings): Promise<void> {
  const { rows } = await sql<{ status: string; settings_version: number }>`
    select status, settings_version from connection
    where organisation_id = ${lease.organisationId} and id = ${lease.connectionId} for share
  `.execute(tx);
  const now = rows[0];
  if (!now || now.status === 'off') throw new LeaseLost();
  if (now.settings_version !== settings.settingsVersion) throw new SettingsChanged();
}

/** Once off, nothing more is asked of Microsoft (I30). */
async function assertOn(deps: RunDeps, lease: Lease): Promise<void> {
  const row = await inOrganisation(deps.db, lease.organisationId, (tx) =>
    tx
      .selectFrom('connection')
      .select('status')
      .where('organisation_id', '=', lease.organisationId)
      .where('id', '=', lease.connectionId)
      .executeTakeFirst(),
  );
  if (!row || row.status === 'off') throw new LeaseLost();
}

/** If it had the same settings, only people whose entry changed, or who were linked since it began, need to be looked at. */
async function findLastGoodRun(tx: Tx, lease: Lease) {
  return tx
    .selectFrom('sync_run')
    .select(['settings_version', 'started_at'])
    .where('organisation_id', '=', lease.organisationId)
    .where('connection_id', '=', lease.connectionId)
    .where('state', '=', 'ok')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function listChosenGroups(deps: RunDeps, lease: Lease): Promise<{ id: string; name: string }[]> {
  return inOrganisation(deps.db, lease.organisationId, (tx) =>
    tx
      .selectFrom('connection_group')
      .select(['group_id as id', 'name'])
      .where('organisation_id', '=', lease.organisationId)
      .where('connection_id', '=', lease.connectionId)
      .execute(),
  );
}
