// Points 2 and 3: discovery, keys, the sign-in page and id_tokens.
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLE } from './model.ts';
import { FJALLBYGG, userId } from './people.ts';
import { A, APP, REDIRECT, startKit, VERIFIER } from './test-kit.ts';
import type { Got, Kit } from './test-kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit({ granted: null });
});
afterAll(() => kit.close());

const exchange = (code: string, changes: Record<string, string> = {}, segment = 'organizations'): Promise<Got> =>
  kit.token(
    { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, scope: '', ...changes },
    segment,
  );
const signIn = async (account: string, changes: Record<string, string | null> = {}, segment?: string) => {
  const { redirect } = await kit.go(kit.authorize(changes, segment), { account });
  return redirect?.searchParams.get('code') ?? '';
};
const json = async (path: string) => {
  const response = await fetch(`${kit.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('Point 2: discovery', () => {
  test('common and organizations give an issuer template, a tenant or its domain the filled-in one', async () => {
    expect((await json('/common/v2.0/.well-known/openid-configuration')).body['issuer']).toBe(
      'https://login.microsoftonline.com/{tenantid}/v2.0',
    );
    const byDomain = (await json('/norrsken.se/v2.0/.well-known/openid-configuration')).body;
    expect(byDomain['issuer']).toBe(`https://login.microsoftonline.com/${A}/v2.0`);
    expect(byDomain['token_endpoint']).toBe(`${kit.url}/${A}/oauth2/v2.0/token`);
  });
  test('an unknown tenant is 400 invalid_tenant and no 404', async () => {
    const { status, body } = await json('/99999999-0000-4000-8000-000000000000/v2.0/.well-known/openid-configuration');
    expect([status, body['error'], body['error_codes']]).toEqual([400, 'invalid_tenant', [90002]]);
  });
  test('every signing key names its issuer', async () => {
    const { body } = await json('/organizations/discovery/v2.0/keys');
    const [key] = body['keys'] as Record<string, unknown>[];
    expect(key).toMatchObject({ kty: 'RSA', use: 'sig', issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' });
    expect(key).not.toHaveProperty('d');
  });
  test('keys are rotated on command: new tokens use the new one, the old one is still published and tokens by it hold', async () => {
    const earlier = String((await exchange(await signIn('asa.oberg@norrsken.se'))).body['id_token']);
    const before = ((await json('/organizations/discovery/v2.0/keys')).body['keys'] as { kid: string }[]).map(
      (key) => key.kid,
    );
    expect((await kit.control('POST', '/keys')).status).toBe(200);
    const after = ((await json('/organizations/discovery/v2.0/keys')).body['keys'] as { kid: string }[]).map(
      (key) => key.kid,
    );
    expect(after).toEqual([expect.not.stringMatching(before[0] ?? ''), ...before]);
    const { body } = await exchange(await signIn('asa.oberg@norrsken.se'));
    expect(decodeProtectedHeader(String(body['id_token'])).kid).toBe(after[0]);
    expect(decodeProtectedHeader(earlier).kid).toBe(before[0]);
    const keys = createRemoteJWKSet(new URL(`${kit.url}/organizations/discovery/v2.0/keys`));
    expect((await jwtVerify(earlier, keys, { audience: APP.clientId })).payload['tid']).toBe(A);
  });
});

