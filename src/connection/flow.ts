// One attempt to connect, as a row that only the browser with its cookie can move on. What comes back in an address decides
// nothing: a callback needs the cookie and a state that was made for this step, not used before, and not older than ten minutes (T1).
import type { Selectable } from 'kysely';
import { newId } from '../base/ids.ts';
import { AppError, type ErrorCode } from '../contract/errors.ts';
import type { ConnectFlowTable } from '../db/schema.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { newSecret, readSecret } from './secrets.ts';

export type FlowRow = Selectable<ConnectFlowTable>;
export type FlowStep = 'opened' | 'sign_in' | 'confirm' | 'consent' | 'proving' | 'waiting' | 'connected' | 'failed';

/** Steps that nothing in a browser stops any more, or begins anew. */
export const settledSteps = ['proving', 'waiting', 'connected'] as const;
export const isSettled = ({ step }: Pick<FlowRow, 'step'>): boolean => settledSteps.some((one) => one === step);

export const flowMinutes = 30;
const stateMinutes = 10;

/** Who of the organisation is signed in to the app in this browser; asked for when a callback of an own flow comes. */
export type FindSigned = (
  organisationId: string,
) => Promise<{ appUserId: string; permissions: readonly string[] } | null>;

export function minutesFrom(now: Date, minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}

/** A new flow with its cookie. */
export async function insertFlow(
  tx: Tx,
  input: { organisationId: string; askedBy: string; linkId: string | null; step: FlowStep; now: Date },
): Promise<{ flowId: string; cookie: string }> {
  const cookie = newSecret(input.organisationId);
  const flowId = newId();
  await tx
    .insertInto('connect_flow')
    .values({
      organisation_id: input.organisationId,
      id: flowId,
      browser_hash: cookie.hash,
      connect_link_id: input.linkId,
      asked_by: input.askedBy,
      step: input.step,
      expires_at: minutesFrom(input.now, flowMinutes),
    })
    .execute();
  return { flowId, cookie: cookie.text };
}

/** Guarantee: the flow of this very cookie, not expired. Nothing else finds one. */
export async function findFlow(
  tx: Tx,
  cookie: string | null,
  now: Date,
  options: { lock?: boolean } = {},
): Promise<FlowRow | null> {
  const secret = readSecret(cookie);
  if (!secret) return null;
  const query = tx
    .selectFrom('connect_flow')
    .selectAll()
    .where('organisation_id', '=', secret.organisationId)
    .where('browser_hash', '=', secret.hash)
    .where('expires_at', '>', now);
  return (await (options.lock ? query.forUpdate() : query).executeTakeFirst()) ?? null;
}

/** Runs `fn` with the flow of the cookie, locked against a second request of the same browser. */
export async function withFlow<T>(
  deps: Pick<ConnectionDeps, 'db' | 'clock'>,
  cookie: string | null,
  fn: (tx: Tx, flow: FlowRow) => Promise<T>,
): Promise<T> {
  const secret = readSecret(cookie);
  if (!secret) throw new AppError('connect_flow_missing');
  return inOrganisation(deps.db, secret.organisationId, async (tx) => {
    const flow = await findFlow(tx, cookie, deps.clock.now(), { lock: true });
    if (!flow) throw new AppError('connect_flow_missing');
    return fn(tx, flow);
  });
}

/** A state for the coming callback. An earlier one of the flow is dead from now on. */
export function newState(
  organisationId: string,
  now: Date,
): { text: string; columns: { state_hash: Buffer; state_expires_at: Date } } {
  const { text, hash } = newSecret(organisationId);
  return { text, columns: { state_hash: hash, state_expires_at: minutesFrom(now, stateMinutes) } };
}

/**
 * Takes the state of a callback: the flow when cookie, state and step belong together and the state was not used before, else null
 * and nothing has changed. Guarantee: of two callbacks with the same state, one gets it.
 */
export async function takeState(
  deps: Pick<ConnectionDeps, 'db' | 'clock'>,
  input: { cookie: string | null; state: string | null; step: 'sign_in' | 'consent' },
): Promise<FlowRow | null> {
  const browser = readSecret(input.cookie);
  const state = readSecret(input.state);
  if (!browser || !state || browser.organisationId !== state.organisationId) return null;
  const now = deps.clock.now();
  return inOrganisation(deps.db, browser.organisationId, async (tx) => {
    const taken = await tx
      .updateTable('connect_flow')
      .set({ state_hash: null, state_expires_at: null })
      .where('organisation_id', '=', browser.organisationId)
      .where('browser_hash', '=', browser.hash)
      .where('state_hash', '=', state.hash)
      .where('step', '=', input.step)
      .where('state_expires_at', '>', now)
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst();
    return taken ?? null;
  });
}

/** Ends a flow with what went wrong; nothing else has changed, and it can be tried again. */
export async function failFlow(
  deps: Pick<ConnectionDeps, 'db' | 'log'>,
  flow: Pick<FlowRow, 'organisation_id' | 'id'>,
  failure: { code: ErrorCode; graphRequestId?: string | null },
): Promise<void> {
  deps.log.info('A connecting ended', {
    organisation: flow.organisation_id,
    code: failure.code,
    ...(failure.graphRequestId ? { request: failure.graphRequestId } : {}),
  });
  await inOrganisation(deps.db, flow.organisation_id, async (tx) => {
    const failed = await tx
      .updateTable('connect_flow')
      .set({
        step: 'failed',
        error_code: failure.code,
        error_request_id: failure.graphRequestId ?? null,
        state_hash: null,
        state_expires_at: null,
        sealed_sign_in: null,
      })
      .where('organisation_id', '=', flow.organisation_id)
      .where('id', '=', flow.id)
      .where('step', 'not in', ['connected', 'waiting'])
      .returning(['connect_link_id', 'approved_at'])
      .executeTakeFirst();
    // Approved, and it came to nothing: the link can be used again as long as its time lasts.
    if (failed?.connect_link_id && failed.approved_at)
      await tx
        .updateTable('connect_link')
        .set({ operator_asked_at: null, used_by_name: null })
        .where('organisation_id', '=', flow.organisation_id)
        .where('id', '=', failed.connect_link_id)
        .where('used_at', 'is', null)
        .execute();
  });
}

/** The single value of a parameter, null when missing or given twice: a doubled one is nobody's honest callback. */
export function onlyValue(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

export function hasDoubled(query: URLSearchParams): boolean {
  return new Set(query.keys()).size !== [...query.keys()].length;
}
