// Users, teams, fields and the organisation over HTTP: each route works, and says what is wrong with bad input.
// Who may call them is in access.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../../test/database.ts';
import { addAppUser, addOrganisation, type Org } from '../../../test/people.ts';
import { codeOf, startServer, type Answer, type TestServer } from '../../../test/server.ts';
import { newId } from '../../base/ids.ts';

const { db } = await useDatabase();
let server: TestServer;
let org: Org;
let cookie: string;
let base: string;

beforeAll(async () => {
  server = await startServer(db);
  org = await addOrganisation(db, 'norrsken.test', { name: 'Norrsken AB' });
  cookie = await server.signIn(org.admin);
  base = `/api/v1/organisations/${org.id}`;
});
afterAll(() => server.app.close());

const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
  server.call(method, `${base}${path}`, { cookie, ...(body === undefined ? {} : { body }) });

/** Of the error, by path. */
function fieldsOf({ body }: Answer): unknown {
  const error = body?.['error'] as { fields?: { path: string }[] } | undefined; // an error body
  return error?.fields?.map(({ path }) => path);
}

/** Signs of three bytes that no two are alike: an index cannot make them shorter. */
const incompressible = (length: number): string =>
  Array.from({ length }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))).join('');

describe('bad input is refused with the fields named', () => {
  test.each<[string, string, unknown, string[]]>([
    ['PATCH', '', { language: 'fi' }, ['language']],
    ['PATCH', '', { timeZone: 'Mars/Olympus' }, ['timeZone']],
    ['PATCH', '', { timeZone: '+01:00' }, ['timeZone']],
    ['GET', '/contacts?limit=201', undefined, ['limit']],
    ['GET', '/contacts/none', undefined, ['id']],
    ['GET', '/users?teamId=x', undefined, ['teamId']],
    ['POST', '/users', {}, ['fields']],
    ['POST', '/users', { fields: {} }, ['fields.displayName']],
    ['POST', '/users', { fields: { displayName: '   ' } }, ['fields.displayName']],
    ['POST', '/users', { fields: { displayName: 'Åsa', jobTitle: 'x'.repeat(1025) } }, ['fields.jobTitle']],
    ['POST', '/users', { fields: { displayName: incompressible(257) } }, ['fields.displayName']],
    ['POST', '/users', { fields: { firstName: incompressible(1024) } }, ['fields.firstName']],
    ['POST', '/users', { fields: { lastName: 'x', employeeId: incompressible(1024) } }, ['fields.employeeId']],
    ['POST', '/users', { fields: { displayName: 'Å\u0000sa', city: 'a\nb' } }, ['fields.displayName', 'fields.city']],
    ['POST', '/users', { fields: { displayName: 'Åsa' }, permissions: ['root'] }, ['permissions.0']],
    ['POST', '/users', { fields: { displayName: 'Åsa' }, teamIds: [newId()] }, ['teamIds']],
    ['POST', '/users', { fields: { displayName: 'Åsa', 'custom:none': 'x' } }, ['custom:none']],
    ['POST', '/users', { fields: { displayName: 'Åsa', email: 'a@b.se,evil@x.se' } }, ['fields.email']],
    ['POST', '/teams', { name: '  ' }, ['name']],
    ['POST', '/teams', { name: 'a\u0007b' }, ['name']],
    ['POST', '/teams', { name: 'x'.repeat(101) }, ['name']],
    ['POST', '/custom-fields', { label: '' }, ['label']],
    ['POST', '/custom-fields', { label: 'x'.repeat(61) }, ['label']],
  ])('%s %s %j', async (method, path, body, fields) => {
    const answer = await ask(method, path, body);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, fields]);
  });

  test('a field that the app does not have is refused', async () => {
    const answer = await ask('POST', '/users', {
      fields: { displayName: 'Åsa', __proto__x: 'x', signInEmail: 'x@x.se' },
    });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid_input']);
  });

  test('of a user who exists: values, teams, permissions, version, address', async () => {
    const id = await addAppUser(db, org.id, { displayName: 'Bo' });
    for (const [body, fields] of [
      [{}, ['version']],
      [{ version: 1, fields: { email: 'inte en adress' } }, ['fields.email']],
      [{ version: 1, fields: { displayName: null } }, ['fields.displayName']],
      [{ version: 1, teamIds: ['x'] }, ['teamIds.0']],
    ] as const) {
      const answer = await ask('PATCH', `/users/${id}`, body);
      expect([answer.status, fieldsOf(answer)]).toEqual([400, fields]);
    }
    expect(fieldsOf(await ask('POST', `/users/${id}/password-link`, { signInEmail: 'x' }))).toEqual(['signInEmail']);
    const swedish = await ask('POST', `/users/${id}/password-link`, { signInEmail: 'bö@norrsken.test' });
    expect(swedish.status).toBe(400);
  });
});

