// The control API, as the page uses it: each change shows up in Graph and in delta; who may reach it; the faults it sets.
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FJALLBYGG, groupId, userId } from './people.ts';
import { schemaNote, judged } from './schema-judge.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const ASA = userId('asa.oberg@norrsken.se');
const NIGHT = groupId(A, 'support-natt');
const EXCHANGE = groupId(A, 'växel');

let kit: Kit;
/** Where a reader of people and of groups stands before the change. */
let usersLink = '';
let groupsLink = '';
beforeEach(async () => {
  kit = await startKit();
  usersLink = (await kit.all('/users/delta?$select=displayName,accountEnabled,userPrincipalName')).deltaLink;
  groupsLink = (await kit.all('/groups/delta?$select=displayName,members')).deltaLink;
});
afterEach(() => kit.close());

type Item = Record<string, unknown>;
const tell = (method: string, path: string, body?: unknown) => kit.control(method, `/tenants/${A}${path}`, body);
const changes = async (link: string) => (await kit.all(link)).items;
const change = async (id: unknown) => (await changes(usersLink)).filter((item) => item['id'] === id);
const joined = async (group: string) => {
  const items = await changes(groupsLink);
  const list = items.filter((item) => item['id'] === group).flatMap((item) => (item['members@delta'] ?? []) as Item[]);
  return list.map((one) => [one['id'], one['@removed'] === undefined]);
};

describe('people', () => {
  test('who are added get a user name, and come in delta and by Graph', async () => {
    const { status, body } = await tell('POST', '/users', { displayName: 'Östen Åkerö', department: 'Fält' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      userPrincipalName: 'osten.akero@norrsken.se',
      accountEnabled: true,
      userType: 'Member',
    });
    expect(await change(body['id'])).toMatchObject([{ displayName: 'Östen Åkerö' }]);
    expect((await kit.get(`/users/${String(body['id'])}?$select=department`)).body).toMatchObject({
      department: 'Fält',
    });
  });
  test('who are renamed keep their id, and their old address as an alias', async () => {
    await tell('PATCH', `/users/${ASA}`, {
      displayName: 'Åsa Ek',
      userPrincipalName: 'asa.ek@norrsken.se',
      mail: 'asa.ek@norrsken.se',
    });
    expect(await change(ASA)).toMatchObject([{ displayName: 'Åsa Ek', userPrincipalName: 'asa.ek@norrsken.se' }]);
    const { body } = await kit.get('/users/asa.ek@norrsken.se?$select=id,proxyAddresses');
    expect(body).toMatchObject({ id: ASA, proxyAddresses: ['SMTP:asa.ek@norrsken.se', 'smtp:asa.oberg@norrsken.se'] });
    expect((await kit.get('/users/asa.oberg@norrsken.se')).status).toBe(404);
  });
  test('who are disabled stay, as disabled', async () => {
    await tell('PATCH', `/users/${ASA}`, { accountEnabled: false });
    expect(await change(ASA)).toMatchObject([{ accountEnabled: false }]);
    expect((await kit.get(`/users/${ASA}?$select=accountEnabled`)).body).toMatchObject({ accountEnabled: false });
  });
  test('who are deleted can be restored under their own name', async () => {
    expect((await tell('DELETE', `/users/${ASA}`)).status).toBe(204);
    expect(await change(ASA)).toEqual([{ id: ASA, '@removed': { reason: 'changed' } }]);
    expect((await kit.get(`/users/${ASA}`)).status).toBe(404);
    expect((await tell('POST', `/users/${ASA}/restore`)).status).toBe(200);
    expect(await change(ASA)).toMatchObject([{ userPrincipalName: 'asa.oberg@norrsken.se', displayName: 'Åsa Öberg' }]);
  });
  test('who are deleted for ever are gone, and a namesake is somebody else', async () => {
    await tell('DELETE', `/users/${ASA}?permanent=1`);
    expect(await change(ASA)).toEqual([{ id: ASA, '@removed': { reason: 'deleted' } }]);
    expect((await tell('POST', `/users/${ASA}/restore`)).status).toBe(404);
    const again = await tell('POST', '/users', { displayName: 'Åsa Öberg', mail: 'asa.oberg@norrsken.se' });
    expect(again.body['userPrincipalName']).toBe('asa.oberg@norrsken.se');
    expect(again.body['id']).not.toBe(ASA);
  });
  test('cannot take a name that somebody has, come back to one that was taken, or have none', async () => {
    expect(await tell('POST', '/users', { displayName: 'Åsa Öberg' })).toMatchObject({
      status: 409,
      code: expect.stringContaining('userPrincipalName') as string,
    });
    await tell('DELETE', `/users/${ASA}`);
    await tell('POST', '/users', { displayName: 'Åsa Öberg' });
    expect((await tell('POST', `/users/${ASA}/restore`)).status).toBe(409);
    for (const wrong of [
      {},
      { displayName: '' },
      { displayName: 7 },
      { displayName: 'A', id: undefined, businessPhones: '08' },
    ])
      expect((await tell('POST', '/users', wrong)).status).toBe(400);
  });
  test('are found by name, user name, title and department, a page at a time', async () => {
    const find = async (query: string) => (await tell('GET', `/users?${query}`)).body;
    expect(await find('search=ÅSA ö')).toMatchObject({ total: 1 });
    expect(await find('search=KUNDSERVICE&limit=5&offset=5')).toMatchObject({ offset: 5 });
    expect((await tell('GET', '/users?search=kundservice&limit=5')).value).toHaveLength(5);
    expect(await find('deleted=1')).toMatchObject({ total: 3 });
    expect(await find(`group=${EXCHANGE}`)).toMatchObject({ total: 12 });
  });
});

