import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, startHostileGraph, tenantId, type HostileGraph } from '../../test/hostile-graph.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { GraphFailure } from './failures.ts';
import { createGraph } from './graph.ts';
import type { TenantReader } from './reader.ts';
import type { Limits } from './send.ts';
import type { UserItem } from './users.ts';

let hostile: HostileGraph;
beforeAll(async () => {
  hostile = await startHostileGraph();
});
afterAll(() => hostile.close());

const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === 1000 ? ms : 0, signal),
};

function reader(limits: Partial<Limits> = {}): TenantReader {
  return createGraph({
    config: { clientId: tenantId, clientSecret: 'x', loginUrl: hostile.url, graphUrl: hostile.url },
    clock,
    log: createLogger({ level: 'silent' }),
    limits,
  }).reader(tenantId);
}

async function list(of: TenantReader, expected: number | null = null): Promise<UserItem[]> {
  const all: UserItem[] = [];
  for await (const { items } of of.listUsers(['department'], { expected })) all.push(...items);
  return all;
}

async function failure(of: Promise<unknown>): Promise<GraphFailure> {
  const error: unknown = await of.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof GraphFailure) return error;
  throw error;
}

const memoryMiBMax = 400;

/** Reads in a process of its own, so that its memory is its own. */
async function readApart(expected = ''): Promise<{ ended: string; people: number; peakMiB: number }> {
  const script = fileURLToPath(new URL('../../test/read-hostile.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, hostile.url, expected], { timeout: 60_000 });
  return JSON.parse(stdout) as { ended: string; people: number; peakMiB: number }; // as the script writes it
}

const user = (index: number, rest: Record<string, unknown> = {}) => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  userPrincipalName: `person${index}@example.test`,
  displayName: `Person ${index}`,
  accountEnabled: true,
  ...rest,
});

describe('T20, F25: a body that would fill the memory', () => {
  const bomb = gzipSync(`{"value":[${' '.repeat(200 * 1024 * 1024)}]}`, { level: 9 });

  test('of 199 KiB that inflates to 200 MiB is given up, and stays under 400 MiB', { timeout: 60_000 }, async () => {
    expect(bomb.byteLength).toBeLessThan(204 * 1024);
    hostile.answer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const read = await readApart();
    expect(read.ended).toBe('graph_too_large body over 16777216 bytes');
    expect(read.peakMiB).toBeLessThan(memoryMiBMax);
    expect(hostile.asked).toHaveLength(1);
  });

  test('packed twice is given up as well; three times is not even begun', async () => {
    for (const [times, limit] of [
      [2, 'body inflates more than 100 times'],
      [3, 'more than 2 encodings'],
    ] as const) {
      let packed = gzipSync(`{"value":[${' '.repeat(20 * 1024 * 1024)}]}`);
      for (let more = 1; more < times; more += 1) packed = gzipSync(packed);
      hostile.answer((_, response) => {
        response.writeHead(200, { 'content-encoding': Array.from({ length: times }, () => 'gzip').join(', ') });
        response.end(packed);
      });
      expect(await failure(list(reader()))).toMatchObject({ code: 'graph_too_large', graphCode: limit });
    }
  });

  test('of 40 MiB that is not packed is given up at 16, and what is no page at 32', async () => {
    hostile.answer((_, response) => json(response, `{"value":[${' '.repeat(40 * 1024 * 1024)}]}`));
    expect(await failure(list(reader()))).toMatchObject({
      reaction: 'stop_run',
      code: 'graph_too_large',
      graphCode: 'body over 16777216 bytes',
    });
    expect(await failure(reader().getOrganisation())).toMatchObject({ graphCode: 'body over 33554432 bytes' });
  });

  test('of pages of 15 MiB one after the other stays under 400 MiB', { timeout: 60_000 }, async () => {
    const text = `{"value":[${JSON.stringify(user(1, { department: 'x'.repeat(15 * 1024 * 1024) }))}]`;
    hostile.answer(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? '0');
      const next = page === 11 ? '' : `,"@odata.nextLink":"${hostile.url}/v1.0/users?page=${page + 1}"`;
      json(response, `${text}${next}}`);
    });
    const read = await readApart();
    expect(read).toMatchObject({ ended: 'whole', people: 12 });
    expect(read.peakMiB).toBeLessThan(memoryMiBMax);
  });

  test('what is packed as Microsoft may is read: gzip, deflate, br, and two of them', async () => {
    const body = JSON.stringify({ value: [user(1)] });
    for (const [encoding, bytes] of [
      ['gzip', gzipSync(body)],
      ['deflate', deflateSync(body)],
      ['br', brotliCompressSync(body)],
      ['identity', Buffer.from(body)],
      ['gzip, br', brotliCompressSync(gzipSync(body))],
    ] as const) {
      hostile.answer((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        response.end(bytes);
      });
      expect(await list(reader()), encoding).toHaveLength(1);
    }
  });
});

