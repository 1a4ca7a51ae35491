// Signing in over HTTP as a browser does it: sessions, what ends them, and what an attacker is told (T22, T23).
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../../test/database.ts';
import { addAppUser, addOrganisation, addPerson, password, type Org } from '../../../test/people.ts';
import { codeOf, comparable, cookieOf, startServer, type TestServer } from '../../../test/server.ts';
import { inOrganisation } from '../../db/transaction.ts';
import { notifyAppUsers } from '../../notify/inbox.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
let server: TestServer;
let org: Org;

beforeAll(async () => {
  await owner.connect();
  org = await addOrganisation(db, 'norrsken.test', { name: 'Norrsken AB' });
});
beforeAll(renew);
afterAll(async () => {
  await server.app.close();
  await owner.end();
});

/** A new server: nobody has asked it anything yet. */
async function renew(): Promise<void> {
  await server?.app.close();
  server = await startServer(db);
}

const session = (cookie?: string) => server.call('GET', '/api/v1/session', cookie ? { cookie } : {});
const signIn = (email: string, secret: string, more: { cookie?: string; remoteAddress?: string } = {}) =>
  server.call('POST', '/api/v1/session', { body: { email, password: secret }, ...more });

describe('signing in', () => {
  test('opens the organisations that one belongs to, by name, with permissions and unread notices', async () => {
    const other = await addOrganisation(db, 'fjall.test', { name: 'Fjällbygg AB', language: 'en' });
    const account = await owner.query<{ id: string }>('select id from auth_user where email = $1', [org.admin.email]);
    const accountId = account.rows[0]?.id ?? '';
    const second = await addAppUser(db, other.id, { displayName: 'Gäst' }, { accountId, signInEmail: org.admin.email });
    await inOrganisation(db, org.id, (tx) =>
      notifyAppUsers(
        tx,
        org.id,
        [org.admin.id, org.member.id],
        [{ kind: 'gone', params: { count: 1 }, target: 'gone', targetId: null }],
      ),
    );
    const { status, body } = await signIn(org.admin.email, password);
    expect(status).toBe(200);
    expect(body).toEqual({
      account: { id: accountId, email: org.admin.email, name: org.admin.email, language: null },
      organisations: [
        { id: other.id, name: 'Fjällbygg AB', language: 'en', appUserId: second, displayName: 'Gäst', permissions: [], unread: 0 },
        { id: org.id, name: 'Norrsken AB', language: 'sv', appUserId: org.admin.id, displayName: org.admin.email, permissions: ['users_and_teams'], unread: 1 },
      ],
    }); // prettier-ignore
  });

  test('gives a cookie that no script reads and no other site sends along', async () => {
    const { headers } = await signIn(org.member.email, password);
    const line = String(headers['set-cookie']);
    expect(line).toMatch(/^samsyn=[^;]+;/);
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=43200']) expect(line).toContain(part);
    const https = await startServer(db, { publicUrl: 'https://samsyn.norrsken.test' });
    const secure = await https.call('POST', '/api/v1/session', { body: { email: org.member.email, password } });
    expect(String(secure.headers['set-cookie'])).toMatch(/^__Host-samsyn=[^;]+;.*Secure/);
    await https.app.close();
  });

  test('the address in other case, and a password whose å is typed as two signs, are the same', async () => {
    const person = await addPerson(db, org.id, { email: 'asa@norrsken.test' });
    expect((await signIn('ASA@Norrsken.TEST', password.normalize('NFD'))).status).toBe(200);
    expect(person.email).toBe('asa@norrsken.test');
  });

  test('an unknown address, a wrong password and what is no address are answered alike', async () => {
    const answers = [
      await signIn(org.admin.email, 'en helt annan sak'),
      await signIn('nobody@norrsken.test', password),
      await signIn('inte en adress', password),
      await signIn('ädmin@norrsken.test', password),
      await signIn(org.admin.email, ''),
      await signIn('', ''),
    ];
    expect(answers.map(comparable)).toEqual(answers.map(() => comparable(answers[0] ?? expect.fail())));
    expect(answers[0]?.status).toBe(401);
    expect(codeOf(answers[0] ?? expect.fail())).toBe('wrong_credentials');
    expect(answers.some(({ headers }) => headers['set-cookie'])).toBe(false);
  });

  test('refuses bad input with the fields named', async () => {
    for (const [body, path] of [
      [{ email: 'a@b.test' }, 'password'],
      [{ email: 7, password: 'x' }, 'email'],
      [{ email: 'x'.repeat(255), password: 'x' }, 'email'],
      [{ email: 'a@b.test', password: 'x'.repeat(257) }, 'password'],
      [[], ''],
    ] as const) {
      const answer = await server.call('POST', '/api/v1/session', { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ error: { code: 'invalid_input', fields: [{ path }] } });
    }
  });

  test('an earlier session of the same browser ends: a planted cookie is worth nothing afterwards', async () => {
    const planted = await server.signIn(org.member);
    const own = cookieOf((await signIn(org.admin.email, password, { cookie: planted })).headers['set-cookie']);
    expect((await session(planted)).status).toBe(401);
    expect((await session(own)).body).toMatchObject({ account: { email: org.admin.email } });
  });
});

