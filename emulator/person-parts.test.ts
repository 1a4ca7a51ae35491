// What hangs on a person beside their members: photo, mailbox, licences and sign-in activity, each behind its permission.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FJALLBYGG, userId } from './people.ts';
import { LICENCE_E3 } from './seed/synthetic.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const ASA = userId('asa.oberg@norrsken.se');
const ROOM = userId('rum.norrsken@norrsken.se');
const ALL = [...APP.requiredRoles, 'ProfilePhoto.Read.All', 'MailboxSettings.Read', 'AuditLog.Read.All'];

let kit: Kit;
beforeAll(async () => {
  kit = await startKit({ users: 600 });
  kit.store.setBeyond(A, ASA, { photo: true });
});
beforeEach(async () => {
  await kit.grantAndUse(ALL);
});
afterAll(() => kit.close());

/** A JPEG from the wire, with its width from the frame header. */
async function picture(path: string): Promise<{ status: number; type: string | null; bytes: Buffer; width: number }> {
  const bearer = await kit.use();
  const response = await fetch(`${kit.url}/v1.0${path}`, { headers: { authorization: `Bearer ${bearer}` } });
  const bytes = Buffer.from(await response.arrayBuffer());
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    bytes,
    width: frame < 0 ? 0 : bytes.readUInt16BE(frame + 7),
  };
}

describe('Point 6: a photo', () => {
  test('is told of with its size, and is a JPEG of that size', async () => {
    const { body } = await kit.get(`/users/${ASA}/photo`);
    expect(body).toMatchObject({
      '@odata.mediaContentType': 'image/jpeg',
      id: `${String(body['width'])}X${String(body['width'])}`,
    });
    const { status, type, bytes, width } = await picture(`/users/${ASA}/photo/$value`);
    expect([status, type, width]).toEqual([200, 'image/jpeg', body['width']]);
    expect([...bytes.subarray(0, 3), ...bytes.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xff, 0xd9]);
  });
  test('comes in each documented size up to its own, the same each time and another for another person', async () => {
    const { value } = await kit.get(`/users/${ASA}/photos`);
    expect(value.slice(0, 5).map((one) => one['width'])).toEqual([48, 64, 96, 120, 240]);
    for (const { width } of value)
      expect((await picture(`/users/${ASA}/photos/${String(width)}x${String(width)}/$value`)).width).toBe(width);
    const small = async (id: string) => (await picture(`/users/${id}/photos/48x48/$value`)).bytes.toString('base64');
    expect(await small(ASA)).toBe(await small(ASA));
    const bjorn = userId('bjorn.ek@norrsken.se');
    kit.store.setBeyond(A, bjorn, { photo: true });
    expect(await small(bjorn)).not.toBe(await small(ASA));
    expect((await kit.get(`/users/${ASA}/photos/50x50`)).status).toBe(400);
  });
  test('is missing for some people: 404 ImageNotFound by every path, and an empty list of sizes', async () => {
    for (const path of ['/photo', '/photo/$value', '/photos/48x48/$value'])
      expect(await kit.get(`/users/${ROOM}${path}`)).toMatchObject({ status: 404, code: 'ImageNotFound' });
    expect((await kit.get(`/users/${ROOM}/photos`)).value).toEqual([]);
    const met = new Set<number>();
    for (const id of [...kit.store.tenant(A).users.keys()].slice(40, 80))
      met.add((await kit.get(`/users/${id}/photo`)).status);
    expect(met).toEqual(new Set([200, 404]));
  });
  test('comes in a batch as base64url text', async () => {
    const requests = [{ id: '1', method: 'GET', url: `/users/${ASA}/photos/48x48/$value` }];
    const { body } = await kit.ask('POST', '/$batch', {}, { requests });
    const [only] = body['responses'] as { status: number; headers: Record<string, string>; body: string }[]; // judged
    expect(only?.headers['Content-Type']).toBe('image/jpeg');
    const { bytes } = await picture(`/users/${ASA}/photos/48x48/$value`);
    expect(only?.body).toBe(bytes.toString('base64url'));
  });
  test('is open to ProfilePhoto.Read.All, User.ReadBasic.All and User.Read.All, and 403 to the rest', async () => {
    for (const role of ['ProfilePhoto.Read.All', 'User.ReadBasic.All', 'User.Read.All']) {
      await kit.grantAndUse([role]);
      expect([role, (await kit.get(`/users/${ASA}/photo`)).status]).toEqual([role, 200]);
    }
    await kit.grantAndUse(['GroupMember.Read.All', 'MailboxSettings.Read']);
    expect(await kit.get(`/users/${ASA}/photo`)).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  });
});

