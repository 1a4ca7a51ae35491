// Users over Graph as Microsoft documents them: page caps, $select, $filter, $search, $count, next links, one user, errors.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FJALLBYGG, NORRSKEN, userId } from './people.ts';
import { judged, schemaNote } from './schema-judge.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const EVENTUAL = { ConsistencyLevel: 'eventual' };
const DEFAULT_MEMBERS =
  'businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit({ users: 1100 });
  kit.store.grant(FJALLBYGG.id, APP.clientId, APP.requiredRoles);
});
afterAll(() => kit.close());

const living = () => [...kit.store.tenant(A).users.values()].filter((user) => user.deletedAt === null);
const namesOf = (items: Record<string, unknown>[]) => items.map((item) => String(item['displayName']));
const total = async (path: string, headers = {}) => (await kit.all(path, headers)).items.length;

describe('Point 7: a page of users', () => {
  test('holds 100 unless asked otherwise, and 999 at most', async () => {
    expect((await kit.get('/users')).value).toHaveLength(100);
    const full = await kit.get('/users?$top=999');
    expect(full.value).toHaveLength(999);
    expect(full.body['@odata.nextLink']).toBeDefined();
    for (const top of ['1000', '0', '-1', 'many'])
      expect(await kit.get(`/users?$top=${top}`)).toMatchObject({ status: 400, code: 'Request_BadRequest' });
  });
  test('without $select gives the eleven members of the default set and nothing else', async () => {
    for (const user of (await kit.get('/users')).value)
      expect(Object.keys(user).toSorted().join(' ')).toBe(DEFAULT_MEMBERS);
  });
  test('gives exactly what is selected, null where there is no value, and no id unless selected', async () => {
    const { value } = await kit.get('/users?$select=displayName,faxNumber,accountEnabled,otherMails');
    expect(value[0]).toEqual({ displayName: 'Åsa Öberg', faxNumber: null, accountEnabled: true, otherMails: [] });
  });
  test('spells selected members as the service does, and refuses unknown ones', async () => {
    expect(Object.keys((await kit.get('/users?$select=ID,DisplayName')).value[0] ?? {})).toEqual(['id', 'displayName']);
    expect((await kit.get('/users?$select=id,shoeSize')).status).toBe(400);
  });
  test('always gives all fifteen extension attributes, each null where empty', async () => {
    const { value } = await kit.get('/users?$select=id,onPremisesExtensionAttributes&$top=999');
    for (const { onPremisesExtensionAttributes: fifteen } of value) expect(Object.keys(fifteen ?? {})).toHaveLength(15);
  });
  test('cannot give what lies outside the directory, nor sign-in activity without a premium licence', async () => {
    expect((await kit.get('/users?$select=id,aboutMe')).status).toBe(501);
    expect(await kit.get('/users?$select=id,signInActivity')).toMatchObject({
      status: 403,
      code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
    });
  });
  test('expands the manager, and leaves the member out where there is none', async () => {
    const { value } = await kit.get('/users?$select=id&$expand=manager($select=id,displayName)&$top=5');
    expect(value[0]).toEqual({
      id: userId('asa.oberg@norrsken.se'),
      manager: { '@odata.type': '#microsoft.graph.user', id: userId('bjorn.ek@norrsken.se'), displayName: 'Björn Ek' },
    });
    expect(Object.keys(value[1] ?? {})).toEqual(['id']);
  });
  test('cannot be skipped to', async () => {
    expect((await kit.get('/users?$skip=10')).status).toBe(400);
  });
});

