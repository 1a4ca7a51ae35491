// Up, down and across: managers and reports, sponsors and owners, the groups above, with casts, counts and expansion.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { groupId, userId } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const EVENTUAL = { ConsistencyLevel: 'eventual' };
const ASA = userId('asa.oberg@norrsken.se');
const BJORN = userId('bjorn.ek@norrsken.se');
const NIGHT = groupId(A, 'support-natt');
const GUEST = 'anna.svensson_konsultbyran.se%23EXT%23@norrskenenergi.onmicrosoft.com';
const namesOf = (items: Record<string, unknown>[]) => items.map((item) => String(item['displayName']));

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(async () => {
  await kit.grantAndUse([...APP.requiredRoles, 'Directory.Read.All']);
});
afterAll(() => kit.close());

/** Somebody in the innermost of telephony's groups. */
const deepest = () => [...kit.store.group(A, NIGHT).members.keys()][0] ?? '';

describe('Point 7: a relation', () => {
  test('downwards names the people who answer to somebody, and counts them', async () => {
    const wanted = [...kit.store.tenant(A).users.values()].filter(
      (user) => user.managerId === BJORN && user.deletedAt === null,
    );
    const path = `/users/${BJORN}/directReports`;
    const { value } = await kit.get(`${path}?$select=id`);
    expect(value.map((one) => one['id'])).toEqual(wanted.map((user) => user.id));
    expect(value[0]?.['@odata.type']).toBe('#microsoft.graph.user');
    expect((await kit.get(`${path}/$count`)).status).toBe(400);
    expect((await kit.get(`${path}/$count`, EVENTUAL)).body).toBe(wanted.length);
    expect(await kit.get(`${path}/microsoft.graph.user`)).toMatchObject({
      status: 400,
      code: 'Request_UnsupportedQuery',
    });
    const cast = await kit.get(`${path}/microsoft.graph.user?$count=true&$orderby=displayName`, EVENTUAL);
    expect(cast.body['@odata.count']).toBe(wanted.length);
  });
  test('of a guest names the sponsor, and of a group its owners', async () => {
    expect((await kit.get(`/users/${GUEST}/sponsors?$select=id,displayName`)).value).toEqual([
      {
        '@odata.type': '#microsoft.graph.user',
        id: userId('maria.strom@norrsken.se'),
        displayName: 'Maria Ström',
      },
    ]);
    expect((await kit.get(`/users/${ASA}/sponsors`)).value).toEqual([]);
    const wind = groupId(A, 'Projekt Vindkraft Storklinten');
    expect(namesOf((await kit.get(`/groups/${wind}/owners?$select=id,displayName`)).value)).toEqual([
      'Åsa Öberg',
      'Björn Ek',
    ]);
    await kit.control('PATCH', `/tenants/${A}/groups/${wind}`, { ownerIds: [BJORN] });
    expect(namesOf((await kit.get(`/groups/${wind}/owners`)).value)).toEqual(['Björn Ek']);
  });
  test('upwards leads from people and groups alike to the groups above, directly and through others', async () => {
    for (const path of [`/users/${deepest()}`, `/groups/${NIGHT}`]) {
      const direct = namesOf((await kit.get(`${path}/memberOf`)).value);
      const all = namesOf((await kit.get(`${path}/transitiveMemberOf`)).value);
      expect(direct).not.toContain('telefoni');
      expect(all).toEqual(expect.arrayContaining(['support', 'telefoni', ...direct]));
      expect((await kit.get(`${path}/transitiveMemberOf/$count`, EVENTUAL)).body).toBe(all.length);
      expect((await kit.get(`${path}/transitiveMemberOf/microsoft.graph.group/$count`, EVENTUAL)).body).toBe(
        all.length,
      );
    }
    const inCircle = namesOf((await kit.get(`/groups/${groupId(A, 'projekt-a')}/transitiveMemberOf`)).value);
    expect(inCircle.toSorted()).toEqual(['projekt-a', 'projekt-b']);
  });
  test('cast to groups is searched, filtered and sorted, with both advanced parts only', async () => {
    const path = `/users/${deepest()}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName`;
    for (const [query, headers] of [
      ['', {}],
      ['', EVENTUAL],
      ['&$count=true', {}],
    ] as const)
      expect(await kit.get(`${path}${query}`, headers)).toMatchObject({
        status: 400,
        code: 'Request_UnsupportedQuery',
      });
    const found = async (query: string) => {
      const { value, body } = await kit.get(`${path}&$count=true&${query}`, EVENTUAL);
      expect(body['@odata.count']).toBe(value.length);
      return namesOf(value);
    };
    expect(await found('$search="displayName:supp"&$orderby=displayName')).toEqual(['support', 'support-natt']);
    expect(await found("$filter=startswith(displayName,'tele')&$orderBy=displayName desc")).toEqual(['telefoni']);
  });
  test.each([
    [`/users/${ASA}/directReports`, 'User.Read.All', 'User.ReadBasic.All'],
    [`/users/${ASA}/sponsors`, 'User.Read.All', 'User.ReadBasic.All'],
    [`/users/${ASA}/memberOf`, 'Directory.Read.All', 'User.Read.All'],
    [`/users/${ASA}/transitiveMemberOf`, 'User.Read.All', 'GroupMember.Read.All'],
    [`/groups/${NIGHT}/owners`, 'GroupMember.Read.All', 'User.Read.All'],
    [`/groups/${NIGHT}/memberOf`, 'GroupMember.Read.All', 'User.Read.All'],
    [`/groups/${NIGHT}/transitiveMemberOf`, 'GroupMember.Read.All', 'User.Read.All'],
    [`/directoryObjects/${ASA}`, 'Directory.Read.All', 'User.Read.All'],
  ])('Point 6: %s is open to %s, and 403 to %s', async (path, enough, tooLittle) => {
    await kit.grantAndUse([enough]);
    expect((await kit.get(path)).status).toBe(200);
    await kit.grantAndUse([tooLittle]);
    expect(await kit.get(path)).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  });
  test('Point 6: shows owners and groups of a type that may not be read by type and id alone', async () => {
    await kit.grantAndUse(['GroupMember.Read.All']);
    const owners = await kit.get(`/groups/${NIGHT}/owners?$select=id,displayName,businessPhones`);
    expect(owners.value).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: ASA, displayName: null, businessPhones: [] },
    ]);
    await kit.grantAndUse(['User.Read.All']);
    const above = (await kit.get(`/users/${deepest()}/transitiveMemberOf?$select=id,displayName`)).value;
    expect(new Set(above.map((one) => one['displayName']))).toEqual(new Set([null]));
    expect(above.map((one) => one['id'])).toContain(NIGHT);
  });
});

