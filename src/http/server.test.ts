// What the door does with every request, whichever route it is for: headers, other sites, health, documentation.
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractRoutes, nameOf } from '../../test/contract-routes.ts';
import { useDatabase } from '../../test/database.ts';
import { addOrganisation, type Org } from '../../test/people.ts';
import { codeOf, startServer, type TestServer } from '../../test/server.ts';
import { createLogger } from '../base/log.ts';
import { createDatabase } from '../db/pool.ts';
import { useErrors } from './errors.ts';

const { db } = await useDatabase();
const { db: empty } = await useDatabase({ empty: true });
let server: TestServer;
let org: Org;
let cookie: string;

beforeAll(async () => {
  server = await startServer(db);
  org = await addOrganisation(db, 'norrsken.test');
  cookie = await server.signIn(org.admin);
});
afterAll(async () => {
  await server.app.close();
});

test('who waits in vain for what a run holds is told to try again, and not that we have made a mistake', async () => {
  const app = fastify();
  useErrors(app, createLogger({ level: 'silent' }));
  app.get('/', () => {
    throw Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
  });
  const answer = await app.inject('/');
  expect([answer.statusCode, answer.json(), answer.headers['retry-after']]).toMatchObject([503, { error: { code: 'database_unavailable' } }, '30']); // prettier-ignore
});

describe('headers', () => {
  test.each(['/', '/api/v1/server', '/api/v1/session', '/nowhere.txt', '/api/v1/organisations/x/users'])(
    'stand on the answer to %s, whatever it is',
    async (url) => {
      const { headers } = await server.call('GET', url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain(`default-src 'none'`);
      expect(policy).toContain(`frame-ancestors 'none'`);
      expect(policy).toContain(`require-trusted-types-for 'script'`);
      expect(policy).not.toContain('unsafe');
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['strict-transport-security']).toBeUndefined();
    },
  );

  test('tell browsers to stay on https where it is spoken', async () => {
    const https = await startServer(db, { publicUrl: 'https://samsyn.norrsken.test' });
    const { headers } = await https.call('GET', '/');
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    await https.app.close();
  });

  test('let nobody keep what the API answers', async () => {
    const { headers } = await server.call('GET', `/api/v1/organisations/${org.id}/contacts`, { cookie });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('an id of a request that comes from outside is not taken over', async () => {
    const { headers } = await server.call('GET', '/api/v1/server', {
      headers: { 'x-request-id': 'forged', 'request-id': 'forged' },
    });
    expect(headers['x-request-id']).not.toBe('forged');
  });
});

describe('another site', () => {
  const write = (headers: Record<string, string>) =>
    server.app.inject({
      method: 'PATCH',
      url: `/api/v1/organisations/${org.id}`,
      headers: { cookie, ...headers },
      payload: {},
    });

  test.each([
    ['without the header of our pages', {}],
    ['with another value in it', { 'x-samsyn': 'true' }],
    ['from another origin', { 'x-samsyn': '1', origin: 'https://evil.test' }],
    ['from the same host on another port', { 'x-samsyn': '1', origin: 'http://localhost:9999' }],
    ['from a sandboxed frame', { 'x-samsyn': '1', origin: 'null' }],
    ['which the browser calls cross-site', { 'x-samsyn': '1', 'sec-fetch-site': 'cross-site' }],
    ['which the browser calls same-site', { 'x-samsyn': '1', 'sec-fetch-site': 'same-site' }],
  ])('cannot write %s', async (_how, headers) => {
    const response = await write(headers);
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ error: { code: 'cross_site' } });
  });

  test.each([
    [{ 'x-samsyn': '1' }],
    [{ 'x-samsyn': '1', origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }],
    [{ 'x-samsyn': '1', origin: 'http://127.0.0.1:8080' }],
  ])('our own pages and programs can: %j', async (headers) => {
    expect((await write(headers)).statusCode).toBe(200);
  });

  test.each(contractRoutes.filter(({ method }) => method !== 'GET').map((route) => ({ route, name: nameOf(route) })))(
    '$name is refused before anything else is looked at',
    async ({ route }) => {
      const response = await server.app.inject({ method: route.method, url: route.path, headers: { cookie } });
      expect(response.json()).toMatchObject({ error: { code: 'cross_site' } });
    },
  );

  test('a form cannot be posted: only JSON is read', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const response = await server.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        headers: { 'x-samsyn': '1', 'content-type': type },
        payload: '{"email":"a@b.test","password":"x"}',
      });
      expect([response.statusCode, codeOf({ body: response.json() })]).toEqual([400, 'invalid_input']);
    }
  });
});

