// What the readers of recorded bodies share: a client aimed at the server that serves them, and how an answer or a failure is told.
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import type { GraphConfig } from '../../src/graph/cloud.ts';
import { GraphFailure } from '../../src/graph/failures.ts';
import { createGraph, type Graph } from '../../src/graph/graph.ts';
import type { TenantReader } from '../../src/graph/reader.ts';
import type { Recorded } from './load.ts';
import { tenantId, type RecordedServer } from './recorded-server.ts';

export interface Reading {
  read: unknown;
  expected: unknown;
}

export interface Of {
  server: RecordedServer;
  recorded: Recorded;
  config: GraphConfig;
  graph: Graph;
  reader: TenantReader;
  body: Record<string, unknown>;
  /** Of a collection. */
  items: Record<string, unknown>[];
}

export const log = createLogger({ level: 'silent' });
// The watch over an exchange stays real; nobody waits for Microsoft.
export const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === 1000 ? ms : 0, signal),
};

/** A client that has no patience: the first wait that it is asked for ends its reading. */
export function aim(server: RecordedServer, recorded: Recorded): Of {
  const config = { clientId: tenantId, clientSecret: 'x', loginUrl: server.url, graphUrl: server.url };
  const graph = createGraph({ config, clock, log });
  const body = (typeof recorded.response.body === 'object' ? recorded.response.body : {}) as Of['body']; // an object
  const items = (Array.isArray(body['value']) ? body['value'] : []) as Of['items']; // of objects
  return { server, recorded, config, graph, reader: graph.reader(tenantId, { waitSecondsMax: 1 }), body, items };
}

export async function all<T>(pages: AsyncGenerator<T, void>): Promise<T[]> {
  const read: T[] = [];
  for await (const page of pages) read.push(page);
  return read;
}

export async function failureOf(asking: Promise<unknown>): Promise<GraphFailure> {
  try {
    await asking;
  } catch (error) {
    if (error instanceof GraphFailure) return error;
    throw error;
  }
  throw new Error('The client took the recorded refusal for an answer.');
}

export const toldBy = ({
  code,
  reaction,
  status,
  graphCode,
  requestId,
  waitSeconds,
}: GraphFailure): Record<string, unknown> => ({
  code,
  reaction,
  status,
  graphCode,
  requestId,
  waitSeconds,
});