describe('a session', () => {
  test('ends on the server when one signs out', async () => {
    const cookie = await server.signIn(org.member);
    const { status, headers, text } = await server.call('DELETE', '/api/v1/session', { cookie });
    expect([status, text]).toEqual([204, '']);
    expect(headers['clear-site-data']).toContain('"storage"');
    expect([headers['set-cookie']].flat().join()).toMatch(/samsyn=;.*Max-Age=0/);
    expect((await session(cookie)).status).toBe(401);
  });

  test('of an administrator ends after half an hour without use, and use puts that off', async () => {
    const cookie = await server.signIn(org.admin);
    await server.clock.advance(29 * 60_000);
    expect((await session(cookie)).status).toBe(200);
    await server.clock.advance(29 * 60_000);
    expect((await session(cookie)).status).toBe(200);
    await server.clock.advance(31 * 60_000);
    expect((await session(cookie)).status).toBe(401);
    await renew();
  });

  test('of somebody without a permission lasts through the day, but not longer than twelve hours', async () => {
    const cookie = await server.signIn(org.member);
    await server.clock.advance(5 * 3_600_000);
    expect((await session(cookie)).status).toBe(200);
    await owner.query(`update auth_session set expires_at = now() - interval '1 second'`);
    expect((await session(cookie)).status).toBe(401);
    await renew();
  });

  test('shows at the next click that a permission was taken, and that one was removed', async () => {
    const person = await addPerson(db, org.id, { email: 'bo@norrsken.test', permissions: ['users_and_teams'] });
    const [own, boss] = [await server.signIn(person), await server.signIn(org.admin)];
    const users = `/api/v1/organisations/${org.id}/users`;
    expect((await server.call('GET', users, { cookie: own })).status).toBe(200);
    const taken = await server.call('PATCH', `${users}/${person.id}`, {
      cookie: boss,
      body: { version: 1, permissions: [] },
    });
    expect(taken.status).toBe(200);
    expect((await server.call('GET', users, { cookie: own })).status).toBe(403);
    expect((await server.call('DELETE', `${users}/${person.id}`, { cookie: boss })).status).toBe(204);
    expect((await server.call('GET', `/api/v1/organisations/${org.id}/contacts`, { cookie: own })).status).toBe(404);
    expect((await session(own)).body).toMatchObject({ organisations: [] });
  });

  test('is not opened by a cookie that was changed, or made with the key of another server', async () => {
    const cookie = await server.signIn(org.member);
    const [name = '', value = ''] = cookie.split('=');
    const [token = ''] = decodeURIComponent(value).split('.');
    for (const forged of [
      `${name}=${token}`,
      `${name}=${token}.`,
      `${name}=${value.slice(0, -6)}AAAA%3D`,
      `${name}=%00`,
      'x',
    ]) {
      expect((await session(forged)).status).toBe(401);
    }
    expect((await session(cookie)).status).toBe(200);
  });

  test('remembers the language that one chooses, and no other', async () => {
    const cookie = await server.signIn(org.member);
    const change = (language: unknown) => server.call('PATCH', '/api/v1/session', { cookie, body: { language } });
    expect((await change('en')).body).toMatchObject({ account: { language: 'en' } });
    expect((await session(cookie)).body).toMatchObject({ account: { language: 'en' } });
    const wrong = await change('fi');
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({ error: { fields: [{ path: 'language' }] } });
    const again = await server.signIn(org.member);
    expect((await session(again)).body).toMatchObject({ account: { language: 'en' } });
  });
});

describe('guessing', () => {
  test('one account is answered five times a minute, with the time to wait after that', async () => {
    await renew();
    const guess = (number: number) => signIn(org.admin.email, 'fel fel fel fel', { remoteAddress: `10.0.0.${number}` });
    for (let times = 0; times < 5; times += 1) expect((await guess(times)).status).toBe(401);
    const refused = await guess(5);
    expect([refused.status, codeOf(refused)]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(12);
    // Also with the right one: otherwise the sixth guess would tell.
    expect((await signIn(org.admin.email.toUpperCase(), password)).status).toBe(429);
    await server.clock.advance(Number(refused.headers['retry-after']) * 1000);
    expect((await signIn(org.admin.email, password)).status).toBe(200);
  });

  test('one address is answered twenty times a minute, whatever accounts it tries, and others are not kept waiting', async () => {
    await renew();
    const guess = (number: number) =>
      signIn(`nobody${number}@norrsken.test`, 'fel fel fel fel', { remoteAddress: '10.1.1.1' });
    for (let times = 0; times < 20; times += 1) expect((await guess(times)).status).toBe(401);
    expect((await guess(20)).status).toBe(429);
    expect((await signIn(org.admin.email, password, { remoteAddress: '10.1.1.2' })).status).toBe(200);
  });

  test('whoever signs in rightly is not counted', async () => {
    await renew();
    for (let times = 0; times < 12; times += 1) expect((await signIn(org.admin.email, password)).status).toBe(200);
  });

  test('an X-Forwarded-For that no proxy of ours has written changes nothing', async () => {
    await renew();
    const guess = (number: number) =>
      server.call('POST', '/api/v1/session', {
        body: { email: `nobody${number}@norrsken.test`, password: 'fel' },
        headers: { 'x-forwarded-for': `10.9.9.${number}` },
        remoteAddress: '10.1.1.1',
      });
    for (let times = 0; times < 20; times += 1) await guess(times);
    expect((await guess(20)).status).toBe(429);
  });
});

test('the sign-in page learns the version, and of the demo only in the demo', async () => {
  expect((await server.call('GET', '/api/v1/server')).body).toEqual({
    version: '1.2.3',
    demo: null,
    readOnly: null,
  });
});

test('neither addresses nor passwords nor tokens come into the log', async () => {
  const cookie = await server.signIn(org.member);
  await signIn(org.member.email, 'hemligheten i loggen');
  await session(cookie);
  const log = server.lines.join('');
  expect(log).toContain('/api/v1/session');
  for (const canary of [
    'member@',
    'norrsken.test',
    'hemligheten',
    'korrekt',
    decodeURIComponent(cookie).slice(7, 30),
  ]) {
    expect(log).not.toContain(canary);
  }
});
