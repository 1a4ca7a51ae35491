// The fault plan over HTTP: which requests it meets and how often, each named fault as a client sees it, and refused plans.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KINDS } from './faults/kinds.ts';
import { AADSTS } from './login/aadsts.ts';
import { FJALLBYGG, userId } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Got, Kit } from './test-kit.ts';

const ASA = userId('asa.oberg@norrsken.se');
const MARIA = userId('maria.strom@norrsken.se');

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(async () => {
  kit.store.faults.clear();
  await kit.use();
});
afterAll(() => kit.close());

type Rule = Record<string, unknown>;
const plan = async (faults: Rule[], seed?: number): Promise<Got> => {
  const got = await kit.control('PUT', '/fault-plan', { ...(seed === undefined ? {} : { seed }), faults });
  expect([got.status, got.code]).toEqual([200, '']);
  return got;
};
const met = async (): Promise<number[]> => {
  const { body } = await kit.control('GET', '/fault-plan');
  return (body['faults'] as { used: number }[]).map(({ used }) => used);
};
const statuses = async (count: number, path = '/organization'): Promise<number[]> => {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push((await kit.get(path)).status);
  return all;
};
const raw = (path: string, init: RequestInit = {}) => fetch(`${kit.url}${path}`, { redirect: 'manual', ...init });
const failing = { name: 'status', status: 503 };

describe('Point 11: a plan', () => {
  test('is one document that can be put, read back with what it met, put again as read, and cleared', async () => {
    const faults = [
      { title: 'busy', match: { method: 'GET', path: '/v1.0/organization' }, often: { times: 2 }, fault: failing },
      { match: { path: '/v1.0/users', body: { a: 'b' }, headers: { prefer: 'x' } }, fault: 'cut' },
    ];
    await plan(faults, 7);
    expect(await statuses(3)).toEqual([503, 503, 200]);
    const { body } = await kit.control('GET', '/fault-plan');
    expect(body).toMatchObject({
      seed: 7,
      faults: [
        { ...faults[0], seen: 2, used: 2 },
        { ...faults[1], fault: { name: 'cut' }, seen: 0, used: 0 },
      ],
    });
    expect((await kit.control('PUT', '/fault-plan', body)).status).toBe(200);
    expect(await met()).toEqual([0, 0]);
    expect((await kit.control('DELETE', '/fault-plan')).status).toBe(204);
    expect((await kit.control('GET', '/fault-plan')).body).toEqual({ seed: 1, faults: [] });
    expect(await statuses(1)).toEqual([200]);
  });
  test('leaves faults that were set one by one in force, and is seen beside them', async () => {
    await kit.control('POST', '/faults', { match: { path: '/organization', times: 1 }, answer: { status: 500 } });
    await plan([{ match: { path: '/organization' }, fault: failing }]);
    expect((await kit.control('GET', '/faults')).value.map((one) => one['planned'])).toEqual([false, true]);
    expect(await statuses(2)).toEqual([500, 503]);
    await kit.control('DELETE', '/fault-plan');
    expect((await kit.control('GET', '/faults')).value).toHaveLength(1);
  });
  test.each<[string, Rule, number[]]>([
    ['times', { times: 2 }, [503, 503, 200, 200, 200, 200]],
    ['skip', { skip: 2, times: 1 }, [200, 200, 503, 200, 200, 200]],
    ['every', { every: 3 }, [200, 200, 503, 200, 200, 503]],
    ['every after skip', { skip: 1, every: 2 }, [200, 200, 503, 200, 503, 200]],
    ['probability 0', { probability: 0 }, [200, 200, 200, 200, 200, 200]],
    ['probability 1', { probability: 1 }, [503, 503, 503, 503, 503, 503]],
  ])('meets as often as %s says', async (_name, often, expected) => {
    await plan([{ match: { path: '/organization' }, often, fault: failing }]);
    expect(await statuses(6)).toEqual(expected);
  });
  test('gives the same faults for the same seed and the same requests, and others for another seed', async () => {
    const rounds: string[] = [];
    for (const seed of [5, 5, 6]) {
      await plan(
        [
          { match: { path: '/organization' }, often: { probability: 0.5 }, fault: failing },
          { match: { path: '/organization' }, often: { probability: 0.5 }, fault: { name: 'status', status: 500 } },
        ],
        seed,
      );
      rounds.push((await statuses(40)).join());
    }
    expect(rounds[0]).toBe(rounds[1]);
    expect(rounds[0]).not.toBe(rounds[2]);
    for (const status of ['200', '500', '503']) expect(rounds[0]).toContain(status);
  });
});

