// The second reading, section 8: what a person looks like.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, questions, type Row, value, type World } from './second-reading-kit.ts';
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

test('8.3 signInActivity without P1 fails the whole request', async () => {
  await world.control('PATCH', 'tenants/{tenant}/facts', { premium: false });
  const reply = await world.ask('/v1.0/users?$select=id,signInActivity');
  await world.control('PATCH', 'tenants/{tenant}/facts', { premium: true });
  expect([reply.status, at(reply.body, 'error>code')]).toEqual([
    403,
    'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  ]);
});
