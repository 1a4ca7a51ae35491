// Point 6: who may read what over Graph, what is shown of what may not be read, and that nothing can be written.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { groupId, userId } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const ASA = userId('asa.oberg@norrsken.se');
const TELEFONI = groupId(A, 'telefoni');

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(async () => {
  kit.store.requests.reset();
  await kit.grantAndUse(APP.requiredRoles);
});
afterAll(() => kit.close());

describe('Point 6: every route', () => {
  const ROUTES = [
    '/users',
    '/users/$count',
    '/users/delta',
    `/users/${ASA}`,
    ...[
      'manager',
      'directReports',
      'sponsors',
      'memberOf',
      'transitiveMemberOf',
      'photo',
      'photo/$value',
      'photos',
      'licenseDetails',
      'mailboxSettings',
      'mailboxSettings/userPurpose',
      'appRoleAssignments',
    ].map((relation) => `/users/${ASA}/${relation}`),
    '/groups',
    '/groups/$count',
    '/groups/delta',
    `/groups/${TELEFONI}`,
    ...['members', 'transitiveMembers', 'owners', 'memberOf', 'transitiveMemberOf'].map(
      (relation) => `/groups/${TELEFONI}/${relation}`,
    ),
    '/organization',
    `/organization/${A}`,
    '/domains',
    '/domains/norrsken.se',
    '/subscribedSkus',
    "/applications(appId='x')/extensionProperties",
    `/servicePrincipals(appId='${APP.clientId}')`,
    `/servicePrincipals(appId='${APP.clientId}')/appRoleAssignments`,
    `/servicePrincipals(appId='${APP.clientId}')/appRoleAssignedTo`,
    `/directoryObjects/${ASA}`,
    '/directory/deletedItems/microsoft.graph.user',
    '/directory/deletedItems/microsoft.graph.group',
    `/directory/deletedItems/${userId('rut.salin@norrsken.se')}`,
  ];
  const QUESTIONS = [
    '/directoryObjects/getByIds',
    '/directoryObjects/getAvailableExtensionProperties',
    ...['users', 'directoryObjects'].flatMap((root) =>
      ['getMemberGroups', 'checkMemberGroups', 'getMemberObjects'].map((what) => `/${root}/${ASA}/${what}`),
    ),
  ];
  test('is 403 without a permission that opens it, and learns nobody anything by another status', async () => {
    await kit.grantAndUse(['Presence.Read.All']);
    for (const path of ROUTES)
      expect([path, (await kit.get(path, { ConsistencyLevel: 'eventual' })).status]).toEqual([path, 403]);
    for (const path of QUESTIONS) expect([path, (await kit.ask('POST', path, {}, {})).status]).toEqual([path, 403]);
  });
  test('is open with all permissions', async () => {
    kit.store.setBeyond(A, ASA, { photo: true });
    await kit.grantAndUse(['Directory.Read.All', 'MailboxSettings.Read', 'User.Read.All', 'Application.Read.All']);
    for (const path of ROUTES.filter((one) => !one.includes("appId='x'")))
      expect([path, (await kit.get(path, { ConsistencyLevel: 'eventual' })).status]).toEqual([path, 200]);
  });
});

