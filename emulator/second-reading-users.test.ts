// The second reading, section 8: what a person looks like, and which filters and orders are answered.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, eventual, questions, type Row, value, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

const defaultSet = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];
const own = (thing: Record<string, unknown>) =>
  Object.keys(thing)
    .filter((name) => !name.startsWith('@odata.'))
    .toSorted();

test('8.2 without $select a user of a collection has the eleven members and no other', async () => {
  for (const person of value(await world.ask('/v1.0/users'))) expect(own(person)).toEqual(defaultSet);
});

test('8.2 without $select a single user has the eleven members and no other', async () => {
  const { body } = await world.ask('/v1.0/users/{ada}');
  expect(own(Object(body))).toEqual(defaultSet);
});

test('8.2 with $select exactly the selected come, null where empty, without id', async () => {
  const { body } = await world.ask('/v1.0/users/{bob}?$select=department,accountEnabled');
  expect(own(Object(body))).toEqual(['accountEnabled', 'department']);
  expect(at(body, 'department')).toBeNull();
  for (const person of value(await world.ask('/v1.0/users?$select=mail'))) expect(own(person)).toEqual(['mail']);
});

test('8.5 empty arrays are [], empty texts null', async () => {
  const { body } = await world.ask('/v1.0/users/{bob}?$select=businessPhones,otherMails,proxyAddresses,mail');
  expect(body).toMatchObject({ businessPhones: [], otherMails: [], proxyAddresses: [], mail: null });
});

questions(() => world, people());
questions(() => world, filters());

function people(): Row[] {
  return [
    {
      says: '8.3 a UPN is a key',
      ask: '/v1.0/users/ada@contoso.example',
      status: 200,
      is: { displayName: 'Ada Admin' },
    },
    {
      says: '8.3 the UPN of a guest is a key, percent-encoded',
      ask: '/v1.0/users/gus_else.example%23EXT%23@contoso.example',
      status: 200,
      is: { displayName: 'Gus Gäst' },
    },
    {
      says: '8.5 a guest is externalUserState Accepted or PendingAcceptance',
      ask: '/v1.0/users/{gus}?$select=userType,externalUserState',
      status: 200,
      is: { userType: 'Guest', externalUserState: expect.stringMatching(/^(Accepted|PendingAcceptance)$/) },
    },
    { says: '8.3 profile members in a collection are 501', ask: '/v1.0/users?$select=id,aboutMe', status: 501 },
    { says: '8.3 mailboxSettings in a collection is 501', ask: '/v1.0/users?$select=id,mailboxSettings', status: 501 },
    { says: '8.3 skills in a collection is 501', ask: '/v1.0/users?$select=id,skills', status: 501 },
    {
      says: '8.3 profile members of one user are answered',
      ask: '/v1.0/users/{ada}?$select=id,aboutMe',
      status: 200,
      has: ['aboutMe'],
    },
    {
      says: '8.3 the manager can be expanded in a collection',
      ask: "/v1.0/users?$expand=manager($select=id,displayName)&$filter=displayName eq 'Bob Bo'&$select=id",
      status: 200,
      is: { 'value>0>manager>displayName': 'Ada Admin' },
    },
    { says: '8.3 two relations in $expand are refused', ask: '/v1.0/users?$expand=manager,directReports', status: 400 },
    {
      says: '8.3 $levels without the advanced parts is refused',
      ask: '/v1.0/users?$expand=manager($levels=max;$select=id)',
      status: 400,
    },
    {
      says: '8.6 userPurpose is one of the seven',
      ask: '/v1.0/users/{ada}/mailboxSettings/userPurpose',
      status: 200,
      is: { value: expect.stringMatching(/^(user|linked|shared|room|equipment|others|unknownFutureValue)$/) },
    },
  ];
}

