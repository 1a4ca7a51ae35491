// The link that gives somebody a sign-in: single use, for a time, and never a way into what is not its maker's (T5, T8).
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { manualClock, type ManualClock } from '../../test/manual-clock.ts';
import { addAppUser, addOrganisation, addPerson, password, type Org } from '../../test/people.ts';
import { createLogger } from '../base/log.ts';
import { listMemberships } from './memberships.ts';
import { createPasswordLink, usePasswordLink } from './password-link.ts';
import { removeAppUser } from '../review/remove-app-user.ts';
import { createSignIn } from './sign-in.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
const config = { publicUrl: 'https://samsyn.test' };
let clock: ManualClock;
let org: Org;
let count = 0;

beforeAll(() => owner.connect());
afterAll(() => owner.end());
beforeEach(async () => {
  clock = manualClock(new Date());
  org = await addOrganisation(db, `org${(count += 1)}.test`);
});

const address = (name: string) => `${name}@org${count}.test`;
const newPassword = 'ett alldeles nytt lösenord';

async function linkFor(id: string, signInEmail: string, of: Org = org): Promise<string> {
  const { url } = await createPasswordLink({ db, clock, config }, of.admin.actor, { id, signInEmail });
  return url.split('#')[1] ?? '';
}
const use = (token: string, secret = newPassword) =>
  usePasswordLink({ db, clock }, { token, password: secret, requestId: 'request' });
const signsIn = async (email: string, secret: string): Promise<boolean> => {
  const signIn = createSignIn({ db, clock, log: createLogger({ level: 'silent' }), publicUrl: config.publicUrl, secretKey: new Uint8Array(32) }); // prettier-ignore
  return signIn.signIn({ email, password: secret, cookieHeader: undefined }).then(
    () => true,
    () => false,
  );
};
const dead = { code: 'sign_in_link_invalid' };

test('lets in under the chosen address, in the maker’s organisation only', async () => {
  const id = await addAppUser(db, org.id, { displayName: 'Bo' });
  await use(await linkFor(id, address('Bo')));
  expect(await signsIn(address('bo'), newPassword)).toBe(true);
  const account = await owner.query<{ id: string; name: string }>('select id, name from auth_user where email = $1', [
    address('bo'),
  ]);
  expect(await listMemberships(db, account.rows[0]?.id ?? '')).toMatchObject([
    { organisationId: org.id, appUserId: id, permissions: [] },
  ]);
  expect(account.rows[0]?.name).toBe('Bo');
});

test('works once, also when two use it at the same time', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    const token = await linkFor(id, address(`bo${round}`));
    const ends = await Promise.allSettled([use(token, `${newPassword} A`), use(token, `${newPassword} B`)]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const both = [
      await signsIn(address(`bo${round}`), `${newPassword} A`),
      await signsIn(address(`bo${round}`), `${newPassword} B`),
    ];
    expect(both).toEqual(ends.map(({ status }) => status === 'fulfilled'));
    await expect(use(token)).rejects.toMatchObject(dead);
  }
});

test('is good for 72 hours, to the millisecond', async () => {
  const id = await addAppUser(db, org.id, { displayName: 'Bo' });
  const [intime, late] = [await linkFor(id, address('bo')), await linkFor(org.member.id, org.member.email)];
  await clock.advance(72 * 3_600_000 - 1);
  await use(intime);
  await clock.advance(1);
  await expect(use(late)).rejects.toMatchObject(dead);
});

test('a new link ends the one before; so does removing the person; unknown ones answer alike', async () => {
  const id = await addAppUser(db, org.id, { displayName: 'Bo' });
  const [first, second] = [await linkFor(id, address('bo')), await linkFor(id, address('bo'))];
  await expect(use(first)).rejects.toMatchObject(dead);
  await removeAppUser({ db }, org.admin.actor, { id });
  await expect(use(second)).rejects.toMatchObject(dead);
  for (const token of [
    '',
    'x',
    '.',
    `${org.id}.`,
    `${org.id}.x`,
    `${org.id}.x.y`,
    `x.${second.split('.')[1]}`,
    `${org.id}'.x`,
  ])
    await expect(use(token)).rejects.toMatchObject(dead);
  await expect(createPasswordLink({ db, clock, config }, org.admin.actor, { id, signInEmail: address('bo') })).rejects.toMatchObject({ code: 'not_found' }); // prettier-ignore
});

