// Point 10 of the checklist, the first half: asking to be told. Whom Graph believes to want it, what may be asked for, how much of
// it, and how it is renewed and ended. What is then told is in notifications.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groupId, userId } from './people.ts';
import { judged, schemaNote } from './schema-judge.ts';
import type { Subscription } from './subscriptions/subscription.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Got, Kit } from './test-kit.ts';
import { echo, startReceiver } from './test-receiver.ts';
import type { Receiver } from './test-receiver.ts';

const ASA = userId('asa.oberg@norrsken.se');
const NIGHT = groupId(A, 'support-natt');
const MINUTE_MS = 60_000;
const MAX_MINUTES = 41_760;
const ROLES = ['User.Read.All', 'Group.Read.All'];

let kit: Kit;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
  kit = await startKit();
  await kit.grantAndUse(ROLES);
});
afterEach(async () => {
  await kit.close();
  await receiver.close();
});

const inMinutes = (minutes: number): string => new Date(kit.store.now() + minutes * MINUTE_MS).toISOString();
const asked = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  changeType: 'updated,deleted',
  notificationUrl: `${receiver.url}/notices`,
  resource: 'users',
  expirationDateTime: inMinutes(600),
  clientState: 'a secret of the client',
  ...changes,
});
const subscribe = (changes: Record<string, unknown> = {}): Promise<Got> =>
  kit.ask('POST', '/subscriptions', {}, asked(changes));
const here = (id: unknown, rest = ''): string => `/subscriptions/${String(id)}${rest}`;

