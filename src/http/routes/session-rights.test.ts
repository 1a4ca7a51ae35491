// T22: a session is a new one at each sign-in, at a password given once more, and when rights are gained; it ends by time, by disuse and on the
// server; what it may do is read at each request; and what a stolen one must not do takes the password.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import pg from 'pg';
import { addressOf, contractRoutes, nameOf } from '../../../test/contract-routes.ts';
import { useDatabase } from '../../../test/database.ts';
import { addOrganisation, addPerson, password, type Org } from '../../../test/people.ts';
import { codeOf, cookieOf, startServer, type TestServer } from '../../../test/server.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const minute = 60_000;
const hour = 60 * minute;
let server: TestServer;
let org: Org;

beforeAll(async () => {
  await owner.connect();
  org = await addOrganisation(db, 'norrsken.test');
});
beforeEach(async () => {
  // Each test turns its own clock.
  await server?.app.close();
  server = await startServer(db);
  await owner.query('delete from auth_session');
});
afterAll(async () => {
  await server.app.close();
  await owner.end();
});

const session = (cookie: string, headers: Record<string, string> = {}) => server.call('GET', '/api/v1/session', { cookie, headers }); // prettier-ignore
const confirm = (cookie: string, given: string) => server.call('POST', '/api/v1/session/confirm', { cookie, body: { password: given } }); // prettier-ignore
const lives = async (cookie: string, headers: Record<string, string> = {}) => (await session(cookie, headers)).status === 200; // prettier-ignore
const users = () => `/api/v1/organisations/${org.id}/users`;

describe('T22 a new session', () => {
  test('comes with each sign-in; the one that was planted in the browser is dead', async () => {
    const planted = await server.signIn(org.member);
    const body = { email: org.admin.email, password };
    const answer = await server.call('POST', '/api/v1/session', { cookie: planted, body });
    const own = cookieOf(answer.headers['set-cookie']);
    expect(own).not.toBe(planted);
    expect([await lives(planted), await lives(own)]).toEqual([false, true]);
  });

  test('comes with the password given once more, and the one before is dead', async () => {
    const before = await server.signIn(org.admin);
    const answer = await confirm(before, password);
    expect([answer.status, answer.text]).toEqual([204, '']);
    const after = cookieOf(answer.headers['set-cookie']);
    expect([await lives(before), await lives(after)]).toEqual([false, true]);
  });

  test('is needed by somebody who gains rights: all earlier ones are dead', async () => {
    const person = await addPerson(db, org.id, { email: 'gains@norrsken.test' });
    const [first, second] = [await server.signIn(person), await server.signIn(person)];
    const boss = await server.signIn(org.admin);
    const change = async (version: number, permissions: string[]) =>
      (await server.call('PATCH', `${users()}/${person.id}`, { cookie: boss, body: { version, permissions } })).status;
    expect(await change(1, ['users_and_teams'])).toBe(200);
    expect([await lives(first), await lives(second), await lives(boss)]).toEqual([false, false, true]);
    // Losing them is seen at the next click, and ends nothing.
    const third = await server.signIn(person);
    expect((await server.call('GET', users(), { cookie: third })).status).toBe(200);
    expect(await change(2, [])).toBe(200);
    expect([(await server.call('GET', users(), { cookie: third })).status, await lives(third)]).toEqual([403, true]);
  });
});

describe('T22 a session ends', () => {
  test('twelve hours after the password was given, however much it is used', async () => {
    const cookie = await server.signIn(org.admin);
    for (let passed = 0; passed + 20 * minute < 12 * hour; passed += 20 * minute) {
      expect(await lives(cookie)).toBe(true);
      await server.clock.advance(20 * minute);
    }
    await server.clock.advance(20 * minute);
    expect(await lives(cookie)).toBe(false);
    const { rows } = await owner.query('select 1 from auth_session s join auth_user u on u.id = s.user_id where u.email = $1', [org.admin.email]); // prettier-ignore
    expect(rows).toEqual([]);
  });

  test('after half an hour of disuse, also when an open page looks for news all the time', async () => {
    const cookie = await server.signIn(org.admin);
    for (let passed = 0; passed < 30; passed += 5) {
      await server.clock.advance(5 * minute);
      expect(await lives(cookie, { 'x-samsyn-background': '1' })).toBe(true);
    }
    await server.clock.advance(minute);
    expect(await lives(cookie, { 'x-samsyn-background': '1' })).toBe(false);
    expect(await lives(cookie)).toBe(false);
  });

  test('on the server: its cookie opens nothing after signing out, in whatever browser it is', async () => {
    const cookie = await server.signIn(org.admin);
    await server.call('DELETE', '/api/v1/session', { cookie });
    expect(await lives(cookie)).toBe(false);
  });
});

describe('T22 what takes the password once more', () => {
  const guarded = contractRoutes.filter((route) => route.recentSignIn === true);

  test('is connecting, its link and its reminder, a sign-in for somebody, deciding about held rows, and each file', () => {
    expect(guarded.map(nameOf).toSorted((x, y) => (x < y ? -1 : 1))).toEqual([
      'POST …/connection/held/decide',
      'POST …/connection/held/export',
      'POST …/connection/links',
      'POST …/connection/links/:id/reminder',
      'POST …/connection/previews/:id/export',
      'POST …/connection/sign-in',
      'POST …/history/changes/export',
      'POST …/history/decisions/export',
      'POST …/history/runs/:id/export',
      'POST …/users/:id/password-link',
    ]);
    expect(contractRoutes.filter((route) => route.download === true && route.recentSignIn !== true)).toEqual([]);
  });

  test.each(guarded.map((route) => ({ route, name: nameOf(route) })))(
    '$name: not a quarter of an hour after it was given, and again when it is',
    async ({ route }) => {
      const cookie = await server.signIn(org.admin);
      const ask = async (as: string) => codeOf(await server.call(route.method, addressOf(route, org.id), { cookie: as, body: {} })); // prettier-ignore
      await server.clock.advance(14 * minute);
      expect(await ask(cookie)).not.toBe('password_needed');
      await server.clock.advance(2 * minute);
      expect(await ask(cookie)).toBe('password_needed');
      const fresh = cookieOf((await confirm(cookie, password)).headers['set-cookie']);
      // The new session is of this moment by the machine's clock, which stands a quarter of an hour behind the test's.
      server.clock.set(new Date());
      expect(await ask(fresh)).not.toBe('password_needed');
    },
  );

  test('is not asked of somebody who may not do it at all', async () => {
    const cookie = await server.signIn(org.member);
    await server.clock.advance(20 * minute);
    const answer = await server.call('POST', `/api/v1/organisations/${org.id}/connection/links`, { cookie });
    expect(codeOf(answer)).toBe('forbidden');
  });

  test('a wrong one ends nothing, gives nothing, and can be tried five times a minute', async () => {
    const person = await addPerson(db, org.id, { email: 'guess@norrsken.test', permissions: ['users_and_teams'] });
    const cookie = await server.signIn(person);
    const codes: unknown[] = [];
    for (let tries = 0; tries < 7; tries += 1) codes.push(codeOf(await confirm(cookie, `wrong password ${tries}`)));
    expect(codes.slice(0, 4)).toEqual(Array(4).fill('wrong_credentials'));
    expect(codes.at(-1)).toBe('too_many_requests');
    expect(await lives(cookie)).toBe(true);
    expect(codeOf(await server.call('POST', '/api/v1/session/confirm', { body: { password } }))).toBe('not_signed_in');
  });
});