describe('Point 6: mailbox settings', () => {
  test('tell people from shared, room and equipment mailboxes', async () => {
    const purpose = async (name: string) =>
      (await kit.get(`/users/${name}@norrsken.se/mailboxSettings/userPurpose`)).body['value'];
    for (const [name, what] of [
      ['per.andersson', 'user'],
      ['info', 'shared'],
      ['rum.norrsken', 'room'],
      ['poolbil1', 'equipment'],
    ] as const)
      expect([name, await purpose(name)]).toEqual([name, what]);
  });
  test('come whole, in parts, and with $select of one user', async () => {
    const { body } = await kit.get(`/users/${ROOM}/mailboxSettings`);
    expect(body).toMatchObject({
      userPurpose: 'room',
      timeZone: 'W. Europe Standard Time',
      language: { locale: 'sv-SE' },
    });
    const parts = { automaticRepliesSetting: 'disabled', workingHours: undefined };
    for (const [part, state] of Object.entries(parts))
      expect((await kit.get(`/users/${ROOM}/mailboxSettings/${part}`)).body['status']).toBe(state);
    expect((await kit.get(`/users/${ROOM}?$select=id,mailboxSettings`)).body).toMatchObject({
      id: ROOM,
      mailboxSettings: { userPurpose: 'room' },
    });
    expect((await kit.get(`/users/${ROOM}/mailboxSettings/shoeSize`)).status).toBe(400);
  });
  test('are 404 for who has no mailbox, and 501 in a collection', async () => {
    const guest = 'anna.svensson_konsultbyran.se%23EXT%23@norrskenenergi.onmicrosoft.com';
    expect(await kit.get(`/users/${guest}/mailboxSettings`)).toMatchObject({
      status: 404,
      code: 'MailboxNotEnabledForRESTAPI',
    });
    expect(await kit.get('/users?$select=id,mailboxSettings')).toMatchObject({ status: 501, code: 'NotImplemented' });
  });
  test('need MailboxSettings.Read, by both ways', async () => {
    await kit.grantAndUse(['User.Read.All', 'Directory.Read.All']);
    for (const path of ['/mailboxSettings', '/mailboxSettings/userPurpose', '?$select=mailboxSettings'])
      expect(await kit.get(`/users/${ROOM}${path}`)).toMatchObject({
        status: 403,
        code: 'Authorization_RequestDenied',
      });
  });
  test('follow the control API, with licences', async () => {
    const { body } = await kit.control('POST', `/tenants/${A}/users`, {
      displayName: 'Ny Brevlåda',
      mail: 'ny@norrsken.se',
      beyond: { mailboxPurpose: 'shared' },
    });
    const id = String(body['id']);
    const purpose = async () => (await kit.get(`/users/${id}/mailboxSettings/userPurpose`)).body['value'];
    expect(await purpose()).toBe('shared');
    await kit.control('PATCH', `/tenants/${A}/users/${id}`, {
      beyond: { mailboxPurpose: 'user' },
      assignedLicenses: [{ skuId: LICENCE_E3, disabledPlans: [] }],
    });
    expect(await purpose()).toBe('user');
    expect((await kit.get(`/users/${id}/licenseDetails`)).value).toMatchObject([{ skuPartNumber: 'SPE_E3' }]);
    kit.store.purge(A, id);
  });
});