describe('Point 7: next links', () => {
  test('lead over every person once, and the last page has none', async () => {
    const { items, pages } = await kit.all('/users?$select=id&$top=250');
    expect(pages).toBe(Math.ceil(living().length / 250));
    expect(new Set(items.map((item) => item['id'])).size).toBe(living().length);
    expect(items).toHaveLength(living().length);
  });
  test('stand while people come and go: nobody else is repeated or passed over', async () => {
    const before = living().map((user) => user.id);
    const first = await kit.get('/users?$select=id&$top=999');
    kit.store.deleteUser(A, before[10] ?? '');
    kit.store.deleteUser(A, before[1050] ?? '');
    const added = kit.store.createUser(A, { displayName: 'Kom Under Läsningen' });
    const rest = await kit.all(String(first.body['@odata.nextLink']));
    const seen = [...first.value, ...rest.items].map((item) => item['id']);
    expect(seen).toEqual([...before.filter((id) => id !== before[1050]), added.id]);
    kit.store.purge(A, added.id);
    for (const index of [10, 1050]) kit.store.restoreUser(A, before[index] ?? '');
  });
  test('are bound to their query, their application and their tenant, and cannot be altered', async () => {
    const link = String((await kit.get('/users?$select=id')).body['@odata.nextLink']);
    expect((await kit.get(link.replace('$select=id', '$select=mail'))).status).toBe(400);
    expect((await kit.get(link.replace(/.{4}$/, 'AAAA'))).status).toBe(400);
    await kit.use(FJALLBYGG.id);
    expect((await kit.get(link)).status).toBe(400);
    await kit.use();
    expect((await kit.get(link)).status).toBe(200);
  });
  test('show nothing of where they stand', async () => {
    const link = new URL(String((await kit.get('/users?$select=id')).body['@odata.nextLink']));
    const token = Buffer.from(link.searchParams.get('$skiptoken') ?? '', 'base64url').toString('latin1');
    expect(token).not.toContain(A);
    expect(token).not.toContain('after');
  });
  test('end with Directory_ExpiredPageToken after an hour', async () => {
    const link = String((await kit.get('/users?$select=id')).body['@odata.nextLink']);
    kit.store.advanceClock(3700);
    await kit.use();
    expect(await kit.get(link)).toMatchObject({ status: 400, code: 'Directory_ExpiredPageToken' });
  });
});