describe('T20: a body that would exhaust who reads it', () => {
  test('nested too deep is refused before anything is made of it', { timeout: 60_000 }, async () => {
    for (const deep of [
      '['.repeat(15_000_000),
      '{"a":'.repeat(2_500_000),
      `{"value":${'['.repeat(33)}${']'.repeat(33)}}`,
    ]) {
      hostile.answer((_, response) => json(response, deep));
      expect(await failure(list(reader()))).toMatchObject({ code: 'graph_malformed' });
    }
    hostile.answer((_, response) =>
      json(response, `{"a":"${'['.repeat(100)}\\"[","value":[${JSON.stringify(user(1))}]}`),
    );
    expect(await list(reader()), 'brackets in a text are no depth').toHaveLength(1);
    hostile.answer((_, response) => json(response, '['.repeat(15_000_000)));
    expect((await readApart()).peakMiB).toBeLessThan(memoryMiBMax);
  });

  test('names that JavaScript gives a meaning to are dropped, and nothing inherits from them', async () => {
    const text = JSON.stringify({ value: [user(1)] }).replace(
      '"displayName"',
      '"__proto__":{"polluted":true,"department":"x"},"constructor":{"prototype":{"polluted":true}},"unknown":{"a":[1]},"displayName"',
    );
    hostile.answer((_, response) => json(response, text));
    const [read] = await list(reader());
    expect(Object.getOwnPropertyNames(read).toSorted()).toEqual([
      'accountEnabled', 'attributes', 'displayName', 'id', 'removed', 'userPrincipalName',
    ]); // prettier-ignore
    expect(read?.attributes).toEqual({});
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  test('huge texts become empty or are cut, and long lists of addresses as well', async () => {
    const huge = 'å'.repeat(1_000_000);
    const proxyAddresses = Array.from({ length: 20_000 }, (_, index) => `smtp:a${index}@example.test`);
    hostile.answer((_, response) =>
      json(response, {
        value: [
          user(1, {
            displayName: huge,
            mail: huge,
            department: huge,
            employeeId: huge,
            userType: huge,
            proxyAddresses,
          }),
        ],
      }),
    );
    const [read] = await list(reader());
    expect(read?.displayName?.length).toBe(257);
    expect(read?.attributes.department?.length).toBe(4096);
    expect(read).toMatchObject({ mail: null, employeeId: null, userType: null });
    expect(read?.aliases).toHaveLength(500);
  });
});

describe('T20, F18: a server that takes its time', () => {
  test('a body that drips is ended by the time for the whole', async () => {
    hostile.answer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    const startMs = performance.now();
    const refused = failure(reader({ totalMs: 1_500, idleMs: 1_000 }).listUsers([]).next());
    await expect.poll(() => hostile.asked.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    expect(performance.now() - startMs).toBeGreaterThan(1_400);
    hostile.answer((_, response) => void response.writeHead(403).end());
    expect(await refused).toMatchObject({ code: 'graph_permission_missing' });
  });

  test(
    'silence in the middle of a body is ended by the idle time, and our own id of the request is kept',
    { timeout: 40_000 },
    async () => {
      hostile.answer((_, response) => void response.writeHead(200).write('{"value":['));
      const quiet = createGraph({
        config: { clientId: tenantId, clientSecret: 'x', loginUrl: hostile.url, graphUrl: hostile.url },
        clock,
        log: createLogger({ level: 'silent' }),
        limits: { idleMs: 300 },
      }).reader(tenantId, { waitSecondsMax: 0 });
      expect(await failure(list(quiet))).toMatchObject({
        reaction: 'retry',
        code: 'graph_unreachable',
        graphCode: 'TIMEOUT',
        requestId: null,
        clientRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    },
  );
});

describe('T20, F23: pages without end', () => {
  const endless = (perPage: number) =>
    hostile.answer(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? '0');
      const value = Array.from({ length: perPage }, (_, index) => user(page * perPage + index));
      json(response, { value, '@odata.nextLink': `${hostile.url}/v1.0/users?page=${page + 1}` });
    });

  test('are ended by how many people there should be', async () => {
    endless(1);
    expect(await failure(list(reader(), 50))).toMatchObject({ reaction: 'stop_run', code: 'graph_loop' });
    expect(hostile.asked).toHaveLength(105);
  });

  test('a link that comes back is noticed at once, whatever stands between', async () => {
    hostile.answer(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? '0');
      json(response, { value: [], '@odata.nextLink': `${hostile.url}/v1.0/users?page=${page === 7 ? 3 : page + 1}` });
    });
    expect(await failure(list(reader()))).toMatchObject({ code: 'graph_loop' });
    expect(hostile.asked).toHaveLength(8);
  });
});

describe('what is not Graph', () => {
  test('F19: a body that ends before its announced length, or in the middle of a chunk, is asked for again', async () => {
    for (const headers of [{ 'content-length': '5000' }, { 'transfer-encoding': 'chunked' }]) {
      let times = 0;
      hostile.answer((_, response) => {
        if ((times += 1) > 2) return json(response, { value: [user(1)] });
        response.writeHead(200, headers);
        response.write(JSON.stringify({ value: [] }));
        return void setTimeout(() => response.destroy(), 20);
      });
      expect(await list(reader())).toHaveLength(1);
      expect(times).toBe(3);
    }
  });

  test('F20: a page of a network that wants a sign-in is told as one, after three of them', async () => {
    hostile.answer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('\n<!DOCTYPE html><html><title>Hotel Wi-Fi</title>');
    });
    expect(await failure(list(reader()))).toMatchObject({ reaction: 'stop_run', code: 'graph_intercepted' });
    expect(hostile.asked).toHaveLength(3);
  });

  test('F20: what a proxy refuses, or leads elsewhere, is no word of Microsoft’s about permissions or people', async () => {
    for (const status of [302, 400, 401, 403, 404, 407, 410]) {
      hostile.answer((_, response) => {
        response.writeHead(status, { 'content-type': 'text/html', location: 'https://proxy.example/sign-in' });
        response.end('<html><body>Access denied by policy</body></html>');
      });
      expect(await failure(list(reader())), String(status)).toMatchObject({
        reaction: 'stop_run',
        code: 'graph_intercepted',
      });
      expect(await failure(reader().getGroup(user(1).id))).toMatchObject({ code: 'graph_intercepted' });
    }
  });

  test('F20, F21: other shapes are refused with the id of the answer, and never read as "nobody"', async () => {
    for (const body of [
      '',
      '[]',
      'null',
      '{}',
      '{"value":null}',
      '{"value":{}}',
      '{"value":[null]}',
      '{"value":[[]]}',
      '{"value":[{"id":7}]}',
      '{"value":[],"@odata.nextLink":7}',
      '{"value":[]',
    ]) {
      hostile.answer((_, response) => json(response, body));
      expect(await failure(list(reader())), body).toMatchObject({
        code: 'graph_malformed',
        requestId: 'hostile-request',
      });
      expect(hostile.asked).toHaveLength(3);
    }
  });

  test('R6: a 404 that does not say in Graph’s words that the person is not there is no evidence', async () => {
    const id = user(1).id;
    const answers: [status: number, body: unknown][] = [
      [404, null],
      [404, { error: { code: 'NotFound', message: 'no such route' } }],
      [404, {}],
      [410, { error: { code: 'Gone' } }],
    ];
    for (const [status, body] of answers) {
      hostile.answer((_, response) => json(response, { responses: [{ id, status, body }] }));
      expect(await failure(reader().lookUpUsers([id]))).toBeInstanceOf(GraphFailure);
    }
    const codes = [
      'Request_ResourceNotFound',
      'ResourceNotFound',
      'Directory_ObjectNotFound',
      'request_resourcenotfound',
    ];
    for (const code of codes) {
      hostile.answer((_, response) => json(response, { responses: [{ id, status: 404, body: { error: { code } } }] }));
      expect(await reader().lookUpUsers([id])).toEqual(new Map([[id, { state: 'missing' }]]));
    }
    hostile.answer((_, response) => void response.writeHead(404).end('not here'));
    expect(await failure(reader().getGroup(id))).toMatchObject({ status: 404 });
  });

  test('a look-up that answers with another person, or with one that cannot be read, is refused', async () => {
    const id = user(1).id;
    for (const body of [user(2), { ...user(1), id: '=1+1' }, { ...user(1), '@removed': { reason: 'maybe' } }]) {
      hostile.answer((_, response) => json(response, { responses: [{ id, status: 200, body }] }));
      expect(await failure(reader().lookUpUsers([id]))).toMatchObject({ code: 'graph_malformed' });
    }
  });
});