describe('Point 11: which requests', () => {
  const counted = async (match: Rule, ask: () => Promise<unknown>): Promise<number> => {
    await plan([{ match, fault: { name: 'slowStart', ms: 1 } }]);
    await ask();
    return (await met())[0] ?? 0;
  };
  test.each<[string, Rule, Rule]>([
    ['method', { method: 'get' }, { method: 'POST' }],
    ['part of the path', { path: '/v1.0/org' }, { path: '/v1.0/users' }],
    ['expression', { path: '/organization\\?\\$select=id$/' }, { path: '/organization$/' }],
    ['tenant by id', { tenant: A }, { tenant: FJALLBYGG.id }],
    ['tenant by domain', { tenant: 'norrsken.se' }, { tenant: 'fjallbygg.se' }],
    ['application', { app: APP.clientId }, { app: MARIA }],
    ['header', { headers: { Prefer: 'return=minimal' } }, { headers: { Prefer: 'return=maximal' } }],
    ['a header that is there', { headers: { prefer: '/^return=/' } }, { headers: { 'x-other': '/./' } }],
    ['not in a batch', { inBatch: false }, { inBatch: true }],
  ])('are told by %s', async (_name, hit, miss) => {
    const ask = () => kit.get('/organization?$select=id', { prefer: 'return=minimal' });
    expect([await counted(hit, ask), await counted(miss, ask)]).toEqual([1, 0]);
  });
  test('are told by a member of the form, by tenant and by application at the login host too', async () => {
    const ask = () => kit.token();
    for (const match of [
      { body: { grant_type: 'client_credentials' } },
      { body: 'client_credentials' },
      { tenant: 'norrsken.se', app: APP.clientId },
    ])
      expect(await counted(match, ask)).toBe(1);
    for (const match of [
      { body: { grant_type: 'refresh_token' } },
      { tenant: FJALLBYGG.id },
      { body: { other: '/./' } },
    ])
      expect(await counted(match, ask)).toBe(0);
  });
  test('are told by a member of a JSON body', async () => {
    const ask = () => kit.ask('POST', '/$batch', {}, { requests: [], purpose: 'a test' });
    expect(await counted({ body: { purpose: 'test' } }, ask)).toBe(1);
    expect(await counted({ body: { purpose: 'deed' } }, ask)).toBe(0);
  });
  test('may be those of a batch only: 200 outside, 429 with its own Retry-After inside', async () => {
    await plan([{ match: { path: '/organization', inBatch: true }, fault: 'throttled' }]);
    expect(await statuses(1)).toEqual([200]);
    const requests = ['/organization', '/users?$top=1'].map((url, id) => ({ id: String(id), method: 'GET', url }));
    const { status, body } = await kit.ask('POST', '/$batch', {}, { requests });
    expect(status).toBe(200);
    const responses = body['responses'] as { id: string; status: number; headers: Record<string, string> }[];
    expect(Object.fromEntries(responses.map((one) => [one.id, one.status]))).toEqual({ 0: 429, 1: 200 });
    expect(responses.find((one) => one.id === '0')?.headers['Retry-After']).toBe('2.128');
  });
});

