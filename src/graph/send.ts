// One HTTP exchange with the login host or Graph, under limits: a total and an idle time, a size after inflation, no redirects.
// What it learned of the network is thrown as a GraphFailure; statuses are left to the caller.
import type { Clock } from '../base/clock.ts';
import { GraphFailure } from './failures.ts';

export interface SendOptions {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
  requestId: string | null;
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
const encodingsMax = 2;

class TooSlow extends Error {}
class TooLarge extends Error {}

export function createSend(deps: { clock: Clock; limits: Limits }): Send {
  const { clock, limits } = deps;

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
    try {
      const response = await fetch(url, {
        method,
        headers: { accept: 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
        // fetch sends the headers along to wherever it is redirected: never followed.
        redirect: 'manual',
        signal: AbortSignal.any([signal, slow.signal]),
      });
      const encodings = response.headers.get('content-encoding')?.split(',').length ?? 0;
      if (encodings > encodingsMax) throw new TooLarge();
      const text = await readBody(response, limits.bodyBytesMax, () => (lastByteMs = clock.monotonicMs()));
      return {
        status: response.status,
        text,
        requestId: response.headers.get('request-id')?.slice(0, 64) ?? null,
        waitSeconds: readRetryAfter(response.headers.get('retry-after'), clock),
        contentType: response.headers.get('content-type') ?? '',
        date: response.headers.get('date'),
        location: response.headers.get('location'),
      };
    } catch (error) {
      // Whoever asked has stopped waiting: their reason, and no failure of Microsoft's.
      signal.throwIfAborted();
      throw failureOfNetwork(error);
    } finally {
      ended.abort();
    }
  };
}

async function readBody(response: Response, bytesMax: number, onBytes: () => void): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    onBytes();
    size += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (size > bytesMax) throw new TooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, size));
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
const certificateTrouble = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

function failureOfNetwork(error: unknown): GraphFailure {
  if (error instanceof GraphFailure) return error;
  if (error instanceof TooLarge) return new GraphFailure('stop_run', 'graph_too_large', { cause: error });
  const code = codeOf(error);
  if (certificateTrouble.test(code))
    return new GraphFailure('stop_run', 'graph_unreachable', { graphCode: code, cause: error });
  return new GraphFailure('retry', 'graph_unreachable', { graphCode: code || null, cause: error });
}

function codeOf(error: unknown): string {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    if ('code' in one && typeof one.code === 'string') return one.code;
  }
  return error instanceof TooSlow ? 'TIMEOUT' : '';
}