describe('Point 7: the two stores', () => {
  test('$count=true without the header is ignored in silence; with it the number is on the first page only', async () => {
    expect((await kit.get('/users?$count=true')).body).not.toHaveProperty('@odata.count');
    const first = await kit.get('/users?$count=true&$select=id', EVENTUAL);
    expect(first.body['@odata.count']).toBe(living().length);
    const second = await kit.get(String(first.body['@odata.nextLink']), EVENTUAL);
    expect(second.value).toHaveLength(100);
    expect(second.body).not.toHaveProperty('@odata.count');
  });
  test('the header forgotten on the second page ends the reading with Directory_ExpiredPageToken', async () => {
    const first = await kit.get('/users?$count=true&$select=id', EVENTUAL);
    expect(await kit.get(String(first.body['@odata.nextLink']))).toMatchObject({
      status: 400,
      code: 'Directory_ExpiredPageToken',
    });
  });
  test('the $count segment is a number as text, and needs the header', async () => {
    expect(await kit.get('/users/$count')).toMatchObject({ status: 400, code: 'Request_BadRequest' });
    const { headers, body } = await kit.get('/users/$count', EVENTUAL);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toBe(living().length);
  });
  test('$search needs the header alone', async () => {
    const path = '/users?$search="displayName:asa"';
    expect(await kit.get(path)).toMatchObject({ status: 400, code: 'Request_UnsupportedQuery' });
    expect((await kit.get(path, EVENTUAL)).status).toBe(200);
  });
  test('$search meets the beginnings of words in any order and case, å ä ö included', async () => {
    const found = async (words: string) =>
      namesOf((await kit.get(`/users?$search="displayName:${words}"`, EVENTUAL)).value);
    expect(await found('öberg åsa')).toEqual(['Åsa Öberg']);
    expect(await found('ÅS ÖB')).toEqual(['Åsa Öberg']);
    expect(await found('sa öberg')).toEqual([]);
  });
  test.each([
    "endsWith(mail,'@norrsken.se')",
    'accountEnabled ne true',
    'not(accountEnabled eq true)',
    "companyName eq 'Norrsken Energi AB'",
    'mail eq null',
    "onPremisesExtensionAttributes/extensionAttribute3 eq 'KS-5300'",
    'assignedLicenses/$count eq 0',
    "businessPhones/any(p:startsWith(p,'0920'))",
  ])('%s takes the header and $count=true together', async (filter) => {
    const path = `/users?$select=id&$filter=${encodeURIComponent(filter)}`;
    for (const [query, headers] of [
      [path, {}],
      [path, EVENTUAL],
      [`${path}&$count=true`, {}],
    ] as const)
      expect(await kit.get(query, headers)).toMatchObject({ status: 400, code: 'Request_UnsupportedQuery' });
    const { status, body } = await kit.get(`${path}&$count=true`, EVENTUAL);
    expect(status).toBe(200);
    expect(body['@odata.count']).toBeGreaterThan(0);
  });
  test.each([
    ['accountEnabled eq false', (user) => user['accountEnabled'] === false],
    ["startsWith(displayName,'å')", (user) => String(user['displayName']).startsWith('Å')],
    ["department eq 'kundservice'", (user) => user['department'] === 'Kundservice'],
    [
      "userType eq 'Guest' and externalUserState eq 'PendingAcceptance'",
      (user) => user['externalUserState'] === 'PendingAcceptance',
    ],
    ["city in ('Luleå','Umeå')", (user) => ['Luleå', 'Umeå'].includes(String(user['city']))],
    ["proxyAddresses/any(a:a eq 'smtp:maria.lindqvist@norrsken.se')", (user) => user['displayName'] === 'Maria Ström'],
    [
      'assignedLicenses/any(l:l/skuId eq 66b55226-6b4f-492c-910c-a3b7a3c9d993)',
      (user) => JSON.stringify(user['assignedLicenses']).includes('66b55226'),
    ],
  ] satisfies [string, (user: Record<string, unknown>) => boolean][])(
    '%s is answered without more, and rightly',
    async (filter, fits) => {
      const { items } = await kit.all(`/users?$select=id&$top=999&$filter=${encodeURIComponent(filter)}`);
      const wanted = living().filter((user) => fits(user.props));
      expect(wanted.length).toBeGreaterThan(0);
      expect(items.map((item) => item['id'])).toEqual(wanted.map((user) => user.id));
    },
  );
  test('conditions joined inside any are about one and the same item', async () => {
    const identity = (issuer: string, issuerAssignedId: string) => ({
      signInType: 'emailAddress',
      issuer,
      issuerAssignedId,
    });
    const identities = [identity('a.example', 'ett'), identity('b.example', 'två')];
    const { id } = kit.store.createUser(A, { displayName: 'Två Identiteter', identities });
    const found = async (issuer: string, assigned: string) => {
      const filter = `identities/any(c:c/issuerAssignedId eq '${assigned}' and c/issuer eq '${issuer}')`;
      return (await kit.get(`/users?$select=id&$filter=${encodeURIComponent(filter)}`)).value.map((user) => user['id']);
    };
    expect([await found('a.example', 'ett'), await found('a.example', 'två')]).toEqual([[id], []]);
    kit.store.deleteUser(A, id);
  });
  test('sorting by name is free; with a filter, or by another member, it takes both parts', async () => {
    const { value } = await kit.get('/users?$orderby=displayName desc&$top=999');
    const collator = new Intl.Collator('en');
    expect(namesOf(value)).toEqual(namesOf(value).toSorted((a, b) => collator.compare(b, a)));
    for (const path of [
      "/users?$orderby=displayName&$filter=startsWith(displayName,'A')",
      '/users?$orderby=createdDateTime',
    ]) {
      expect(await kit.get(path)).toMatchObject({ status: 400, code: 'Request_UnsupportedQuery' });
      expect((await kit.get(`${path}&$count=true`, EVENTUAL)).status).toBe(200);
    }
    expect(await total('/users?$orderby=displayName&$select=id&$top=500')).toBe(living().length);
  });
  test('$expand cannot be combined with them', async () => {
    const path = "/users?$expand=manager&$count=true&$filter=endsWith(mail,'.se')";
    expect((await kit.get(path, EVENTUAL)).status).toBe(400);
  });
  test.each(['displayName eq', "displayName eq 'a", 'shoeSize eq 43', "displayName is 'a'", "(displayName eq 'a'"])(
    '%s is refused as malformed',
    async (filter) => {
      expect((await kit.get(`/users?$filter=${encodeURIComponent(filter)}`)).status).toBe(400);
    },
  );
});

