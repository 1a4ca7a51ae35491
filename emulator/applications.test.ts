// Applications in a tenant: what each was granted, who signed in to it, the members it has added, and the tenant around it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FJALLBYGG, NORRSKEN, userId } from './people.ts';
import { extensionName } from './seed/facts.ts';
import { text } from './tenant.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const EVENTUAL = { ConsistencyLevel: 'eventual' };
const ASA = userId('asa.oberg@norrsken.se');
const COST = extensionName('kostnadsstalle');
const CODE = extensionName('befattningskod');
const DUTY = extensionName('jour');
const SYNCED = extensionName('division');

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(async () => {
  await kit.grantAndUse([...APP.requiredRoles, 'Directory.Read.All']);
});
afterAll(() => kit.close());

/** The first member that the personnel system has added. */
const personnel = () => {
  const [first] = kit.store.tenant(A).extensionProperties;
  if (first === undefined) throw new Error('The demo has no extension members.');
  return first;
};

describe('Point 4: what was granted', () => {
  const path = `/servicePrincipals(appId='${APP.clientId}')`;
  test('can be read by the application, each permission under its id', async () => {
    await kit.grantAndUse(['User.Read.All', 'Application.Read.All']);
    const { value } = await kit.get(`${path}/appRoleAssignments`);
    const { body } = await kit.get("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')");
    expect(value).toMatchObject([
      {
        appRoleId: 'df021288-bdef-4463-88db-98f22de89214',
        resourceDisplayName: 'Microsoft Graph',
        resourceId: body['id'],
      },
      { appRoleId: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30', principalType: 'ServicePrincipal' },
    ]);
    const names = (body['appRoles'] as { id: string; value: string }[]).filter(({ id }) =>
      value.some((one) => one['appRoleId'] === id),
    );
    expect(names.map((one) => one.value)).toEqual(['User.Read.All', 'Application.Read.All']);
    const everybody = await kit.get(`/servicePrincipals/${String(body['id'])}/appRoleAssignedTo`);
    expect(everybody.value).toEqual(value);
  });
  test('shrinks with the next consent, and is gone with the application', async () => {
    await kit.grantAndUse(['Application.Read.All']);
    expect((await kit.get(`${path}/appRoleAssignments`)).value).toHaveLength(1);
    expect((await kit.get("/servicePrincipals(appId='99999999-0000-4000-8000-000000000000')")).status).toBe(404);
  });
  test('Point 6: needs Application.Read.All, or Directory.Read.All', async () => {
    expect((await kit.get(`${path}/appRoleAssignments`)).status).toBe(200);
    await kit.grantAndUse(APP.requiredRoles);
    for (const of of ['', '/appRoleAssignments', '/appRoleAssignedTo'])
      expect(await kit.get(`${path}${of}`)).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  });
  test('Point 3: signing in assigns the person to the application', async () => {
    expect((await kit.get(`/users/${ASA}/appRoleAssignments`)).value).toEqual([]);
    await kit.go(kit.authorize(), { account: 'asa.oberg@norrsken.se' });
    const { value } = await kit.get(`/users/${ASA}/appRoleAssignments`);
    const principal = (await kit.get(path)).body;
    expect(value).toMatchObject([{ principalId: ASA, principalType: 'User', resourceId: principal['id'] }]);
    expect((await kit.get(`${path}/appRoleAssignedTo`)).value).toEqual(value);
    const by = (id: string) => kit.get(`/users/${ASA}/appRoleAssignments?$filter=resourceId eq ${id}`);
    expect((await by(String(principal['id']))).value).toHaveLength(1);
    expect((await by(A)).value).toEqual([]);
  });
});

describe('Point 7: directory extensions', () => {
  const discover = (body: unknown = {}) =>
    kit.ask('POST', '/directoryObjects/getAvailableExtensionProperties', {}, body);
  test('are discovered over all applications, or by where they come from', async () => {
    const names = async (body?: unknown) => (await discover(body)).value.map((one) => one['name']);
    expect(await names()).toEqual(expect.arrayContaining([COST, CODE, DUTY, SYNCED]));
    expect(await names({ isSyncedFromOnPremises: true })).toEqual([SYNCED]);
    expect(await names({ isSyncedFromOnPremises: false })).not.toContain(SYNCED);
    expect((await discover({ isSyncedFromOnPremises: 'yes' })).status).toBe(400);
    expect((await discover()).value[0]).toMatchObject({
      '@odata.type': '#microsoft.graph.extensionProperty',
      appDisplayName: 'Personalsystem',
      dataType: 'String',
      targetObjects: ['User'],
    });
  });
  test('are listed for one application, by its id here or by its own', async () => {
    const { applicationId, appId, id } = personnel();
    const { value } = await kit.get(`/applications/${applicationId}/extensionProperties`);
    expect(value.map((one) => one['name'])).not.toContain(SYNCED);
    expect((await kit.get(`/applications(appId='${appId}')/extensionProperties`)).value).toEqual(value);
    expect((await kit.get(`/applications/${applicationId}/extensionProperties/${id}`)).body).toMatchObject({
      id,
      name: COST,
    });
    expect((await kit.get(`/applications/${A}/extensionProperties`)).status).toBe(404);
  });
  test('come by their full name only, and are filtered by eq without more', async () => {
    const { items } = await kit.all(`/users?$select=id,${COST},${DUTY},${SYNCED}&$top=999`);
    const wanted = [...kit.store.tenant(A).users.values()].filter((user) => user.deletedAt === null);
    for (const user of wanted)
      expect(items.find((one) => one['id'] === user.id)?.[COST]).toBe(user.props[COST] ?? null);
    expect(Object.keys((await kit.get(`/users/${ASA}`)).body).some((name) => name.startsWith('extension_'))).toBe(
      false,
    );
    const [first] = wanted.filter((user) => user.props[COST] !== undefined);
    const found = await kit.get(`/users?$select=id,${COST}&$filter=${COST} eq '${text(first?.props[COST])}'`);
    expect(found.value.map((one) => one['id'])).toContain(first?.id);
    expect(new Set(found.value.map((one) => one[COST]))).toEqual(new Set([first?.props[COST]]));
    expect((await kit.get(`/users?$select=id&$filter=${DUTY} eq true`)).value.length).toBeGreaterThan(0);
    const starts = `/users?$select=id&$filter=startsWith(${COST},'3')`;
    expect(await kit.get(starts)).toMatchObject({ status: 400, code: 'Request_UnsupportedQuery' });
    expect((await kit.get(`${starts}&$count=true`, EVENTUAL)).status).toBe(200);
  });
  test('Point 8: a change of one is reported with all of its type, and none of another', async () => {
    const values = { [COST]: '1', [CODE]: 'B1', [DUTY]: true };
    kit.store.updateUser(A, ASA, values);
    const { deltaLink } = await kit.all(`/users/delta?$select=displayName,${COST},${CODE},${DUTY}`);
    kit.store.updateUser(A, ASA, { [COST]: '2' });
    const { value } = await kit.get(deltaLink, { Prefer: 'return=minimal' });
    expect(value).toEqual([{ id: ASA, [COST]: '2', [CODE]: 'B1' }]);
    expect((await kit.get(deltaLink)).value).toEqual([{ id: ASA, displayName: 'Åsa Öberg', ...values, [COST]: '2' }]);
  });
  test('are added by the control API, with values', async () => {
    const own = { ...personnel(), id: 'new', name: `extension_${'a'.repeat(32)}_ny` };
    const before = kit.store.tenant(A).extensionProperties;
    await kit.control('PATCH', `/tenants/${A}/facts`, { extensionProperties: [...before, own] });
    await kit.control('PATCH', `/tenants/${A}/users/${ASA}`, { [own.name]: 'värde' });
    expect((await discover()).value.map((one) => one['name'])).toContain(own.name);
    expect((await kit.get(`/users/${ASA}?$select=${own.name}`)).body[own.name]).toBe('värde');
  });
  test('Point 6: are 403 without Directory.Read.All, or Application.Read.All for those of one application', async () => {
    const path = `/applications/${personnel().applicationId}/extensionProperties`;
    await kit.grantAndUse(['Application.Read.All']);
    expect((await kit.get(path)).status).toBe(200);
    expect((await discover()).status).toBe(403);
    await kit.grantAndUse(APP.requiredRoles);
    expect((await kit.get(path)).status).toBe(403);
  });
});

describe('Point 1: a tenant', () => {
  test('names its verified domains, one by one too', async () => {
    const { value } = await kit.get('/domains');
    expect(value.map((one) => [one['id'], one['isDefault'], one['isInitial'], one['isVerified']])).toEqual([
      [NORRSKEN.domains[0], true, false, true],
      [NORRSKEN.domains[1], false, true, true],
    ]);
    expect((await kit.get('/domains/norrsken.se?$select=id,authenticationType')).body).toMatchObject({
      id: 'norrsken.se',
      authenticationType: 'Managed',
    });
    expect((await kit.get('/domains/fjallbygg.se')).status).toBe(404);
    await kit.grantAndUse(['Domain.Read.All']);
    expect((await kit.get('/domains')).status).toBe(200);
    await kit.grantAndUse(APP.requiredRoles);
    expect((await kit.get('/domains')).status).toBe(403);
  });
  test('is found by id or domain by who may ask about other tenants, and not by others', async () => {
    const paths = [
      `/tenantRelationships/findTenantInformationByTenantId(tenantId='${FJALLBYGG.id}')`,
      "/tenantRelationships/findTenantInformationByDomainName(domainName='fjallbygg.se')",
    ];
    for (const path of paths) expect((await kit.get(path)).status).toBe(403);
    await kit.grantAndUse(['CrossTenantInformation.ReadBasic.All']);
    for (const path of paths)
      expect((await kit.get(path)).body).toMatchObject({ tenantId: FJALLBYGG.id, displayName: 'Fjällbygg AB' });
  });
});
