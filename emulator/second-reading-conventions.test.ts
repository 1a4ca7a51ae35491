// The second reading, sections 7.1 to 7.3: headers, the error envelope, paging.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, questions, type Row, value, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const denied = { status: 403, code: 'Authorization_RequestDenied' };

questions(() => world, conventions());
questions(() => world, paging());

/** 7.1 and 7.2. */
function conventions(): Row[] {
  const sent = '7f3c0ffe-1234-4567-8901-abcdefabcdef';
  return [
    { says: '7.1 an answer has a request-id', ask: '/v1.0/users', status: 200, header: { 'request-id': guid } },
    {
      says: '7.1 client-request-id is echoed',
      ask: '/v1.0/users',
      headers: { 'client-request-id': sent },
      status: 200,
      header: { 'client-request-id': sent },
    },
    {
      says: '7.1 an answer has x-ms-ags-diagnostic, a JSON text',
      ask: '/v1.0/users',
      status: 200,
      header: { 'x-ms-ags-diagnostic': /^\{.*\}$/ },
    },
    {
      says: '7.1 an answer says OData-Version, no-cache and what it cost',
      ask: '/v1.0/users',
      status: 200,
      header: { 'odata-version': '4.0', 'cache-control': 'no-cache', 'x-ms-resource-unit': /^\d+$/ },
    },
    {
      says: '7.1 the content type is the long one',
      ask: '/v1.0/users',
      status: 200,
      header: {
        'content-type':
          'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      },
    },
    {
      says: '7.1 Strict-Transport-Security is sent',
      ask: '/v1.0/users',
      status: 200,
      header: { 'strict-transport-security': /max-age/ },
    },
    {
      says: '7.2 the envelope has code, message and innerError with both ids',
      ask: '/v1.0/users/{missing}',
      headers: { 'client-request-id': sent },
      status: 404,
      code: 'Request_ResourceNotFound',
      is: { 'error>innerError>client-request-id': sent, 'error>innerError>request-id': expect.stringMatching(guid) },
    },
    {
      says: '7.2 the date of the envelope has no time zone',
      ask: '/v1.0/users/{missing}',
      status: 404,
      is: { 'error>innerError>date': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) },
    },
    {
      says: '7.2 the text of a 404 names the id',
      ask: '/v1.0/users/{missing}',
      status: 404,
      text: /Resource '0badbad0-0000-4000-8000-000000000000' does not exist or one of its queried reference-property objects are not present\./,
    },
    { says: '7.2 a soft-deleted user is 404', ask: '/v1.0/users/{dee}', status: 404, code: 'Request_ResourceNotFound' },
    {
      says: '7.2 a user without a manager is 404',
      ask: '/v1.0/users/{ada}/manager',
      status: 404,
      code: 'Request_ResourceNotFound',
    },
    {
      says: '7.2 no token is 401 and says that it is empty',
      ask: '/v1.0/users',
      as: 'nobody',
      status: 401,
      code: 'InvalidAuthenticationToken',
      is: { 'error>message': 'Access token is empty.' },
    },
    {
      says: '7.2 a token that is none is 401',
      ask: '/v1.0/users',
      as: 'nobody',
      headers: { Authorization: 'Bearer nonsense' },
      status: 401,
      code: 'InvalidAuthenticationToken',
    },
    {
      says: '7.2 a method that is not allowed is 405 Request_BadRequest',
      ask: 'PUT /v1.0/users',
      status: 405,
      code: 'Request_BadRequest',
      is: { 'error>message': 'Specified HTTP method is not allowed for the request target.' },
    },
    {
      says: '7.2 a missing permission is 403 with its text',
      ask: '/v1.0/groups',
      as: 'users',
      ...denied,
      is: { 'error>message': 'Insufficient privileges to complete the operation.' },
    },
    {
      says: '7.2 an id that is no id is 400 or 404, not 200',
      ask: '/v1.0/users/no-such-person',
      status: 404,
      code: 'Request_ResourceNotFound',
    },
    { says: '7.2 what is no path is 400', ask: '/v1.0/nothing/here', status: 400, has: ['error>code'] },
    { says: '7.2 no photo is 404 ImageNotFound', ask: '/v1.0/users/{bob}/photo', status: 404, code: 'ImageNotFound' },
  ];
}

/** 7.3 and 8.3. */
function paging(): Row[] {
  return [
    {
      says: '7.3 a page with more behind it has a whole URL as nextLink',
      ask: '/v1.0/users?$top=1',
      status: 200,
      is: {
        '@odata.nextLink': expect.stringMatching(/^https?:\/\/.*\/v1\.0\/users\?.*\$skiptoken=/),
        'value>length': 1,
      },
    },
    { says: '7.3 the last page has none', ask: '/v1.0/users?$top=100', status: 200, lacks: ['@odata.nextLink'] },
    { says: '7.3 a token that nobody gave is 400', ask: '/v1.0/users?$skiptoken=nonsense', status: 400 },
    { says: '8.3 $top of users may be 999', ask: '/v1.0/users?$top=999', status: 200 },
    { says: '8.3 $top of users may not be 1000', ask: '/v1.0/users?$top=1000', status: 400 },
    { says: '10 $top of groups may not be 1000', ask: '/v1.0/groups?$top=1000', status: 400 },
    { says: '10 $top of members may not be 1000', ask: '/v1.0/groups/{team}/members?$top=1000', status: 400 },
    {
      says: '10 $top of transitive members may not be 1000',
      ask: '/v1.0/groups/{team}/transitiveMembers?$top=1000',
      status: 400,
    },
  ];
}

test('7.2 an expired token is 401 and says so', async () => {
  await world.ask('/v1.0/users');
  const own = await openDirectory();
  await own.ask('/v1.0/users');
  await own.control('POST', 'clock', { advanceSeconds: 2 * 3600 });
  const reply = await own.ask('/v1.0/users');
  await own.close();
  expect(reply.status).toBe(401);
  expect(at(reply.body, 'error>message')).toBe('Lifetime validation failed, the token is expired.');
});

test('7.3 all pages together hold everybody once', async () => {
  const seen: unknown[] = [];
  let next: string | undefined = '/v1.0/users?$top=1&$select=id';
  while (next !== undefined) {
    const reply: Awaited<ReturnType<World['ask']>> = await world.ask(next);
    seen.push(...value(reply).map(({ id }) => id));
    const link = at(reply.body, '@odata.nextLink');
    next = typeof link === 'string' ? link : undefined;
  }
  expect([seen.length, new Set(seen).size]).toEqual([4, 4]);
});

test('8.3 a page with signInActivity holds at most 500, whatever $top says', async () => {
  const own = await openDirectory();
  await own.control('POST', 'tenants/{tenant}/bulk', { create: 520 });
  const reply = await own.ask('/v1.0/users?$select=id,signInActivity&$top=999');
  await own.close();
  if (reply.status === 400) return;
  expect(value(reply).length).toBeLessThanOrEqual(500);
  expect(at(reply.body, '@odata.nextLink')).toBeDefined();
});
