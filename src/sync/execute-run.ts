// One run from beginning to end: pull, reconcile, apply, notify. Everything that anybody can see changes in one transaction at
// the end (R2); a run that fails before it has changed nothing, and says why.
import { getRunSettings, withDraft } from '../connection/run-settings.ts';
import { draftSchema, type Draft } from '../contract/api-preview.ts';
import { isDatabaseLost, isStorageFull } from '../db/lost.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { pull } from '../mirror/pull.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { askMailboxes } from './ask-mailboxes.ts';
import { failRun } from './fail-run.ts';
import { assertLease, LeaseLost, releaseLease, SettingsChanged, takeLease, whileHolding, type Lease } from './lease.ts';
import { createProgress } from './progress.ts';
import { showPreview } from './preview.ts';
import type { RunDeps } from './run-deps.ts';
import { syncPerson } from './one-person.ts';
import { settle } from './settle.ts';

export interface RunJob {
  organisationId: string;
  runId: string;
}

// An administrator who saves again and again would keep a run from ending; the next run takes what is left.
const beginningsMax = 5;

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
      // Nobody waits for it; a preview leaves nothing behind, and one person is no reason to ask about others.
      if (claim.trigger === 'preview' || claim.trigger === 'person') return;
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

/** A run that this worker holds. */
interface Claim extends Lease {
  trigger: string;
  /** Of a preview: settings that nobody has saved. */
  draft: Draft | null;
  /** Of a run of one person: the directory object. */
  subjectId: string | null;
}

async function claimRun(deps: RunDeps, job: RunJob): Promise<Claim | 'ended' | 'busy'> {
  return inOrganisation(
    deps.db,
    job.organisationId,
    async (tx) => {
      const run = await tx
        .selectFrom('sync_run')
        .select(['connection_id', 'state', 'trigger', 'draft', 'subject_id'])
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
      const draft = run.draft === null ? null : draftSchema.parse(run.draft);
      return { ...lease, trigger: run.trigger, draft, subjectId: run.subject_id };
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
async function runUntilSettled(deps: RunDeps, claim: Claim, going: Going): Promise<string> {
  let hasSwept = false;
  for (let beginning = 1; ; beginning += 1) {
    try {
      return await runOnce(deps, claim, going);
    } catch (error) {
      if (isStorageFull(error) && !hasSwept) {
        hasSwept = true;
        await makeRoom(deps, claim);
        continue;
      }
      if (!(error instanceof SettingsChanged) || beginning === beginningsMax) throw error;
      deps.log.info('The settings changed, the run begins again', { run: claim.runId });
    }
  }
}

/** The disk of the database is full: what was read takes room itself, and goes before the one more try (F57). */
async function makeRoom(deps: RunDeps, lease: Lease): Promise<void> {
  deps.log.warn('The disk of the database is full: what was read is swept, and the run begins again', {
    run: lease.runId,
  });
  const sweep = async (tx: Tx) => {
    await assertLease(tx, lease);
    await sweepStaging(tx, lease);
  };
  await inOrganisation(deps.db, lease.organisationId, sweep, { role: 'samsyn_sync' });
}

async function runOnce(deps: RunDeps, lease: Claim, { signal, spent }: Going): Promise<string> {
  const { organisationId, connectionId } = lease;
  const saved = await inOrganisation(
    deps.db,
    organisationId,
    (tx) => getRunSettings(tx, organisationId, connectionId),
    {
      role: 'samsyn_sync',
    },
  );
  const settings = withDraft(saved, lease.draft);
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
  if (lease.subjectId !== null) {
    await syncPerson(deps, { lease, settings, reader, objectId: lease.subjectId, signal });
    return settings.tenantId;
  }
  const pulled = await pull(deps, {
    organisationId,
    connectionId,
    reader,
    sources: settings.mappings.map((mapping) => mapping.source),
    groups: settings.scope === 'groups' ? (lease.draft?.groups?.groups ?? (await listChosenGroups(deps, lease))) : null,
    signal,
    onProgress: (read) => progress.read(read),
    assertHeld: (tx) => assertLease(tx, lease),
  });
  signal.throwIfAborted();
  await progress.phase('apply');
  const settlement = { lease, settings, pulled, requests: reader.requests };
  await (lease.trigger === 'preview' ? showPreview(deps, settlement) : settle(deps, settlement));
  return settings.tenantId;
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
