// A POST to somebody who wants to be told. It ends within its time, never throws, and never leaves this machine:
// invented people are told to nobody outside.
import { request as overHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';

export type Posted =
  | { ms: number; status: number; contentType: string; text: string }
  | { ms: number; failure: 'timeout' | 'unreachable' };

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);
/** A validation token is far shorter; of other answers only the status matters. */
const ANSWER_CHARS_MAX = 4096;

export const isOnThisMachine = (url: URL): boolean => THIS_MACHINE.has(url.hostname);

/** `withinMs` counts real time and includes the answer's body. */
export async function post(
  url: string,
  sent: { contentType: string; body: string; withinMs: number; stop?: AbortSignal },
): Promise<Posted> {
  const target = new URL(url);
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  if (!isOnThisMachine(target)) return { ms: 0, failure: 'unreachable' };
  const late = AbortSignal.timeout(sent.withinMs);
  try {
    const answer = await ask(target, sent, sent.stop === undefined ? late : AbortSignal.any([late, sent.stop]));
    let text = '';
    answer.setEncoding('utf8');
    for await (const part of answer) {
      text += String(part);
      if (text.length > ANSWER_CHARS_MAX) break; // leaving the loop closes the connection
    }
    return { ms: ms(), status: answer.statusCode ?? 0, contentType: answer.headers['content-type'] ?? '', text };
  } catch {
    return { ms: ms(), failure: late.aborted ? 'timeout' : 'unreachable' };
  }
}

function ask(url: URL, sent: { contentType: string; body: string }, signal: AbortSignal): Promise<IncomingMessage> {
  const options = {
    method: 'POST',
    agent: false as const,
    signal,
    headers: { 'Content-Type': sent.contentType, 'Content-Length': Buffer.byteLength(sent.body) },
  };
  return new Promise((done, failed) => {
    const going =
      url.protocol === 'https:'
        ? // No public authority certifies a name of this machine.
          overHttps(url, { ...options, rejectUnauthorized: false }, done)
        : overHttp(url, options, done);
    going.on('error', failed);
    going.end(sent.body);
  });
}
