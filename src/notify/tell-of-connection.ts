// What is told of a connection between its runs: trouble that the night's probe has met, and that the secret or certificate runs
// out. Part of the caller's transaction, so that it is told if and only if it was noted.
import { sql } from 'kysely';
import type { ErrorCode } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import type { NewNotification } from './inbox.ts';
import type { OutboxDeps } from './outbox.ts';
import { tellRecipients, type OfConnection } from './recipients.ts';
import { listAdministrators } from './tell.ts';

const overview = { target: 'overview', targetId: null } as const;

/** As a run tells of the same. Once is for the caller to see to: it knows whether the trouble is new. */
export async function tellOfTrouble(
  deps: OutboxDeps,
  tx: Tx,
  { code, ...connection }: OfConnection & { code: ErrorCode },
): Promise<void> {
  const notification: NewNotification = { kind: 'connection_trouble', params: { code }, ...overview };
  await tellRecipients(deps, tx, connection, [{ topic: 'connection_trouble', notification }]);
}

const dayMs = 24 * 3_600_000;
/** So many days ahead. */
const warnings = [1, 3, 7, 14, 30, 60];

/**
 * Tells all administrators, and who asked for trouble with the connection, when one of the days of warning has come; each of them
 * is told of once, and those that were missed are made up for by one. True when it was told. The caller holds the connection's row.
 */
export async function tellOfExpiry(
  deps: OutboxDeps,
  tx: Tx,
  { expiresAt, ...connection }: OfConnection & { expiresAt: Date },
): Promise<boolean> {
  const leftMs = expiresAt.getTime() - deps.clock.now().getTime();
  const within = warnings.find((days) => leftMs <= days * dayMs);
  // After that runs fail, and say so.
  if (within === undefined || leftMs <= 0) return false;
  const date = expiresAt.toISOString().slice(0, 10);
  if (await wasWarned(tx, connection.organisationId, { date, within })) return false;
  const params = { date, within, days: Math.ceil(leftMs / dayMs) };
  const notification: NewNotification = { kind: 'credential_expires', params, ...overview };
  const administrators = await listAdministrators(tx, connection.organisationId);
  await tellRecipients(deps, tx, connection, [{ topic: 'connection_trouble', notification }], administrators);
  return true;
}

/** What was told is remembered by itself: another date, as after a new certificate, begins anew. */
async function wasWarned(tx: Tx, organisationId: string, params: { date: string; within: number }): Promise<boolean> {
  const { rows } = await sql<{ told: boolean }>`
    select exists (
      select from notification where organisation_id = ${organisationId} and kind = 'credential_expires'
        and params @> ${JSON.stringify(params)}::jsonb
    ) or exists (
      select from outbox where organisation_id = ${organisationId}
        and message @> ${JSON.stringify({ notices: [{ kind: 'credential_expires', params }] })}::jsonb
    ) as told
  `.execute(tx);
  return rows[0]?.told === true;
}
