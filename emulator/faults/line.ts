// What can go wrong on the way: an answer that starts late, comes in drops, ends early, or never starts because the line was cut.
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export interface Line {
  /** Milliseconds before the first byte. */
  delayMs?: number;
  /** Milliseconds over which the body comes. */
  dripMs?: number;
  /** The part of the body, 0 to 1, after which the line goes dead. */
  cutAfter?: number;
  /** The line goes dead before the answer starts. */
  reset?: boolean;
}

const DROPS_MAX = 50;

/** Sends the head and the body; `head` is called at most once, and not at all when the line is reset. */
export async function sendOver(line: Line, response: ServerResponse, bytes: Buffer, head: () => void): Promise<void> {
  if (line.delayMs !== undefined) await pause(line.delayMs, response);
  if (line.reset === true) {
    response.socket?.resetAndDestroy();
    return;
  }
  head();
  if (line.dripMs === undefined && line.cutAfter === undefined) {
    response.end(bytes);
    return;
  }
  const sent = bytes.subarray(0, Math.floor(bytes.length * (line.cutAfter ?? 1)));
  if (line.dripMs === undefined) response.write(sent);
  else await drip(response, sent, line.dripMs);
  if (line.cutAfter === undefined) {
    response.end();
    return;
  }
  await wait(20); // lets the first part leave before the line goes dead
  response.destroy();
}

async function drip(response: ServerResponse, bytes: Buffer, overMs: number): Promise<void> {
  const drops = Math.max(1, Math.min(DROPS_MAX, bytes.length));
  response.flushHeaders();
  for (let drop = 0; drop < drops && !response.destroyed; drop += 1) {
    await pause(overMs / drops, response);
    const [from, to] = [drop, drop + 1].map((at) => Math.floor((bytes.length * at) / drops));
    response.write(bytes.subarray(from, to));
  }
}

/** Waits, but no longer than the client does: a line that is gone needs no answer, and must not hold up the end of the emulator. */
async function pause(ms: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once('close', leave);
  try {
    await wait(ms, undefined, { signal: gone.signal });
  } catch {
    // The client has left.
  } finally {
    response.off('close', leave);
  }
}
