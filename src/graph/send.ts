// One question to the login host or Graph and its answer, under limits: a total and an idle time, a size, no redirects.
// What it learned of the network is thrown as a GraphFailure; statuses are left to the caller.
import type { Clock } from '../base/clock.ts';
import { createExchanger, OverLimit, type Exchanger } from './exchange.ts';
import { GraphFailure } from './failures.ts';

export interface SendOptions {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Less than what is allowed by default. */
  bodyBytesMax?: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
  /** Microsoft's. */
  requestId: string | null;
  /** Ours, as it was sent along. */
  clientRequestId: string | null;
  /** Of Retry-After, rounded up. */
  waitSeconds: number | null;
  contentType: string;
  /** When the other side answered, by its own clock. */
  date: string | null;
  /** Where a redirect would lead. */
  location: string | null;
}

export type Send = (options: SendOptions) => Promise<Answer>;

export interface Limits {
  /** After inflation: a page of 999 users with all attributes is some 3 MiB. */
  bodyBytesMax: number;
  /** Without a single byte. */
  idleMs: number;
  /** For one exchange: stops a body that drips. */
  totalMs: number;
}

export const defaultLimits: Limits = { bodyBytesMax: 32 * 1024 * 1024, idleMs: 30_000, totalMs: 10 * 60_000 };
const watchEveryMs = 1_000;

class TooSlow extends Error {}

export function createSend(deps: { clock: Clock; limits: Limits; exchange?: Exchanger | undefined }): Send {
  const { clock, limits, exchange = createExchanger() } = deps;

  return async function send(options) {
    const { method, url, headers, body, signal } = options;
    const ended = new AbortController();
    const startMs = clock.monotonicMs();
    let lastByteMs = startMs;
    const slow = new AbortController();
    async function watch(): Promise<void> {
      for (;;) {
        await clock.sleep(watchEveryMs, ended.signal);
        const nowMs = clock.monotonicMs();
        if (nowMs - lastByteMs > limits.idleMs || nowMs - startMs > limits.totalMs) slow.abort(new TooSlow());
      }
    }
    // It ends by the rejection of its sleep when the exchange is over.
    watch().catch(() => undefined);
    const clientRequestId = headers['client-request-id'] ?? null;
    try {
      const { status, header, text } = await exchange({
        method,
        url,
        headers: { accept: 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.any([signal, slow.signal]),
        bodyBytesMax: Math.min(options.bodyBytesMax ?? Infinity, limits.bodyBytesMax),
        onBytes: () => (lastByteMs = clock.monotonicMs()),
      });
      return {
        status,
        text,
        // An empty one tells as little as none, and must not hide what the body says.
        requestId: header('request-id')?.slice(0, 64) || null,
        clientRequestId,
        waitSeconds: readRetryAfter(header('retry-after'), clock),
        contentType: header('content-type') ?? '',
        date: header('date'),
        location: header('location'),
      };
    } catch (error) {
      // Whoever asked has stopped waiting: their reason, and no failure of Microsoft's.
      signal.throwIfAborted();
      throw failureOfNetwork(slow.signal.aborted ? slow.signal.reason : error, clientRequestId);
    } finally {
      ended.abort();
    }
  };
}

/** Seconds, decimal as well (Microsoft's own sample says 2.128), or an HTTP date. Null when missing or unreadable. */
export function readRetryAfter(value: string | null, clock: Clock): number | null {
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - clock.now().getTime()) / 1000));
}

// A certificate that does not fit does not begin to fit: no retry, and never ignored (F17).
const certificateTrouble =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|EPROTO$)/;

function failureOfNetwork(error: unknown, clientRequestId: string | null): GraphFailure {
  if (error instanceof GraphFailure) return error;
  if (error instanceof OverLimit) {
    const detail = { graphCode: error.limit, clientRequestId, cause: error };
    return new GraphFailure('stop_run', 'graph_too_large', detail);
  }
  const graphCode = codeOf(error);
  const detail = { graphCode: graphCode || null, clientRequestId, cause: error };
  if (certificateTrouble.test(graphCode)) return new GraphFailure('stop_run', 'graph_certificate', detail);
  return new GraphFailure('retry', 'graph_unreachable', detail);
}

function codeOf(error: unknown): string {
  if (error instanceof TooSlow) return 'TIMEOUT';
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    if ('code' in one && typeof one.code === 'string') return one.code;
  }
  return '';
}
