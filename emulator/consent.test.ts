// Admin consent and app-only tokens.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FJALLBYGG } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startKit({ granted: null });
});
afterEach(() => kit.close());

const query = (url: URL | null) => Object.fromEntries(url?.searchParams ?? []);
const granted = (tenant = A) => kit.store.tenant(tenant).grants.get(APP.clientId)?.roles;

describe('Point 4: admin consent v2', () => {
  test.each(['asa.oberg@norrsken.se', 'karin.lind@norrsken.se'])(
    '%s may consent, which grants exactly the static list',
    async (account) => {
      const { redirect } = await kit.go(kit.consentUrl({}, 'organizations'), { account, consent: 'accept' });
      expect(query(redirect)).toEqual({
        admin_consent: 'True',
        tenant: A,
        scope: 'https://graph.microsoft.com/User.Read.All https://graph.microsoft.com/GroupMember.Read.All',
        state: 'the state',
      });
      expect(granted()).toEqual(APP.requiredRoles);
    },
  );
  test.each(['oskar.app@norrsken.se', 'per.user@norrsken.se'])(
    '%s may not: a page says so, and its button goes back with access_denied',
    async (account) => {
      const page = await kit.go(kit.consentUrl(), { account });
      expect(page.page).toContain('Need admin approval');
      // Even "accept" from that page grants nothing.
      for (const consent of ['back', 'accept'] as const) {
        const { redirect } = await kit.go(kit.consentUrl(), { account, consent });
        expect(query(redirect)).toMatchObject({ error: 'access_denied', state: 'the state' });
        expect(granted()).toBeUndefined();
      }
    },
  );
  test('Cancel comes back with admin_consent=True beside the error', async () => {
    const { redirect } = await kit.go(kit.consentUrl(), { account: 'asa.oberg@norrsken.se', consent: 'cancel' });
    expect(query(redirect)).toMatchObject({ admin_consent: 'True', error: 'consent_required', state: 'the state' });
    expect(redirect?.searchParams.get('error_description')).toMatch(/^AADSTS65004: .*\r\nTrace ID: /);
    expect(granted()).toBeUndefined();
  });
  test('a permission asked for by name is the delegated one and grants no application permission', async () => {
    await kit.go(kit.consentUrl({ scope: 'https://graph.microsoft.com/User.Read.All' }), {
      account: 'asa.oberg@norrsken.se',
      consent: 'accept',
    });
    expect(granted()).toEqual([]);
  });
  test('common is refused, and so is a request without scope', async () => {
    expect((await kit.go(kit.consentUrl({}, 'common'), {})).redirect).toBeNull();
    expect((await kit.go(kit.consentUrl({ scope: null }), {})).page).toContain('AADSTS900144');
  });
  test('a foreign administrator cannot consent for a tenant', async () => {
    const ended = await kit.go(kit.consentUrl(), { account: 'erik.fjall@fjallbygg.se', consent: 'accept' });
    expect(ended.page).toContain('AADSTS50020');
    expect(granted()).toBeUndefined();
    expect(granted(FJALLBYGG.id)).toBeUndefined();
  });
});

test('Point 4: admin consent v1 is granted without scope, and declined without state', async () => {
  const address = kit.consentUrl({ scope: null }, 'common').replace('/v2.0/adminconsent', '/adminconsent');
  const declined = await kit.go(address, { account: 'asa.oberg@norrsken.se', consent: 'cancel' });
  expect(query(declined.redirect)).toEqual({
    error: 'permission_denied',
    error_description: 'The admin canceled the request',
  });
  const accepted = await kit.go(address, { account: 'asa.oberg@norrsken.se', consent: 'accept' });
  expect(query(accepted.redirect)).toEqual({ tenant: A, state: 'the state', admin_consent: 'True' });
});