describe('Point 7: $expand', () => {
  test('follows the manager upwards as far as asked, and to the end of a circle', async () => {
    const path = (levels: string) =>
      `/users/${deepest()}?$select=id&$count=true&$expand=manager($levels=${levels};$select=id,displayName)`;
    expect(await kit.get(path('max'))).toMatchObject({ status: 400, code: 'Request_UnsupportedQuery' });
    const chain = async (levels: string) => {
      const names: unknown[] = [];
      let at: unknown = (await kit.get(path(levels), EVENTUAL)).body['manager'];
      while (typeof at === 'object' && at !== null && 'displayName' in at) {
        names.push(at.displayName);
        at = 'manager' in at ? at.manager : null;
      }
      return names;
    };
    const whole = await chain('max');
    expect(whole.length).toBeGreaterThan(1);
    expect(whole.at(-1)).toBe('Björn Ek');
    expect(await chain('1')).toEqual(whole.slice(0, 1));
    kit.store.setManager(A, BJORN, deepest());
    expect(await chain('max')).toEqual(whole);
    kit.store.setManager(A, BJORN, null);
    expect((await kit.get(path('0'), EVENTUAL)).status).toBe(400);
  });
  test('gives at most twenty of a list, without a next link', async () => {
    const { value } = await kit.get(
      "/groups?$select=displayName&$filter=startswith(displayName,'support')&$expand=members($select=id)",
    );
    expect(value.map((one) => [one['displayName'], (one['members'] as unknown[]).length])).toEqual([
      ['support-natt', 6],
      ['support', 20],
    ]);
    expect(JSON.stringify(value)).not.toContain('nextLink');
    expect((await kit.get('/users?$expand=manager,directReports')).status).toBe(400);
    expect((await kit.get('/groups?$expand=manager')).status).toBe(400);
  });
});

