// The second reading, section 11.2: subscriptions, the handshake, and what a notification holds.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, openWorld, questions, value, type Row, type World } from './second-reading-kit.ts';

interface Received {
  query: URLSearchParams;
  type: string;
  body: string;
}

let world: World;
let url: string;
let received: Received[] = [];
const receiver = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { searchParams: query, pathname } = new URL(request.url ?? '', 'http://localhost');
    received.push({ query, type: request.headers['content-type'] ?? '', body: Buffer.concat(parts).toString() });
    const token = query.get('validationToken');
    if (token === null) return response.writeHead(202).end();
    // What goes wrong with the handshake, by the address.
    if (pathname === '/encoded')
      return response.writeHead(200, { 'content-type': 'text/plain' }).end(encodeURIComponent(token));
    if (pathname === '/accepted') return response.writeHead(202, { 'content-type': 'text/plain' }).end(token);
    if (pathname === '/html') return response.writeHead(200, { 'content-type': 'text/html' }).end(token);
    return response.writeHead(200, { 'content-type': 'text/plain' }).end(token);
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const { port } = receiver.address() as AddressInfo; // it listens on a port
  url = `http://127.0.0.1:${port}`;
  world = await openWorld({ all: ['User.Read.All', 'Group.Read.All'] });
  world.names['receiver'] = url;
});
afterAll(async () => {
  await world.close();
  receiver.closeAllConnections();
  receiver.close();
});

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();
const wanted = (more: Record<string, unknown> = {}) => ({
  changeType: 'updated,deleted',
  notificationUrl: '{receiver}/ok',
  resource: 'users',
  expirationDateTime: minutes(600),
  clientState: 'ours',
  ...more,
});
const refused = (says: string, more: Record<string, unknown>): Row => ({
  says: `11.2 ${says} is 400`,
  ask: 'POST /v1.0/subscriptions',
  json: wanted(more),
  status: 400,
  has: ['error>code'],
});

questions(
  () => world,
  [
    {
      says: '11.2 201 with the object',
      ask: 'POST /v1.0/subscriptions',
      json: wanted(),
      status: 201,
      has: ['id', 'expirationDateTime', 'resource', 'notificationUrl', 'changeType'],
    },
    {
      says: '11.2 a little under 29 days may be',
      ask: 'POST /v1.0/subscriptions',
      json: wanted({ expirationDateTime: minutes(41_750) }),
      status: 201,
    },
    refused('more than 41,760 minutes', { expirationDateTime: minutes(41_770) }),
    refused('created', { changeType: 'created' }),
    refused('an unknown kind of change', { changeType: 'renamed' }),
    refused('an unknown resource', { resource: 'planets' }),
    refused('a client state of 129 signs', { clientState: 'x'.repeat(129) }),
    refused('no address', { notificationUrl: undefined }),
    refused('no end', { expirationDateTime: undefined }),
    refused('an address that answers with the token still encoded', { notificationUrl: '{receiver}/encoded' }),
    refused('an address that answers 202 to the handshake', { notificationUrl: '{receiver}/accepted' }),
    refused('an address that answers the handshake as HTML', { notificationUrl: '{receiver}/html' }),
    refused('an address where nobody is', { notificationUrl: 'http://127.0.0.1:1/' }),
    refused('a lifecycle address that fails its own handshake', { lifecycleNotificationUrl: '{receiver}/encoded' }),
  ],
);

test('11.2 the handshake is a POST of text/plain with the token in the query', async () => {
  received = [];
  await world.ask('POST /v1.0/subscriptions', { json: wanted() });
  expect([received[0]?.type.startsWith('text/plain'), received[0]?.query.has('validationToken')]).toEqual([true, true]);
});

test('11.2 an end can be moved, and a subscription taken away (204)', async () => {
  const id = String(at((await world.ask('POST /v1.0/subscriptions', { json: wanted() })).body, 'id'));
  const moved = await world.ask(`PATCH /v1.0/subscriptions/${id}`, { json: { expirationDateTime: minutes(1200) } });
  expect(moved.status).toBe(200);
  expect((await world.ask(`/v1.0/subscriptions/${id}`)).status).toBe(200);
  expect((await world.ask(`POST /v1.0/subscriptions/${id}/reauthorize`)).status).toBe(204);
  expect((await world.ask(`DELETE /v1.0/subscriptions/${id}`)).status).toBe(204);
  expect((await world.ask(`/v1.0/subscriptions/${id}`)).status).toBe(404);
});

test('11.2 creating and soft deletion arrive as updated, permanent deletion as deleted; what a notification holds', async () => {
  for (const { id } of value(await world.ask('/v1.0/subscriptions')))
    await world.ask(`DELETE /v1.0/subscriptions/${String(id)}`);
  const subscription = await world.ask('POST /v1.0/subscriptions', { json: wanted() });
  received = [];
  const made = await world.control('POST', 'tenants/{tenant}/users', {
    displayName: 'New',
    userPrincipalName: 'new@contoso.example',
  });
  const id = String(at(made.body, 'id'));
  await world.control('DELETE', `tenants/{tenant}/users/${id}`);
  await world.control('DELETE', `tenants/{tenant}/users/${id}?permanent=1`);
  const told = () => received.flatMap(({ body }) => value({ body: body === '' ? {} : JSON.parse(body) }));
  await expect
    .poll(() => told().map((one) => one['changeType']), { timeout: 5000 })
    .toEqual(['updated', 'updated', 'deleted']);
  expect(told()[0]).toMatchObject({
    subscriptionId: at(subscription.body, 'id'),
    clientState: 'ours',
    resource: `Users/${id}`,
    tenantId: world.tenant,
    subscriptionExpirationDateTime: expect.any(String),
    resourceData: { '@odata.type': '#Microsoft.Graph.User', '@odata.id': `Users/${id}`, id },
  });
});