describe('Point 10: a subscription', () => {
  test('Point 10: is asked for, shown, renewed, reauthorized and ended, and none of that is a write to the directory', async () => {
    const made = await subscribe({ lifecycleNotificationUrl: `${receiver.url}/lifecycle` });
    expect(made.status).toBe(201);
    const principal = kit.store.tenant(A).grants.get(APP.clientId)?.principalId;
    expect(made.body).toMatchObject({
      '@odata.context': expect.stringMatching(/\$metadata#subscriptions\/\$entity$/) as string,
      ...asked({ expirationDateTime: expect.any(String) as string }),
      applicationId: APP.clientId,
      creatorId: principal,
      lifecycleNotificationUrl: `${receiver.url}/lifecycle`,
      latestSupportedTlsVersion: 'v1_2',
      includeResourceData: null,
    });
    const { id } = made.body;
    expect((await kit.get(here(id))).body).toMatchObject({ id, clientState: 'a secret of the client' });
    const until = inMinutes(MAX_MINUTES - 1);
    const renewed = await kit.ask('PATCH', here(id), {}, { expirationDateTime: until });
    expect(renewed).toMatchObject({ status: 200, body: { id, expirationDateTime: until } });
    expect(await kit.ask('POST', here(id, '/reauthorize'))).toMatchObject({ status: 204, body: { text: '' } });
    expect(await kit.ask('DELETE', here(id))).toMatchObject({ status: 204, body: { text: '' } });
    for (const [method, path] of [
      ['GET', here(id)],
      ['PATCH', here(id)],
      ['DELETE', here(id)],
      ['POST', here(id, '/reauthorize')],
    ] as const)
      expect(
        await kit.ask(method, path, {}, method === 'PATCH' ? { expirationDateTime: until } : undefined),
      ).toMatchObject({ status: 404, code: 'ResourceNotFound' });
    expect(kit.store.requests.summary().writeAttempts).toEqual([]);
    expect((await kit.ask('PUT', '/subscriptions', {}, {})).status).toBe(405);
    expect((await kit.get(here(id, '/other'))).status).toBe(400);
  });

  test('Point 10: is listed to the application that made it alone, in that tenant alone, and without the client state', async () => {
    const { id } = (await subscribe()).body;
    const { status, value } = await kit.get('/subscriptions');
    expect(status).toBe(200);
    expect(value).toMatchObject([{ id, resource: 'users', clientState: null }]);
    const [kept] = kit.store.subscriptions.values();
    const foreign = (changes: Partial<Subscription>) =>
      kit.store.putSubscription({ ...(kept as Subscription), id: crypto.randomUUID(), ...changes }); // just made
    foreign({ clientId: crypto.randomUUID() });
    foreign({ tenantId: crypto.randomUUID() });
    expect((await kit.get('/subscriptions')).value).toMatchObject([{ id }]);
    for (const other of kit.store.subscriptions.values())
      if (other.id !== id) expect((await kit.get(here(other.id))).status).toBe(404);
  });

  test('Point 10: needs the permission to read what it watches; one to write, or to read all the directory, is none', async () => {
    const tries = async (roles: string[]) => {
      await kit.grantAndUse(roles);
      const made = [await subscribe(), await subscribe({ resource: '/groups' })];
      return made.map(({ status, code }) => (status === 201 ? 'made' : code));
    };
    const no = 'Authorization_RequestDenied';
    expect(await tries(['User.Read.All'])).toEqual(['made', no]);
    expect(await tries(['Group.Read.All'])).toEqual([no, 'made']);
    expect(await tries(['GroupMember.Read.All', 'User.ReadBasic.All', 'Directory.Read.All'])).toEqual([no, no]);
    expect(await tries(['User.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'])).toEqual([no, no]);
    expect((await kit.get('/subscriptions')).code).toBe(no);
    const ofUsers = [...kit.store.subscriptions.values()].find((one) => one.watch.kind === 'user');
    expect((await kit.ask('DELETE', here(ofUsers?.id))).code).toBe(no);
    // Only what may still be read is listed.
    await kit.grantAndUse(['Group.Read.All']);
    expect((await kit.get('/subscriptions')).value).toMatchObject([{ resource: '/groups' }]);
  });

  test('Point 10: may be asked for in a batch', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const requests = [{ id: '1', method: 'POST', url: '/subscriptions', headers, body: asked() }];
    const { body } = await kit.ask('POST', '/$batch', {}, { requests });
    expect(body['responses']).toMatchObject([{ id: '1', status: 201, body: { resource: 'users' } }]);
    expect(kit.store.requests.summary().writeAttempts).toEqual([]);
  });

  test('Point 10: outlives a restart, and ends by the clock whether the emulator runs or not', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'subscriptions-'));
    try {
      await kit.close();
      kit = await startKit({ dataDir });
      await kit.grantAndUse(ROLES);
      const { id } = (await subscribe({ expirationDateTime: inMinutes(100) })).body;
      const { id: ended } = (await subscribe()).body;
      await kit.ask('DELETE', here(ended));
      const [kept] = kit.store.subscriptions.values();
      const brief = { id: crypto.randomUUID(), expiresAt: kit.store.now() + 1 };
      kit.store.putSubscription({ ...(kept as Subscription), ...brief }); // made above
      await kit.close();
      kit = await startKit({ dataDir });
      await expect.poll(() => [...kit.store.subscriptions.keys()], { timeout: 10_000 }).toEqual([id]);
      await kit.use();
      expect((await kit.get('/subscriptions')).value).toMatchObject([{ id }]);
      kit.store.advanceClock(101 * 60);
      await kit.use();
      expect((await kit.get(here(id))).status).toBe(404);
      await expect.poll(() => kit.store.subscriptions.size, { timeout: 10_000 }).toBe(0);
      expect((await kit.get('/subscriptions')).value).toEqual([]);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe('Point 10: the handshake', () => {
  const encoded = (response: ServerResponse, token: string) => echo(response, encodeURIComponent(token));
  const typed = (type: string) => (response: ServerResponse, token: string) =>
    void response.writeHead(200, { 'Content-Type': type }).end(token);

  test('Point 10: sends a token to both addresses as text, keeping their query, and takes it back decoded', async () => {
    const made = await subscribe({
      notificationUrl: `${receiver.url}/notices?code=a%20b`,
      lifecycleNotificationUrl: `${receiver.url}/lifecycle`,
    });
    expect(made.status).toBe(201);
    const paths = receiver.tokens.map(({ path }) => path.split(/&?validationToken/)[0]);
    expect(new Set(paths)).toEqual(new Set(['/lifecycle?', '/notices?code=a+b']));
    expect(paths).toHaveLength(2);
    for (const { token, contentType, body } of receiver.tokens) {
      expect(contentType).toBe('text/plain; charset=utf-8');
      expect(body).toBe('');
      expect(token).toMatch(/%3A\+/); // what a receiver has to decode
    }
    expect(made.body['notificationUrl']).toBe(`${receiver.url}/notices?code=a%20b`);
  });

  test.each<[string, (response: ServerResponse, token: string) => void, number]>([
    ['the decoded token as text', echo, 201],
    ['text with a character set', typed('text/plain; charset=utf-8'), 201],
    ['the token as it stood in the address', encoded, 400],
    ['HTML', typed('text/html'), 400],
    ['JSON', typed('application/json'), 400],
    ['the token with something after it', (response, token) => echo(response, `${token}\n`), 400],
    ['nothing in the body', (response) => echo(response, ''), 400],
    ['202', (response, token) => void response.writeHead(202, { 'Content-Type': 'text/plain' }).end(token), 400],
    ['a redirect', (response) => void response.writeHead(302, { Location: '/elsewhere' }).end(), 400],
    ['500', (response, token) => void response.writeHead(500, { 'Content-Type': 'text/plain' }).end(token), 400],
    ['a cut line', (response) => void response.destroy(), 400],
  ])('Point 10: whoever answers with %s', async (_, onHandshake, status) => {
    receiver.onHandshake = onHandshake;
    const made = await subscribe();
    expect([made.status, made.code]).toEqual([status, status === 201 ? '' : 'InvalidRequest']);
    expect(kit.store.subscriptions.size).toBe(status === 201 ? 1 : 0);
  });

  test('Point 10: has ten seconds, and somebody silent holds up nobody else', async () => {
    expect((await kit.control('GET', '/settings')).body['notifications']).toMatchObject({ handshakeWithinMs: 10_000 });
    await kit.control('PUT', '/settings', { notifications: { handshakeWithinMs: 400 } });
    receiver.onHandshake = () => {};
    const start = performance.now();
    const waiting = subscribe();
    expect((await kit.get('/users?$top=1')).status).toBe(200);
    const made = await waiting;
    expect(made).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(JSON.stringify(made.body)).toContain('timed out');
    expect(performance.now() - start).toBeGreaterThan(390);
    // The headers in time and the body not is no answer either.
    receiver.onHandshake = (response) => void response.writeHead(200, { 'Content-Type': 'text/plain' }).write('Val');
    expect(JSON.stringify((await subscribe()).body)).toContain('timed out');
  });

  test('Point 10: fails where nobody listens, where the lifecycle address alone is silent, and beyond this machine', async () => {
    const gone = await startReceiver();
    await gone.close();
    for (const changes of [
      { notificationUrl: `${gone.url}/notices` },
      { lifecycleNotificationUrl: `${gone.url}/lifecycle` },
      { notificationUrl: 'https://receiver.invalid/notices' },
    ])
      expect(await subscribe(changes)).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(kit.store.subscriptions.size).toBe(0);
  });

  test('Point 10: is repeated on renewal when the setting says so', async () => {
    const { id } = (await subscribe()).body;
    const renew = () => kit.ask('PATCH', here(id), {}, { expirationDateTime: inMinutes(900) });
    receiver.onHandshake = (response) => void response.writeHead(500).end();
    expect((await renew()).status).toBe(200);
    await kit.control('PUT', '/settings', { notifications: { handshakeOnRenewal: true } });
    expect(await renew()).toMatchObject({ status: 400, code: 'InvalidRequest' });
    receiver.onHandshake = echo;
    expect((await renew()).status).toBe(200);
  });
});

describe('Point 10: what may be asked for', () => {
  test.each<[string, Record<string, unknown>]>([
    ['creation alone', { changeType: 'created' }],
    ['creation among others', { changeType: 'created,updated' }],
    ['no kind of change', { changeType: undefined }],
    ['an unknown kind of change', { changeType: 'renamed' }],
    ['no address', { notificationUrl: undefined }],
    ['an address that is none', { notificationUrl: 'not an address' }],
    ['plain HTTP to another machine', { notificationUrl: 'http://receiver.example/notices' }],
    ['plain HTTP to a name that only begins like this machine', { notificationUrl: 'http://localhost.example/n' }],
    ['a lifecycle address over plain HTTP', { lifecycleNotificationUrl: 'http://receiver.example/l' }],
    ['no resource', { resource: undefined }],
    ['messages', { resource: 'me/messages' }],
    ["a person's groups", { resource: `users/${ASA}/memberOf` }],
    ['a person by name', { resource: 'users/asa.oberg@norrsken.se' }],
    ['no end', { expirationDateTime: undefined }],
    ['an end without a zone', { expirationDateTime: '2040-01-01T00:00:00' }],
    ['an end that is no time', { expirationDateTime: 'tomorrow' }],
    ['an end in the past', { expirationDateTime: '2020-01-01T00:00:00Z' }],
    ['a client state of 129 characters', { clientState: 'x'.repeat(129) }],
    ['a client state that is no text', { clientState: 5 }],
    ['an unknown version of TLS', { latestSupportedTlsVersion: 'v2' }],
    ['resource data', { includeResourceData: true }],
    ['a certificate for resource data', { encryptionCertificate: 'MII' }],
    ['query options', { notificationQueryOptions: '$filter=x' }],
    ['an application that is none', { notificationUrlAppId: 'me' }],
    ['another content type', { notificationContentType: 'text/xml' }],
    ['a member that is misspelt', { NotificationURL: 'https://receiver.example' }],
  ])('Point 10: %s is refused before anybody is asked', async (_, changes) => {
    expect(await subscribe(changes)).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(receiver.tokens).toEqual([]);
    expect(kit.store.subscriptions.size).toBe(0);
  });

  test('Point 10: users, one user, groups, one group and its members, in the ways in which they are written', async () => {
    for (const resource of [
      'users',
      '/users',
      'Users',
      `users/${ASA}`,
      `users('${ASA}')`,
      'groups',
      `/groups/${NIGHT}`,
      `groups/${NIGHT}/members`,
    ])
      expect(await subscribe({ resource })).toMatchObject({ status: 201, body: { resource } });
    const nobody = crypto.randomUUID();
    for (const resource of [`users/${nobody}`, `users/${NIGHT}`, `groups/${ASA}/members`])
      expect(await subscribe({ resource })).toMatchObject({ status: 404, code: 'Request_ResourceNotFound' });
  });

  test('Point 10: a life of 41,760 minutes and no more; a short one is lengthened to 45', async () => {
    const until = inMinutes(MAX_MINUTES);
    const { status, body } = await subscribe({ expirationDateTime: until });
    expect([status, body['expirationDateTime']]).toEqual([201, until]);
    const long = { expirationDateTime: inMinutes(MAX_MINUTES + 1) };
    expect(await subscribe(long)).toMatchObject({ status: 400, code: 'ExtensionError' });
    expect(await kit.ask('PATCH', here(body['id']), {}, long)).toMatchObject({ status: 400, code: 'ExtensionError' });
    const short = await subscribe({ expirationDateTime: inMinutes(5) });
    const minutes = (Date.parse(String(short.body['expirationDateTime'])) - kit.store.now()) / MINUTE_MS;
    expect(Math.round(minutes)).toBe(45);
    expect((await subscribe({ clientState: 'x'.repeat(128) })).status).toBe(201);
    expect((await subscribe({ clientState: null, changeType: 'deleted' })).body).toMatchObject({ clientState: null });
  });

  test('Point 10: a renewal changes the end alone; a lifecycle address cannot be added later', async () => {
    const { id } = (await subscribe()).body;
    const before = kit.store.subscriptions.get(String(id));
    for (const changes of [
      { lifecycleNotificationUrl: `${receiver.url}/lifecycle`, expirationDateTime: inMinutes(900) },
      { notificationUrl: `${receiver.url}/elsewhere`, expirationDateTime: inMinutes(900) },
      { clientState: 'another' },
      { expirationDateTime: '2020-01-01T00:00:00Z' },
      {},
    ])
      expect(await kit.ask('PATCH', here(id), {}, changes)).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(kit.store.subscriptions.get(String(id))).toEqual(before);
  });
});

describe('Point 10: the quotas', () => {
  /** Puts in so many that others made: asking for 50,000 over HTTP would take minutes. */
  const others = (count: number, of: (index: number) => Partial<Subscription>) => {
    const [kept] = kit.store.subscriptions.values();
    for (let index = 0; index < count; index += 1)
      kit.store.putSubscription({ ...(kept as Subscription), id: crypto.randomUUID(), ...of(index) }); // made before
  };
  test.each<[string, number, (index: number) => Partial<Subscription>]>([
    ['100 of an application in a tenant', 100, () => ({})],
    ['1,000 in a tenant, over all applications', 1000, () => ({ clientId: crypto.randomUUID() })],
    ['50,000 of an application, over all tenants', 50_000, () => ({ tenantId: crypto.randomUUID() })],
  ])('Point 10: %s, and 403 for one more', async (_, max, of) => {
    const { id } = (await subscribe()).body;
    others(max - 2, of);
    expect((await subscribe()).status).toBe(201);
    receiver.tokens.length = 0;
    expect(await subscribe()).toMatchObject({ status: 403, code: 'quotaLimitReached' });
    expect(receiver.tokens).toEqual([]);
    await kit.ask('DELETE', here(id));
    expect((await subscribe()).status).toBe(201);
  });
});

test.skipIf(schemaNote !== '')(`Point 10: every answer above fits Microsoft's model${schemaNote}`, () => {
  for (const name of ['subscription', 'subscriptionCollectionResponse', 'odataError', 'empty answer'])
    expect([name, (judged.get(name) ?? 0) > 0]).toEqual([name, true]);
});