describe('Point 6: licences', () => {
  test('of a person name their services; who has none has an empty list', async () => {
    const { value } = await kit.get('/users/per.andersson@norrsken.se/licenseDetails');
    expect(value).toHaveLength(1);
    expect(value[0]?.['servicePlans']).toContainEqual({
      servicePlanId: '57ff2da0-773e-42df-b2af-ffb7a2317929',
      servicePlanName: 'TEAMS1',
      provisioningStatus: 'Success',
      appliesTo: 'User',
    });
    expect((await kit.get(`/users/${ROOM}/licenseDetails`)).value).toEqual([]);
  });
  test('that the tenant has bought are counted by who uses them, and need Organization.Read.All', async () => {
    expect((await kit.get('/subscribedSkus')).status).toBe(403);
    await kit.grantAndUse(['Organization.Read.All']);
    const { value } = await kit.get('/subscribedSkus');
    const used = [...kit.store.tenant(A).users.values()].filter(
      (user) => user.deletedAt === null && JSON.stringify(user.props['assignedLicenses']).includes(LICENCE_E3),
    ).length;
    expect(value[0]).toMatchObject({ id: `${A}_${LICENCE_E3}`, skuPartNumber: 'SPE_E3', consumedUnits: used });
    expect((await kit.get(`/subscribedSkus/${A}_${LICENCE_E3}`)).body).toMatchObject({ consumedUnits: used });
    expect((await kit.get('/subscribedSkus/unknown')).status).toBe(404);
  });
});

describe('Point 6: sign-in activity', () => {
  const path = '/users?$select=id,signInActivity';
  const P1_NEEDED = { status: 403, code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant' };
  test('needs a premium licence of the tenant, selected or filtered by', async () => {
    expect(await kit.get(path)).toMatchObject(P1_NEEDED);
    expect(await kit.get('/users?$filter=signInActivity/lastSignInDateTime le 2026-01-01T00:00:00Z')).toMatchObject(
      P1_NEEDED,
    );
    expect(await kit.get(`/users/${ASA}?$select=signInActivity`)).toMatchObject(P1_NEEDED);
  });
  test('comes in pages of 500 at most, and is null for who never signed in', async () => {
    await kit.control('PATCH', `/tenants/${A}/facts`, { premium: true });
    const { status, value, body } = await kit.get(`${path}&$top=999`);
    expect([status, value.length]).toEqual([200, 500]);
    expect(body['@odata.nextLink']).toBeDefined();
    expect(value[0]?.['signInActivity']).toMatchObject({
      lastSignInDateTime: expect.stringMatching(/Z$/) as string,
      lastSuccessfulSignInRequestId: expect.any(String) as string,
    });
    expect((await kit.get(`/users/${ROOM}?$select=signInActivity`)).body['signInActivity']).toBeNull();
    await kit.control('PATCH', `/tenants/${A}/users/${ASA}`, { beyond: { lastSignIn: '2020-02-02T02:02:02Z' } });
    expect(
      (await kit.get(`${path}&$filter=signInActivity/lastSignInDateTime le 2021-01-01T00:00:00Z`)).value,
    ).toMatchObject([{ id: ASA, signInActivity: { lastSignInDateTime: '2020-02-02T02:02:02Z' } }]);
  });
  test('needs AuditLog.Read.All and User.Read.All together', async () => {
    kit.store.changeFacts(A, { premium: true });
    for (const roles of [['AuditLog.Read.All', 'User.ReadBasic.All'], ['User.Read.All']]) {
      await kit.grantAndUse(roles);
      expect(await kit.get(path)).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
    }
    await kit.grantAndUse(['AuditLog.Read.All', 'User.Read.All'], FJALLBYGG.id);
    expect((await kit.get(path)).status).toBe(200);
  });
});
