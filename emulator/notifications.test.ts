// Point 10 of the checklist, the second half: being told. Which change is told to whom and in which words, how a receiver's
// promptness counts, and what a subscriber hears about the subscription itself. How one subscribes is in subscriptions.test.ts.
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FJALLBYGG, groupId, userId } from './people.ts';
import { judged, schemaNote } from './schema-judge.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Got, Kit } from './test-kit.ts';
import { accept, startReceiver } from './test-receiver.ts';
import type { Notice, Receiver } from './test-receiver.ts';

const ASA = userId('asa.oberg@norrsken.se');
const BJORN = userId('bjorn.ek@norrsken.se');
const NIGHT = groupId(A, 'support-natt');
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
  expect(receiver.violations).toEqual([]);
});

const inMinutes = (minutes: number): string => new Date(kit.store.now() + minutes * 60_000).toISOString();
const subscribe = async (changes: Record<string, unknown> = {}): Promise<string> => {
  const made = await kit.ask(
    'POST',
    '/subscriptions',
    {},
    {
      changeType: 'updated,deleted',
      notificationUrl: `${receiver.url}/notices`,
      resource: 'users',
      expirationDateTime: inMinutes(40_000),
      clientState: 'a secret of the client',
      ...changes,
    },
  );
  expect(made.status).toBe(201);
  return String(made.body['id']);
};
const settings = (notifications: Record<string, unknown>) => kit.control('PUT', '/settings', { notifications });
/** Moves the emulator's clock; tokens end meanwhile. */
const later = async (minutes: number): Promise<void> => {
  await kit.control('POST', '/clock', { advanceSeconds: minutes * 60 });
  await kit.use();
};
const rename = (id: string, displayName: string) => kit.store.updateUser(A, id, { displayName });
/** A machine that is busy with other tests needs more than the second that polling has by itself. */
const soon = <T>(look: () => T) => expect.poll(look, { timeout: 10_000 });
const came = (count: number): Promise<unknown> => soon(() => receiver.notices().length).toBe(count) as Promise<unknown>;
/** Nothing waits any more, so what has not come will not. */
const quiet = async (): Promise<void> => {
  await soon(async () => (await deliveries()).body['waiting']).toBe(0);
};
const deliveries = (): Promise<Got> => kit.control('GET', '/notifications');
const outcomes = async (): Promise<unknown[]> => (await deliveries()).value.map((one) => one['outcome']);
const whatAndWhom = (notices: Notice[]): unknown[] => notices.map((one) => [one['changeType'], one['resource']]);