test('of another organisation’s secret under one’s own id opens nothing', async () => {
  const other = await addOrganisation(db, `other${count}.test`);
  const id = await addAppUser(db, org.id, { displayName: 'Bo' });
  const [, secret] = (await linkFor(id, address('bo'))).split('.');
  await expect(use(`${other.id}.${secret}`)).rejects.toMatchObject(dead);
});

test('only the hash of it is kept', async () => {
  const token = await linkFor(org.member.id, address('member'));
  const { rows } = await owner.query('select * from password_link where organisation_id = $1', [org.id]);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(token.split('.')[1]);
});

test('a forgotten password is replaced, and every open session ends', async () => {
  const account = await owner.query<{ id: string }>('select id from auth_user where email = $1', [org.member.email]);
  await owner.query(
    `insert into auth_session (id, user_id, token, expires_at) values ($1, $2, $1, now() + interval '1 hour')`,
    [`session${count}`, account.rows[0]?.id],
  );
  await use(await linkFor(org.member.id, org.member.email));
  expect([await signsIn(org.member.email, password), await signsIn(org.member.email, newPassword)]).toEqual([
    false,
    true,
  ]);
  expect((await owner.query('select 1 from auth_session where id = $1', [`session${count}`])).rowCount).toBe(0);
});

test('an account that opens another organisation is not taken over: its own password must be given', async () => {
  const victim = await addOrganisation(db, `victim${count}.test`);
  const eve = await addAppUser(db, org.id, { displayName: 'Eve' });
  const token = await linkFor(eve, victim.admin.email);
  await expect(use(token)).rejects.toMatchObject({ code: 'wrong_credentials' });
  expect([await signsIn(victim.admin.email, password), await signsIn(victim.admin.email, newPassword)]).toEqual([
    true,
    false,
  ]);
  // Whoever has the password joins, and keeps it.
  await use(token, password);
  expect(await signsIn(victim.admin.email, password)).toBe(true);
  const account = await owner.query<{ id: string }>('select id from auth_user where email = $1', [victim.admin.email]);
  expect(await listMemberships(db, account.rows[0]?.id ?? '')).toHaveLength(2);
});

test('a password that changes between the look and the replacing is not replaced: it may open another organisation by now', async () => {
  const token = await linkFor(org.member.id, org.member.email);
  const { rows } = await owner.query<{ id: string; hash: string }>(
    `select c.id, c.password as hash from auth_account c join auth_user u on u.id = c.user_id where u.email = $1`,
    [org.member.email],
  );
  await owner.query('begin');
  await owner.query(`update auth_account set password = 'another' where id = $1`, [rows[0]?.id]);
  const using = use(token).then(
    () => null,
    (error: unknown) => error,
  );
  for (let waiting = 0; waiting === 0;) {
    const { rowCount } = await owner.query(
      `select from pg_stat_activity where datname = current_database() and application_name = 'samsyn' and wait_event_type = 'Lock'`,
    );
    waiting = rowCount ?? 0;
  }
  await owner.query('commit');
  expect(await using).toMatchObject({ code: 'wrong_credentials' });
  const { rows: after } = await owner.query('select password from auth_account where id = $1', [rows[0]?.id]);
  expect(after).toEqual([{ password: 'another' }]);
});

test('an address by which a colleague signs in already is refused', async () => {
  const id = await addAppUser(db, org.id, { displayName: 'Bo' });
  await expect(linkFor(id, org.member.email.toUpperCase())).rejects.toMatchObject({ code: 'email_taken' });
  // Taken between making and using.
  const token = await linkFor(id, address('cilla'));
  await addPerson(db, org.id, { email: address('cilla') });
  await expect(use(token, password)).rejects.toMatchObject({ code: 'email_taken' });
});

test('a password that is too short is refused, and the link stays good', async () => {
  const token = await linkFor(org.member.id, org.member.email);
  await expect(use(token, 'åäö😀kort')).rejects.toMatchObject({ code: 'password_too_short' });
  await use(token);
});
