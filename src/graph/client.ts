// One request to Graph as often as it takes: a token is added, throttling is waited out, what passes is tried again, and what
// does not is thrown as a GraphFailure. The retries and waits of one reader share a budget.
import { systemChance, type Chance } from '../base/chance.ts';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/log.ts';
import { isPage, parsed, readEnvelopeText } from './answer.ts';
import { failureOfAnswer, GraphFailure, isPassing, isThrottled } from './failures.ts';
import { Malformed } from './parse.ts';
import { readRetryAfter, type Answer, type Send } from './send.ts';
import type { Tokens } from './tokens.ts';

export interface ClientOptions {
  tenantId: string;
  signal: AbortSignal;
  before: () => Promise<void>;
  onWait: (until: Date | null) => void;
  /** All waits of this client together; a longer one ends as `wait`, to be continued later. */
  waitSecondsMax: number;
}

export interface GraphRequest<T> {
  url: string;
  method?: 'GET' | 'POST';
  body?: unknown;
  headers?: Record<string, string>;
  /** The address came from Graph. */
  link?: boolean;
  bodyBytesMax?: number;
  /** Throws Malformed when the body is not what it should be. */
  parse: (text: string) => T;
}

export interface Client {
  readonly requests: number;
  readonly signal: AbortSignal;
  request<T>(request: GraphRequest<T>, signal?: AbortSignal): Promise<T>;
  /** The next request mints a new token. */
  refreshToken(): void;
  /** Seconds that an item of a batch asks to wait, as readRetryAfter takes a header. */
  retryAfter(value: unknown): number | null;
  /** Waits as Graph asked for, counted against the budget. `attempt` from 1 is for waits that it did not name. */
  wait(failure: GraphFailure, attempt: number, signal?: AbortSignal): Promise<void>;
}

export const triesMax = 8;
// A body that is no Graph answer three times in a row is a proxy's or a stranger's, not a hiccup (F20).
const malformedMax = 3;
const firstWaitMs = 1_000;
const longestWaitMs = 5 * 60_000;

export function createClient(
  deps: { clock: Clock; log: Logger; send: Send; tokens: Tokens; chance?: Chance | undefined },
  options: ClientOptions,
): Client {
  const { clock, log, send, tokens, chance = systemChance } = deps;
  const { tenantId, onWait } = options;
  let requests = 0;
  let waitedMs = 0;
  let waiting = 0;
  /** Until then nothing is asked: Microsoft throttles an application in a tenant, and not one of its requests (section 12). */
  let quietUntilMs = Number.NEGATIVE_INFINITY;

  async function wait(failure: GraphFailure, attempt: number, signal = options.signal): Promise<void> {
    const ms =
      failure.waitSeconds === null
        ? chance() * Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1))
        : failure.waitSeconds * 1000 * (1 + chance() / 10);
    const nowMs = clock.monotonicMs();
    // Of several that wait side by side only what one waits longer than the others is new.
    const newMs = waiting === 0 ? ms : Math.max(0, ms - Math.max(0, quietUntilMs - nowMs));
    if (waitedMs + newMs > options.waitSecondsMax * 1000) throw failure;
    waitedMs += newMs;
    if (failure.reaction === 'wait') quietUntilMs = Math.max(quietUntilMs, nowMs + ms);
    log.info('Waiting for Microsoft', {
      code: failure.code,
      attempt,
      waitSeconds: Math.ceil(ms / 1000),
      ...told(failure),
    });
    await pause(ms, signal);
  }

  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    waiting += 1;
    onWait(new Date(clock.now().getTime() + ms));
    try {
      await clock.sleep(ms, signal);
    } finally {
      waiting -= 1;
    }
    if (waiting === 0) onWait(null);
  }

  async function once(request: GraphRequest<unknown>, signal: AbortSignal): Promise<{ answer: Answer; token: string }> {
    const quietMs = quietUntilMs - clock.monotonicMs();
    if (quietMs > 0 && waiting > 0) await pause(quietMs, signal);
    let token: string;
    let seen: number;
    // Turned off between the look and the request: looked at once more, and then sent at once.
    do {
      seen = tokens.drops(tenantId);
      await options.before();
      token = await tokens.get(tenantId, signal, options.before);
    } while (seen !== tokens.drops(tenantId));
    requests += 1;
    const answer = await send({
      method: request.method ?? 'GET',
      url: request.url,
      headers: {
        authorization: `Bearer ${token}`,
        'client-request-id': newId(),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.bodyBytesMax === undefined ? {} : { bodyBytesMax: request.bodyBytesMax }),
      signal,
    });
    return { answer, token };
  }

  async function attempt<T>(request: GraphRequest<T>, signal: AbortSignal, refreshed: { done: boolean }): Promise<T> {
    const { answer, token } = await once(request, signal);
    if (answer.status >= 200 && answer.status < 300) return parsed(request, answer);
    // A refusal by a proxy is none of Microsoft's, and says nothing of permissions or of people.
    const isRefusal = answer.status >= 400 && answer.status < 500 && !isThrottled(answer.status);
    if (isRefusal && isPage(answer.text)) throw new GraphFailure('stop_run', 'graph_intercepted', answer);
    const { graphCode, requestId } = readEnvelopeText(answer.text);
    const said = { ...answer, graphCode, requestId: answer.requestId ?? requestId };
    const failure = failureOfAnswer(said, request.link ?? false);
    // The token may be old, or a poor one of the first minute after consent: not to be used again in either case.
    if (answer.status === 401 || answer.status === 403) tokens.drop(tenantId, token);
    // Also where the caller is unknown: the application may have been removed and granted anew since the token was made (3.6).
    if ((failure.code === 'graph_credentials_refused' || failure.code === 'graph_consent_revoked') && !refreshed.done) {
      refreshed.done = true;
      return attempt(request, signal, refreshed);
    }
    throw failure;
  }

  async function request<T>(asked: GraphRequest<T>, signal = options.signal): Promise<T> {
    const refreshed = { done: false };
    let malformed = 0;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        return await attempt(asked, signal, refreshed);
      } catch (error) {
        if (!(error instanceof GraphFailure)) throw error;
        const isMalformed = error.cause instanceof Malformed;
        if (isMalformed) malformed += 1;
        const again = isMalformed ? malformed < malformedMax : isTransient(error);
        const failure = tries === 1 ? error : error.afterTries(tries);
        if (!again || tries === triesMax) throw failure;
        await wait(failure, tries, signal);
      }
    }
  }

  return {
    get requests() {
      return requests;
    },
    signal: options.signal,
    request,
    refreshToken: () => tokens.drop(tenantId),
    retryAfter: (value) => (['string', 'number'].includes(typeof value) ? readRetryAfter(String(value), clock) : null),
    wait,
  };
}

function isTransient(failure: GraphFailure): boolean {
  if (failure.status !== null && (isThrottled(failure.status) || isPassing(failure.status))) return true;
  return failure.reaction === 'retry' || failure.reaction === 'wait';
}

function told(failure: GraphFailure): { status?: number; request?: string } {
  return {
    ...(failure.status === null ? {} : { status: failure.status }),
    ...(failure.requestId === null ? {} : { request: failure.requestId }),
  };
}