describe('Point 11: failures that are told', () => {
  test.each([
    ['integer', '2'],
    ['decimal', '2.128'],
    ['missing', null],
    ['veryLong', '90000'],
    [7.5, '7.5'],
  ])('429 with Retry-After %s', async (retryAfter, expected) => {
    await plan([{ fault: { name: 'throttled', retryAfter } }]);
    const { status, headers, code } = await kit.get('/users');
    expect([status, code, headers.get('retry-after')]).toEqual([429, 'TooManyRequests', expected]);
  });
  test('Retry-After as a date is by the emulator’s clock', async () => {
    await plan([{ fault: { name: 'status', status: 503, retryAfter: 'date' } }]);
    const { headers } = await kit.get('/users');
    const ahead = Date.parse(headers.get('retry-after') ?? '') - kit.store.now();
    expect(ahead).toBeGreaterThan(0);
    expect(ahead).toBeLessThanOrEqual(3000);
  });
  test.each([400, 401, 403, 404, 409, 410, 412, 429, 500, 501, 502, 503, 504])(
    'status %i has Graph’s envelope at Graph and the login host’s members at the token endpoint',
    async (status) => {
      await plan([{ fault: { name: 'status', status } }]);
      const graph = await kit.get('/users', { 'client-request-id': 'mine' });
      expect(graph.status).toBe(status);
      expect(graph.code).not.toBe('UnknownError');
      expect(graph.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(graph.headers.get('client-request-id')).toBe('mine');
      const token = await kit.token();
      expect(token.status).toBe(status);
      expect(String(token.body['error_description'])).toMatch(/^AADSTS\d+: /);
      const page = await raw(new URL(kit.authorize()).pathname);
      expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    },
  );
  test.each(KINDS.graphError.parameters.code.of)('Graph’s error %s comes with its status', async (wanted) => {
    await plan([{ fault: { name: 'graphError', code: wanted } }]);
    const { status, code } = await kit.get('/users');
    expect(code).toBe(wanted);
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await kit.token()).status).toBe(200);
  });
  test('a status may say a code and a message of its own', async () => {
    await plan([{ fault: { name: 'status', status: 403, code: 'Odd', message: 'Because.' } }]);
    expect((await kit.get('/users')).body['error']).toMatchObject({ code: 'Odd', message: 'Because.' });
  });
  test('a forced answer replaces the work: a refused code can still be used', async () => {
    const { redirect } = await kit.go(kit.authorize(), { account: 'asa.oberg@norrsken.se' });
    const fields = {
      grant_type: 'authorization_code',
      code: redirect?.searchParams.get('code') ?? '',
      redirect_uri: APP.redirectUris[0] ?? '',
      code_verifier: 'a-verifier-of-at-least-forty-three-characters-00',
    };
    await plan([{ match: { path: '/token' }, often: { times: 1 }, fault: failing }]);
    expect([(await kit.token(fields)).status, (await kit.token(fields)).status]).toEqual([503, 200]);
  });
});

describe('Point 11: a dead delta link', () => {
  test.each([
    ['unsupportedQuery', 400, 'Request_UnsupportedQuery'],
    ['syncStateNotFound', 400, 'syncStateNotFound'],
    ['gone', 410, 'syncStateNotFound'],
    ['resyncRequired', 410, 'resyncRequired'],
    ['notFound', 404, 'syncStateNotFound'],
  ])('answers %s as %i %s, and only the link does', async (answer, status, code) => {
    const { deltaLink } = await kit.all('/users/delta?$select=displayName');
    await plan([{ fault: { name: 'deadDeltaLink', answer } }]);
    const got = await kit.get(deltaLink);
    expect([got.status, got.code]).toEqual([status, code]);
    const location = got.headers.get('location');
    if (answer === 'gone') expect(new URL(location ?? '').searchParams.get('$deltatoken')).toBe('');
    else expect(location).toBeNull();
    const again = await kit.all(location ?? '/users/delta');
    expect(again.items.length).toBeGreaterThan(50);
    expect(await met()).toEqual([1]);
  });
});

