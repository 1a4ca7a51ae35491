// The second reading of graph-protocol.md, the client's part (7, 9.6, 12): an answer is served, and the sentence of the reference says
// how the client takes it. Written from the document, not from the client.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sourceAttributes } from '../src/contract/settings.ts';
import { all, envelope, outcome, startServed, type Served, type ServedGraph } from './second-reading-server.ts';

let graph: ServedGraph;
beforeAll(async () => {
  graph = await startServed();
});
afterAll(() => graph.close());

const ada = '0ada0000-0000-4000-8000-000000000001';
const bob = '0b0b0000-0000-4000-8000-000000000002';
const page = (value: unknown[], more: Record<string, unknown> = {}): Served => ({ body: { value, ...more } });
const next = (path: string) => ({ '@odata.nextLink': `{url}/v1.0/${path}` });

describe('7.1 and 7.3', () => {
  test('7.1 Bearer and a client-request-id of its own with each request', async () => {
    await all(graph.serve(page([], next('users?$skiptoken=1')), page([])).listUsers([]));
    const ids = graph.asked.map(({ headers }) => headers['client-request-id']);
    expect(graph.asked.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect([new Set(ids).size, ids.every((id) => /^[0-9a-f-]{36}$/.test(String(id)))]).toEqual([2, true]);
  });

  test('7.3 a nextLink is used as it is, through empty pages, until there is none', async () => {
    const odd = 'users?$skiptoken=a%2Fb+c%20d=&$select=x,y&z=%C3%A5';
    const pages = await all(
      graph
        .serve(page([], next(odd)), page([{ id: ada }], next('users?$skiptoken=2')), page([{ id: bob }]))
        .listUsers([]),
    );
    expect(graph.asked.slice(1).map(({ path }) => path)).toEqual([`/v1.0/${odd}`, '/v1.0/users?$skiptoken=2']);
    expect(pages.flatMap(({ items }) => items).map(({ id }) => id)).toEqual([ada, bob]);
  });

  test('7.3 a link to another host is not followed', async () => {
    const reader = graph.serve(page([], { '@odata.nextLink': 'http://localhost:1/v1.0/users' }), page([]));
    expect([await outcome(all(reader.listUsers([]))), graph.asked.length]).toEqual(['stop_run', 1]);
  });

  test('7.3 an expired page token in the middle: the listing is to start again', async () => {
    const reader = graph.serve(page([], next('users?$skiptoken=1')), {
      status: 400,
      body: envelope('Directory_ExpiredPageToken'),
    });
    expect(await outcome(all(reader.listUsers([])))).toBe('resync');
  });

  test('7.4 ConsistencyLevel goes with page 2 as well, and a missing count is borne', async () => {
    const reader = graph.serve(page([{ id: ada }], next('groups/x?$skiptoken=1')), page([{ id: bob }]));
    expect((await all(reader.listGroupPeople(bob))).flat()).toHaveLength(2);
    expect(graph.asked.map(({ headers }) => headers['consistencylevel'])).toEqual(['eventual', 'eventual']);
    expect(graph.asked[0]?.path).toContain('$count=true');
  });

  test('7.4 a search sends the header and $count, a count the header', async () => {
    await graph.serve(page([])).searchGroups('x');
    expect(graph.asked[0]).toMatchObject({
      path: expect.stringContaining('$count=true'),
      headers: { consistencylevel: 'eventual' },
    });
    await graph.serve({ body: '\uFEFF12', headers: { 'content-type': 'text/plain' } }).countUsers();
    expect(graph.asked[0]).toMatchObject({ path: '/v1.0/users/$count', headers: { consistencylevel: 'eventual' } });
  });
});

test('7.4 no address of the client is longer than an advanced query may be', async () => {
  await all(graph.serve(page([])).listUsersInShards([...sourceAttributes], 100));
  const longestHost = 'https://microsoftgraph.chinacloudapi.cn'.length;
  const lengths = graph.asked.map(({ path }) => path.length + longestHost);
  expect([lengths.length > 30, Math.max(...lengths) <= 2048], String(Math.max(...lengths))).toEqual([true, true]);
});

describe('7.2 and 9.6: what an error means', () => {
  const first = () => all(graph.serve(answer).usersDelta(`${graph.url}/v1.0/users/delta?$deltatoken=old`));
  let answer: Served = {};
  test.each([
    [400, 'Request_UnsupportedQuery', 'resync'],
    [400, 'syncStateNotFound', 'resync'],
    [400, 'SYNCSTATENOTFOUND', 'resync'],
    [400, 'SomethingNew', 'resync'],
    [404, 'Request_ResourceNotFound', 'resync'],
    [404, 'unheardOf', 'resync'],
    [410, 'resyncRequired', 'resync'],
    [410, 'SyncStateNotFound', 'resync'],
    [401, 'InvalidAuthenticationToken', 'reconsent'],
    [403, 'Authorization_RequestDenied', 'reconsent'],
    [403, 'unheardOf', 'reconsent'],
    [401, 'Authorization_IdentityNotFound', 'reconsent'],
    [403, 'authorization_identitynotfound', 'reconsent'],
    [429, 'TooManyRequests', 'wait'],
    [500, 'unheardOf', 'retry'],
    [503, 'serviceNotAvailable', 'retry'],
    [504, 'UnknownError', 'retry'],
  ])('9.6 a stored link that answers %i %s is: %s', async (status, code, reaction) => {
    answer = { status, body: envelope(code) };
    expect(await outcome(first())).toBe(reaction);
  });

  test('9.6 410 with a Location: not followed, and the link is dead', async () => {
    answer = {
      status: 410,
      headers: { location: 'http://localhost:1/v1.0/users/delta?$deltatoken=' },
      body: envelope('resyncRequired'),
    };
    expect([await outcome(first()), graph.asked.length]).toEqual(['resync', 1]);
  });

  test('9.6 410 without a body is a dead link too', async () => {
    answer = { status: 410, body: '' };
    expect(await outcome(first())).toBe('resync');
  });

  test('9.6 a fresh first request with 400 is a real error', async () => {
    expect(
      await outcome(all(graph.serve({ status: 400, body: envelope('Request_UnsupportedQuery') }).groupsDelta(null))),
    ).toBe('stop_run');
    expect(
      await outcome(graph.serve({ status: 400, body: envelope('Request_UnsupportedQuery') }).usersFromNow([])),
    ).toBe('stop_run');
  });

  test.each(['innerError', 'innererror'])(
    '7.2 the request-id is kept from %s when the header lacks it',
    async (inner) => {
      const body = envelope('Request_BadRequest', {
        [inner]: { 'request-id': 'from-the-body', date: '2026-01-31T12:00:00' },
      });
      const failure: unknown = await graph
        .serve({ status: 400, headers: { 'request-id': '' }, body })
        .getOrganisation()
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ requestId: 'from-the-body', graphCode: 'Request_BadRequest' });
    },
  );

  test('7.2 401: a token is minted once anew, and used', async () => {
    const reader = graph.serve({ status: 401, body: envelope('InvalidAuthenticationToken') }, page([{ id: ada }]));
    expect((await all(reader.listUsers([]))).flatMap(({ items }) => items)).toHaveLength(1);
    expect([graph.tokens, graph.asked.map(({ headers }) => headers['authorization'])]).toEqual([
      2,
      ['Bearer token-1', 'Bearer token-2'],
    ]);
  });

  test('7.2 401 again: it fails, after one more token and no more', async () => {
    const reader = graph.serve({ status: 401, body: envelope('InvalidAuthenticationToken') });
    expect([await outcome(all(reader.listUsers([]))), graph.tokens, graph.asked.length]).toEqual(['reconsent', 2, 2]);
  });
});