describe('Point 5: app-only tokens', () => {
  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, A, 401, 'invalid_client', 7000215],
    ['no secret', { client_secret: '' }, A, 401, 'invalid_client', 7000218],
    ['a tenant without service principal', {}, A, 401, 'invalid_client', 7000229],
    [
      'an unknown application',
      { client_id: '99999999-0000-4000-8000-000000000000' },
      A,
      400,
      'unauthorized_client',
      700016,
    ],
    ['an application id that is none', { client_id: 'samsyn' }, A, 400, 'unauthorized_client', 700038],
    ['an unknown tenant', {}, 'nowhere.example', 400, 'invalid_request', 90002],
    ['common', {}, 'common', 400, 'invalid_request', 9001023],
    ['a scope by name', { scope: 'https://graph.microsoft.com/User.Read.All' }, A, 400, 'invalid_scope', 70011],
    ['a foreign resource', { scope: 'https://other.example/.default' }, A, 400, 'invalid_resource', 500011],
    ['an unknown grant', { grant_type: 'password' }, A, 400, 'unsupported_grant_type', 70003],
    ['a missing field', { scope: '' }, A, 400, 'invalid_request', 900144],
  ])('%s is refused as the service does', async (_name, fields, tenant, status, error, code) => {
    const got = await kit.token(fields, tenant);
    expect([got.status, got.body['error'], got.body['error_codes']]).toEqual([status, error, [code]]);
    expect(got.body['error_description']).toMatch(
      new RegExp(
        `^AADSTS${code}: [\\s\\S]*\\r\\nTrace ID: .*\\r\\nCorrelation ID: .*\\r\\nTimestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
      ),
    );
  });
  test('the sent client-request-id comes back as correlation id, unknown members are ignored', async () => {
    const sent = '12121212-3434-4565-8787-909090909090';
    const got = await kit.token({ client_secret: 'wrong', 'x-client-SKU': 'test', 'client-request-id': sent });
    expect(got.body['correlation_id']).toBe(sent);
  });
  test('the secret may come as HTTP Basic', async () => {
    kit.store.grant(A, APP.clientId, []);
    const response = await fetch(`${kit.url}/norrsken.se/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${APP.clientId}:${APP.secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' }),
    });
    expect(response.status).toBe(200);
  });
  test('are issued although nothing is granted, and then Graph denies', async () => {
    // Signing in is enough for a service principal.
    await kit.go(kit.authorize(), { account: 'per.user@norrsken.se' });
    const got = await kit.token();
    expect(got.status).toBe(200);
    expect(got.body).not.toHaveProperty('refresh_token');
    await kit.use();
    expect(await kit.get('/users')).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  });
  test('expire by the clock', async () => {
    kit.store.grant(A, APP.clientId, APP.requiredRoles);
    await kit.use();
    expect((await kit.get('/users')).status).toBe(200);
    kit.store.advanceClock(5401);
    expect(await kit.get('/users')).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' });
  });
});

test('Point 5: consent spreads slowly when told: first no principal, then a token that stays poor, then all is well', async () => {
  kit.store.changeSettings({ propagationMs: 60_000 });
  await kit.go(kit.consentUrl(), { account: 'asa.oberg@norrsken.se', consent: 'accept' });
  expect((await kit.token()).body['error_codes']).toEqual([7000229]);
  kit.store.advanceClock(35);
  await kit.use();
  expect(await kit.get('/users')).toMatchObject({ status: 401, code: 'Authorization_IdentityNotFound' });
  kit.store.advanceClock(35);
  expect((await kit.get('/users')).code).toBe('Authorization_IdentityNotFound');
  await kit.use();
  expect((await kit.get('/users')).status).toBe(200);
});

test.each(['oskar.app@norrsken.se', 'per.user@norrsken.se'])(
  'Point 4: admin consent v1 is refused to %s, who has not the role for it',
  async (account) => {
    const address = kit.consentUrl({ scope: null }, A).replace('/v2.0/adminconsent', '/adminconsent');
    for (const consent of ['back', 'accept'] as const) {
      const { redirect } = await kit.go(address, { account, consent });
      expect(query(redirect)).toHaveProperty('error');
      expect(granted()).toBeUndefined();
    }
  },
);

test('Point 5: a poor token may also be known without its roles, which it never gains', async () => {
  kit.store.changeSettings({ propagationMs: 60_000, poorToken: 'withoutRoles', identityNotFoundStatus: 403 });
  kit.store.grant(A, APP.clientId, APP.requiredRoles);
  kit.store.advanceClock(35);
  await kit.use();
  expect(await kit.get('/users')).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  kit.store.advanceClock(35);
  expect((await kit.get('/users')).status).toBe(403);
  await kit.use();
  expect((await kit.get('/users')).status).toBe(200);
  kit.store.revoke(A, APP.clientId);
  expect(await kit.get('/users')).toMatchObject({ status: 403, code: 'Authorization_IdentityNotFound' });
});

test('Point 4: a withdrawn consent ends tokens at once, and a new consent does not revive old ones', async () => {
  kit.store.grant(A, APP.clientId, APP.requiredRoles);
  await kit.use();
  kit.store.revoke(A, APP.clientId);
  expect((await kit.get('/users')).code).toBe('Authorization_IdentityNotFound');
  expect((await kit.token()).body['error_codes']).toEqual([7000229]);
  kit.store.grant(A, APP.clientId, APP.requiredRoles);
  expect((await kit.get('/users')).code).toBe('Authorization_IdentityNotFound');
  await kit.use();
  expect((await kit.get('/users')).status).toBe(200);
});

test('Point 5: a disabled application is refused by both hosts', async () => {
  kit.store.grant(A, APP.clientId, APP.requiredRoles);
  await kit.use();
  kit.store.grant(A, APP.clientId, APP.requiredRoles, false);
  expect((await kit.token()).body['error_codes']).toEqual([7000112]);
  expect(await kit.get('/users')).toMatchObject({ status: 401, code: 'Authorization_IdentityDisabled' });
});