test('the longest names are stored', async () => {
  const fields = { firstName: incompressible(256), lastName: incompressible(256), employeeId: incompressible(256) };
  expect((await ask('POST', '/users', { fields })).status).toBe(200);
});

test('the organisation is shown to its members and changed by administrators', async () => {
  expect((await ask('GET', '')).body).toEqual({ id: org.id, name: 'Norrsken AB', language: 'sv', timeZone: 'Europe/Stockholm', country: 'SE' }); // prettier-ignore
  const changed = await ask('PATCH', '', { language: 'en', timeZone: 'Europe/Helsinki', name: 'Stulet AB' });
  expect(changed.body).toMatchObject({ name: 'Norrsken AB', language: 'en', timeZone: 'Europe/Helsinki' });
  expect((await ask('GET', '')).body).toEqual(changed.body);
});

test('an app user is created, shown, changed, followed in its history and removed', async () => {
  const team = String((await ask('POST', '/teams', { name: 'Snickare' })).body?.['id']);
  const field = await ask('POST', '/custom-fields', { label: 'Kostnadsställe' });
  expect(field.body).toMatchObject({ key: 'kostnadsstalle', label: 'Kostnadsställe' });
  const fields = { displayName: 'Åsa Öberg', email: 'asa@norrsken.test', 'custom:kostnadsstalle': '4711' };
  const created = await ask('POST', '/users', { fields, permissions: ['users_and_teams'], teamIds: [team] });
  expect(created.status).toBe(200);
  const id = String(created.body?.['id']);
  expect(created.body).toMatchObject({
    displayName: 'Åsa Öberg', fields, teams: ['Snickare'], teamIds: [team], permissions: ['users_and_teams'],
    signInEmail: null, linked: false, syncedFields: [], entra: null, version: 1,
  }); // prettier-ignore
  expect((await ask('GET', `/users/${id}`)).body).toEqual(created.body);
  expect((await ask('GET', `/users?teamId=${team}`)).body).toMatchObject({ total: 1, items: [{ id }] });
  expect((await ask('GET', `/contacts/${id}`)).body).toMatchObject({
    customFields: [{ key: 'kostnadsstalle', label: 'Kostnadsställe', value: '4711' }], teams: ['Snickare'], entra: null,
  }); // prettier-ignore

  const changed = await ask('PATCH', `/users/${id}`, {
    version: 1,
    fields: { jobTitle: 'Snickare', email: null },
    teamIds: [],
  });
  expect(changed.body).toMatchObject({ version: 2, teams: [], fields: { jobTitle: 'Snickare' } });
  expect(changed.body?.['fields']).not.toHaveProperty('email');
  const history = await ask('GET', `/users/${id}/history`);
  expect(history.body).toMatchObject({
    total: 5,
    items: [
      { field: 'jobTitle', before: null, after: 'Snickare', source: 'person', actorName: org.admin.email, runId: null },
      { field: 'email', before: 'asa@norrsken.test', after: null },
      {}, {}, {},
    ],
  }); // prettier-ignore

  const removed = await ask('DELETE', `/users/${id}`);
  expect([removed.status, removed.text]).toEqual([204, '']);
  for (const path of [`/users/${id}`, `/contacts/${id}`]) expect((await ask('GET', path)).status).toBe(404);
  expect((await ask('DELETE', `/users/${id}`)).status).toBe(404);
  expect((await ask('GET', `/users/${id}/history`)).status).toBe(200);
});

