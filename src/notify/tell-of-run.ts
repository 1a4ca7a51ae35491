// Tells the chosen recipients what a run has meant, each of the kinds that they asked for: app users in the inbox, addresses by
// one mail a run. Part of the run's own transaction, so it is told if and only if it happened (I25).
import { sql } from 'kysely';
import type { NoticeKind } from '../contract/settings.ts';
import type { NotificationKind } from '../contract/api-notifications.ts';
import { blockingCodes, type ErrorCode } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import type { NewNotification } from './inbox.ts';
import type { OutboxDeps } from './outbox.ts';
import { countDegradedNights } from './failed-nights.ts';
import { tellRecipients, type Notice } from './recipients.ts';
import { listAdministrators } from './tell.ts';

export type TellOfRunDeps = OutboxDeps;

export interface RunOutcome {
  organisationId: string;
  connectionId: string;
  runId: string;
  counts: { newPeople: number; changedUsers: number; changedFields: number; gone: number };
  /** Chosen groups that this run found to be gone, or back: told once, by the run that found it. */
  groups?: { gone: readonly string[]; back: readonly string[] };
  /** Held now, held by this run for the first time, and held before but no longer. */
  held?: { now: number; fresh: number; ended: number };
  error: { code: ErrorCode; graphRequestId: string | null } | null;
}

export async function tellOfRun(deps: TellOfRunDeps, tx: Tx, outcome: RunOutcome): Promise<void> {
  const notices = noticesOf(outcome);
  if (notices.length === 0) return;
  if (outcome.error) {
    const nights = await countDegradedNights(tx, outcome);
    if (nights > 0) return tellOfNights(deps, tx, outcome, { nights, code: outcome.error.code });
    if (await wasTold(tx, outcome, outcome.error.code, '23 hours')) return;
  }
  await tellRecipients(deps, tx, outcome, notices);
}

function noticesOf({ runId, counts, groups = { gone: [], back: [] }, held, error }: RunOutcome): Notice[] {
  if (error) {
    const isTrouble = blockingCodes.has(error.code);
    return [
      isTrouble
        ? noticeOf({ kind: 'connection_trouble', params: { code: error.code }, target: 'overview', targetId: null })
        : noticeOf({ kind: 'run_failed', params: { code: error.code }, target: 'run', targetId: runId }),
    ];
  }
  const notices: Notice[] = [];
  if (counts.gone > 0) {
    notices.push(noticeOf({ kind: 'gone', params: { count: counts.gone }, target: 'gone', targetId: null }));
  }
  if (counts.newPeople > 0) {
    const params = { count: counts.newPeople };
    notices.push(noticeOf({ kind: 'new_people', params, target: 'available', targetId: null }));
  }
  if (counts.changedUsers > 0) {
    const params = { people: counts.changedUsers, fields: counts.changedFields };
    notices.push(noticeOf({ kind: 'changed', params, target: 'run', targetId: runId }));
  }
  // It waits for a person, as a failed run does, and goes to whoever asked for those.
  const topic = 'run_failed';
  if (held !== undefined && held.fresh > 0) {
    const params = { count: held.now };
    notices.push({ topic, notification: { kind: 'run_held', params, target: 'run', targetId: runId } });
  } else if (held !== undefined && held.now === 0 && held.ended > 0) {
    const params = { count: held.ended };
    notices.push({ topic, notification: { kind: 'hold_ended', params, target: 'run', targetId: runId } });
  }
  for (const kind of ['gone', 'back'] as const) {
    for (const group of groups[kind]) {
      notices.push({
        topic,
        notification: { kind: `group_${kind}`, params: { group }, target: 'overview', targetId: null },
      });
    }
  }
  return notices;
}

const noticeOf = (notification: NewNotification & { kind: NoticeKind }): Notice => ({
  topic: notification.kind,
  notification,
});

/** After several nights in a row the same is told once a week, to the administrators too; another cause is told when it comes. */
async function tellOfNights(
  deps: TellOfRunDeps,
  tx: Tx,
  outcome: RunOutcome,
  params: { nights: number; code: ErrorCode },
): Promise<void> {
  if (await wasTold(tx, outcome, params.code, '7 days', 'sync_degraded')) return;
  const topic = blockingCodes.has(params.code) ? 'connection_trouble' : 'run_failed';
  const notification: NewNotification = { kind: 'sync_degraded', params, target: 'overview', targetId: null };
  const administrators = await listAdministrators(tx, outcome.organisationId);
  await tellRecipients(deps, tx, outcome, [{ topic, notification }], administrators);
}

/**
 * Whether this failure, which goes on since, was told so lately: once is enough, however often it is tried meanwhile.
 * A run that went well, failed for another cause, or another connection begins anew.
 */
async function wasTold(
  tx: Tx,
  { organisationId, connectionId, runId }: RunOutcome,
  code: ErrorCode,
  within: string,
  kind: NotificationKind | null = null,
): Promise<boolean> {
  const { rows } = await sql<{ told: boolean }>`
    with since as (
      select greatest(now() - ${within}::interval, c.created_at, (
        select max(r.finished_at) from sync_run r
        where r.organisation_id = c.organisation_id and r.connection_id = c.id and r.id <> ${runId}
          and (r.state in ('ok', 'held') and r.trigger in ('manual', 'nightly', 'retry') or r.state in ('failed', 'retrying') and r.error_code <> ${code}))) as at
      from connection c where c.organisation_id = ${organisationId} and c.id = ${connectionId}
    )
    select exists (
      select from notification n, since
      where n.organisation_id = ${organisationId} and n.kind = any(${kind === null ? ['run_failed', 'connection_trouble', 'sync_degraded'] : [kind]})
        and n.params ->> 'code' = ${code} and n.created_at > since.at
    ) or exists (
      select from outbox o, since
      where o.organisation_id = ${organisationId} and o.created_at > since.at
        and o.message @> ${JSON.stringify({ notices: [{ ...(kind === null ? {} : { kind }), params: { code } }] })}::jsonb
    ) as told
  `.execute(tx);
  return rows[0]?.told === true;
}