describe('Point 10: what is told', () => {
  test('Point 10: creation, change, soft deletion and restoring are updates; only what is gone for good is deleted', async () => {
    await subscribe();
    const { id } = kit.store.createUser(A, { displayName: 'Ny Här' });
    kit.store.updateUser(A, id, { jobTitle: 'Montör' });
    kit.store.setManager(A, id, ASA);
    kit.store.deleteUser(A, id);
    kit.store.restoreUser(A, id);
    kit.store.deleteUser(A, id);
    kit.store.purge(A, id);
    await came(7);
    const [updated, deleted] = [
      ['updated', `Users/${id}`],
      ['deleted', `Users/${id}`],
    ];
    expect(whatAndWhom(receiver.notices())).toEqual([...Array.from({ length: 6 }, () => updated), deleted]);
  });

  test('Point 10: groups likewise, and what the purge of the thirtieth day takes is told as deleted', async () => {
    await subscribe({ resource: 'groups' });
    const { id } = kit.store.createGroup(A, { displayName: 'Ny grupp' });
    kit.store.updateGroup(A, id, { description: 'Ändrad' });
    kit.store.deleteGroup(A, id);
    await came(3);
    kit.store.advanceClock(27 * 86_400);
    await quiet();
    expect(receiver.notices()).toHaveLength(3);
    // The subscription would have ended before the group is purged.
    await kit.use();
    const [subscription] = kit.store.subscriptions.keys();
    const until = { expirationDateTime: inMinutes(20_000) };
    expect((await kit.ask('PATCH', `/subscriptions/${String(subscription)}`, {}, until)).status).toBe(200);
    kit.store.advanceClock(4 * 86_400);
    await came(4);
    expect(whatAndWhom(receiver.notices())).toEqual([
      ...Array.from({ length: 3 }, () => ['updated', `Groups/${id}`]),
      ['deleted', `Groups/${id}`],
    ]);
  });

  test('Point 10: in the words of the service, with capital letters and without the changed values', async () => {
    const id = await subscribe();
    rename(ASA, 'Åsa Ny');
    await came(1);
    const [post] = receiver.posts;
    expect([post?.path, post?.contentType]).toEqual(['/notices', 'application/json; charset=utf-8']);
    expect(receiver.notices()).toEqual([
      {
        changeType: 'updated',
        clientState: 'a secret of the client',
        resource: `Users/${ASA}`,
        resourceData: {
          '@odata.type': '#Microsoft.Graph.User',
          '@odata.id': `Users/${ASA}`,
          id: ASA,
          organizationId: A,
          eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/) as string,
          sequenceNumber: expect.any(Number) as number,
        },
        subscriptionExpirationDateTime: expect.stringMatching(/\+00:00$/) as string,
        subscriptionId: id,
        tenantId: A,
      },
    ]);
    expect(JSON.stringify(receiver.notices())).not.toContain('Åsa');
  });

  test('Point 10: who joined and who left a group, those of one moment together', async () => {
    await subscribe({ resource: 'groups' });
    kit.store.addMember(A, NIGHT, ASA);
    kit.store.addMember(A, NIGHT, BJORN);
    kit.store.removeMember(A, NIGHT, BJORN);
    await came(1);
    kit.store.removeMember(A, NIGHT, ASA);
    await came(2);
    const members = receiver.notices().map((one) => one['resourceData'] as Notice);
    expect(members).toMatchObject([
      { '@odata.type': '#Microsoft.Graph.Group', 'members@delta': [{ id: ASA }, { '@removed': 'deleted', id: BJORN }] },
      { 'members@delta': [{ '@removed': 'deleted', id: ASA }] },
    ]);
    const numbers = members.map((one) => Number(one['sequenceNumber']));
    expect(numbers[1]).toBeGreaterThan(Number(numbers[0]));
  });

  test('Point 10: nothing of the members of a group that hides them, but to who may see those', async () => {
    await subscribe({ resource: 'groups' });
    kit.store.updateGroup(A, NIGHT, { visibility: 'HiddenMembership' });
    await came(1);
    kit.store.addMember(A, NIGHT, ASA);
    await quiet();
    expect(receiver.notices()).toHaveLength(1);
    await kit.grantAndUse([...ROLES, 'Member.Read.Hidden']);
    kit.store.removeMember(A, NIGHT, ASA);
    await came(2);
  });

  test('Point 10: only the changes, the objects and the tenant that were asked for', async () => {
    const to = (path: string) => ({ notificationUrl: `${receiver.url}/${path}` });
    await subscribe({ ...to('asa'), resource: `users/${ASA}` });
    await subscribe({ ...to('gone'), changeType: 'deleted' });
    await subscribe({ ...to('night'), resource: `groups/${NIGHT}` });
    await subscribe({ ...to('members'), resource: `groups/${NIGHT}/members` });
    rename(ASA, 'Åsa Ny');
    rename(BJORN, 'Björn Ny');
    kit.store.purge(A, BJORN);
    kit.store.updateGroup(A, NIGHT, { description: 'Ändrad' });
    kit.store.addMember(A, NIGHT, ASA);
    const foreign = [...kit.store.tenant(FJALLBYGG.id).users.keys()][0];
    kit.store.grant(FJALLBYGG.id, APP.clientId, ROLES);
    kit.store.purge(FJALLBYGG.id, String(foreign));
    await came(5);
    await quiet();
    const told = (path: string) => receiver.posts.filter((one) => one.path === `/${path}`).flatMap((one) => one.value);
    expect(whatAndWhom(told('asa'))).toEqual([['updated', `Users/${ASA}`]]);
    expect(whatAndWhom(told('gone'))).toEqual([['deleted', `Users/${BJORN}`]]);
    expect(told('night')).toHaveLength(2);
    expect(told('members')).toMatchObject([{ resourceData: { 'members@delta': [{ id: ASA }] } }]);
    expect(receiver.notices()).toHaveLength(5);
  });

  test('Point 10: over HTTPS as well, to this machine', async () => {
    const secure = await startReceiver({ secure: true });
    try {
      expect(secure.url).toMatch(/^https:/);
      await subscribe({ notificationUrl: `${secure.url}/notices` });
      rename(ASA, 'Krypterad');
      await soon(() => whatAndWhom(secure.notices())).toEqual([['updated', `Users/${ASA}`]]);
      expect(secure.violations).toEqual([]);
    } finally {
      await secure.close();
    }
  });

  test('Point 10: several in one POST, and no more than fit', async () => {
    await settings({ perPostMax: 40 });
    await subscribe();
    await kit.control('POST', `/tenants/${A}/bulk`, { rename: 100 });
    await came(100);
    expect(receiver.posts.map(({ value }) => value.length)).toEqual([40, 40, 20]);
    for (const perPostMax of [0, -1, 'many']) await settings({ perPostMax });
    rename(ASA, 'Ett');
    rename(BJORN, 'Två');
    await came(102);
    expect(receiver.posts.slice(3).map(({ value }) => value.length)).toEqual([1, 1]);
  });
});

