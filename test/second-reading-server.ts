// A server in Microsoft's place for the second reading of graph-protocol.md: it gives out tokens, answers with what a test serves, one
// answer a request, and keeps what it was asked. The client is used by its public side alone.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import { GraphFailure } from '../src/graph/failures.ts';
import { createGraph } from '../src/graph/graph.ts';
import type { TenantReader } from '../src/graph/reader.ts';

export interface Served {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface ServedGraph {
  url: string;
  asked: Asked[];
  tokens: number;
  /** Milliseconds of each wait of the client, in their order. */
  waits: number[];
  /** Starts anew: the answers in their order; the last one is repeated. `{url}` in them stands for the server. */
  serve(...answers: (Served | ((asked: Asked) => Served))[]): TenantReader;
  close(): Promise<void>;
}

export const tenantId = '5ec0de11-0000-4000-8000-000000000000';

export async function startServed(): Promise<ServedGraph> {
  let answers: (Served | ((asked: Asked) => Served))[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '';
      const send = ({ status = 200, headers = {}, body = {} }: Served) => {
        response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'the-request-id', ...headers });
        response.end((typeof body === 'string' ? body : JSON.stringify(body)).replaceAll('{url}', served.url));
      };
      if (path.split('?')[0]?.endsWith('/oauth2/v2.0/token') === true) {
        served.tokens += 1;
        return send({ body: { token_type: 'Bearer', access_token: `token-${served.tokens}`, expires_in: 3600 } });
      }
      const asked = {
        method: request.method ?? '',
        path,
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      served.asked.push(asked);
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500 };
      send(typeof answer === 'function' ? answer(asked) : answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // it listens on a port

  const served: ServedGraph = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    tokens: 0,
    waits: [],
    serve(...next) {
      answers = next;
      served.asked = [];
      served.tokens = 0;
      served.waits = [];
      const config = { clientId: tenantId, clientSecret: 'secret', loginUrl: served.url, graphUrl: served.url };
      return createGraph({ config, clock: hasty(served.waits), log: createLogger({ level: 'silent' }) }).reader(
        tenantId,
      );
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return served;
}

/** Waits are noted and over at once. */
function hasty(waits: number[]): Clock {
  let waitedMs = 0;
  return {
    now: () => new Date(systemClock.now().getTime() + waitedMs),
    monotonicMs: () => systemClock.monotonicMs() + waitedMs,
    async sleep(ms, signal) {
      // The watch over an exchange sleeps a second at a time, in real time.
      if (ms === 1000) return systemClock.sleep(ms, signal);
      waits.push(ms);
      waitedMs += ms;
    },
  };
}

export async function all<T>(pages: AsyncGenerator<T, void>): Promise<T[]> {
  const list: T[] = [];
  for await (const page of pages) list.push(page);
  return list;
}

/** `reaction` and `code` of the failure, or "succeeded". */
export async function outcome(of: Promise<unknown>): Promise<string> {
  try {
    await of;
    return 'succeeded';
  } catch (error) {
    if (error instanceof GraphFailure) return error.reaction;
    throw error;
  }
}

export const envelope = (code: string, more: Record<string, unknown> = {}) => ({
  error: { code, message: 'x', ...more },
});
