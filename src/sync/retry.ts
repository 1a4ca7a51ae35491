// A run that failed for what may pass by itself is tried again: in a quarter of an hour, an hour, three hours, and then in the next
// night. Each try is a run of its own in the list; the one that failed says when the next begins.
import { newId } from '../base/ids.ts';
import { findConnection } from '../connection/find-connection.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { inOrganisation } from '../db/transaction.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { enqueueRun } from './enqueue-run.ts';
import { endRetrying, insertRun, type StartDeps } from './start-run.ts';

const passingCodes: ReadonlySet<ErrorCode> = new Set([
  'graph_unreachable',
  'graph_busy',
  'graph_certificate',
  'graph_malformed',
  'graph_intercepted',
  'database_unavailable',
  'storage_full',
]);
const minuteMs = 60_000;
const waitsMs = [15 * minuteMs, 60 * minuteMs, 180 * minuteMs];
// Whoever asks for longer is left to the nights.
const waitMsMax = 24 * 60 * minuteMs;

export const mayPass = (code: ErrorCode): boolean => passingCodes.has(code);

/** When the next try begins; null when waiting does not help, or when it was tried often enough. `attempt` from 1. */
export function nextTry(input: {
  code: ErrorCode;
  waitSeconds: number | null;
  attempt: number;
  now: Date;
}): Date | null {
  const waitMs = waitsMs[input.attempt - 1];
  if (waitMs === undefined || !mayPass(input.code)) return null;
  // What Microsoft asks for is a minimum (F15).
  const askedMs = Math.min(waitMsMax, (input.waitSeconds ?? 0) * 1000);
  return new Date(input.now.getTime() + Math.max(waitMs, askedMs));
}

/** Begins the next try of a run, unless another run has begun since, or the sync is off. Safe to be called twice. */
export async function startRetry(deps: StartDeps, of: { organisationId: string; runId: string }): Promise<void> {
  const { organisationId } = of;
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const failed = await tx
      .selectFrom('sync_run')
      .select(['connection_id', 'attempt'])
      .where('organisation_id', '=', organisationId)
      .where('id', '=', of.runId)
      .where('state', '=', 'retrying')
      .forUpdate()
      .executeTakeFirst();
    if (!failed) return;
    const connectionId = failed.connection_id;
    await endRetrying(tx, { organisationId, connectionId });
    const connection = await findConnection(tx, organisationId);
    if (!connection || connection.id !== connectionId || connection.status === 'configuring') return;
    const runId = newId();
    const inserted = await insertRun(tx, {
      organisationId,
      connectionId,
      runId,
      trigger: 'retry',
      attempt: failed.attempt + 1,
      requestedBy: null,
      localDate: null,
    });
    if (inserted) await enqueueRun(deps.jobs, tx, { organisationId, runId });
  });
  await sweepWhenOff(deps, organisationId);
}

/** What the failed run had read was kept for this try, and is wanted no more. */
async function sweepWhenOff(deps: StartDeps, organisationId: string): Promise<void> {
  await inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      if (!(await findConnection(tx, organisationId))) await sweepStaging(tx, { organisationId });
    },
    { role: 'samsyn_sync' },
  );
}
