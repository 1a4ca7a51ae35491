// The second reading, sections 2.1 to 2.4: what a code is good for, and what an id_token says.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, openWorld, secret, type World } from './second-reading-kit.ts';
import { claims, codeOf, redeem } from './second-reading-browser.ts';

const host = 'https://login.microsoftonline.com';
const admin = 'admin@contoso.example';
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
let world: World;

beforeAll(async () => {
  world = await openWorld({ web: null });
  const user = (name: string, more = {}) =>
    world.control('POST', 'tenants/{tenant}/users', {
      displayName: name,
      userPrincipalName: `${name}@contoso.example`,
      mail: `${name}@contoso.example`,
      ...more,
    });
  world.names['admin'] = String(at((await user('admin', { roles: [globalAdministrator] })).body, 'id'));
  await user('usual');
  await world.control('PUT', 'apps/{web}', { groupMembershipClaims: 'DirectoryRole' });
});
afterAll(() => world.close());

describe('2.1 codes', () => {
  const failed = async (more: Record<string, string | null>, tenant?: string) => {
    const reply = await redeem(world, await codeOf(world, admin), more, tenant);
    return [reply.status, at(reply.body, 'error'), at(reply.body, 'error_codes>0')];
  };
  test('2.1 a code works once; the second use is 54005', async () => {
    const code = await codeOf(world, admin);
    expect((await redeem(world, code)).status).toBe(200);
    expect(await redeem(world, code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [54005] },
    });
  });
  test('5.2 another verifier is 501481', async () =>
    expect(await failed({ code_verifier: `${'x'.repeat(50)}` })).toEqual([400, 'invalid_grant', 501481]));
  test('5.2 no verifier is an error', async () => expect((await failed({ code_verifier: null }))[0]).toBe(400));
  test('5.2 no secret is 7000218', async () =>
    expect(await failed({ client_secret: null })).toEqual([401, 'invalid_client', 7000218]));
  test('5.2 a wrong secret is 7000215', async () =>
    expect(await failed({ client_secret: 'wrong' })).toEqual([401, 'invalid_client', 7000215]));
  test('2.1 another redirect than before is refused', async () =>
    expect((await failed({ redirect_uri: 'http://localhost:9/other' }))[0]).toBe(400));
  test('5.2 a code of one tenant is not redeemed at another (700005)', async () => {
    const other = String(
      at((await world.control('POST', 'tenants', { displayName: 'Other', domains: ['other.example'] })).body, 'id'),
    );
    expect(await failed({}, other)).toEqual([400, 'invalid_grant', 700005]);
  });
  test('2.1 a code lives about ten minutes', async () => {
    const code = await codeOf(world, admin);
    await world.control('POST', 'clock', { advanceSeconds: 660 });
    expect(await redeem(world, code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_codes: [70008] },
    });
  });
});

describe('2.3 and 2.4 the token answer', () => {
  test('2.3 members; refresh_token with offline_access only, client_info when asked for', async () => {
    const usual = await redeem(world, await codeOf(world, admin));
    expect(usual.body).toMatchObject({
      token_type: 'Bearer',
      scope: expect.any(String),
      access_token: expect.any(String),
      id_token: expect.any(String),
      ext_expires_in: expect.any(Number),
    });
    expect([at(usual.body, 'refresh_token'), at(usual.body, 'client_info')]).toEqual([undefined, undefined]);
    const seconds = Number(at(usual.body, 'expires_in'));
    expect(seconds >= 3500 && seconds <= 5400, String(seconds)).toBe(true);
    const more = await redeem(world, await codeOf(world, admin, { scope: 'openid profile offline_access' }), {
      client_info: '1',
    });
    expect([typeof at(more.body, 'refresh_token'), typeof at(more.body, 'client_info')]).toEqual(['string', 'string']);
  });
  test('2.4 claims', async () => {
    const told = claims(await redeem(world, await codeOf(world, admin)));
    expect(told).toMatchObject({
      ver: '2.0',
      iss: `${host}/${world.tenant}/v2.0`,
      aud: world.names['web'],
      tid: world.tenant,
      oid: world.names['admin'],
      preferred_username: admin,
      nonce: 'the-nonce',
      wids: expect.arrayContaining([globalAdministrator]),
    });
    expect(told['sub']).not.toBe(told['oid']);
    expect(told).not.toHaveProperty('email');
    for (const name of ['iat', 'nbf', 'exp']) expect(typeof told[name]).toBe('number');
  });
  test('2.4 without profile there is neither oid nor a name', async () => {
    const told = claims(await redeem(world, await codeOf(world, admin, { scope: 'openid' })));
    expect([told['oid'], told['name'], told['preferred_username'], told['tid']]).toEqual([
      undefined,
      undefined,
      undefined,
      world.tenant,
    ]);
  });
  test('2.4 wids come only when the manifest says so', async () => {
    await world.control('PUT', 'apps/{web}', { groupMembershipClaims: 'None' });
    expect(claims(await redeem(world, await codeOf(world, admin)))).not.toHaveProperty('wids');
  });
  test('2.4 sub is pairwise: another application gets another', async () => {
    await world.control('PUT', 'apps/5ec0de00-0000-4000-8000-0000000000ff', {
      name: 'second',
      secret,
      redirectUris: ['http://localhost:9/callback'],
      requiredRoles: [],
    });
    const other = { client_id: '5ec0de00-0000-4000-8000-0000000000ff' };
    const [one, two] = [
      claims(await redeem(world, await codeOf(world, admin))),
      claims(await redeem(world, await codeOf(world, admin, other), other)),
    ];
    expect([one['oid'] === two['oid'], one['sub'] === two['sub']]).toEqual([true, false]);
  });
});
