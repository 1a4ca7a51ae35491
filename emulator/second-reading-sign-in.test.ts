// The second reading, sections 1 and 2.1, 2.2: discovery, keys and the authorize endpoint.
import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, openWorld, questions, value, type World } from './second-reading-kit.ts';
import { authorize, codeOf, redeem, sentTo, walk } from './second-reading-browser.ts';

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

const found = '/v2.0/.well-known/openid-configuration';
questions(
  () => world,
  [
    ...['common', 'organizations'].map((tenant) => ({
      says: `1.3 the issuer of ${tenant} is the template`,
      ask: `/${tenant}${found}`,
      status: 200,
      is: { issuer: `${host}/{tenantid}/v2.0` },
    })),
    {
      says: '1.3 the issuer of a tenant is filled in, for its domain too',
      ask: `/contoso.example${found}`,
      status: 200,
      is: { issuer: expect.stringMatching(/^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/) },
    },
    {
      says: '1.3 what is supported',
      ask: `/organizations${found}`,
      status: 200,
      is: {
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
        response_modes_supported: ['query', 'fragment', 'form_post'],
        response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
        token_endpoint_auth_methods_supported: expect.arrayContaining([
          'client_secret_post',
          'private_key_jwt',
          'client_secret_basic',
        ]),
        scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
        request_uri_parameter_supported: false,
        cloud_instance_name: 'microsoftonline.com',
        cloud_graph_host_name: 'graph.windows.net',
        http_logout_supported: true,
        frontchannel_logout_supported: true,
      },
      has: [
        'msgraph_host',
        'rbac_url',
        'device_authorization_endpoint',
        'claims_supported',
        'jwks_uri',
        'userinfo_endpoint',
        'end_session_endpoint',
      ],
      lacks: ['pushed_authorization_request_endpoint'],
    },
    {
      says: '1.3 an unknown tenant is 400 invalid_tenant',
      ask: `/0badbad0-0000-4000-8000-000000000000${found}`,
      status: 400,
      is: { error: 'invalid_tenant', error_codes: [90002] },
    },
    {
      says: '1.3 an unknown domain is 400 invalid_tenant',
      ask: `/nobody.example${found}`,
      status: 400,
      is: { error: 'invalid_tenant' },
    },
    {
      says: '1.4 a key has its own issuer',
      ask: '/organizations/discovery/v2.0/keys',
      status: 200,
      has: ['keys>0>kid', 'keys>0>x5t', 'keys>0>n', 'keys>0>e', 'keys>0>issuer', 'keys>0>cloud_instance_name'],
      is: { 'keys>0>kty': 'RSA', 'keys>0>use': 'sig', 'keys>0>issuer': `${host}/{tenantid}/v2.0` },
    },
    {
      says: '1.5 instance discovery',
      ask: `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(`${host}/common/oauth2/v2.0/authorize`)}`,
      status: 200,
      is: { 'api-version': '1.1' },
      has: [
        'tenant_discovery_endpoint',
        'metadata>0>preferred_network',
        'metadata>0>preferred_cache',
        'metadata>0>aliases>0',
      ],
      header: { 'access-control-allow-origin': '*', 'cache-control': /max-age=86400/ },
    },
    {
      says: '1.5 an unknown host is invalid_instance',
      ask: `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent('https://login.nobody.example/common/oauth2/v2.0/authorize')}`,
      status: 400,
      is: { error: 'invalid_instance' },
    },
  ],
);

test('1.4 after a roll both keys are published, and new tokens are signed with the new one', async () => {
  const before = value(await world.ask('/organizations/discovery/v2.0/keys'), 'keys');
  await world.control('POST', 'keys');
  const after = value(await world.ask('/organizations/discovery/v2.0/keys'), 'keys');
  const kids = after.map(({ kid }) => kid);
  expect(kids).toEqual(expect.arrayContaining(before.map(({ kid }) => kid)));
  const token = String(at((await redeem(world, await codeOf(world, admin))).body, 'id_token'));
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  expect([at(header, 'alg'), before.some(({ kid }) => kid === at(header, 'kid'))]).toEqual(['RS256', false]);
  const jwk = after.find(({ kid }) => kid === at(header, 'kid'));
  const key = createPublicKey({ key: { kty: 'RSA', n: String(jwk?.['n']), e: String(jwk?.['e']) }, format: 'jwk' });
  const [head, payload, signature] = token.split('.');
  expect(verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature ?? '', 'base64url'))).toBe(
    true,
  );
});