test('a team is created, renamed, filled, listed and deleted; its members stay', async () => {
  const created = await ask('POST', '/teams', { name: '  Målare ' });
  expect(created.body).toMatchObject({ name: 'Målare', members: 0 });
  const path = `/teams/${String(created.body?.['id'])}`;
  expect(codeOf(await ask('POST', '/teams', { name: 'MÅLARE' }))).toBe('name_taken');
  const filled = await ask('PATCH', path, { name: 'Lackerare', memberIds: [org.member.id, org.member.id] });
  expect(filled.body).toMatchObject({ name: 'Lackerare', members: 1 });
  expect((await ask('GET', `${path}/members`)).body).toEqual({
    items: [{ id: org.member.id, displayName: org.member.email }],
  });
  expect(fieldsOf(await ask('PATCH', path, { memberIds: [newId()] }))).toEqual(['memberIds']);
  expect((await ask('GET', `${path}/members`)).body).toMatchObject({ items: [{ id: org.member.id }] });
  expect((await ask('DELETE', path)).status).toBe(204);
  expect((await ask('GET', `${path}/members`)).status).toBe(404);
  expect((await ask('GET', `/users/${org.member.id}`)).body).toMatchObject({ teams: [] });
  expect((await ask('GET', '/teams')).body).toMatchObject({ items: [{ name: 'Snickare' }] });
});

test('a link lets the person choose a password, sign in, and is used up', async () => {
  const id = await addAppUser(db, org.id, { displayName: 'Cilla', email: 'cilla.privat@post.test' });
  const made = await ask('POST', `/users/${id}/password-link`, { signInEmail: 'Cilla@norrsken.test' });
  const [page, token] = String(made.body?.['url']).split('#');
  expect(page).toBe('http://localhost:8080/password');
  const use = (password: string) => server.call('POST', '/api/v1/password-link', { body: { token, password } });
  const short = await use('för kort');
  expect([short.status, codeOf(short), short.body]).toMatchObject([
    400,
    'password_too_short',
    { error: { params: { min: 12 } } },
  ]);
  expect((await use('ett långt lösenord')).status).toBe(204);
  expect([(await use('ett annat lösenord')).status, codeOf(await use('ett annat lösenord'))]).toEqual([
    410,
    'sign_in_link_invalid',
  ]);
  expect(await server.signIn({ email: 'cilla@norrsken.test' }, 'ett långt lösenord')).toContain('samsyn=');
  // By the sign-in address only: the contact address is another thing.
  await expect(server.signIn({ email: 'cilla.privat@post.test' }, 'ett långt lösenord')).rejects.toThrow(/401/);
  expect((await ask('GET', `/users/${id}`)).body).toMatchObject({ email: 'cilla.privat@post.test', signInEmail: 'cilla@norrsken.test' }); // prettier-ignore
  expect(server.lines.join('')).not.toContain(token?.slice(40));
});

test('an id in capitals is the same id: the last administrator stays, and nobody removes themself', async () => {
  const capitals = org.admin.id.toUpperCase();
  const { version } = (await ask('GET', `/users/${capitals}`)).body ?? {};
  expect(codeOf(await ask('PATCH', `/users/${capitals}`, { version, permissions: [] }))).toBe('last_administrator');
  expect(codeOf(await ask('DELETE', `/users/${capitals}`))).toBe('cannot_remove_self');
});

test('guessing links is slowed down', async () => {
  const use = (number: number) =>
    server.call('POST', '/api/v1/password-link', {
      body: { token: `${org.id}.${'A'.repeat(40)}${number}`, password: 'ett långt lösenord' },
      remoteAddress: '10.2.2.2',
    });
  for (let times = 0; times < 20; times += 1) expect((await use(times)).status).toBe(410);
  const refused = await use(20);
  expect([refused.status, codeOf(refused)]).toEqual([429, 'too_many_requests']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
});