describe('Point 10: what a receiver must bear', () => {
  test('Point 10: the same notice twice, in another order, and none at all, when the settings say so', async () => {
    await subscribe();
    await settings({ duplicates: true, reversed: true });
    rename(ASA, 'Ett');
    rename(BJORN, 'Två');
    await came(4);
    const resources = receiver.notices().map((one) => one['resource']);
    expect(resources).toEqual([`Users/${BJORN}`, `Users/${ASA}`, `Users/${BJORN}`, `Users/${ASA}`]);
    await settings({ duplicates: false, reversed: false, loseEvery: 2 });
    await kit.control('DELETE', '/notifications');
    for (let index = 0; index < 6; index += 1) rename(ASA, `Nummer ${index}`);
    await came(7);
    await quiet();
    expect(receiver.notices()).toHaveLength(7);
    expect((await outcomes()).filter((one) => one === 'lost')).toHaveLength(3);
    expect(await outcomes()).toContain('delivered');
  });

  test('Point 10: being told late, by the clock', async () => {
    await settings({ delayMs: 120_000 });
    await subscribe();
    rename(ASA, 'Sent');
    await later(1.9);
    expect(receiver.notices()).toEqual([]);
    await later(0.2);
    await came(1);
  });
});

describe('Point 10: delivery', () => {
  const refuse = (response: ServerResponse) => void response.writeHead(500).end();

  test('Point 10: an answer after more than three seconds is none', async () => {
    expect((await kit.control('GET', '/settings')).body['notifications']).toMatchObject({
      answerWithinMs: 3000,
      slowAboveMs: 2900,
      slowFrom: 100,
    });
    await subscribe();
    receiver.onNotice = (response) => setTimeout(() => accept(response), 3400);
    rename(ASA, 'För sent');
    await soon(async () => (await deliveries()).value[0]?.['attempts']).toHaveLength(1);
    const [tried] = (await deliveries()).value;
    expect(tried).toMatchObject({ outcome: null, attempts: [{ status: null, failure: 'timeout' }] });
    receiver.onNotice = (response) => setTimeout(() => accept(response), 2000);
    await later(1);
    await soon(outcomes).toEqual(['delivered']);
    expect(receiver.posts.map(({ value }) => value)).toEqual([receiver.posts[0]?.value, receiver.posts[0]?.value]);
  });

  test.each<[string, (response: ServerResponse) => void, boolean]>([
    ['200 and words', (response) => void response.writeHead(200).end('thank you'), true],
    ['204', (response) => void response.writeHead(204).end(), true],
    ['302', (response) => void response.writeHead(302, { Location: '/elsewhere' }).end(), false],
    ['404', (response) => void response.writeHead(404).end(), false],
    ['500', refuse, false],
    ['a cut line', (response) => void response.destroy(), false],
  ])('Point 10: %s is taken for an answer, or not', async (_, onNotice, taken) => {
    await subscribe();
    receiver.onNotice = onNotice;
    rename(ASA, 'Hej');
    await came(1);
    await soon(outcomes).toEqual([taken ? 'delivered' : null]);
  });

  test('Point 10: what was not taken is tried again with growing waits, and given up after four hours', async () => {
    await subscribe();
    receiver.onNotice = refuse;
    rename(ASA, 'Ingen svarar');
    await came(1);
    const attempts = async () => ((await deliveries()).value[0]?.['attempts'] ?? []) as { at: string }[];
    const start = kit.store.now();
    let minutes = 0;
    while ((await outcomes())[0] === null) {
      const before = (await attempts()).length;
      const due = String((await deliveries()).value[0]?.['dueAt']);
      minutes = (Date.parse(due) - kit.store.now()) / 60_000;
      await kit.control('POST', '/clock', { advanceSeconds: Math.max(0, minutes * 60) });
      await soon(async () => (await attempts()).length).toBe(before + 1);
    }
    expect(await outcomes()).toEqual(['givenUp']);
    const at = (await attempts()).map((one) => Date.parse(one.at));
    const waits = at.slice(1).map((time, index) => time - Number(at[index]));
    expect(waits.length).toBeGreaterThan(6);
    for (const [index, wait] of waits.slice(1).entries()) expect(wait).toBeGreaterThan(Number(waits[index]) - 1000);
    expect(Number(waits.at(-1))).toBeGreaterThan(Number(waits[0]) * 50);
    expect(Number(at.at(-1)) - start).toBeLessThanOrEqual(4 * 3_600_000);
    expect(Number(at.at(-1)) - start).toBeGreaterThan(2 * 3_600_000);
    const seen = receiver.posts.length;
    await later(600);
    await quiet();
    expect(receiver.posts).toHaveLength(seen);
  });

  test('Point 10: what was refused first is delivered whole once the receiver is well', async () => {
    await subscribe();
    receiver.onNotice = (response, count) => (count < 3 ? refuse(response) : accept(response));
    rename(ASA, 'Till slut');
    await came(1);
    await later(1);
    await came(2);
    await later(1);
    await came(3);
    await soon(outcomes).toEqual(['delivered']);
    expect(new Set(receiver.posts.map(({ value }) => JSON.stringify(value))).size).toBe(1);
  });

  test('Point 10: nothing goes to a subscription that was ended while it waited', async () => {
    const id = await subscribe();
    receiver.onNotice = refuse;
    rename(ASA, 'Strax slut');
    await came(1);
    await kit.ask('DELETE', `/subscriptions/${id}`);
    await later(1);
    await quiet();
    expect(await outcomes()).toEqual(['moot']);
    expect(receiver.posts).toHaveLength(1);
  });

  test('Point 10: receivers that hang, cut the line, babble or are gone hold up nobody and break nothing', async () => {
    const bad = await startReceiver();
    await subscribe({ notificationUrl: `${bad.url}/hangs` });
    await subscribe();
    const ways: ((response: ServerResponse) => void)[] = [
      () => {},
      (response) => void response.writeHead(200, { 'Content-Length': '5000' }).write('half'),
      (response) => void response.destroy(),
      (response) => void response.socket?.end('not HTTP at all\r\n\r\n'),
      (response) => {
        response.writeHead(200);
        const more = setInterval(() => response.write('x'.repeat(1000)), 5);
        response.on('close', () => clearInterval(more));
      },
    ];
    await settings({ answerWithinMs: 300 });
    for (const [index, way] of ways.entries()) {
      bad.onNotice = way;
      rename(ASA, `Väg ${index}`);
      await came(index + 1);
      expect((await kit.get(`/users/${ASA}?$select=displayName`)).body).toMatchObject({ displayName: `Väg ${index}` });
      await soon(() => bad.posts.length).toBeGreaterThan(index);
      await later(1);
    }
    // The last way has said 200 before it began to babble; nobody listens to the end of that.
    const taken = async () => (await deliveries()).value.filter((one) => one['outcome'] === 'delivered');
    await soon(async () => (await taken()).some((one) => String(one['url']).startsWith(bad.url))).toBe(true);
    await bad.close();
    rename(ASA, 'Ingen hemma');
    await came(ways.length + 1);
    await soon(async () =>
      (await deliveries()).value.flatMap((one) => one['attempts'] as { failure: string }[]),
    ).toContainEqual(expect.objectContaining({ failure: 'unreachable' }));
    expect((await kit.get('/users?$top=1')).status).toBe(200);
  });
});

