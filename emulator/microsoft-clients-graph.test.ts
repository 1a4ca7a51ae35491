// Microsoft's own Graph library against the emulator over HTTPS: a judge that nobody here wrote. It sends no token over plain HTTP, so
// HTTPS is the only way to it; trusted.ts says how it gets to trust the emulator's authority. Its middleware is the one it comes with.
import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  GraphError,
  PageIterator,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client';
import type { BatchResponseBody, PageCollection } from '@microsoft/microsoft-graph-client';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { groupId, NORRSKEN, userId } from './people.ts';
import { APP } from './test-kit.ts';
import { startTrusted } from './trusted.ts';
import type { SecureEmulator } from './trusted.ts';

let emulator: SecureEmulator;
let client: Client;

beforeAll(async () => {
  emulator = await startTrusted({ apps: [structuredClone(APP)], users: 700 });
  emulator.store.grant(NORRSKEN.id, APP.clientId, APP.requiredRoles);
  client = clientAt(emulator.secure.url);
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.store.faults.clear();
  emulator.store.requests.reset();
});

/** Microsoft's two libraries together, as an application has them. */
function clientAt(origin: string): Client {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: APP.clientId,
      clientSecret: APP.secret,
      authority: `${emulator.secure.url}/${NORRSKEN.id}`,
      knownAuthorities: [new URL(emulator.secure.url).host],
    },
  });
  return Client.initWithMiddleware({
    baseUrl: `${origin}/`,
    customHosts: new Set(['localhost']),
    authProvider: {
      async getAccessToken() {
        const result = await application.acquireTokenByClientCredential({
          scopes: ['https://graph.microsoft.com/.default'],
        });
        return result?.accessToken ?? '';
      },
    },
  });
}

const asked = (route: string): number => emulator.store.requests.summary().perRoute[route] ?? 0;

/** Ids of people in the directory now. */
const alive = (): string[] =>
  emulator.store
    .tenant(NORRSKEN.id)
    .userOrder.filter((user) => user.deletedAt === null)
    .map((user) => user.id);

interface Round {
  items: Record<string, unknown>[];
  deltaLink: string | undefined;
}

/** Everything from a page on, as the library's iterator gives it. */
async function iterate(first: Promise<unknown>, headers?: Record<string, string>): Promise<Round> {
  const items: Record<string, unknown>[] = [];
  const pages = new PageIterator(
    client,
    (await first) as PageCollection, // the library types an answer as any
    (item: Record<string, unknown>) => items.push(item) > 0,
    headers === undefined ? {} : { headers },
  );
  await pages.iterate();
  expect(pages.isComplete()).toBe(true);
  return { items, deltaLink: pages.getDeltaLink() };
}

async function refusal(of: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await of.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof GraphError) return error;
  throw error;
}

test('Point 13: the Graph client sends its token over HTTPS and never over HTTP', async () => {
  const { value } = (await client.api('/organization').get()) as PageCollection; // the library types an answer as any
  expect(value).toMatchObject([{ id: NORRSKEN.id }]);
  expect(await refusal(clientAt(emulator.url).api('/organization').get())).toMatchObject({
    statusCode: 401,
    code: 'InvalidAuthenticationToken',
  });
});

test('Point 13: PageIterator reads all people, over links that stay on HTTPS', async () => {
  const first: PageCollection = (await client.api('/users').select('id,displayName').top(100).get()) as PageCollection; // the library types an answer as any
  expect(new URL(first['@odata.nextLink'] ?? '').origin).toBe(emulator.secure.url);
  const { items } = await iterate(Promise.resolve(first));
  expect(items.map((one) => one['id'])).toEqual(alive());
  expect(asked('GET /v1.0/users')).toBe(Math.ceil(alive().length / 100));
});

test('Point 13: PageIterator keeps ConsistencyLevel only when it is told to, and pages fail without it', async () => {
  const search = () =>
    client
      .api('/users')
      .header('ConsistencyLevel', 'eventual')
      .search('"displayName:anna"')
      .count(true)
      .select('id,displayName')
      .top(1)
      .get() as Promise<PageCollection>; // the library types an answer as any
  const first = await search();
  const { items } = await iterate(Promise.resolve(first), { ConsistencyLevel: 'eventual' });
  expect(items.length).toBeGreaterThan(1);
  expect(first['@odata.count']).toBe(items.length);
  expect(items.every((one) => String(one['displayName']).toLowerCase().includes('anna'))).toBe(true);

  expect(await refusal(iterate(search()))).toMatchObject({ statusCode: 400, code: 'Directory_ExpiredPageToken' });
  const without = client.api('/users').search('"displayName:anna"').get() as Promise<unknown>; // typed as any
  expect(await refusal(without)).toMatchObject({ statusCode: 400, code: 'Request_UnsupportedQuery' });
});

test('Point 13: a delta round by PageIterator ends in a deltaLink, and the next tells what changed and who went', async () => {
  const round = await iterate(client.api('/users/delta').select('id,displayName,jobTitle').get());
  expect(new Set(round.items.map((one) => one['id']))).toEqual(new Set(alive()));
  const deltaLink = round.deltaLink ?? '';
  expect(new URL(deltaLink).origin).toBe(emulator.secure.url);

  const [changed = '', gone = ''] = alive().slice(-2);
  emulator.store.updateUser(NORRSKEN.id, changed, { jobTitle: 'Montör' });
  emulator.store.deleteUser(NORRSKEN.id, gone);
  const next = await iterate(client.api(deltaLink).get());
  expect(next.items).toHaveLength(2);
  expect(next.items).toContainEqual(expect.objectContaining({ id: changed, jobTitle: 'Montör' }));
  expect(next.items).toContainEqual({ id: gone, '@removed': { reason: 'changed' } });

  expect((await iterate(client.api(next.deltaLink ?? '').get())).items).toEqual([]);
});

