// How far a run has come, for the page that follows it. Written apart from the run's own transaction and at most a few times a
// second, so that showing progress costs next to nothing.
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import type { PullProgress } from '../mirror/reading.ts';
import type { Lease } from './lease.ts';

export interface Progress {
  read(progress: PullProgress): Promise<void>;
  phase(phase: 'reconcile' | 'apply'): Promise<void>;
  /** While Microsoft asks to wait; null when the waiting is over. */
  wait(until: Date | null): Promise<void>;
}

const writeEveryMs = 300;

export function createProgress(deps: { db: Database; clock: Clock }, lease: Lease): Progress {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let latest: Record<string, unknown> = {};
  let resumedAt: Date | null = null;
  const write = async (values: Record<string, unknown>) => {
    await inOrganisation(
      deps.db,
      lease.organisationId,
      (tx) =>
        tx
          .updateTable('sync_run')
          .set(values)
          .where('organisation_id', '=', lease.organisationId)
          .where('id', '=', lease.runId)
          .where('fence', '=', String(lease.fence))
          .where('state', '=', 'running')
          .execute(),
      { role: 'samsyn_sync' },
    );
  };
  return {
    async read(progress) {
      const isAnotherMode = latest['mode'] !== progress.mode;
      if (progress.resumed) resumedAt ??= deps.clock.now();
      // Its links were refused, and it began anew.
      const isDropped = resumedAt !== null && !progress.resumed;
      latest = {
        mode: progress.mode,
        people_read: progress.peopleRead,
        ...(resumedAt !== null && { resumed_at: resumedAt }),
        // Never backwards without a word.
        reread_at: sql`case when people_read > ${progress.peopleRead} or (${isDropped} and reread_at is null)
          then ${deps.clock.now()}::timestamptz else reread_at end`,
        people_expected: progress.peopleExpected,
        groups_read: progress.groupsRead,
      };
      const now = deps.clock.monotonicMs();
      if (now - writtenAt < writeEveryMs && !isAnotherMode) return;
      writtenAt = now;
      await write(latest);
    },
    // With what was read last, which may not have been written yet.
    phase: (phase) => write({ ...latest, phase }),
    // The page may show a moment less; a run does not fail for it.
    wait: (until) => write({ waiting_until: until }).catch(() => undefined),
  };
}