describe('Point 10: slow receivers', () => {
  /** One POST per notice, and a third of the usual slowness, so that the test ends in this minute. */
  const tell = async (count: number, slow: number, slowFrom = 20): Promise<void> => {
    await settings({ slowFrom, slowAboveMs: 900, perPostMax: 1 });
    await subscribe();
    const before = receiver.posts.length;
    receiver.onNotice = (response, number) =>
      void (number - before <= slow ? setTimeout(() => accept(response), 1100) : accept(response));
    for (let index = 0; index < count; index += 1) rename(ASA, `Nummer ${index}`);
    await came(before + count);
    await quiet();
  };
  const treatment = async () => ((await deliveries()).body['receivers'] as Notice[])[0]?.['treatment'];

  test('Point 10: a tenth of slow answers is borne, more is told ten minutes late, until it is forgotten', async () => {
    await tell(20, 2);
    expect(await treatment()).toBe('prompt');
    receiver.onNotice = (response) => void setTimeout(() => accept(response), 1100);
    rename(ASA, 'En till');
    await came(21);
    await quiet();
    expect(await treatment()).toBe('delayed');
    receiver.onNotice = accept;
    rename(ASA, 'Fördröjd');
    await soon(async () => (await deliveries()).body['waiting']).toBe(1);
    await later(9);
    expect(receiver.notices()).toHaveLength(21);
    await later(1.1);
    await came(22);
    expect(await treatment()).toBe('prompt');
    rename(ASA, 'Genast igen');
    await came(23);
  });

  test('Point 10: from 15 % of slow answers on, notifications are dropped and do not come later', async () => {
    await tell(20, 3);
    expect(await treatment()).toBe('dropped');
    receiver.onNotice = accept;
    rename(ASA, 'Aldrig sagt');
    await quiet();
    await soon(async () => (await outcomes()).at(-1)).toBe('dropped');
    await later(11);
    await quiet();
    expect(receiver.notices()).toHaveLength(20);
    rename(ASA, 'Efter tio minuter');
    await came(21);
  });

  test('Point 10: fewer notifications than the least number say nothing', async () => {
    await tell(4, 4, 5);
    expect(await treatment()).toBe('prompt');
  });
});