describe('Point 6: permissions', () => {
  const USERS = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'];
  const GROUPS = ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'];
  test.each([
    ['/users', ['User.ReadBasic.All', ...USERS], ['GroupMember.Read.All', 'Organization.Read.All']],
    [`/users/${ASA}`, ['User.ReadBasic.All', ...USERS], ['GroupMember.Read.All']],
    ['/users/delta', USERS, ['User.ReadBasic.All', 'GroupMember.Read.All']],
    [`/users/${ASA}/manager`, USERS, ['User.ReadBasic.All']],
    [`/users/${ASA}/transitiveMemberOf`, USERS, ['GroupMember.Read.All']],
    [`/users/${ASA}/memberOf`, ['Directory.Read.All'], ['User.Read.All']],
    ['/groups', GROUPS, ['User.Read.All']],
    ['/groups/delta', GROUPS, ['User.Read.All']],
    [`/groups/${TELEFONI}`, GROUPS, ['User.Read.All']],
    [`/groups/${TELEFONI}/members`, GROUPS, ['User.Read.All']],
    [`/groups/${TELEFONI}/transitiveMembers`, GROUPS, ['User.Read.All']],
    ['/organization', ['Organization.Read.All', 'User.Read.All'], ['GroupMember.Read.All']],
    ['/directory/deletedItems/microsoft.graph.user', USERS, ['GroupMember.Read.All']],
    ['/directory/deletedItems/microsoft.graph.group', ['Group.Read.All', 'Directory.Read.All'], APP.requiredRoles],
  ])('%s is open to each of %j, and 403 to %j', async (path, enough, tooLittle) => {
    for (const role of enough) {
      await kit.grantAndUse([role]);
      expect([role, (await kit.get(path)).status]).toEqual([role, 200]);
    }
    await kit.grantAndUse(tooLittle);
    expect(await kit.get(path)).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  });
  test('a stranger does not learn whether somebody exists', async () => {
    await kit.grantAndUse(['GroupMember.Read.All']);
    for (const key of [ASA, 'nobody@norrsken.se']) expect((await kit.get(`/users/${key}`)).status).toBe(403);
  });
  test('User.ReadBasic.All shows names and addresses, and refuses the rest', async () => {
    await kit.grantAndUse(['User.ReadBasic.All']);
    expect(Object.keys((await kit.get('/users')).value[0] ?? {}).toSorted()).toEqual([
      'displayName',
      'givenName',
      'id',
      'mail',
      'surname',
      'userPrincipalName',
    ]);
    expect((await kit.get('/users?$select=id,accountEnabled')).status).toBe(403);
  });
  test('members of a type that may not be read come with type and id, everything else null', async () => {
    await kit.grantAndUse(['GroupMember.Read.All']);
    const { value } = await kit.get(`/groups/${TELEFONI}/members?$select=id,displayName,mail,businessPhones`);
    expect(value.find((one) => one['id'] === ASA)).toEqual({
      '@odata.type': '#microsoft.graph.user',
      id: ASA,
      displayName: null,
      mail: null,
      businessPhones: [],
    });
    expect(value.find((one) => one['@odata.type'] === '#microsoft.graph.group')?.['displayName']).not.toBeNull();
  });
  test('hidden membership looks empty without Member.Read.Hidden, in members and in delta alike', async () => {
    const id = groupId(A, 'Personalärenden');
    const counts = async () => {
      const { items } = await kit.all('/groups/delta?$select=id,members');
      return [
        (await kit.get(`/groups/${id}/members`)).value.length,
        items.filter((one) => one['id'] === id).flatMap((one) => one['members@delta'] ?? []).length,
      ];
    };
    expect(await counts()).toEqual([0, 0]);
    await kit.grantAndUse([...APP.requiredRoles, 'Member.Read.Hidden']);
    expect(await counts()).toEqual([4, 4]);
  });
  test('hidden members do not show through a group above theirs', async () => {
    const hidden = groupId(A, 'Personalärenden');
    const above = kit.store.createGroup(A, { displayName: 'Ovanför' });
    kit.store.addMember(A, above.id, hidden);
    const below = async () => (await kit.get(`/groups/${above.id}/transitiveMembers?$select=id`)).value;
    expect((await below()).map((one) => one['id'])).toEqual([hidden]);
    await kit.grantAndUse([...APP.requiredRoles, 'Member.Read.Hidden']);
    expect(await below()).toHaveLength(5);
    kit.store.purge(A, above.id);
  });
});

describe('Point 6: writing', () => {
  test.each([
    ['POST', '/users'],
    ['PATCH', `/users/${ASA}`],
    ['PUT', `/users/${ASA}`],
    ['DELETE', `/users/${ASA}`],
    ['PUT', `/users/${ASA}/manager/$ref`],
    ['POST', '/groups'],
    ['PATCH', `/groups/${TELEFONI}`],
    ['DELETE', `/groups/${TELEFONI}`],
    ['POST', `/groups/${TELEFONI}/members/$ref`],
    ['PATCH', `/directory/deletedItems/${userId('rut.salin@norrsken.se')}`],
    ['POST', '/directory/deletedItems/microsoft.graph.user'],
    ['PATCH', '/organization'],
  ])('%s %s is 405, changes nothing, and is remembered as an attempt', async (method, path) => {
    await kit.grantAndUse(['Directory.ReadWrite.All', 'User.ReadWrite.All', 'Group.ReadWrite.All']);
    const before = kit.store.tenant(A).lastSeq;
    expect(await kit.ask(method, path, {}, { displayName: 'Other' })).toMatchObject({
      status: 405,
      code: 'Request_BadRequest',
    });
    expect(kit.store.tenant(A).lastSeq).toBe(before);
    expect(kit.store.requests.summary().writeAttempts).toHaveLength(1);
  });
});