describe('groups', () => {
  test('give and take when somebody moves, and delta tells both sides', async () => {
    const mover = [...kit.store.group(A, EXCHANGE).members.keys()][0] ?? '';
    expect((await tell('DELETE', `/groups/${EXCHANGE}/members/${mover}`)).status).toBe(204);
    expect((await tell('PUT', `/groups/${NIGHT}/members/${mover}`)).status).toBe(204);
    expect([await joined(EXCHANGE), await joined(NIGHT)]).toEqual([[[mover, false]], [[mover, true]]]);
    const { items } = await kit.all(`/groups/${NIGHT}/members?$select=id`);
    expect(items.map((item) => item['id'])).toContain(mover);
  });
  test('can be made, renamed, deleted and restored', async () => {
    const made = await tell('POST', '/groups', { displayName: 'Lördagsjour' });
    const id = String(made.body['id']);
    await tell('PUT', `/groups/${id}/members/${ASA}`);
    expect(await joined(id)).toEqual([[ASA, true]]);
    await tell('PATCH', `/groups/${id}`, { displayName: 'Söndagsjour' });
    expect((await kit.get(`/groups/${id}`)).body).toMatchObject({ displayName: 'Söndagsjour' });
    await tell('DELETE', `/groups/${id}`);
    expect(await changes(groupsLink)).toEqual([{ id, '@removed': { reason: 'changed' } }]);
    await tell('POST', `/groups/${id}/restore`);
    expect(await joined(id)).toEqual([[ASA, true]]);
  });
  test('refuse strangers, people who are not in them, and changes to a dynamic one by hand', async () => {
    const dynamic = groupId(A, 'Alla medarbetare');
    expect((await tell('PUT', `/groups/${NIGHT}/members/${userId('nobody@norrsken.se')}`)).status).toBe(404);
    expect((await tell('DELETE', `/groups/${NIGHT}/members/${ASA}`)).status).toBe(404);
    expect((await tell('PUT', `/groups/${dynamic}/members/${ASA}`)).status).toBe(400);
    expect((await tell('DELETE', `/groups/${dynamic}/members/${ASA}`)).status).toBe(400);
  });
});