describe('12 throttling', () => {
  const busy = (headers: Record<string, string>, status = 429): Served => ({
    status,
    headers,
    body: envelope('TooManyRequests'),
  });
  const waited = async (answer: Served) => {
    await all(graph.serve(answer, page([])).listUsers([]));
    return graph.waits.reduce((sum, ms) => sum + ms, 0);
  };
  test('12 an integer', async () => expect(await waited(busy({ 'retry-after': '7' }))).toBeGreaterThanOrEqual(7000));
  test('12 a decimal is not cut off', async () =>
    expect(await waited(busy({ 'retry-after': '2.128' }))).toBeGreaterThanOrEqual(2128));
  test('12 an HTTP date', async () => {
    const at = new Date(Date.now() + 90_000).toUTCString();
    const ms = await waited(busy({ 'retry-after': at }));
    expect(ms > 80_000 && ms < 120_000, String(ms)).toBe(true);
  });
  test('12 none: growing waits with chance in them', async () => {
    const seen: number[][] = [];
    for (const chance of [0.6, 0.9]) {
      const random = vi.spyOn(Math, 'random').mockReturnValue(chance);
      await all(graph.serve(busy({}), busy({}), busy({}), busy({}), page([])).listUsers([]));
      random.mockRestore();
      seen.push([...graph.waits]);
    }
    for (const waits of seen) {
      expect(waits).toHaveLength(4);
      for (const [nth, ms] of waits.slice(1).entries()) expect(ms).toBeGreaterThanOrEqual(2 * (waits[nth] ?? 0));
    }
    expect(seen[0]).not.toEqual(seen[1]);
  });
  test.each([503, 504])('12 %i with Retry-After is waited for as well', async (status) => {
    expect(await waited(busy({ 'retry-after': '9' }, status))).toBeGreaterThanOrEqual(9000);
  });
  test('12 a very long wait is not sat out: it is continued later', async () => {
    const reader = graph.serve(busy({ 'retry-after': '90000' }));
    expect([await outcome(all(reader.listUsers([]))), graph.asked.length]).toEqual(['wait', 1]);
  });
});