describe('what cannot be read', () => {
  test.each([
    ['is no JSON', '{"email":', 400, 'invalid_input'],
    ['would change prototypes', '{"__proto__":{"admin":true},"email":"a@b.test","password":"x"}', 400, 'invalid_input'],
    ['is larger than a megabyte', JSON.stringify({ email: 'x'.repeat(1024 * 1024 + 1) }), 413, 'payload_too_large'],
  ])('a body that %s is refused', async (_why, payload, status, code) => {
    const headers = { 'x-samsyn': '1', 'content-type': 'application/json' };
    const response = await server.app.inject({ method: 'POST', url: '/api/v1/session', headers, payload });
    expect([response.statusCode, codeOf({ body: response.json() })]).toEqual([status, code]);
  });

  test.each([
    '/api/v1/nothing',
    '/api',
    '/api/v1/organisations',
    '/api/v1/session/',
    '/api/%ff',
    '/entra/nothing',
    '/assets/none.js',
  ])('%s answers an error of the contract, as JSON', async (url) => {
    const answer = await server.call('GET', url);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(['not_found', 'invalid_input']).toContain(codeOf(answer));
  });

  test('an address that nobody asks for by that method answers 404', async () => {
    const answer = await server.call('PUT', '/api/v1/session', { body: {} });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found']);
  });
});

describe('health', () => {
  test('alive while the process is, ready while the database is and has been migrated', async () => {
    expect(await server.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(await server.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    const bare = await startServer(empty);
    expect(await bare.call('GET', '/readyz')).toMatchObject({ status: 503, body: { reason: 'not_migrated' } });
    await bare.app.close();
  });

  test('without a database: alive, not ready, and a request is told to come back', async () => {
    const connectionString = 'postgresql://nobody:secret@127.0.0.1:1/none';
    const away = createDatabase({ connectionString, role: 'samsyn_app' });
    const lost = await startServer(away);
    expect((await lost.call('GET', '/healthz')).status).toBe(200);
    expect(await lost.call('GET', '/readyz')).toMatchObject({ status: 503, body: { reason: 'database_unreachable' } });
    const answer = await lost.call('GET', `/api/v1/organisations/${org.id}/contacts`, { cookie });
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'database_unavailable', '5']);
    const signIn = await lost.call('POST', '/api/v1/session', { body: { email: 'a@b.test', password: 'x' } });
    expect([signIn.status, codeOf(signIn)]).toEqual([503, 'database_unavailable']);
    expect(lost.lines.join('')).not.toContain('secret');
    await lost.app.close();
    await away.close();
  });
});

test('the documentation lists every route of the contract, with the header that writes need', async () => {
  const { body } = await server.call('GET', '/api/openapi.json');
  const paths = (body?.['paths'] ?? {}) as Record<
    string,
    Record<string, { parameters?: { name: string; in: string }[] }>
  >; // by OpenAPI
  const listed = Object.entries(paths).flatMap(([url, methods]) =>
    Object.keys(methods).map((method) => `${method} ${url}`),
  );
  const ours = contractRoutes.map(
    ({ method, path: url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`,
  );
  expect(listed.filter((one) => one.includes('/api/v1/')).toSorted()).toEqual(ours.toSorted());
  expect(body?.['openapi']).toBe('3.1.0');
  const patch = paths['/api/v1/session']?.['patch'];
  expect(patch?.parameters).toContainEqual(expect.objectContaining({ name: 'x-samsyn', in: 'header' }));
});
