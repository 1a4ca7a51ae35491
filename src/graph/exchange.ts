// One HTTP exchange with its body taken apart by ourselves: bytes are counted on the wire and after inflation, so that a body that
// swells is given up long before it is whole (T20). Redirects are not followed; what the network says is thrown as it is.
import { request as requestHttp, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import { pipeline, Transform, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export interface Exchange {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** After inflation. */
  bodyBytesMax: number;
  /** Called for each piece that the other side sends. */
  onBytes: () => void;
}

export interface Exchanged {
  status: number;
  /** By lower-case name. */
  header: (name: string) => string | null;
  text: string;
}

/** A limit was met; `limit` names it for the administrator's page. */
export class OverLimit extends Error {
  readonly limit: string;
  constructor(limit: string) {
    super(limit);
    this.limit = limit;
  }
}

const encodingsMax = 2;
// JSON of many alike people shrinks to a twentieth at best. Of less than a megabyte no swelling hurts.
const ratioMax = 100;
const ratioFromBytes = 1024 * 1024;

const inflaters: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Throws what the network says, as it is. */
export type Exchanger = (exchange: Exchange) => Promise<Exchanged>;

/** Kept connections, for one `send`. */
export function createExchanger(): Exchanger {
  const agents = {
    http: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
  };

  return async function exchange(options) {
    const response = await answerOf(options, agents);
    try {
      const text = await readBody(response, options);
      const header = (name: string): string | null => {
        const value = response.headers[name];
        return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
      };
      return { status: response.statusCode ?? 0, header, text };
    } finally {
      // Of a body that was given up the rest is not wanted.
      if (!response.complete) response.destroy();
    }
  };
}

function answerOf(
  { method, url, headers, body, signal }: Exchange,
  agents: { http: HttpAgent; https: HttpsAgent },
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = { method, signal, headers: { 'accept-encoding': 'gzip, deflate, br', ...headers, ...length } };
  const asked = url.startsWith('https:')
    ? requestHttps(url, { ...options, agent: agents.https }, resolve)
    : requestHttp(url, { ...options, agent: agents.http }, resolve);
  // Stays for later: a socket may also fail after the answer has begun, which then ends the body.
  asked.on('error', reject);
  asked.end(body);
  return promise;
}

async function readBody(response: IncomingMessage, { bodyBytesMax, onBytes }: Exchange): Promise<string> {
  let wireBytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      wireBytes += chunk.byteLength;
      onBytes();
      done(null, chunk);
    },
  });
  const encodings = encodingsOf(response.headers['content-encoding']);
  const steps = [counted, ...encodings.toReversed().map(inflaterOf)];
  // Pipes, and ends all of them when one of them ends badly: the error comes out of the last.
  const plain: Readable = pipeline([response, ...steps], () => undefined) as unknown as Transform; // the last of the list
  // Piece by piece: bytes, text and what is made of the text need not be whole side by side.
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    // Leaving the loop destroys the streams.
    if (size > bodyBytesMax) throw new OverLimit(`body over ${bodyBytesMax} bytes`);
    if (encodings.length > 0 && size > ratioFromBytes && size > wireBytes * ratioMax)
      throw new OverLimit(`body inflates more than ${ratioMax} times`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function encodingsOf(header: string | undefined): string[] {
  const encodings = (header ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '' && one !== 'identity');
  if (encodings.length > encodingsMax) throw new OverLimit(`more than ${encodingsMax} encodings`);
  return encodings;
}

function inflaterOf(encoding: string): Transform {
  const inflater = inflaters[encoding];
  if (!inflater) throw new OverLimit(`unknown encoding ${encoding.slice(0, 20)}`);
  return inflater();
}
