// Each failure of Graph in its envelope, whichever way the request went wrong, with a fresh id and the one that was sent.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { userId } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const ASA = userId('asa.oberg@norrsken.se');
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let kit: Kit;
let bearer = '';
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(async () => {
  bearer = await kit.grantAndUse(APP.requiredRoles);
});
afterAll(() => kit.close());

interface Wrong {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const ask = ({ method = 'GET', path, headers = {}, body }: Wrong, sent?: string) =>
  fetch(`${kit.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(sent === undefined ? {} : { 'client-request-id': sent }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });

const CASES: [string, number, string, Wrong][] = [
  ['no token', 401, 'InvalidAuthenticationToken', { path: '/v1.0/users', headers: { authorization: '' } }],
  ['an unknown person', 404, 'Request_ResourceNotFound', { path: '/v1.0/users/nobody@norrsken.se' }],
  ['an unknown path', 400, 'Request_BadRequest', { path: '/v1.0/nothing' }],
  ['an unknown path below a person', 400, 'Request_BadRequest', { path: `/v1.0/users/${ASA}/nothing` }],
  ['the version alone', 400, 'Request_BadRequest', { path: '/v1.0/' }],
  ['a path that is not well-formed', 400, 'Request_BadRequest', { path: '/v1.0/users/%E0%A4%A' }],
  ['another version', 400, 'BadRequest', { path: '/v2.0/users' }],
  ['the beta version', 400, 'BadRequest', { path: '/beta/users' }],
  ['a missing permission', 403, 'Authorization_RequestDenied', { path: '/v1.0/directory/deletedItems/microsoft.graph.group' }],
  ['a bad filter', 400, 'Request_BadRequest', { path: '/v1.0/users?$filter=nothing' }],
  ['a dead link', 400, 'Request_BadRequest', { path: '/v1.0/users/delta?$deltatoken=nothing' }],
  ['malformed JSON for getByIds', 400, 'Request_BadRequest', { method: 'POST', path: '/v1.0/directoryObjects/getByIds', body: '{"ids":' }],
  ['malformed JSON for a batch', 400, 'BadRequest', { method: 'POST', path: '/v1.0/$batch', body: '{"requests":' }],
  ['a batch that is none', 400, 'BadRequest', { method: 'POST', path: '/v1.0/$batch', body: '[]' }],
  ['a body that is too large', 413, 'RequestEntityTooLarge', { method: 'POST', path: '/v1.0/$batch', body: 'x'.repeat(5 << 20) }],
]; // prettier-ignore

describe('Point 12: an error', () => {
  test.each(CASES)('for %s is %i %s with both ids', async (_name, status, code, wrong) => {
    const ids: string[] = [];
    for (const sent of ['12121212-3434-4565-8787-909090909090', undefined]) {
      if (code === 'Authorization_RequestDenied') bearer = await kit.grantAndUse(['User.Read.All']);
      if (wrong.path.endsWith('getByIds')) bearer = await kit.grantAndUse(['Directory.Read.All']);
      const response = await ask(wrong, sent);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      const requestId = response.headers.get('request-id') ?? '';
      expect(requestId).toMatch(GUID);
      expect(response.headers.get('client-request-id')).toBe(sent ?? requestId);
      expect(await response.json()).toEqual({
        error: {
          code,
          message: expect.stringMatching(/\S/) as string,
          innerError: {
            // UTC, and no zone is said.
            date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
            'request-id': requestId,
            'client-request-id': sent ?? requestId,
          },
        },
      });
      ids.push(requestId);
    }
    expect(ids[0]).not.toBe(ids[1]);
  });
  test('is dated by the emulator’s clock', async () => {
    kit.store.advanceClock(40 * 86_400);
    bearer = await kit.use();
    const { body } = await kit.get('/nothing');
    const { innerError } = body['error'] as { innerError: { date: string } };
    expect(Math.abs(Date.parse(`${innerError.date}Z`) - kit.store.now())).toBeLessThan(5000);
  });
  test('of a body that is too large reaches a client that listens only after it has sent everything', async () => {
    const body = Buffer.alloc(24 << 20, 'x');
    const line = connect(kit.port, '127.0.0.1');
    let text = '';
    line.on('data', (part: Buffer) => (text += part.toString()));
    line.pause();
    line.write(`POST /v1.0/$batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`);
    await new Promise<void>((done, failed) => {
      line.once('error', failed);
      line.write(body, () => done());
    });
    line.resume();
    await once(line, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"RequestEntityTooLarge"');
  });
  test('of a request that is none is told before the line closes', async () => {
    const line = connect(kit.port, '127.0.0.1');
    line.write('GET http://[ HTTP/1.1\r\nHost: localhost\r\nclient-request-id: mine\r\n\r\n');
    let text = '';
    line.on('data', (part: Buffer) => (text += part.toString()));
    await once(line, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('client-request-id: mine');
    expect(text).toContain('"code":"BadRequest"');
  });
});

describe('Point 12: every answer', () => {
  test('that is right has a fresh request-id and echoes the client’s', async () => {
    const seen = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      const response = await ask({ path: '/v1.0/organization' }, `mine-${count}`);
      expect(response.headers.get('client-request-id')).toBe(`mine-${count}`);
      seen.add(response.headers.get('request-id') ?? '');
    }
    expect(seen.size).toBe(3);
  });
  test('of a batch has ids of its own, and the batch too', async () => {
    const requests = [
      { id: 'good', method: 'GET', url: '/organization', headers: { 'client-request-id': 'inner' } },
      { id: 'bad', method: 'GET', url: '/nothing' },
      { id: 'after', method: 'GET', url: '/organization', dependsOn: ['bad'] },
      { id: 'nested', method: 'POST', url: '/$batch' },
    ];
    const response = await ask({ method: 'POST', path: '/v1.0/$batch', body: JSON.stringify({ requests }) }, 'outer');
    expect(response.headers.get('client-request-id')).toBe('outer');
    const { responses } = (await response.json()) as {
      responses: {
        id: string;
        status: number;
        headers: Record<string, string>;
        body: { error?: { innerError: unknown } };
      }[];
    };
    const by = Object.fromEntries(responses.map((one) => [one.id, one]));
    expect(
      Object.entries(by)
        .map(([id, { status }]) => `${id} ${status}`)
        .toSorted(),
    ).toEqual(['after 424', 'bad 400', 'good 200', 'nested 400']);
    const ids = responses.map(({ headers }) => headers['request-id']);
    expect(new Set([...ids, response.headers.get('request-id')]).size).toBe(5);
    expect(by['good']?.headers['client-request-id']).toBe('inner');
    for (const id of ['bad', 'after', 'nested'])
      expect(by[id]?.body.error?.innerError).toMatchObject({ 'request-id': by[id]?.headers['request-id'] });
  });
});

test('Point 12: the login host names its request as well, and keeps the id that was sent', async () => {
  const response = await fetch(`${kit.url}/${A}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'client-request-id': '12121212-3434-4565-8787-909090909090' },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const body = (await response.json()) as Record<string, string>;
  expect(response.headers.get('x-ms-request-id')).toBe(body['trace_id']);
  expect(body['correlation_id']).toBe('12121212-3434-4565-8787-909090909090');
});