describe('the rest of it', () => {
  test('makes, renames and deletes many at once', async () => {
    expect((await tell('POST', '/bulk', { create: 30, rename: 20, delete: 10 })).body).toEqual({
      created: 30,
      renamed: 20,
      deleted: 10,
    });
    const items = await changes(usersLink);
    expect(items).toHaveLength(60);
    expect(items.filter((item) => item['@removed'] !== undefined)).toHaveLength(10);
  });
  test('makes tenants, and refuses a name that is taken or a tenant without a domain', async () => {
    const { body } = await kit.control('POST', '/tenants', { displayName: 'Nytt AB', domains: ['nytt.example'] });
    await kit.grantAndUse(APP.requiredRoles, String(body['id']));
    expect((await kit.get('/organization')).value).toMatchObject([{ displayName: 'Nytt AB' }]);
    expect((await kit.control('POST', '/tenants', { displayName: 'Annat', domains: ['norrsken.se'] })).status).toBe(
      409,
    );
    for (const wrong of [{}, { displayName: 'A' }, { displayName: 'A', domains: [] }])
      expect((await kit.control('POST', '/tenants', wrong)).status).toBe(400);
  });
  test('shows, gives and withdraws consent', async () => {
    expect((await tell('GET', `/grants/${APP.clientId}`)).body).toMatchObject({
      roles: APP.requiredRoles,
      enabled: true,
    });
    await tell('DELETE', `/grants/${APP.clientId}`);
    expect((await kit.get('/users')).status).toBe(401);
    await tell('PUT', `/grants/${APP.clientId}`, { roles: ['User.Read.All'] });
    await kit.use();
    expect([(await kit.get('/users')).status, (await kit.get('/groups')).status]).toEqual([200, 403]);
  });
  test('sets faults that meet the requests they name, as often as they say', async () => {
    await kit.control('POST', '/faults', {
      match: { path: '/v1.0/users', skip: 1, times: 2 },
      answer: { status: 503, headers: { 'Retry-After': '1' } },
    });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await kit.get('/users')).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect((await kit.get('/groups')).status).toBe(200);
    await kit.control('POST', '/faults', { match: { path: '/\\/groups\\?/' }, answer: { cut: true } });
    await expect(kit.get('/groups?$top=5')).rejects.toThrow();
    await kit.control('DELETE', '/faults');
    expect((await kit.get('/groups?$top=5')).status).toBe(200);
    for (const wrong of [{}, { match: { path: '/users' } }, { match: { path: '/(/' }, answer: {} }])
      expect((await kit.control('POST', '/faults', wrong)).status).toBe(400);
  });
  test('counts what was asked of Graph', async () => {
    await kit.control('DELETE', '/requests');
    await kit.get('/users');
    await kit.get(`/users/${ASA}`);
    expect((await kit.control('GET', '/requests')).body).toMatchObject({
      count: 2,
      perRoute: { 'GET /v1.0/users': 1, 'GET /v1.0/users/{id}': 1 },
      writeAttempts: [],
    });
  });
  test('is closed to pages of other origins and to foreign host names', async () => {
    const state = (headers: Record<string, string>) => fetch(`${kit.url}/_control/state`, { headers });
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1'])
      expect((await state({ origin })).status).toBe(403);
    expect((await state({ origin: kit.url })).status).toBe(200);
    expect((await state({ origin: kit.url })).headers.get('access-control-allow-origin')).toBeNull();
    // fetch sets the host itself, so the trick of a name that leads here is played one layer below.
    const asked = request({ port: kit.port, path: '/_control/state', headers: { host: 'evil.example' } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]; // what the event is documented to bring
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });
  test.each([
    ['GET', '/nothing', 404],
    ['GET', '/tenants/nothing/users', 404],
    ['DELETE', `/tenants/${FJALLBYGG.id}/users/${ASA}`, 404],
    ['GET', '/tenants/%E0%A4%A/users', 400],
  ])('%s %s is %i with words', async (method, path, status) => {
    const got = await kit.control(method, path);
    expect(got.status).toBe(status);
    expect(got.code).not.toBe('');
  });
});

test.skipIf(schemaNote !== '')(`every Graph answer above fits Microsoft's model${schemaNote}`, () => {
  expect([...judged.keys()]).toEqual(
    expect.arrayContaining(['userDeltaResponse', 'groupDeltaResponse', 'user', 'group']),
  );
});