/** 8.4: by the default store (D) or only with the two parts (A). */
function filters(): Row[] {
  const only = (filter: string): Row[] => [
    {
      says: `8.4 A: ${filter} is refused without the two parts`,
      ask: `/v1.0/users?$filter=${filter}`,
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: `8.4 A: ${filter} is answered with them`,
      ask: `/v1.0/users?$count=true&$filter=${filter}`,
      headers: eventual,
      status: 200,
    },
  ];
  const plain = (filter: string): Row => ({
    says: `8.4 D: ${filter}`,
    ask: `/v1.0/users?$filter=${filter}`,
    status: 200,
  });
  const texts = [
    'displayName',
    'givenName',
    'surname',
    'mail',
    'mailNickname',
    'userPrincipalName',
    'jobTitle',
    'department',
    'city',
    'state',
    'country',
    'usageLocation',
  ];
  return [
    ...[
      'accountEnabled eq true',
      "userType eq 'Member'",
      'onPremisesSyncEnabled eq true',
      'isResourceAccount eq true',
      "externalUserState eq 'Accepted'",
      "creationType eq 'Invitation'",
    ].map(plain),
    ...texts.flatMap((name) => [
      plain(`${name} eq 'x'`),
      plain(`startsWith(${name},'x')`),
      plain(`${name} in ('x','y')`),
    ]),
    ...[
      "employeeId eq '17'",
      "onPremisesImmutableId eq 'x'",
      "startsWith(onPremisesImmutableId,'x')",
      "onPremisesSecurityIdentifier eq 'x'",
    ].map(plain),
    ...[
      'companyName',
      'mobilePhone',
      'officeLocation',
      'faxNumber',
      'postalCode',
      'streetAddress',
      'preferredLanguage',
      'employeeType',
      'onPremisesSamAccountName',
      'onPremisesExtensionAttributes/extensionAttribute1',
    ].flatMap((name) => only(`${name} eq 'x'`)),
    ...only("businessPhones/any(p:p eq 'x')"),
    ...['proxyAddresses', 'otherMails', 'imAddresses'].flatMap((name) => [
      plain(`${name}/any(x:x eq 'x')`),
      plain(`${name}/any(x:startsWith(x,'x'))`),
    ]),
    ...['mail', 'userPrincipalName'].flatMap((name) => only(`endsWith(${name},'x')`)),
    ...['otherMails', 'proxyAddresses'].flatMap((name) => only(`${name}/any(x:endsWith(x,'x'))`)),
    plain('assignedLicenses/any(x:x/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)'),
    ...only('assignedLicenses/$count eq 0'),
    ...only("assignedPlans/any(p:p/service eq 'exchange')"),
    plain('createdDateTime ge 2020-01-01T00:00:00Z'),
    plain('createdDateTime le 2020-01-01T00:00:00Z'),
    ...only('employeeHireDate ge 2020-01-01T00:00:00Z'),
    plain("identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'contoso.example')"),
    {
      says: '8.4 $orderby userPrincipalName is in the default store',
      ask: '/v1.0/users?$orderby=userPrincipalName',
      status: 200,
    },
    {
      says: '8.4 $orderby createdDateTime is refused without the two parts',
      ask: '/v1.0/users?$orderby=createdDateTime',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '8.4 $orderby createdDateTime is answered with them',
      ask: '/v1.0/users?$count=true&$orderby=createdDateTime',
      headers: eventual,
      status: 200,
    },
    {
      says: '8.4 a property that does not exist is no filter',
      ask: "/v1.0/users?$filter=shoeSize eq '43'",
      status: 400,
    },
    {
      says: '8.4 a property that is not listed at all (interests) is no filter',
      ask: "/v1.0/users?$filter=interests/any(i:i eq 'x')",
      status: 400,
    },
    { says: '8.4 photo is no filter', ask: "/v1.0/users?$filter=aboutMe eq 'x'", status: 400 },
    {
      says: '8.4 ge on a text is not in the default store',
      ask: "/v1.0/users?$filter=displayName ge 'x'",
      status: 400,
    },
    { says: '8.4 a broken filter is 400', ask: '/v1.0/users?$filter=displayName eq', status: 400 },
    {
      says: '8.4 $search on names by token, in any order and case',
      ask: '/v1.0/users?$search="displayName:ADMIN"',
      headers: eventual,
      status: 200,
      is: { 'value>length': 1 },
    },
  ];
}

test('8.3 signInActivity without P1 fails the whole request', async () => {
  await world.control('PATCH', 'tenants/{tenant}/facts', { premium: false });
  const reply = await world.ask('/v1.0/users?$select=id,signInActivity');
  await world.control('PATCH', 'tenants/{tenant}/facts', { premium: true });
  expect([reply.status, at(reply.body, 'error>code')]).toEqual([
    403,
    'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  ]);
});
