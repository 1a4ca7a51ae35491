// The second reading, sections 7.5 and 12: batch, what a request costs, and what comes when the bucket is empty.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, eventual, questions, type Row, value, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

questions(() => world, costs());

function costs(): Row[] {
  return [
    { says: '12 GET /users costs 2', ask: '/v1.0/users', status: 200, header: { 'x-ms-resource-unit': '2' } },
    {
      says: '12 $select takes one off',
      ask: '/v1.0/users?$select=id',
      status: 200,
      header: { 'x-ms-resource-unit': '1' },
    },
    {
      says: '12 $expand adds one',
      ask: '/v1.0/users?$expand=manager',
      status: 200,
      header: { 'x-ms-resource-unit': '3' },
    },
    {
      says: '12 members cost 3',
      ask: '/v1.0/groups/{team}/members',
      status: 200,
      header: { 'x-ms-resource-unit': '3' },
    },
    {
      says: '12 $top below 20 takes one off, together with $select two',
      ask: '/v1.0/groups/{team}/members?$select=id&$top=19',
      status: 200,
      header: { 'x-ms-resource-unit': '1' },
    },
    {
      says: '12 $top of 20 takes nothing off',
      ask: '/v1.0/groups/{team}/members?$top=20',
      status: 200,
      header: { 'x-ms-resource-unit': '3' },
    },
    {
      says: '12 transitive members cost 5',
      ask: '/v1.0/groups/{team}/transitiveMembers',
      status: 200,
      header: { 'x-ms-resource-unit': '5' },
    },
    {
      says: '12 delta costs 1 and never less',
      ask: '/v1.0/users/delta?$select=id',
      status: 200,
      header: { 'x-ms-resource-unit': '1' },
    },
    {
      says: '12 getByIds costs 5',
      ask: '/v1.0/directoryObjects/getByIds',
      json: { ids: ['{ada}'], types: ['user'] },
      status: 200,
      header: { 'x-ms-resource-unit': '5' },
    },
    {
      says: '12 checkMemberGroups costs 4',
      ask: '/v1.0/users/{cid}/checkMemberGroups',
      json: { groupIds: ['{team}'] },
      status: 200,
      header: { 'x-ms-resource-unit': '4' },
    },
  ];
}

const batch = (requests: unknown[]) => world.ask('/v1.0/$batch', { json: { requests } });
const items = (reply: { body: unknown }) => new Map(value(reply, 'responses').map((item) => [item['id'], item]));
const get = (id: string, url: string, more = {}) => ({ id, method: 'GET', url, ...more });

test('7.5 a batch of 21 is 400, of 20 is 200', async () => {
  const many = (count: number) =>
    batch(Array.from({ length: count }, (_, nth) => get(String(nth), '/users/{ada}?$select=id')));
  expect((await many(21)).status).toBe(400);
  expect(items(await many(20)).size).toBe(20);
});

test('7.5 ids that differ by case only are 400', async () => {
  expect((await batch([get('a', '/users/{ada}'), get('A', '/users/{bob}')])).status).toBe(400);
});

test('7.5 each item has its own status, header and body; ConsistencyLevel is in the item', async () => {
  const reply = await batch([
    get('1', '/users/{ada}'),
    get('2', '/users/{missing}'),
    get('3', '/users/$count'),
    get('4', '/users/$count', { headers: eventual }),
  ]);
  expect(reply.status).toBe(200);
  expect(['1', '2', '3', '4'].map((id) => items(reply).get(id)?.['status'])).toEqual([200, 404, 400, 200]);
  expect(at(items(reply).get('2'), 'body>error>code')).toBe('Request_ResourceNotFound');
});

test('7.5 a failed dependsOn is 424', async () => {
  const reply = await batch([get('1', '/users/{missing}'), get('2', '/users/{ada}', { dependsOn: ['1'] })]);
  expect(items(reply).get('2')?.['status']).toBe(424);
});

test('7.5 a body without Content-Type in the item is refused', async () => {
  const body = { ids: [world.names['ada']], types: ['user'] };
  const bare = await batch([{ id: '1', method: 'POST', url: '/directoryObjects/getByIds', body }]);
  const typed = await batch([
    {
      id: '1',
      method: 'POST',
      url: '/directoryObjects/getByIds',
      body,
      headers: { 'Content-Type': 'application/json' },
    },
  ]);
  expect(bare.status === 400 || items(bare).get('1')?.['status'] === 400).toBe(true);
  expect(items(typed).get('1')?.['status']).toBe(200);
});

test('7.5 a url with the version or the host is not answered', async () => {
  const reply = await batch([get('1', '/v1.0/users/{ada}')]);
  expect(reply.status === 400 || items(reply).get('1')?.['status'] !== 200).toBe(true);
});

test('7.5 each item costs as if sent alone', async () => {
  const reply = await batch([get('1', '/groups/{team}/transitiveMembers')]);
  expect(at(items(reply).get('1'), 'headers')).toMatchObject({ 'x-ms-resource-unit': '5' });
});

test('12 beyond the bucket: 429 with Retry-After, scope, information and the body of the sample', async () => {
  await world.control('PUT', 'settings', { throttling: { enforced: true, share: 0.001 } });
  let refused = await world.ask('/v1.0/users');
  for (let more = 0; more < 20 && refused.status === 200; more += 1) refused = await world.ask('/v1.0/users');
  await world.control('PUT', 'settings', { throttling: { enforced: true, share: 1 } });
  expect([refused.status, at(refused.body, 'error>code'), at(refused.body, 'error>innerError>code')]).toEqual([
    429,
    'TooManyRequests',
    '429',
  ]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('x-ms-throttle-scope')).toBe(
    `Tenant_Application/ReadWrite/${world.names['all']}/${world.tenant}`,
  );
  expect(refused.headers.get('x-ms-throttle-information')).toBe('ResourceUnitLimitExceeded');
});
