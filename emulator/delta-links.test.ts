// Point 8, the links of delta: opaque, bound to who asked and for what, and what they answer when they have died.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FJALLBYGG, groupId, userId } from './people.ts';
import { judged, schemaNote } from './schema-judge.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';
import type { DeadLinkAnswer } from './model.ts';

const ASA = userId('asa.oberg@norrsken.se');

let kit: Kit;
beforeEach(async () => {
  kit = await startKit();
});
afterEach(() => kit.close());

const living = () => [...kit.store.tenant(A).users.values()].filter((user) => user.deletedAt === null);
/** Where a reader stands that has read everything. */
const now = async (query = '') => (await kit.all(`/users/delta${query}`)).deltaLink;
/** The header of a second application that the same tenant has consented to. */
const asAnotherApp = async () => {
  const other = { ...APP, clientId: '22222222-3333-4444-8555-666666666666', secret: 'another' };
  kit.store.putApp(other);
  kit.store.grant(A, other.clientId, APP.requiredRoles);
  const { body } = await kit.token({ client_id: other.clientId, client_secret: other.secret });
  return { authorization: `Bearer ${String(body['access_token'])}` };
};

describe('Point 8: a link', () => {
  test('is opaque, cannot be altered, and fits its own resource only', async () => {
    const link = await now();
    expect((await kit.get(link.replace(/.{4}$/, 'AAAA'))).status).toBe(400);
    expect((await kit.get(link.replace('/users/', '/groups/'))).status).toBe(400);
    expect((await kit.get('/users/delta?$deltatoken=made-up')).status).toBe(400);
    expect((await kit.get('/users/delta?$skiptoken=made-up')).status).toBe(400);
    const token = Buffer.from(new URL(link).searchParams.get('$deltatoken') ?? '', 'base64url').toString('latin1');
    expect(token).not.toContain('seq');
  });
  test.each([
    ['unsupportedQuery', 400, 'Request_UnsupportedQuery', 'DeltaLink older than 30 days is not supported.'],
    ['syncStateNotFound', 400, 'syncStateNotFound', expect.stringContaining('must be synchronized again')],
    ['notFound', 404, 'syncStateNotFound', expect.any(String)],
    ['gone', 410, 'syncStateNotFound', expect.any(String)],
    ['resyncRequired', 410, 'resyncRequired', expect.any(String)],
  ] satisfies [DeadLinkAnswer, number, string, unknown][])(
    'that is too old answers as set: %s is %i %s',
    async (answer, status, code, message) => {
      kit.store.changeSettings({ expiredDeltaAnswer: answer });
      const link = await now();
      kit.store.advanceClock(30 * 86_400 + 60);
      await kit.use();
      const got = await kit.get(link);
      expect([got.status, got.code]).toEqual([status, code]);
      expect(got.body['error']).toMatchObject({ message });
      expect((await kit.get('/users/delta')).status).toBe(200);
    },
  );
  test('lives as long as each round renews it', async () => {
    let link = await now();
    for (let week = 0; week < 8; week += 1) {
      kit.store.advanceClock(7 * 86_400);
      await kit.use();
      link = (await kit.all(link)).deltaLink;
    }
    expect(link).toContain('$deltatoken=');
  });
  test('that the service has reset is 410 with a place to start anew, next links included', async () => {
    const link = await now('?$select=displayName');
    const next = String((await kit.get('/users/delta')).body['@odata.nextLink']);
    kit.store.invalidateDeltaLinks(A, 'gone');
    const { status, headers } = await kit.get(link);
    expect(status).toBe(410);
    expect((await kit.get(next)).status).toBe(410);
    const anew = await kit.all(headers.get('location') ?? '');
    expect(anew.items).toHaveLength(living().length);
    expect(Object.keys(anew.items[0] ?? {}).toSorted()).toEqual(['displayName', 'id']);
  });
  test('is bound to its application and its tenant', async () => {
    const links = [(await kit.all('/users/delta')).deltaLink, (await kit.all('/groups/delta')).deltaLink];
    const other = await asAnotherApp();
    for (const link of links)
      expect(await kit.get(link, other)).toMatchObject({ status: 400, code: 'Request_BadRequest' });
    await kit.grantAndUse(APP.requiredRoles, FJALLBYGG.id);
    for (const link of links) expect((await kit.get(link)).status).toBe(400);
  });
  test('keeps the options that it was made with, whatever is added to it', async () => {
    const link = await now('?$select=displayName');
    kit.store.updateUser(A, ASA, { displayName: 'Åsa Annan', jobTitle: 'Chef' });
    for (const added of ['&$select=jobTitle', '&$top=1', "&$filter=id eq 'x'"])
      expect((await kit.get(`${link}${added}`)).value).toEqual([{ id: ASA, displayName: 'Åsa Annan' }]);
  });
  test('made with $deltatoken=latest tells of later changes of members too, when they were selected', async () => {
    const night = groupId(A, 'support-natt');
    const { body } = await kit.get('/groups/delta?$deltatoken=latest&$select=members');
    kit.store.addMember(A, night, ASA);
    const { items } = await kit.all(String(body['@odata.deltaLink']));
    expect(items).toEqual([{ id: night, 'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: ASA }] }]);
  });
});

test.skipIf(schemaNote !== '')(`every answer above fits Microsoft's model${schemaNote}`, () => {
  for (const name of ['odataError', 'userDeltaResponse'])
    expect([name, (judged.get(name) ?? 0) > 5]).toEqual([name, true]);
});
