// Who may call what, by one sweep over every route of the contract: a route that is added is swept at once (T10, T22).
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, contractRoutes, nameOf } from '../../../test/contract-routes.ts';
import { useDatabase } from '../../../test/database.ts';
import { addOrganisation, type Org } from '../../../test/people.ts';
import { codeOf, comparable, startServer, type TestServer } from '../../../test/server.ts';
import { newId } from '../../base/ids.ts';
import type { Route } from '../../contract/route.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
let server: TestServer;
let a: Org;
let b: Org;
let admin: string;
let member: string;

beforeAll(async () => {
  await owner.connect();
  server = await startServer(db);
  a = await addOrganisation(db, 'a.test');
  b = await addOrganisation(db, 'b.test');
  [admin, member] = [await server.signIn(a.admin), await server.signIn(a.member)];
});
afterAll(async () => {
  await server.app.close();
  await owner.end();
});

const withAccess = (...wanted: Route['access'][]) =>
  contractRoutes.filter(({ access }) => wanted.includes(access)).map((route) => ({ route, name: nameOf(route) }));

test('the sweep sees the whole contract, and the server has a route for each', () => {
  expect(contractRoutes.length).toBeGreaterThanOrEqual(60);
  const missing = contractRoutes.filter(({ method, path }) => !server.app.hasRoute({ method, url: path }));
  expect(missing.map(nameOf)).toEqual([]);
});