describe('Point 11: changes that are withheld', () => {
  const link = async () => (await kit.all('/users/delta?$select=displayName')).deltaLink;
  const rename = (name: string) => kit.store.updateUser(A, MARIA, { displayName: name });

  test('come with the next call of the link, unless they are lost', async () => {
    for (const [lost, expected] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const from = await link();
      rename(`Maria ${String(lost)}`);
      await plan([{ often: { times: 1 }, fault: { name: 'withheldChanges', lost } }]);
      const first = await kit.all(from);
      expect(first.items).toEqual([]);
      expect((await kit.all(first.deltaLink)).items).toHaveLength(expected);
    }
  });
  test('may be those of members alone, as after a link that was made with $expand', async () => {
    const group = kit.store.createGroup(A, { displayName: 'Withheld' });
    const { deltaLink } = await kit.all('/groups/delta?$select=displayName,members');
    kit.store.addMember(A, group.id, ASA);
    kit.store.updateGroup(A, group.id, { displayName: 'Withheld, renamed' });
    await plan([{ fault: { name: 'withheldChanges', only: 'members' } }]);
    const { items } = await kit.all(deltaLink);
    expect(items).toEqual([{ id: group.id, displayName: 'Withheld, renamed' }]);
  });
});

describe('Point 11: pages that lead astray', () => {
  const page = (fault: unknown, times?: number) =>
    plan([{ match: { path: '/v1.0/users' }, often: times === undefined ? {} : { times }, fault }]);
  const everybody = async () => (await kit.all('/users?$top=50&$select=id')).items.map((one) => one['id']);

  test('an empty page leads on to the right one, and nobody is missed', async () => {
    const right = await everybody();
    await page('emptyPage');
    const first = await kit.get('/users?$top=50&$select=id');
    expect(first.value).toEqual([]);
    expect((await kit.get(String(first.body['@odata.nextLink']))).value).toHaveLength(50);
    kit.store.faults.clear();
    await page('emptyPage');
    expect(await everybody()).toEqual(right);
    expect((await met())[0]).toBeGreaterThan(1);
  });
  test('a repeated next link gives the same page once more, and then goes on', async () => {
    const right = await everybody();
    await page('repeatedNextLink');
    const first = await kit.get('/users?$top=50&$select=id');
    expect(first.body['@odata.nextLink']).toContain('/v1.0/users?$top=50&$select=id');
    kit.store.faults.clear();
    await page('repeatedNextLink');
    const all = await everybody();
    expect(all.length).toBe(right.length * 2);
    expect(new Set(all)).toEqual(new Set(right));
  });
  test('an endless next link never comes to an end, by the same link or by ever new ones', async () => {
    for (const links of ['new', 'same'] as const) {
      await page({ name: 'endlessNextLink', links });
      const seen: string[] = [];
      let next = '/users?$top=50&$select=id';
      for (let count = 0; count < 20; count += 1) {
        next = String((await kit.get(next)).body['@odata.nextLink']);
        seen.push(next);
      }
      expect(new Set(seen).size).toBe(links === 'new' ? 20 : 1);
    }
  });
  test('a foreign next link leads to another host', async () => {
    await page({ name: 'foreignNextLink', host: 'graph.microsoft.com.attacker.example' });
    const { body } = await kit.get('/users');
    expect(new URL(String(body['@odata.nextLink'])).origin).toBe('https://graph.microsoft.com.attacker.example');
    expect(body).not.toHaveProperty('@odata.deltaLink');
  });
  test('duplicates come twice each', async () => {
    await page('duplicates');
    const { value } = await kit.get('/users?$top=5&$select=id');
    expect(value).toHaveLength(10);
    expect(new Set(value.map((one) => one['id'])).size).toBe(5);
  });
  test('a page without value, and each wrong shape, is 200', async () => {
    const shaped = async (fault: unknown) => {
      await page(fault);
      const response = await raw('/v1.0/users?$top=2&$select=id', {
        headers: { authorization: `Bearer ${await kit.use()}` },
      });
      expect(response.status).toBe(200);
      return (await response.json()) as unknown;
    };
    expect(await shaped('missingValue')).not.toHaveProperty('value');
    const shape = (name: string) => shaped({ name: 'wrongShape', shape: name });
    expect(await shape('valueIsObject')).toMatchObject({ value: { 0: { id: expect.any(String) as string } } });
    expect(await shape('valueIsNull')).toMatchObject({ value: null });
    expect(await shape('valueIsText')).toMatchObject({ value: 'none' });
    expect(await shape('itemsAreText')).toMatchObject({ value: [expect.any(String), expect.any(String)] });
    expect(await shape('itemsWithoutId')).toMatchObject({ value: [{}, {}] });
    expect(await shape('list')).toHaveLength(2);
    expect([await shape('text'), await shape('null')]).toEqual(['OK', null]);
  });
});