describe('2.1 and 2.2 the authorize endpoint', () => {
  test.each([
    ['a redirect that is not registered', { redirect_uri: 'http://localhost:9/other' }],
    ['a redirect with one more slash', { redirect_uri: 'http://localhost:9/callback/' }],
    ['a redirect in another case', { redirect_uri: 'http://localhost:9/Callback' }],
    ['a redirect with a query that is not registered', { redirect_uri: 'http://localhost:9/callback?x=1' }],
    ['an unknown application', { client_id: '0badbad0-0000-4000-8000-000000000000' }],
    ['no redirect address while several could be meant', { redirect_uri: 'https://evil.example/callback' }],
  ])('2.2 %s is a page and no redirect', async (_, more) => {
    const reply = await world.ask(authorize(world, more));
    expect([sentTo(reply), reply.status >= 400, /AADSTS(50011|700016)/.test(reply.text)]).toEqual([
      undefined,
      true,
      true,
    ]);
  });

  test.each([
    [
      'a response type that is not supported',
      { response_type: 'token' },
      /^(unsupported_response_type|unauthorized_client|invalid_request)$/,
    ],
    ['no scope', { scope: null }, /^invalid_request$/],
    ['prompt=none without a session', { prompt: 'none' }, /^(login_required|interaction_required)$/],
    ['a challenge method that does not exist', { code_challenge_method: 'S512' }, /^invalid_request$/],
    [
      'query with an id_token',
      { response_type: 'id_token', response_mode: 'query' },
      /^(invalid_request|unsupported_response_type)$/,
    ],
  ])('2.2 %s comes back as an error with the state', async (_, more, error) => {
    const back = sentTo(await world.ask(authorize(world, more)));
    const params =
      back?.searchParams.has('error') === true ? back.searchParams : new URLSearchParams(back?.hash.slice(1));
    expect(params.get('error')).toMatch(error);
    expect([params.get('state'), params.has('error_description')]).toEqual(['the-state', true]);
  });

  test('2.1 http is for localhost only, even when it is registered', async () => {
    const plain = 'http://samsyn.example/callback';
    const registered = await world
      .control('PUT', 'apps/{web}', { redirectUris: ['http://localhost:9/callback', plain] })
      .catch(() => 'refused');
    const reply = registered === 'refused' ? undefined : await world.ask(authorize(world, { redirect_uri: plain }));
    await world.control('PUT', 'apps/{web}', { redirectUris: ['http://localhost:9/callback'] });
    expect(reply === undefined || reply.status >= 400).toBe(true);
  });

  test('2.1 success is code, state and usually session_state, by query', async () => {
    const back = sentTo(await walk(world, authorize(world), `account-${admin}`));
    expect([back?.origin, back?.pathname, back?.searchParams.get('state')]).toEqual([
      'http://localhost:9',
      '/callback',
      'the-state',
    ]);
    expect(back?.searchParams.get('code')).toBeTruthy();
  });

  test('2.1 form_post is a page that posts code and state to the application', async () => {
    const page = await walk(world, authorize(world, { response_mode: 'form_post' }), `account-${admin}`);
    expect([
      page.status,
      page.text.includes('action="http://localhost:9/callback"'),
      /name="code"/.test(page.text),
      /name="state" value="the-state"/.test(page.text),
    ]).toEqual([200, true, true, true]);
  });

  test('2.2 Cancel is access_denied with error_subcode=cancel', async () => {
    const back = sentTo(await walk(world, authorize(world), 'cancel'))?.searchParams;
    expect([back?.get('error'), back?.get('error_subcode'), back?.get('state')]).toEqual([
      'access_denied',
      'cancel',
      'the-state',
    ]);
  });
});