describe('Point 10: the life of a subscription', () => {
  const lifecycle = () => receiver.posts.filter(({ path }) => path === '/lifecycle').flatMap(({ value }) => value);
  const warned = (minutes: number) =>
    subscribe({ lifecycleNotificationUrl: `${receiver.url}/lifecycle`, expirationDateTime: inMinutes(minutes) });
  const challenged = (count: number): Promise<unknown> =>
    soon(() => lifecycle().length).toBe(count) as Promise<unknown>;

  test('Point 10: before it ends its owner is asked to reauthorize, without any resource being named', async () => {
    const id = await warned(1000);
    await later(279);
    await quiet();
    expect(lifecycle()).toEqual([]);
    await later(2);
    await challenged(1);
    expect(lifecycle()).toEqual([
      {
        lifecycleEvent: 'reauthorizationRequired',
        clientState: 'a secret of the client',
        subscriptionId: id,
        subscriptionExpirationDateTime: expect.stringMatching(/\+00:00$/) as string,
        tenantId: A,
      },
    ]);
    await later(360);
    await challenged(2);
    rename(ASA, 'Flödet går vidare');
    await came(3);
    // Reauthorizing answers the challenge, and does not make the life longer.
    expect((await kit.ask('POST', `/subscriptions/${id}/reauthorize`)).status).toBe(204);
    await later(100);
    await quiet();
    expect(lifecycle()).toHaveLength(2);
    await later(90);
    await challenged(3);
    await later(200);
    await soon(() => kit.store.subscriptions.size).toBe(0);
  });

  test('Point 10: renewing in time answers it for good; nobody is asked without a lifecycle address', async () => {
    const id = await warned(700);
    await subscribe({ expirationDateTime: inMinutes(700) });
    await later(345);
    await challenged(1);
    const renewed = await kit.ask('PATCH', `/subscriptions/${id}`, {}, { expirationDateTime: inMinutes(30_000) });
    expect(renewed.status).toBe(200);
    await later(500);
    await quiet();
    expect(lifecycle()).toHaveLength(1);
    expect([...kit.store.subscriptions.keys()]).toEqual([id]);
  });

  test('Point 10: after its end nothing is told, and removal and missed changes are never announced', async () => {
    await warned(60);
    await settings({ loseEvery: 1 });
    rename(ASA, 'Förlorad');
    await settings({ loseEvery: 0 });
    await later(61);
    await soon(() => kit.store.subscriptions.size).toBe(0);
    rename(ASA, 'Efter slutet');
    await quiet();
    expect(receiver.notices().map((one) => one['lifecycleEvent'])).toEqual(['reauthorizationRequired']);
    expect((await kit.get('/subscriptions')).value).toEqual([]);
  });

  test('Point 10: a permission that is taken away pauses it until the owner reauthorizes; what happened meanwhile stays untold', async () => {
    const id = await warned(30_000);
    kit.store.grant(A, kit.store.subscriptions.get(id)?.clientId ?? '', ['Group.Read.All']);
    await challenged(1);
    rename(ASA, 'Osett');
    await later(16);
    await challenged(2);
    expect((await kit.ask('POST', `/subscriptions/${id}/reauthorize`)).status).toBe(403);
    await kit.grantAndUse(ROLES);
    rename(ASA, 'Ännu osett');
    await quiet();
    expect(receiver.notices()).toHaveLength(2);
    expect((await kit.ask('POST', `/subscriptions/${id}/reauthorize`)).status).toBe(204);
    rename(ASA, 'Sett igen');
    await came(3);
    expect(receiver.notices().at(-1)).toMatchObject({ changeType: 'updated', resource: `Users/${ASA}` });
  });
});