describe('Point 11: trouble on the way', () => {
  const get = async () => raw('/v1.0/users?$top=50', { headers: { authorization: `Bearer ${await kit.use()}` } });
  const users = (fault: unknown) => plan([{ match: { path: '/v1.0/users' }, fault }]);

  test('a cut answer starts and does not end', async () => {
    await users({ name: 'cut', after: 0.3 });
    const response = await get();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });
  test('a reset comes before any answer', async () => {
    await users('reset');
    await expect(get()).rejects.toThrow();
  });
  test('a slow start holds back the first byte, a slow drip the last', async () => {
    const timed = async () => {
      const began = performance.now();
      const response = await get();
      const head = performance.now() - began;
      await response.json();
      return { head, all: performance.now() - began };
    };
    await users({ name: 'slowStart', ms: 400 });
    expect((await timed()).head).toBeGreaterThanOrEqual(390);
    await users({ name: 'slowDrip', ms: 400 });
    const drip = await timed();
    expect(drip.all).toBeGreaterThanOrEqual(390);
    expect(drip.head).toBeLessThan(drip.all);
  });
  test('malformed JSON is 200 and does not parse', async () => {
    await users('malformedJson');
    const text = await (await get()).text();
    expect(text.startsWith('{"@odata.context"')).toBe(true);
    expect(() => JSON.parse(text) as unknown).toThrow();
  });
  test.each(['200', '302', '511'])('a captive portal answers HTML with %s', async (status) => {
    await users({ name: 'captivePortal', status });
    const response = await get();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      Number(status),
      'text/html; charset=utf-8',
    ]);
    expect(response.headers.get('location')).toBe(status === '302' ? 'http://portal.example/welcome' : null);
    expect(await response.text()).toContain('Welcome to the network');
  });
  test('a gzip bomb is small on the line and large when unpacked', async () => {
    await users({ name: 'gzipBomb', megabytes: 8 });
    const response = await get();
    expect(Number(response.headers.get('content-length'))).toBeLessThan(100_000);
    const text = await response.text();
    expect(text.length).toBeGreaterThan(8 << 20);
    expect(JSON.parse(text)).toEqual({ value: [] });
  });
  test('none of it is met within a batch, where a request has no line of its own', async () => {
    await users('reset');
    const requests = [{ id: '1', method: 'GET', url: '/users?$top=1' }];
    const { body } = await kit.ask('POST', '/$batch', {}, { requests });
    expect(body).toMatchObject({ responses: [{ status: 200 }] });
    expect(await met()).toEqual([0]);
  });
});

