// The second reading, section 6.2: the least permission of each call, what is too little, and limited information.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questions, type Row, value, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const denied = { status: 403, code: 'Authorization_RequestDenied' };

questions(() => world, permissions());

/** 6.2: the least permission of each call, and one that is too little. */
function permissions(): Row[] {
  const may = (as: string, ask: string, more: Partial<Row> = {}): Row => ({
    says: `6.2 ${as} may ${ask}`,
    as,
    ask,
    status: 200,
    ...more,
  });
  const mayNot = (as: string, ask: string, more: Partial<Row> = {}): Row => ({
    says: `6.2 ${as} may not ${ask}`,
    as,
    ask,
    ...denied,
    ...more,
  });
  const own = '/v1.0/users?$select=id,signInActivity';
  const byIds = '/v1.0/directoryObjects/getByIds';
  const ids = { json: { ids: ['{ada}'], types: ['user'] } };
  return [
    may('basic', '/v1.0/users', { has: ['value>0>displayName'] }),
    may('users', '/v1.0/users?$select=id,accountEnabled,userType,department'),
    mayNot('groups', '/v1.0/users'),
    mayNot('nothing', '/v1.0/users'),
    may('basic', '/v1.0/users/{ada}', { is: { displayName: 'Ada Admin', mail: 'ada@contoso.example' } }),
    may('users', '/v1.0/users/delta'),
    may('directory', '/v1.0/users/delta'),
    mayNot('basic', '/v1.0/users/delta'),
    mayNot('groups', '/v1.0/users/delta'),
    may('users', '/v1.0/users/{bob}/manager'),
    may('directory', '/v1.0/users/{bob}/manager'),
    mayNot('basic', '/v1.0/users/{bob}/manager'),
    may('users', '/v1.0/users/{ada}/directReports'),
    may('users', '/v1.0/users/{ada}/sponsors'),
    mayNot('mailboxes', '/v1.0/users/{ada}/photo'),
    may('groups', '/v1.0/groups'),
    may('wideGroups', '/v1.0/groups'),
    may('directory', '/v1.0/groups/delta'),
    may('groups', '/v1.0/groups/delta'),
    mayNot('users', '/v1.0/groups'),
    mayNot('users', '/v1.0/groups/delta'),
    may('groups', '/v1.0/groups/{team}/members'),
    may('groups', '/v1.0/groups/{team}/transitiveMembers'),
    mayNot('users', '/v1.0/groups/{team}/members'),
    mayNot('users', '/v1.0/groups/{team}/transitiveMembers'),
    may('users', '/v1.0/users/{ada}/transitiveMemberOf'),
    may('directory', '/v1.0/users/{ada}/memberOf'),
    mayNot('users', '/v1.0/users/{ada}/memberOf'),
    mayNot('nothing', '/v1.0/users/{ada}/memberOf'),
    may('users', '/v1.0/directory/deletedItems/microsoft.graph.user'),
    may('directory', '/v1.0/directory/deletedItems/microsoft.graph.group'),
    may('wideGroups', '/v1.0/directory/deletedItems/microsoft.graph.group'),
    mayNot('groups', '/v1.0/directory/deletedItems/microsoft.graph.group'),
    mayNot('groups', '/v1.0/directory/deletedItems/microsoft.graph.user'),
    mayNot('basic', '/v1.0/directory/deletedItems/microsoft.graph.user'),
    mayNot('product', 'POST /v1.0/directory/deletedItems/{dee}/restore'),
    may('users', '/v1.0/organization', { is: { 'value>0>id': expect.stringMatching(guid) } }),
    may('directory', '/v1.0/domains'),
    mayNot('users', '/v1.0/domains'),
    mayNot('product', byIds, ids),
    may('directory', byIds, ids),
    mayNot('product', '/v1.0/directoryObjects/getAvailableExtensionProperties', {
      json: { isSyncedFromOnPremises: true },
    }),
    may('directory', '/v1.0/directoryObjects/getAvailableExtensionProperties', {
      json: { isSyncedFromOnPremises: true },
    }),
    may('applications', "/v1.0/servicePrincipals(appId='{applications}')/appRoleAssignments", {
      has: ['value>0>appRoleId', 'value>0>principalId', 'value>0>resourceId', 'value>0>resourceDisplayName'],
    }),
    mayNot('product', "/v1.0/servicePrincipals(appId='{product}')/appRoleAssignments"),
    mayNot('users', '/v1.0/users/{ada}/mailboxSettings'),
    may('mailboxes', '/v1.0/users/{ada}/mailboxSettings?$select=userPurpose'),
    may('usersAudit', own),
    mayNot('audit', own),
    mayNot('users', own),
    mayNot('product', '/v1.0/subscriptions', {
      json: {
        changeType: 'updated',
        resource: 'groups',
        notificationUrl: 'https://127.0.0.1:1/',
        expirationDateTime: new Date(Date.now() + 7_200_000).toISOString(),
      },
    }),
    mayNot('groups', '/v1.0/subscriptions', {
      json: {
        changeType: 'updated',
        resource: 'users',
        notificationUrl: 'https://127.0.0.1:1/',
        expirationDateTime: new Date(Date.now() + 7_200_000).toISOString(),
      },
    }),
  ];
}

test('6.2 a basic reader never sees whether an account is enabled', async () => {
  const reply = await world.ask('/v1.0/users?$select=id,displayName,accountEnabled,department', { as: 'basic' });
  if (reply.status !== 200) return expect(reply.status).toBe(403);
  for (const person of value(reply))
    expect([person['accountEnabled'] ?? null, person['department'] ?? null]).toEqual([null, null]);
});

test('6.2 limited information: members whose type may not be read have only type and id, the rest null', async () => {
  const reply = await world.ask('/v1.0/groups/{team}/members', { as: 'groups' });
  const ada = value(reply).find(({ id }) => id === world.names['ada']);
  expect(ada).toMatchObject({
    '@odata.type': '#microsoft.graph.user',
    displayName: null,
    userPrincipalName: null,
    mail: null,
  });
  expect(value(reply)).toHaveLength(3);
});

test('6.2 limited information: also with $select, and in transitiveMembers', async () => {
  const selected = await world.ask('/v1.0/groups/{team}/transitiveMembers?$select=id,displayName,accountEnabled', {
    as: 'groups',
  });
  const ada = value(selected).find(({ id }) => id === world.names['ada']);
  expect(ada).toEqual({
    '@odata.type': '#microsoft.graph.user',
    id: world.names['ada'],
    displayName: null,
    accountEnabled: null,
  });
});

test('6.2 limited information: groups of a person, for who may read no groups', async () => {
  const reply = await world.ask('/v1.0/users/{ada}/transitiveMemberOf', { as: 'users' });
  expect(value(reply).map(({ displayName }) => displayName ?? null)).toEqual(value(reply).map(() => null));
});