describe('Point 7: questions about membership', () => {
  const ask = (path: string, body: unknown) => kit.ask('POST', path, {}, body);
  test('name all groups above, or of the asked ones those that are', async () => {
    const id = deepest();
    const all = (await kit.get(`/users/${id}/transitiveMemberOf?$select=id`)).value.map((one) => one['id']);
    for (const path of [`/users/${id}`, `/directoryObjects/${id}`])
      expect(new Set((await ask(`${path}/getMemberGroups`, { securityEnabledOnly: false })).value)).toEqual(
        new Set(all),
      );
    const asked = [NIGHT, groupId(A, 'telefoni'), groupId(A, 'Tom grupp')];
    expect((await ask(`/users/${id}/checkMemberGroups`, { groupIds: asked })).value).toEqual(asked.slice(0, 2));
    expect((await ask(`/groups/${NIGHT}/getMemberObjects`, { securityEnabledOnly: false })).value).toContain(asked[1]);
  });
  test('leave out groups that are not for security when told so', async () => {
    const wind = groupId(A, 'Projekt Vindkraft Storklinten');
    const [member = ''] = kit.store.group(A, wind).members.keys();
    const above = async (only: boolean) =>
      (await ask(`/users/${member}/getMemberGroups`, { securityEnabledOnly: only })).value;
    expect(await above(false)).toContain(wind);
    expect(await above(true)).not.toContain(wind);
  });
  test('take twenty ids, know nobody of another kind, and count as no attempt to write', async () => {
    kit.store.requests.reset();
    const many = Array.from({ length: 21 }, () => NIGHT);
    expect((await ask(`/users/${ASA}/checkMemberGroups`, { groupIds: many })).status).toBe(400);
    expect((await ask(`/groups/${ASA}/getMemberGroups`, {})).status).toBe(404);
    expect((await ask(`/users/${userId('rut.salin@norrsken.se')}/getMemberGroups`, {})).status).toBe(404);
    await kit.grantAndUse(['User.Read.All']);
    expect((await ask(`/users/${ASA}/getMemberGroups`, {})).status).toBe(403);
    expect(kit.store.requests.summary().writeAttempts).toEqual([]);
  });
  test('have their own prices in resource units', async () => {
    const units = async (path: string, body: unknown) => (await ask(path, body)).headers.get('x-ms-resource-unit');
    expect(await units(`/users/${ASA}/getMemberGroups`, {})).toBe('2');
    expect(await units(`/users/${ASA}/checkMemberGroups`, { groupIds: [NIGHT] })).toBe('4');
  });
});

test('Point 7: an object by its id alone says of what type it is', async () => {
  expect((await kit.get(`/directoryObjects/${ASA}`)).body).toMatchObject({
    '@odata.type': '#microsoft.graph.user',
    id: ASA,
  });
  expect((await kit.get(`/directoryObjects/${NIGHT}`)).body).toMatchObject({ '@odata.type': '#microsoft.graph.group' });
  for (const id of [userId('rut.salin@norrsken.se'), 'asa.oberg@norrsken.se'])
    expect((await kit.get(`/directoryObjects/${id}`)).status).toBe(404);
});