test('what anybody may call is the sign-in, and the ways of somebody without an account', () => {
  expect(
    withAccess('public')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([
    'GET /connect-flow',
    'GET /server',
    'POST /connect-flow/cancel',
    'POST /connect-flow/confirm',
    'POST /connect-link/decline',
    'POST /connect-link/open',
    'POST /connect-link/sign-in',
    'POST /password-link',
    'POST /session',
  ]);
});

describe('without a session', () => {
  test.each(withAccess('signed-in', 'member', 'users_and_teams'))('$name answers 401', async ({ route }) => {
    const answer = await server.call(route.method, addressOf(route, a.id));
    expect(answer.status).toBe(401);
    expect(codeOf(answer)).toBe('not_signed_in');
    const forged = await server.call(route.method, addressOf(route, a.id), { cookie: `${admin.slice(0, -4)}AAAA` });
    expect(codeOf(forged)).toBe('not_signed_in');
  });
});

describe('without Användare & Team', () => {
  test.each(withAccess('users_and_teams'))('$name answers 403 to a member', async ({ route }) => {
    const answer = await server.call(route.method, addressOf(route, a.id), { cookie: member });
    expect(answer.status).toBe(403);
    expect(codeOf(answer)).toBe('forbidden');
  });
});

describe('in an organisation that one does not belong to', () => {
  test.each(withAccess('member', 'users_and_teams'))('$name answers 404, as where there is none', async ({ route }) => {
    for (const cookie of [admin, member]) {
      const foreign = await server.call(route.method, addressOf(route, b.id), { cookie });
      const none = await server.call(route.method, addressOf(route, newId()), { cookie });
      expect(foreign.status).toBe(404);
      expect(comparable(foreign)).toBe(comparable(none));
    }
  });
});

describe('with an id of another organisation in one’s own', () => {
  const bodies: Record<string, unknown> = {
    'PATCH …/users/:id': { version: 1 },
    'POST …/users/:id/password-link': { signInEmail: 'x@a.test' },
    'PATCH …/teams/:id': { name: 'Snickare' },
    'POST …/connection/links/:id/reminder': { email: 'x@a.test' },
    'POST …/history/runs/:id/export': { format: 'csv', language: 'sv' },
    'POST …/connection/previews/:id/export': { format: 'csv', language: 'sv' },
    'POST …/users/:id/exceptions': { field: 'jobTitle', reason: 'Heter så här', until: null },
    'POST …/users/:id/exceptions/end': { field: 'jobTitle' },
    'POST …/undo/:kind/:id': {},
  };
  const kinds = [
    'contacts',
    'users',
    'teams',
    'person-runs',
    'runs',
    'previews',
    'undo/:kind',
    'links',
    'people',
  ] as const;
  const kindOf = (name: string) => kinds.find((kind) => name.includes(`/${kind}/:id`));
  const routes = withAccess('member', 'users_and_teams').filter(({ route }) => /:id\b/.test(route.path));
  const ids = new Map<string, string>();

  beforeAll(async () => {
    const [team, run, preview, personRun, link, connection] = [newId(), newId(), newId(), newId(), newId(), newId()];
    ids.set('contacts', b.member.id).set('users', b.member.id).set('teams', team).set('runs', run).set('links', link);
    ids.set('people', newId()).set('undo/:kind', run).set('person-runs', personRun).set('previews', preview);
    await owner.query('insert into team (organisation_id, id, name) values ($1, $2, $3)', [b.id, team, 'Snickare']);
    await connect(b.id, connection);
    for (const [id, trigger] of [
      [run, 'manual'],
      [preview, 'preview'],
      [personRun, 'person'],
    ] as const)
      await owner.query(
        `insert into sync_run (organisation_id, id, connection_id, trigger, state, subject_id) values ($1, $2, $3, $4, 'ok', $5)`,
        [b.id, id, connection, trigger, trigger === 'person' ? newId() : null],
      );
    await owner.query(
      `insert into connect_link (organisation_id, id, token_hash, created_by, expires_at) values ($1, $2, 'x', $3, now() + interval '1 day')`,
      [b.id, link, b.admin.id],
    );
  });

  test.each(routes)('$name answers 404, byte by byte as for an id that was made up', async ({ route, name }) => {
    const id = ids.get(kindOf(name) ?? '');
    if (id === undefined) throw new Error(`say in this test what ${name} is given`);
    const options = { cookie: admin, body: bodies[name] };
    const before = await rowsOfB();
    const foreign = await server.call(route.method, addressOf(route, a.id, id), options);
    const none = await server.call(route.method, addressOf(route, a.id, newId()), options);
    // A page of nothing tells as little as 404 does, and so does that one is not connected.
    const told = /runs\/:id\/(changes|issues)$/.test(route.path) ? 200 : route.path.includes('/why/') ? 409 : 404;
    expect(foreign.status).toBe(told);
    expect(comparable(foreign)).toBe(comparable(none));
    expect(await rowsOfB()).toBe(before);
  });

  async function rowsOfB(): Promise<string> {
    const tables = ['app_user', 'team', 'sync_run', 'connect_link', 'password_link'];
    const found: unknown[] = [];
    for (const table of tables)
      found.push((await owner.query(`select * from ${table} where organisation_id = $1 order by id`, [b.id])).rows);
    return JSON.stringify(found);
  }
});

describe('hostile questions', () => {
  const cursors = [
    'x',
    ...[
      [''],
      ['x'],
      ["'"],
      ['-1'],
      ['1e5'],
      ['9'.repeat(30)],
      ['a', 'b'],
      ['å', newId()],
      [newId()],
      ['a', 'b', 'c'],
      [1],
      [null],
    ].map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  ];
  const searches = ['%00', '%25', '_', '%5C', "'", '%F0%9F%A6%8A', 'a%00b%0A', '%E2%80%AE', '%C4%B0', 'x'.repeat(200)];
  // Three lists are read at Microsoft: they are asked in an organisation that has no connection.
  const asksMicrosoft = /\/(connection\/(groups|example-person)|why\/entra)$/;
  const paged = contractRoutes.filter(({ query }) => query && ('after' in query.shape || 'search' in query.shape));
  let connected: Org;
  let cookie: string;

  beforeAll(async () => {
    connected = await addOrganisation(db, 'c.test');
    cookie = await server.signIn(connected.admin);
    await connect(connected.id, newId());
  });

  test.each(paged.map((route) => ({ route, name: nameOf(route) })))(
    '$name answers a forged cursor or a strange search with a page or 400, never with 500',
    async ({ route }) => {
      const shape = route.query?.shape ?? {};
      const strange = [
        ...('after' in shape ? cursors.map((after) => `after=${after}`) : []),
        ...('search' in shape ? searches.map((search) => `search=${search}`) : []),
      ];
      const wrong = 'limit' in shape ? ['limit=0', 'limit=201', 'limit=x'] : [];
      const isAway = asksMicrosoft.test(route.path);
      const address = addressOf(route, isAway ? a.id : connected.id, connected.member.id);
      for (const query of [...strange, ...wrong]) {
        const answer = await server.call('GET', `${address}?${query}`, { cookie: isAway ? admin : cookie });
        // Of what has rows of its own there is none with this id.
        const isOfNone = /\/(previews|undo)\//.test(route.path);
        const expected = [
          ...(wrong.includes(query) ? [] : [200]),
          400,
          ...(isAway ? [409] : []),
          ...(isOfNone ? [404] : []),
        ];
        expect(expected, `${query}: ${answer.text}`).toContain(answer.status);
      }
    },
  );
});

test('a reason with signs that no text can hold is taken without them', async () => {
  const c = await addOrganisation(db, 'd.test');
  await connect(c.id, newId());
  const answer = await server.call('POST', `/api/v1/organisations/${c.id}/review/ignore`, {
    cookie: await server.signIn(c.admin),
    body: { objectIds: [newId()], reason: 'Rum\u0000\ud800 5' },
  });
  expect([answer.status, answer.body]).toMatchObject([200, { done: 0, refused: [{ code: 'not_available' }] }]);
});

test('the settings are shown while a run that commits holds the connection', async () => {
  const e = await addOrganisation(db, 'e.test');
  await connect(e.id, newId());
  const cookie = await server.signIn(e.admin);
  await owner.query('begin');
  await owner.query('select from connection where organisation_id = $1 for share', [e.id]);
  const answer = await server.call('GET', `/api/v1/organisations/${e.id}/connection/settings`, { cookie });
  await owner.query('rollback');
  expect([answer.status, answer.body]).toMatchObject([200, { groups: null, proposal: null }]);
});

async function connect(organisationId: string, connectionId: string): Promise<void> {
  await owner.query(
    `insert into connection (organisation_id, id, tenant_id, tenant_name, status, consented_by_name, consented_by_oid, consented_at)
     values ($1, $2, $3, 'Norrsken', 'active', 'Åsa', $4, now())`,
    [organisationId, connectionId, newId(), newId()],
  );
}
