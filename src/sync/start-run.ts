// Begins a run: by the button, or at night. What is begun here is only a row and a job, in one transaction; a worker does it.
import type { Actor } from '../base/actor.ts';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/log.ts';
import { AppError } from '../contract/errors.ts';
import type { Draft } from '../contract/api-preview.ts';
import type { Run } from '../contract/api-runs.ts';
import { recordAudit } from '../audit/record.ts';
import { findConnection } from '../connection/find-connection.ts';
import { isLeftAlone } from '../connection/health.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { enqueueRun } from './enqueue-run.ts';
import { getRun } from './list-runs.ts';
import { isLeaseHeld } from './lease.ts';

export interface StartDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  jobs: Pick<Jobs, 'enqueue'>;
}

// A queued run that no worker took for so long is dead: its job was lost with the database's backup or by hand.
const queuedTooLongMs = 10 * 60_000;

/** *Synkronisera nu*. Throws not_connected, steps_missing or run_open. */
export async function startRun(deps: StartDeps, actor: Actor): Promise<Run> {
  const runId = newId();
  await inOrganisation(deps.db, actor.organisationId, async (tx) => {
    const connection = await findConnection(tx, actor.organisationId);
    if (!connection) throw new AppError('not_connected');
    if (connection.status === 'configuring') throw new AppError('steps_missing');
    const key = { organisationId: actor.organisationId, connectionId: connection.id };
    await endDeadRun(deps, tx, key);
    const inserted = await insertRun(tx, {
      ...key,
      runId,
      trigger: 'manual',
      requestedBy: actor.appUserId,
      localDate: null,
    });
    if (!inserted) throw new AppError('run_open');
    await recordAudit(tx, { organisationId: actor.organisationId, actor, action: 'run.started', subject: runId });
    await enqueueRun(deps.jobs, tx, { organisationId: actor.organisationId, runId });
  });
  return getRun(deps, actor, { id: runId });
}

/**
 * The nightly run of a connection: at most one per local date, whatever the clock or the queue does (I38). Does nothing when
 * the connection is off, set to manual, or a run is open.
 */
export async function startNightlyRun(
  deps: StartDeps,
  input: { organisationId: string; connectionId: string },
): Promise<void> {
  await inOrganisation(deps.db, input.organisationId, async (tx) => {
    const connection = await findConnection(tx, input.organisationId);
    if (
      !connection ||
      connection.id !== input.connectionId ||
      connection.status === 'configuring' ||
      connection.mode !== 'daily' ||
      isLeftAlone(connection, deps.clock.now())
    )
      return;
    const organisation = await tx
      .selectFrom('organisation')
      .select('time_zone')
      .where('id', '=', input.organisationId)
      .executeTakeFirstOrThrow();
    const localDate = localDateOf(deps.clock.now(), organisation.time_zone);
    const dead = await findDeadRun(deps, tx, input);
    // A date has one run: to end tonight's would leave the night without. A job that is one too many finds its run done or held.
    if (dead?.local_date === localDate)
      return enqueueRun(deps.jobs, tx, { organisationId: input.organisationId, runId: dead.id });
    if (dead) await endRun(deps, tx, { ...input, runId: dead.id });
    const runId = newId();
    const inserted = await insertRun(tx, { ...input, runId, trigger: 'nightly', requestedBy: null, localDate });
    if (inserted) await enqueueRun(deps.jobs, tx, { organisationId: input.organisationId, runId });
    else
      deps.log.info('Nightly run not started: one is open, or was already made tonight', {
        organisation: input.organisationId,
      });
  });
}

/** The calendar date in a time zone, as YYYY-MM-DD. */
export function localDateOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);
}

interface NewRun {
  organisationId: string;
  connectionId: string;
  runId: string;
  trigger: 'manual' | 'nightly' | 'retry' | 'preview' | 'person';
  attempt?: number;
  requestedBy: string | null;
  localDate: string | null;
  /** Of a preview: settings that are not saved. */
  draft?: Draft | null;
  /** Of a run of one person: the directory object, and its name if it is known. */
  subject?: { objectId: string; name: string };
}

/** False when a run is open, or the night has had its run. It takes the place of a try that was to come. */
export async function insertRun(tx: Tx, run: NewRun): Promise<boolean> {
  const row = await tx
    .insertInto('sync_run')
    .values({
      organisation_id: run.organisationId,
      id: run.runId,
      connection_id: run.connectionId,
      trigger: run.trigger,
      attempt: run.attempt ?? 1,
      state: 'queued',
      requested_by: run.requestedBy,
      local_date: run.localDate,
      draft: run.draft ? JSON.stringify(run.draft) : null,
      subject_id: run.subject?.objectId ?? null,
      subject_name: run.subject?.name ?? null,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  // A preview brings nobody in step, and a person's run nobody else.
  if (run.trigger !== 'preview' && run.trigger !== 'person') await endRetrying(tx, run);
  return true;
}

/** Another run takes the place of the try that was to come. */
export async function endRetrying(tx: Tx, key: { organisationId: string; connectionId: string }): Promise<void> {
  await tx
    .updateTable('sync_run')
    .set({ state: 'failed', retry_at: null })
    .where('organisation_id', '=', key.organisationId)
    .where('connection_id', '=', key.connectionId)
    .where('state', '=', 'retrying')
    .execute();
}

/** An open run whose worker is gone and whose job will not come back: it would block the connection for ever (I39). */
async function findDeadRun(
  deps: StartDeps,
  tx: Tx,
  key: { organisationId: string; connectionId: string },
): Promise<{ id: string; local_date: string | null } | null> {
  const open = await tx
    .selectFrom('sync_run')
    .select(['id', 'state', 'created_at', 'local_date'])
    .where('organisation_id', '=', key.organisationId)
    .where('connection_id', '=', key.connectionId)
    .where('state', 'in', ['queued', 'running'])
    .forUpdate()
    .executeTakeFirst();
  if (!open || (await isLeaseHeld(tx, key))) return null;
  const waited = deps.clock.now().getTime() - open.created_at.getTime();
  if (open.state === 'queued' && waited < queuedTooLongMs) return null;
  if (open.state === 'running' && waited < 60_000) return null; // its job comes back within a minute
  return open;
}

/** Makes way for another run. */
export async function endDeadRun(
  deps: StartDeps,
  tx: Tx,
  key: { organisationId: string; connectionId: string },
): Promise<void> {
  const dead = await findDeadRun(deps, tx, key);
  if (dead) await endRun(deps, tx, { organisationId: key.organisationId, runId: dead.id });
}

async function endRun(deps: StartDeps, tx: Tx, run: { organisationId: string; runId: string }): Promise<void> {
  await tx
    .updateTable('sync_run')
    .set({ state: 'superseded', phase: 'done', error_code: 'run_interrupted', finished_at: deps.clock.now() })
    .where('organisation_id', '=', run.organisationId)
    .where('id', '=', run.runId)
    .execute();
}
