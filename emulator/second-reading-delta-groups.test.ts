// The second reading, sections 9.4 to 9.6: members and deleted groups in delta, and what a dead link answers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, inOrder, openWorld, value, type World } from './second-reading-kit.ts';
import { about, groups, openRounds, people, removed } from './second-reading-rounds.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({
    all: ['User.Read.All', 'GroupMember.Read.All'],
    other: ['User.Read.All', 'GroupMember.Read.All'],
  });
});
afterAll(() => world.close());

const arrange = openRounds(() => world);

describe('9.4 groups and members', () => {
  test('9.4 a first round lists the members with type and id, nested groups among them', async () => {
    const who = await arrange.person();
    const inner = await arrange.group(who);
    const outer = await arrange.group(inner);
    const { items } = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    expect(about(items, outer)[0]?.['members@delta']).toEqual([{ '@odata.type': '#microsoft.graph.group', id: inner }]);
    expect(about(items, inner)[0]?.['members@delta']).toEqual([{ '@odata.type': '#microsoft.graph.user', id: who }]);
  });

  test('9.4 who joined is an entry, who left is one with @removed deleted', async () => {
    const [stays, leaves, joins] = [await arrange.person(), await arrange.person(), await arrange.person()];
    const id = await arrange.group(stays, leaves);
    const start = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    await world.control('DELETE', `${groups}/${id}/members/${leaves}`);
    await world.control('PUT', `${groups}/${id}/members/${joins}`);
    const told = about((await arrange.round(start.link)).items, id).flatMap((item) => item['members@delta']);
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: leaves, ...removed('deleted') }),
        { '@odata.type': '#microsoft.graph.user', id: joins },
      ]),
    );
  });

  test('9.4 a nested group’s change comes under its own id only', async () => {
    const inner = await arrange.group();
    const outer = await arrange.group(inner);
    const start = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    await world.control('PUT', `${groups}/${inner}/members/${await arrange.person()}`);
    const { items } = await arrange.round(start.link);
    expect([about(items, inner).length, about(items, outer).length]).toEqual([1, 0]);
  });

  test('9.4 a big group comes over several pages, its scalar members each time, each person once', async () => {
    const who = [
      await arrange.person(),
      await arrange.person(),
      await arrange.person(),
      await arrange.person(),
      await arrange.person(),
    ];
    const id = await arrange.group(...who);
    await world.control('PUT', 'settings', { pageSizes: { deltaMembers: 2 } });
    const { items } = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    await world.control('PUT', 'settings', { pageSizes: { deltaMembers: 500 } });
    const parts = about(items, id);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part).toHaveProperty('displayName');
    expect(inOrder(parts.flatMap((part) => part['members@delta']).map((entry) => at(entry, 'id')))).toEqual(
      inOrder(who),
    );
  });

  test('9.4 a soft-deleted person is not reported as having left, nor when purged', async () => {
    const who = await arrange.person();
    const id = await arrange.group(who);
    const start = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    await world.control('DELETE', `${people}/${who}`);
    const gone = await arrange.round(start.link);
    expect(about(gone.items, id)).toEqual([]);
    const first = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    expect(about(first.items, id).flatMap((item) => item['members@delta'])).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: who },
    ]);
    await world.control('DELETE', `${people}/${who}?permanent=1`);
    expect(about((await arrange.round(gone.link)).items, id)).toEqual([]);
  });

  test('9.4 without members in $select no membership is reported', async () => {
    const id = await arrange.group(await arrange.person());
    const start = await arrange.round('/v1.0/groups/delta?$select=displayName');
    expect(about(start.items, id)[0]).not.toHaveProperty('members@delta');
    await world.control('PUT', `${groups}/${id}/members/${await arrange.person()}`);
    expect(about((await arrange.round(start.link)).items, id)).toEqual([]);
  });

  test.each([
    ['a Microsoft 365 group', { groupTypes: ['Unified'], mailEnabled: true }, 'changed'],
    ['a security group of the cloud', { securityEnabled: true, mailEnabled: false }, 'changed'],
    ['a distribution list', { securityEnabled: false, mailEnabled: true }, 'deleted'],
    ['a mail-enabled security group', { securityEnabled: true, mailEnabled: true }, 'deleted'],
    ['a synced group', { securityEnabled: true, mailEnabled: false, onPremisesSyncEnabled: true }, 'deleted'],
  ])('9.5 %s that is deleted', async (_, kind, reason) => {
    const id = await arrange.kind(kind);
    const start = await arrange.round('/v1.0/groups/delta?$select=displayName,members');
    await world.control('DELETE', `${groups}/${id}`);
    expect(about((await arrange.round(start.link)).items, id)).toEqual([{ id, ...removed(reason) }]);
  });
});

describe('9.6 dead links', () => {
  test.each([
    ['unsupportedQuery', 400, 'Request_UnsupportedQuery', 'DeltaLink older than 30 days is not supported.'],
    [
      'syncStateNotFound',
      400,
      'syncStateNotFound',
      'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
    ],
    ['gone', 410, undefined, undefined],
    ['resyncRequired', 410, 'resyncRequired', undefined],
    ['notFound', 404, undefined, undefined],
  ])('9.6 %s', async (answer, status, code, message) => {
    const { link } = await arrange.round('/v1.0/users/delta?$select=displayName');
    await world.control('POST', 'tenants/{tenant}/delta', { answer });
    const reply = await world.ask(link);
    expect(reply.status).toBe(status);
    if (code !== undefined) expect(String(at(reply.body, 'error>code')).toLowerCase()).toBe(code.toLowerCase());
    if (message !== undefined) expect(at(reply.body, 'error>message')).toBe(message);
    if (answer === 'gone') expect(reply.headers.get('location')).toMatch(/\$deltatoken=($|&)/);
    expect((await world.ask('/v1.0/users/delta?$select=displayName')).status).toBe(200);
  });

  test('9.6 the Location of a 410 starts anew', async () => {
    const who = await arrange.person();
    const { link } = await arrange.round('/v1.0/users/delta?$select=displayName');
    await world.control('POST', 'tenants/{tenant}/delta', { answer: 'gone' });
    const { items } = await arrange.round(String((await world.ask(link)).headers.get('location')));
    expect(about(items, who)).toHaveLength(1);
  });

  test('9.6 and 11.1 by the clock: a link grows too old, a deleted person is purged after 30 days', async () => {
    const fresh = await openWorld({ all: ['User.Read.All'] });
    const made = await fresh.control('POST', people, { displayName: 'Old', userPrincipalName: 'old@contoso.example' });
    const first = await fresh.ask('/v1.0/users/delta');
    await fresh.control('DELETE', `${people}/${String(at(made.body, 'id'))}`);
    await fresh.control('POST', 'clock', { advanceSeconds: 31 * 86_400 });
    await fresh.control('PUT', 'settings', {});
    const link = String(at(first.body, '@odata.deltaLink'));
    const { body } = await fresh.ask('/{tenant}/oauth2/v2.0/token', {
      form: {
        grant_type: 'client_credentials',
        client_id: '{all}',
        client_secret: 'a-secret-of-the-second-reading',
        scope: 'https://graph.microsoft.com/.default',
      },
    });
    const headers = { Authorization: `Bearer ${String(at(body, 'access_token'))}` };
    const old = await fresh.ask(link, { as: 'nobody', headers });
    const bin = await fresh.ask('/v1.0/directory/deletedItems/microsoft.graph.user', { as: 'nobody', headers });
    await fresh.close();
    expect([old.status, at(old.body, 'error>code'), value(bin)]).toEqual([400, 'Request_UnsupportedQuery', []]);
  });
});