describe('Point 3: signing in', () => {
  test('the code yields an id_token that verifies, with tenant, object id, nonce and role template ids', async () => {
    const { status, body } = await exchange(await signIn('asa.oberg@norrsken.se'));
    expect(status).toBe(200);
    const { payload } = await jwtVerify(
      String(body['id_token']),
      createRemoteJWKSet(new URL(`${kit.url}/organizations/discovery/v2.0/keys`)),
      { audience: APP.clientId, issuer: `https://login.microsoftonline.com/${A}/v2.0` },
    );
    expect(payload).toMatchObject({
      ver: '2.0',
      tid: A,
      oid: userId('asa.oberg@norrsken.se'),
      nonce: 'the nonce',
      name: 'Åsa Öberg',
      preferred_username: 'asa.oberg@norrsken.se',
    });
    expect(payload['wids']).toContain(ROLE.globalAdministrator);
    expect(payload.sub).not.toBe(payload['oid']);
    expect(payload).not.toHaveProperty('email');
  });
  test('without the profile scope there is no oid', async () => {
    const { body } = await exchange(await signIn('asa.oberg@norrsken.se', { scope: 'openid' }));
    expect(decodeJwt(String(body['id_token']))).not.toHaveProperty('oid');
  });
  test('a person without a role has no administrator id in wids', async () => {
    const { body } = await exchange(await signIn('per.user@norrsken.se'));
    const wids = decodeJwt(String(body['id_token']))['wids'] as string[];
    expect(wids.some((id) => Object.values<string>(ROLE).includes(id))).toBe(false);
  });
  test('at a tenant path a guest signs in with the home name and is a guest there', async () => {
    const { body } = await exchange(
      await signIn('maria.strom@norrsken.se', { scope: 'openid profile email' }, FJALLBYGG.id),
      {},
      FJALLBYGG.id,
    );
    const claims = decodeJwt(String(body['id_token']));
    expect(claims).toMatchObject({ tid: FJALLBYGG.id, email: 'maria.strom@norrsken.se' });
    expect(claims['oid']).not.toBe(userId('maria.strom@norrsken.se'));
    const home = decodeJwt(String((await exchange(await signIn('maria.strom@norrsken.se'))).body['id_token']));
    expect(home['tid']).toBe(A);
  });
  test('code and state come back in the query unless another mode is asked for, and nothing else is taken', async () => {
    const { redirect, posted } = await kit.go(kit.authorize(), { account: 'per.user@norrsken.se' });
    expect(posted).toBeNull();
    expect(Object.fromEntries(redirect?.searchParams ?? [])).toMatchObject({
      code: expect.any(String) as string,
      state: 'the state',
    });
    const fragment = await kit.go(kit.authorize({ response_mode: 'fragment' }), {});
    expect(fragment.redirect?.searchParams.get('error')).toBe('invalid_request');
  });
  test('form_post sends code and state as a form, escaped', async () => {
    const ended = await kit.go(kit.authorize({ response_mode: 'form_post', state: '"><script>' }), {
      account: 'per.user@norrsken.se',
    });
    expect(ended.page).not.toContain('"><script>"');
    expect(ended.posted).toMatchObject({ state: '"><script>', code: expect.any(String) });
    expect(ended.redirect?.href).toBe(REDIRECT);
  });
  test('Cancel comes back as access_denied with the subcode', async () => {
    const { redirect } = await kit.go(kit.authorize(), {});
    expect(Object.fromEntries(redirect?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      error_subcode: 'cancel',
      state: 'the state',
    });
  });
  test('login_hint fills the name field', async () => {
    const page = await (await fetch(kit.authorize({ login_hint: 'oskar.app@norrsken.se' }))).text();
    expect(page).toContain('name="account" value="oskar.app@norrsken.se"');
  });
  test('a tenant path offers its own accounts, organizations those of all', async () => {
    const own = await (await fetch(kit.authorize({}, FJALLBYGG.id))).text();
    expect(own).toContain('erik.fjall@fjallbygg.se');
    expect(own).not.toContain('asa.oberg@norrsken.se');
    const all = await (await fetch(kit.authorize())).text();
    expect(all).toContain('erik.fjall@fjallbygg.se');
    expect(all).toContain('asa.oberg@norrsken.se');
  });
  test.each([
    ['an address that is not registered', { redirect_uri: `${REDIRECT}/` }, 'AADSTS50011'],
    ['an unknown application', { client_id: '99999999-0000-4000-8000-000000000000' }, 'AADSTS700016'],
  ])('%s is left on a page, without a redirect', async (_name, changes, code) => {
    const ended = await kit.go(kit.authorize(changes), { account: 'per.user@norrsken.se' });
    expect([ended.redirect, ended.status]).toEqual([null, 400]);
    expect(ended.page).toContain(code);
  });
  test.each([
    ['info@norrsken.se', 'organizations', 'AADSTS50057'],
    ['nobody@norrsken.se', 'organizations', 'AADSTS50034'],
    ['per.user@norrsken.se', FJALLBYGG.id, 'AADSTS50020'],
  ])('%s at %s is refused with %s', async (account, segment, code) => {
    const ended = await kit.go(kit.authorize({}, segment), { account });
    expect(ended.redirect).toBeNull();
    expect(ended.page).toContain(code);
  });
});

describe('Point 3: codes', () => {
  test('work once', async () => {
    const code = await signIn('per.user@norrsken.se');
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] });
  });
  test('are bound to the verifier', async () => {
    const code = await signIn('per.user@norrsken.se');
    expect((await exchange(code, { code_verifier: `${VERIFIER}x` })).body['error_codes']).toEqual([501481]);
    expect((await exchange(code, { code_verifier: '' })).body['error_codes']).toEqual([501481]);
  });
  test('are bound to the redirect address and to the tenant', async () => {
    const code = await signIn('per.user@norrsken.se');
    expect((await exchange(code, { redirect_uri: `${REDIRECT}2` })).status).toBe(400);
    expect((await exchange(code, {}, FJALLBYGG.id)).body['error_codes']).toEqual([700005]);
  });
  test('end after ten minutes', async () => {
    const code = await signIn('per.user@norrsken.se');
    kit.store.advanceClock(601);
    expect((await exchange(code)).body['error_codes']).toEqual([70008]);
  });
  test.each([
    { code_challenge: null, code_challenge_method: null },
    { code_challenge_method: 'plain' },
    { code_challenge: '' },
  ])('cannot be had without an S256 challenge: %j', async (changes) => {
    const { redirect } = await kit.go(kit.authorize(changes), { account: 'per.user@norrsken.se' });
    expect(redirect?.searchParams.get('error')).toBe('invalid_request');
    expect(redirect?.searchParams.get('code')).toBeNull();
  });
  test('a refresh token is given when asked for, and gives new tokens', async () => {
    const { body } = await exchange(await signIn('per.user@norrsken.se', { scope: 'openid profile offline_access' }));
    const again = await kit.token(
      { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']), scope: '' },
      'organizations',
    );
    expect(decodeJwt(String(again.body['id_token']))['oid']).toBe(userId('per.user@norrsken.se'));
  });
});