describe('Point 11: a plan that is none is refused by the name of its member', () => {
  const fault = failing;
  test.each<[unknown, string]>([
    [{}, 'faults'],
    [{ faults: {} }, 'faults'],
    [{ seed: -1, faults: [] }, 'seed'],
    [{ seed: 1.5, faults: [] }, 'seed'],
    [{ faults: [], more: 1 }, 'more'],
    [{ faults: [7] }, 'faults[0]'],
    [{ faults: [{}] }, 'faults[0].fault'],
    [{ faults: [{ fault, answer: {} }] }, 'faults[0].fault'],
    [{ faults: [{ fault: 'nothing' }] }, 'faults[0].fault'],
    [{ faults: [{ fault: { name: 'nothing' } }] }, 'faults[0].fault.name'],
    [{ faults: [{ fault: { name: 'cut', speed: 1 } }] }, 'faults[0].fault.speed'],
    [{ faults: [{ fault: 'status' }] }, 'faults[0].fault.status'],
    [{ faults: [{ fault: { name: 'status', status: 200 } }] }, 'faults[0].fault.status'],
    [{ faults: [{ fault: { name: 'graphError', code: 'Nonsense' } }] }, 'faults[0].fault.code'],
    [{ faults: [{ fault: { name: 'tokenError', error: 1 } }] }, 'faults[0].fault.error'],
    [{ faults: [{ fault: { name: 'throttled', retryAfter: 'soon' } }] }, 'faults[0].fault.retryAfter'],
    [{ faults: [{ fault: { name: 'withheldChanges', lost: 'yes' } }] }, 'faults[0].fault.lost'],
    [{ faults: [{ fault: { name: 'foreignNextLink', host: 7 } }] }, 'faults[0].fault.host'],
    [{ faults: [{ fault }, { fault, match: 'all' }] }, 'faults[1].match'],
    [{ faults: [{ fault, match: { path: '/(/' } }] }, 'faults[0].match.path'],
    [{ faults: [{ fault, match: { path: '' } }] }, 'faults[0].match.path'],
    [{ faults: [{ fault, match: { verb: 'GET' } }] }, 'faults[0].match.verb'],
    [{ faults: [{ fault, match: { headers: { a: 1 } } }] }, 'faults[0].match.headers.a'],
    [{ faults: [{ fault, match: { body: { a: '/[/' } } }] }, 'faults[0].match.body.a'],
    [{ faults: [{ fault, match: { inBatch: 'no' } }] }, 'faults[0].match.inBatch'],
    [{ faults: [{ fault, often: { every: 0 } }] }, 'faults[0].often.every'],
    [{ faults: [{ fault, often: { probability: 2 } }] }, 'faults[0].often.probability'],
    [{ faults: [{ fault, often: { times: '3' } }] }, 'faults[0].often.times'],
    [{ faults: [{ answer: { status: 99 } }] }, 'faults[0].answer.status'],
    [{ faults: [{ answer: { transform: 'turn' } }] }, 'faults[0].answer.transform'],
  ])('%j: %s', async (document, member) => {
    await plan([{ match: { path: '/organization' }, fault: failing }]);
    const { status, body } = await kit.control('PUT', '/fault-plan', document);
    expect([status, body['member']]).toEqual([400, member]);
    expect(String(body['error']).startsWith(`${member} `)).toBe(true);
    expect((await kit.control('GET', '/fault-plan')).body['faults']).toHaveLength(1);
  });
  test('so is a single fault, without the place in a plan', async () => {
    const { status, body } = await kit.control('POST', '/faults', { fault: { name: 'cut', after: 2 } });
    expect([status, body['member']]).toEqual([400, 'fault.after']);
  });
  test('and every named fault is listed with its parameters', async () => {
    const { value } = await kit.control('GET', '/fault-kinds');
    expect(value.map((one) => one['name'])).toEqual(Object.keys(KINDS));
    expect(value[0]).toHaveProperty('parameters.retryAfter');
  });
});

describe('FAULTS.md', () => {
  const document = readFileSync(new URL('FAULTS.md', import.meta.url), 'utf8');
  const examples = [...document.matchAll(/curl -X (\w+) +\$EMULATOR\/_control(\/[a-z-]+) -d '([^']+)'/g)];

  test('describes every named fault, every name of Graph’s errors and every number of Entra’s', () => {
    const headings = [...document.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => String(name));
    expect(headings.filter((name) => name in KINDS).toSorted()).toEqual(Object.keys(KINDS).toSorted());
    for (const code of KINDS.graphError.parameters.code.of) expect(document).toContain(`| \`${code}\` | `);
    for (const [number, { name, error }] of Object.entries(AADSTS))
      expect(document).toContain(`| ${number} | \`${name}\` | \`${error}\` | `);
  });
  test('shows an example of each that the control API takes', async () => {
    const shown = new Set<string>();
    for (const [, method = '', path = '', body = ''] of examples) {
      const { status } = await kit.control(method, path, JSON.parse(body));
      expect([body, status]).toEqual([body, 200]);
      for (const [, name = ''] of body.matchAll(/"fault":(?:\{"name":)?"(\w+)"/g)) shown.add(name);
    }
    expect([...shown].toSorted()).toEqual(Object.keys(KINDS).toSorted());
    const [plan = ''] = /(?<=```json\n)\{\n {2}"seed"[^`]+/.exec(document) ?? [];
    expect((await kit.control('PUT', '/fault-plan', JSON.parse(plan))).status).toBe(200);
    await kit.control('PUT', '/settings', { throttling: { enforced: true, share: 1 } });
  });
});
