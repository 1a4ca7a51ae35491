// A run that did not get to its end: what stands in its row, who is told, and what becomes of what it read: it is kept for the next
// run when what went wrong may pass, and swept otherwise.
import { AppError, blockingCodes, type ErrorCode } from '../contract/errors.ts';
import { markTrouble } from '../connection/health.ts';
import { isContended, isStorageFull } from '../db/lost.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { tellOfRun } from '../notify/tell-of-run.ts';
import { alarmOperator } from './alarm.ts';
import { LeaseLost, SettingsChanged, type Lease } from './lease.ts';
import { mayPass, nextTry } from './retry.ts';
import type { RunDeps } from './run-deps.ts';

interface Cause {
  state: 'failed' | 'superseded';
  code: ErrorCode;
  detail: string | null;
  graphRequestId: string | null;
  /** Ours, when Microsoft has given none. */
  clientRequestId: string | null;
  waitSeconds: number | null;
  tries: number;
}

const untold = { detail: null, graphRequestId: null, clientRequestId: null, waitSeconds: null, tries: 0 };

function causeOf(error: unknown): Cause {
  if (error instanceof LeaseLost || error instanceof SettingsChanged) {
    return { ...untold, state: 'superseded', code: 'run_superseded' };
  }
  if (error instanceof GraphFailure) {
    const detail = [error.status, error.graphCode].filter((part) => part !== null).join(' ');
    return {
      state: 'failed',
      code: error.code,
      detail: detail === '' ? null : detail,
      graphRequestId: error.requestId,
      clientRequestId: error.requestId === null ? error.clientRequestId : null,
      waitSeconds: error.waitSeconds,
      tries: error.tries,
    };
  }
  if (error instanceof AppError) {
    const group = error.detail.params?.['group'] ?? error.detail.params?.['invariant'];
    return {
      ...untold,
      state: 'failed',
      code: error.code,
      detail: group === undefined ? null : String(group),
      graphRequestId: error.detail.graphRequestId ?? null,
    };
  }
  if (isStorageFull(error)) return { ...untold, state: 'failed', code: 'storage_full' };
  // Repeated in vain (F50): whoever was in the way is done by the next try.
  if (isContended(error)) return { ...untold, state: 'failed', code: 'database_unavailable' };
  return { ...untold, state: 'failed', code: 'internal' };
}

/** Ends the run unless somebody else has ended it or taken it over meanwhile. `requests`: what it has asked of Microsoft. */
export async function failRun(deps: RunDeps, lease: Lease, error: unknown, requests: number): Promise<void> {
  const { organisationId, connectionId, runId } = lease;
  const cause = causeOf(error);
  await inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const now = deps.clock.now();
      const open = await tx
        .selectFrom('sync_run')
        .select(['attempt', 'trigger'])
        .where('organisation_id', '=', organisationId)
        .where('id', '=', runId)
        .where('fence', '=', String(lease.fence))
        .where('state', '=', 'running')
        .forUpdate()
        .executeTakeFirst();
      if (!open) return;
      // Whoever asked for a preview, or for one person, sees that it failed, and may ask again.
      const isPreview = open.trigger === 'preview' || open.trigger === 'person';
      const retryAt = cause.state === 'failed' && !isPreview ? nextTry({ ...cause, attempt: open.attempt, now }) : null;
      await tx
        .updateTable('sync_run')
        .set({
          state: retryAt === null ? cause.state : 'retrying',
          retry_at: retryAt,
          phase: 'done',
          error_code: cause.code,
          error_detail: cause.detail,
          error_request_id: cause.graphRequestId,
          error_client_request_id: cause.clientRequestId,
          counts: JSON.stringify({ requests, tries: cause.tries }),
          waiting_until: null,
          finished_at: now,
        })
        .where('organisation_id', '=', organisationId)
        .where('id', '=', runId)
        .execute();
      if (!(await isKept(tx, lease, cause))) await sweepStaging(tx, lease);
      if (cause.state === 'superseded') return;
      if (blockingCodes.has(cause.code)) {
        const { code, graphRequestId } = cause;
        await markTrouble(tx, { organisationId, connectionId, code, graphRequestId, now });
      }
      alarmOperator(deps.log, error, { organisation: organisationId, run: runId });
      if (retryAt !== null) {
        const delaySeconds = (retryAt.getTime() - now.getTime()) / 1000;
        await deps.jobs.enqueue('retry', { organisationId, runId }, { tx, delaySeconds });
      }
      if (isPreview) return;
      const counts = { newPeople: 0, changedUsers: 0, changedFields: 0, gone: 0, returned: 0 };
      await tellOfRun(deps, tx, { organisationId, connectionId, runId, counts, error: cause });
    },
    { role: 'samsyn_sync' },
  );
}

/** What was read is gone on with by the next run: whatever made an end of this one says nothing against it. */
async function isKept(tx: Tx, { organisationId, connectionId }: Lease, cause: Cause): Promise<boolean> {
  if (cause.state === 'failed' && (!mayPass(cause.code) || cause.code === 'storage_full')) return false;
  const on = await tx
    .selectFrom('connection')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', connectionId)
    .where('status', '<>', 'off')
    .executeTakeFirst();
  return on !== undefined;
}