describe('Point 10: the control API', () => {
  test('Point 10: shows who subscribed without their secret, what they were told, and ends or challenges a subscription', async () => {
    const id = await subscribe({ lifecycleNotificationUrl: `${receiver.url}/lifecycle` });
    const list = await kit.control('GET', '/subscriptions');
    expect(list.value).toMatchObject([{ id, tenantId: A, resource: 'users', paused: false, challengedAt: null }]);
    expect(JSON.stringify(list.body)).not.toContain('secret');
    rename(ASA, 'Visas');
    await came(1);
    await soon(outcomes).toEqual(['delivered']);
    expect((await deliveries()).body).toMatchObject({
      waiting: 0,
      receivers: [{ address: `${receiver.url}/notices`, notices: 1, answers: 1, slow: 0, treatment: 'prompt' }],
      value: [{ about: 'change', subscriptionIds: [id], attempts: [{ status: 202, failure: null }] }],
    });
    expect((await kit.control('POST', `/subscriptions/${id}/challenge`)).status).toBe(204);
    await came(2);
    expect(receiver.notices()[1]).toMatchObject({ lifecycleEvent: 'reauthorizationRequired' });
    expect((await kit.control('DELETE', '/notifications')).status).toBe(204);
    await soon(outcomes).toEqual([]);
    expect((await kit.control('DELETE', `/subscriptions/${id}`)).status).toBe(204);
    expect((await kit.control('DELETE', `/subscriptions/${id}`)).status).toBe(404);
    rename(ASA, 'Ingen frågar');
    await quiet();
    expect(receiver.notices()).toHaveLength(2);
  });
});

test.skipIf(schemaNote !== '')(`Point 10: every notification above fits Microsoft's model${schemaNote}`, () => {
  expect(judged.get('changeNotificationCollection') ?? 0).toBeGreaterThan(100);
});
