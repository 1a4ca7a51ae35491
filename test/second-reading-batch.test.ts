// The second reading of graph-protocol.md, the client's part (6.2, 7.5, 11.1): batches, who is gone, and what is told in part only.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  envelope,
  outcome,
  startServed,
  tenantId,
  type Asked,
  type Served,
  type ServedGraph,
} from './second-reading-server.ts';

let graph: ServedGraph;
beforeAll(async () => {
  graph = await startServed();
});
afterAll(() => graph.close());

const ada = '0ada0000-0000-4000-8000-000000000001';
const bob = '0b0b0000-0000-4000-8000-000000000002';
const page = (value: unknown[]): Served => ({ body: { value } });

describe('7.5 batch', () => {
  const requestsOf = (asked: Asked | undefined): { id: string; url: string; method: string }[] =>
    Object(JSON.parse(asked?.body ?? '{}')).requests;
  const many = Array.from({ length: 41 }, (_, nth) => `0ada0000-0000-4000-8000-${String(nth).padStart(12, '0')}`);
  const answerAll = (asked: Asked): Served => ({
    body: {
      responses: requestsOf(asked)
        .toReversed()
        .map(({ id, url }) => ({
          id,
          status: 200,
          headers: {},
          body: { id: /[0-9a-f-]{36}/.exec(url)?.[0], displayName: url },
        })),
    },
  });

  test('7.5 at most twenty, with relative addresses and ids of their own; answers in any order', async () => {
    const found = await graph.serve(answerAll).lookUpUsers(many, []);
    expect(graph.asked.map((asked) => requestsOf(asked).length)).toEqual([20, 20, 1]);
    for (const asked of graph.asked) {
      const items = requestsOf(asked);
      expect(new Set(items.map(({ id }) => id.toLowerCase())).size).toBe(items.length);
      for (const { url, method } of items) expect([url.startsWith('/users/'), method]).toEqual([true, 'GET']);
    }
    for (const id of many) expect(found.get(id)).toMatchObject({ state: 'present', user: { id } });
  });

  test('7.5 a throttled item is repeated alone, after the longest wait of all', async () => {
    let round = 0;
    const reader = graph.serve((asked) => {
      round += 1;
      const body = {
        responses: requestsOf(asked).map(({ id, url }, nth) =>
          round === 1 && nth < 2
            ? {
                id,
                status: 429,
                headers: { 'Retry-After': nth === 0 ? '3' : '11.5' },
                body: envelope('TooManyRequests'),
              }
            : { id, status: 200, body: { id: /[0-9a-f-]{36}/.exec(url)?.[0] } },
        ),
      };
      return { body };
    });
    expect((await reader.lookUpUsers(many.slice(0, 5), [])).size).toBe(5);
    expect([
      graph.asked.map((asked) => requestsOf(asked).length),
      graph.waits.reduce((sum, ms) => sum + ms, 0) >= 11_500,
    ]).toEqual([[5, 2], true]);
  });

  test('12 in an item, too, the wait may be a date', async () => {
    let round = 0;
    const date = new Date(Date.now() + 60_000).toUTCString();
    const reader = graph.serve((asked) => {
      round += 1;
      const refused = { status: 429, headers: { 'Retry-After': date }, body: envelope('TooManyRequests') };
      const answer = round === 1 ? refused : { status: 200, body: { id: ada } };
      return { body: { responses: requestsOf(asked).map(({ id }) => ({ id, ...answer })) } };
    });
    await reader.lookUpUsers([ada], []);
    expect(graph.waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(50_000);
  });

  test('7.5 a batch of 200 whose item is refused is no success', async () => {
    const reader = graph.serve((asked) => ({
      body: {
        responses: requestsOf(asked).map(({ id }) => ({
          id,
          status: 403,
          body: envelope('Authorization_RequestDenied'),
        })),
      },
    }));
    expect(await outcome(reader.lookUpUsers([ada], []))).toBe('reconsent');
  });

  test('7.5 an item that is not answered is no evidence', async () => {
    expect(await outcome(graph.serve({ body: { responses: [] } }).lookUpUsers([ada], []))).not.toBe('succeeded');
  });

  test('9.6 and 11.1 gone is who Graph says is neither there nor deleted', async () => {
    const reader = graph.serve((asked) => ({
      body: {
        responses: requestsOf(asked).map(({ id, url }) =>
          url.includes('deletedItems') && url.includes(bob)
            ? { id, status: 200, body: { id: bob, deletedDateTime: '2026-01-31T12:00:00Z' } }
            : { id, status: 404, body: envelope('Request_ResourceNotFound') },
        ),
      },
    }));
    const found = await reader.lookUpUsers([ada, bob], []);
    expect([found.get(ada)?.state, found.get(bob)?.state]).toEqual(['missing', 'deleted']);
  });
});

test('2.5 and 3.5 an organisation with another id than the tenant is not taken', async () => {
  const body = { value: [{ id: ada, displayName: 'Other', verifiedDomains: [] }] };
  expect(await outcome(graph.serve({ body }).getOrganisation())).toBe('stop_run');
});

test('6.2 what of the organisation is not told is null, and borne', async () => {
  const body = {
    value: [
      {
        '@odata.type': '#microsoft.graph.organization',
        id: tenantId,
        displayName: 'Contoso',
        verifiedDomains: null,
        countryLetterCode: null,
        technicalNotificationMails: null,
      },
    ],
  };
  expect(await graph.serve({ body }).getOrganisation()).toMatchObject({
    name: 'Contoso',
    country: null,
    technicalMails: [],
  });
});

test('6.2 User.ReadBasic.All shows by accountEnabled that it is too little', async () => {
  for (const accountEnabled of [null, undefined])
    expect(await outcome(graph.serve(page([{ id: ada, accountEnabled }])).probe())).toBe('reconsent');
});