test('Point 13: a dead deltaLink arrives as 410 with its code and Location, where a full round begins', async () => {
  const { deltaLink } = await iterate(client.api('/groups/delta').select('id,displayName,members').get());
  emulator.store.invalidateDeltaLinks(NORRSKEN.id, 'gone');
  const error = await refusal(client.api(deltaLink ?? '').get());
  expect(error).toMatchObject({ statusCode: 410, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(error.code?.toLowerCase()).toBe('syncstatenotfound');
  const location = error.headers?.get('Location') ?? '';
  expect(new URL(location).origin).toBe(emulator.secure.url);
  expect(location).toMatch(/\$deltatoken=$/);
  const groups = emulator.store.tenant(NORRSKEN.id).groupOrder.filter((group) => group.deletedAt === null);
  const again = await iterate(client.api(location).get());
  expect(new Set(again.items.map((one) => one['id']))).toEqual(new Set(groups.map((group) => group.id)));
});

/** The library reads only what comes after the host, and sends it as the address below the version. */
const item = (path: string, headers: Record<string, string> = {}): Request =>
  new Request(`https://graph.microsoft.com${path}`, { headers });

async function batch(steps: ConstructorParameters<typeof BatchRequestContent>[0]): Promise<BatchResponseContent> {
  const content = await new BatchRequestContent(steps).getContent();
  return new BatchResponseContent((await client.api('/$batch').post(content)) as BatchResponseBody); // typed as any
}

test('Point 13: a batch of the library comes back by id, each answer with its own status, headers and body', async () => {
  const telefoni = groupId(NORRSKEN.id, 'telefoni');
  const answers = await batch([
    { id: 'person', request: item(`/users/${userId('asa.oberg@norrsken.se')}?$select=displayName`) },
    { id: 'nobody', request: item('/users/nobody@norrsken.se') },
    { id: 'count', request: item(`/groups/${telefoni}/members/$count`, { ConsistencyLevel: 'eventual' }) },
  ]);
  expect(answers.getResponses().size).toBe(3);
  const [person, nobody, count] = ['person', 'nobody', 'count'].map((id) => answers.getResponseById(id));
  expect([person?.status, nobody?.status, count?.status]).toEqual([200, 404, 200]);
  expect(await person?.json()).toMatchObject({ displayName: 'Åsa Öberg' });
  expect(await nobody?.json()).toMatchObject({ error: { code: 'Request_ResourceNotFound' } });
  expect(Number(await count?.text())).toBe(emulator.store.group(NORRSKEN.id, telefoni).members.size);
});

test('Point 13: what depends on a failed item of a batch is 424 with an error that the library can read', async () => {
  const answers = await batch([
    { id: 'nobody', request: item('/users/nobody@norrsken.se') },
    { id: 'after', request: item('/users?$top=1'), dependsOn: ['nobody'] },
  ]);
  expect(answers.getResponseById('after').status).toBe(424);
  expect(await answers.getResponseById('after').json()).toMatchObject({ error: { code: 'FailedDependency' } });
  expect(asked('GET /v1.0/users')).toBe(0);
});

test('Point 13: a throttled item of a batch carries its own Retry-After, and the batch is 200', async () => {
  emulator.store.faults.add({
    match: { method: 'GET', path: '/v1.0/groups', times: 1 },
    answer: { status: 429, headers: { 'Retry-After': '7' } },
  });
  const answers = await batch([
    { id: '1', request: item('/groups?$top=1') },
    { id: '2', request: item('/users?$top=1') },
  ]);
  const throttled = answers.getResponseById('1');
  expect([throttled.status, throttled.headers.get('Retry-After')]).toEqual([429, '7']);
  expect(await throttled.json()).toMatchObject({ error: { code: 'TooManyRequests' } });
  expect(answers.getResponseById('2').status).toBe(200);
});

test('Point 13: RetryHandler waits out a 429 by Retry-After, decimal too, and tells when it gives up', async () => {
  const throttle = (times: number, retryAfter: string) =>
    emulator.store.faults.add({
      match: { method: 'GET', path: '/v1.0/organization', times },
      answer: { status: 429, headers: { 'Retry-After': retryAfter } },
    });
  throttle(1, '1');
  const since = Date.now();
  await client.api('/organization').get();
  expect(Date.now() - since).toBeGreaterThanOrEqual(1000);
  expect(asked('GET /v1.0/organization')).toBe(2);

  throttle(2, '0.25');
  const then = Date.now();
  await client.api('/organization').get();
  expect(Date.now() - then).toBeGreaterThanOrEqual(500);
  expect(Date.now() - then).toBeLessThan(3000);
  expect(asked('GET /v1.0/organization')).toBe(5);

  throttle(99, '0');
  const patience = [new RetryHandlerOptions(0, 2)];
  const error = await refusal(client.api('/organization').middlewareOptions(patience).get());
  expect(error).toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
  expect(asked('GET /v1.0/organization')).toBe(8);
});

test('Point 13: errors reach the library with code, request id and date, and a missing permission is one of them', async () => {
  const missing = await refusal(client.api('/users/nobody@norrsken.se').get());
  expect(missing).toMatchObject({
    statusCode: 404,
    code: 'Request_ResourceNotFound',
    requestId: missing.headers?.get('request-id'),
  });
  expect(Math.abs(missing.date.getTime() - Date.now())).toBeLessThan(86_400_000);

  const denied = client.api(`/directory/deletedItems/microsoft.graph.group`).get() as Promise<unknown>; // typed as any
  expect(await refusal(denied)).toMatchObject({ statusCode: 403, code: 'Authorization_RequestDenied' });
});
