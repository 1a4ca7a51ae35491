// A run that did not get to its end: what stands in its row, who is told, and what is swept. Nothing that it read is kept.
import { AppError, blockingCodes, type ErrorCode } from '../contract/errors.ts';
import { markTrouble } from '../connection/health.ts';
import { inOrganisation } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import { sweepStaging } from '../mirror/stage.ts';
import { tellOfRun } from '../notify/tell-of-run.ts';
import { LeaseLost, SettingsChanged, type Lease } from './lease.ts';
import type { RunDeps } from './run-deps.ts';

interface Cause {
  state: 'failed' | 'superseded';
  code: ErrorCode;
  detail: string | null;
  graphRequestId: string | null;
}

function causeOf(error: unknown): Cause {
  if (error instanceof LeaseLost || error instanceof SettingsChanged) {
    return { state: 'superseded', code: 'run_superseded', detail: null, graphRequestId: null };
  }
  if (error instanceof GraphFailure) {
    const detail = [error.status, error.graphCode].filter((part) => part !== null).join(' ');
    return {
      state: 'failed',
      code: error.code,
      detail: detail === '' ? null : detail,
      graphRequestId: error.requestId,
    };
  }
  if (error instanceof AppError) {
    const group = error.detail.params?.['group'];
    return {
      state: 'failed',
      code: error.code,
      detail: group === undefined ? null : String(group),
      graphRequestId: error.detail.graphRequestId ?? null,
    };
  }
  return { state: 'failed', code: 'internal', detail: null, graphRequestId: null };
}

/** Ends the run unless somebody else has ended it or taken it over meanwhile. */
export async function failRun(deps: RunDeps, lease: Lease, error: unknown): Promise<void> {
  const { organisationId, connectionId, runId } = lease;
  const cause = causeOf(error);
  await inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const ended = await tx
        .updateTable('sync_run')
        .set({
          state: cause.state,
          phase: 'done',
          error_code: cause.code,
          error_detail: cause.detail,
          error_request_id: cause.graphRequestId,
          waiting_until: null,
          finished_at: deps.clock.now(),
        })
        .where('organisation_id', '=', organisationId)
        .where('id', '=', runId)
        .where('fence', '=', String(lease.fence))
        .where('state', '=', 'running')
        .returning('id')
        .executeTakeFirst();
      if (!ended) return;
      await sweepStaging(tx, lease);
      if (cause.state === 'superseded') return;
      if (blockingCodes.has(cause.code)) {
        const { code, graphRequestId } = cause;
        await markTrouble(tx, { organisationId, connectionId, code, graphRequestId, now: deps.clock.now() });
      }
      const counts = { newPeople: 0, changedUsers: 0, changedFields: 0, gone: 0, returned: 0 };
      await tellOfRun(deps, tx, { organisationId, connectionId, runId, counts, error: cause });
    },
    { role: 'samsyn_sync' },
  );
}