describe('Point 7: one user', () => {
  test('is found by id and by user name in any case', async () => {
    for (const key of [userId('asa.oberg@norrsken.se'), 'asa.oberg@norrsken.se', 'ASA.Oberg@Norrsken.se'])
      expect((await kit.get(`/users/${key}?$select=displayName`)).body).toMatchObject({ displayName: 'Åsa Öberg' });
  });
  test('a guest is found by the encoded #EXT# name, and a name that begins with $ by the key form', async () => {
    const guest = 'anna.svensson_konsultbyran.se%23EXT%23@norrskenenergi.onmicrosoft.com';
    expect((await kit.get(`/users/${guest}?$select=userType,mail`)).body).toMatchObject({
      userType: 'Guest',
      mail: 'anna.svensson@konsultbyran.se',
    });
    const { id } = kit.store.createUser(A, { displayName: 'Dollar', userPrincipalName: '$dollar@norrsken.se' });
    expect((await kit.get("/users('$dollar@norrsken.se')")).body).toMatchObject({ id });
    kit.store.purge(A, id);
  });
  test('an unknown one is 404 in the envelope: date without zone, own request id, the echoed client request id', async () => {
    const { status, body, headers } = await kit.get('/users/nobody@norrsken.se', { 'client-request-id': 'mine' });
    expect(status).toBe(404);
    expect(body).toEqual({
      error: {
        code: 'Request_ResourceNotFound',
        message:
          "Resource 'nobody@norrsken.se' does not exist or one of its queried reference-property objects are not present.",
        innerError: {
          date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
          'request-id': headers.get('request-id'),
          'client-request-id': 'mine',
        },
      },
    });
    expect(headers.get('client-request-id')).toBe('mine');
    expect((await kit.get('/users/nobody@norrsken.se')).headers.get('request-id')).not.toBe(headers.get('request-id'));
  });
  test('a soft-deleted one is 404 by id and by name, and so is a missing manager', async () => {
    for (const key of [
      userId('rut.salin@norrsken.se'),
      'rut.salin@norrsken.se',
      `${userId('bjorn.ek@norrsken.se')}/manager`,
    ])
      expect(await kit.get(`/users/${key}`)).toMatchObject({ status: 404, code: 'Request_ResourceNotFound' });
  });
  test('the manager is a user of their own', async () => {
    expect((await kit.get('/users/asa.oberg@norrsken.se/manager?$select=id')).body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id: userId('bjorn.ek@norrsken.se'),
    });
  });
});

describe('the organisation', () => {
  test('is the one of the token, with its verified domains', async () => {
    const { value } = await kit.get('/organization');
    expect(value).toHaveLength(1);
    expect(value[0]).toMatchObject({
      id: A,
      displayName: NORRSKEN.displayName,
      countryLetterCode: 'SE',
      tenantType: 'AAD',
    });
    expect(value[0]?.['verifiedDomains']).toMatchObject([
      { name: 'norrsken.se', isDefault: true, isInitial: false },
      { name: 'norrskenenergi.onmicrosoft.com', isDefault: false, isInitial: true },
    ]);
  });
  test('gives what is selected, and refuses unknown members', async () => {
    expect((await kit.get('/organization?$select=id,displayName')).value).toEqual([
      { id: A, displayName: NORRSKEN.displayName },
    ]);
    expect((await kit.get('/organization?$select=id,motto')).status).toBe(400);
  });
});

describe('paths', () => {
  test.each([
    '/',
    '/nothing',
    '/users/delta/more',
    '/users/asa.oberg@norrsken.se/shoes',
    '/organization/x/y',
    '/directory',
    '/users/%E0%A4%A',
  ])('%s is 400 in the envelope', async (path) => {
    const { status, body } = await kit.get(path);
    expect(status).toBe(400);
    expect(body['error']).toMatchObject({ code: 'Request_BadRequest' });
  });
});

test.skipIf(schemaNote !== '')(`every answer above fits Microsoft's model${schemaNote}`, () => {
  expect([...judged.keys()].toSorted()).toEqual([
    'odataError',
    'organizationCollectionResponse',
    'tokenResponse',
    'user',
    'userCollectionResponse',
  ]);
});
