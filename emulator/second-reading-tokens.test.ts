// The second reading, sections 4 and 5: app-only tokens and the errors of the token endpoint.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge, openWorld, questions, secret, type Row, type World } from './second-reading-kit.ts';
import { authorize, sentTo, walk } from './second-reading-browser.ts';

let world: World;
const graphScope = 'https://graph.microsoft.com/.default';

beforeAll(async () => {
  world = await openWorld({ web: null, granted: ['User.Read.All'], poor: [], off: ['User.Read.All'] });
  await world.control('PUT', 'tenants/{tenant}/grants/{off}', { roles: ['User.Read.All'], enabled: false });
  await world.control('PUT', 'apps/5ec0de00-0000-4000-8000-0000000000ee', {
    name: 'expired',
    secret,
    secretExpiresAt: '2020-01-01T00:00:00Z',
    redirectUris: [],
    requiredRoles: [],
  });
  await world.control('PUT', 'tenants/{tenant}/grants/5ec0de00-0000-4000-8000-0000000000ee', {});
  world.names['missing'] = '0badbad0-0000-4000-8000-000000000000';
});
afterAll(() => world.close());

const withdraw = () => world.control('DELETE', 'tenants/{tenant}/grants/{web}').catch(() => undefined);
const token = (form: Record<string, string>, tenant = '{tenant}') =>
  world.ask(`/${tenant}/oauth2/v2.0/token`, {
    form: { grant_type: 'client_credentials', client_secret: secret, scope: graphScope, ...form },
  });

const cc = (more: Record<string, string>, without: string[] = []) =>
  Object.fromEntries(
    Object.entries({
      grant_type: 'client_credentials',
      client_id: '{granted}',
      client_secret: secret,
      scope: graphScope,
      ...more,
    }).filter(([name]) => !without.includes(name)),
  );
const at200: Partial<Row> = {
  status: 200,
  is: { token_type: 'Bearer', expires_in: expect.any(Number), ext_expires_in: expect.any(Number) },
  lacks: ['refresh_token', 'id_token'],
};
const wrong = (
  says: string,
  form: Record<string, string>,
  error: string,
  number: number,
  tenant = '{tenant}',
): Row => ({
  says: `5.2 ${number}: ${says}`,
  ask: `POST /${tenant}/oauth2/v2.0/token`,
  form,
  status: error === 'invalid_client' ? 401 : 400,
  is: { error, error_codes: [number] },
});

questions(
  () => world,
  [
    {
      says: '4 a secret in the form, and never a refresh token',
      ask: '/{tenant}/oauth2/v2.0/token',
      form: cc({}),
      ...at200,
      status: 200,
    },
    {
      says: '4 unknown query and body members are ignored',
      ask: '/{tenant}/oauth2/v2.0/token?client-request-id=1',
      form: cc({ 'x-client-SKU': 'msal.js.node', 'x-ms-lib-capability': 'retry-after, h429' }),
      ...at200,
      status: 200,
    },
    {
      says: '3.7 a token comes even when nothing was granted',
      ask: '/{tenant}/oauth2/v2.0/token',
      form: cc({ client_id: '{poor}' }),
      ...at200,
      status: 200,
    },
    {
      says: '4 a permission by name is no scope here',
      ask: '/{tenant}/oauth2/v2.0/token',
      form: cc({ scope: 'https://graph.microsoft.com/User.Read.All' }),
      status: 400,
      is: { error: 'invalid_scope', error_codes: [expect.toBeOneOf([70011, 1002012])] },
    },
    {
      says: '4 two resources are no scope',
      ask: '/{tenant}/oauth2/v2.0/token',
      form: cc({ scope: `${graphScope} https://management.azure.com/.default` }),
      status: 400,
      has: ['error'],
    },
    {
      says: '4 .default with something beside it is no scope',
      ask: '/{tenant}/oauth2/v2.0/token',
      form: cc({ scope: `${graphScope} openid` }),
      status: 400,
      has: ['error'],
    },
    wrong('a wrong secret', cc({ client_secret: 'wrong' }), 'invalid_client', 7000215),
    wrong(
      'the secret has run out',
      cc({ client_id: '5ec0de00-0000-4000-8000-0000000000ee' }),
      'invalid_client',
      7000222,
    ),
    wrong('neither secret nor assertion', cc({}, ['client_secret']), 'invalid_client', 7000218),
    wrong('the application is disabled in the tenant', cc({ client_id: '{off}' }), 'unauthorized_client', 7000112),
    wrong('an application that is nowhere', cc({ client_id: '{missing}' }), 'unauthorized_client', 700016),
    wrong('a tenant that is not there', cc({}), 'invalid_request', 90002, '{missing}'),
    wrong('a resource that is not there', cc({ scope: 'https://nobody.example/.default' }), 'invalid_resource', 500011),
    wrong('an unknown grant', cc({ grant_type: 'something' }), 'unsupported_grant_type', 70003),
    wrong('no grant_type', cc({}, ['grant_type']), 'invalid_request', 900144),
    wrong('no client_id', cc({}, ['client_id']), 'invalid_request', 900144),
    wrong('no scope', cc({}, ['scope']), 'invalid_request', 900144),
    ...['common', 'consumers', 'organizations'].map((tenant): Row => ({
      says: `4 ${tenant} refuses this grant`,
      ask: `POST /${tenant}/oauth2/v2.0/token`,
      form: cc({}),
      status: 400,
      has: ['error_codes>0'],
    })),
    {
      says: '5.2 900561: the wrong verb',
      ask: 'GET /{tenant}/oauth2/v2.0/token',
      status: 400,
      is: { error: 'invalid_request', error_codes: [900561] },
    },
    {
      says: '4 a JSON body is no form',
      ask: '/{tenant}/oauth2/v2.0/token',
      json: { grant_type: 'client_credentials' },
      status: 400,
      is: { error: 'invalid_request' },
    },
    {
      says: '5.1 the shape of an error',
      ask: '/{tenant}/oauth2/v2.0/token',
      form: cc({ client_secret: 'wrong' }),
      headers: { 'client-request-id': '7f3c0ffe-1234-4567-8901-abcdefabcdef' },
      status: 401,
      is: {
        error_description: expect.stringMatching(
          /^AADSTS7000215: .*\r\nTrace ID: [0-9a-f-]{36}\r\nCorrelation ID: [0-9a-f-]{36}\r\nTimestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
        ),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        correlation_id: '7f3c0ffe-1234-4567-8901-abcdefabcdef',
        error_uri: 'https://login.microsoftonline.com/error?code=7000215',
      },
      header: { 'content-type': 'application/json; charset=utf-8' },
    },
  ],
);

test('5.2 7000229: no service principal in the tenant', async () => {
  await withdraw();
  judge(wrong('', {}, 'invalid_client', 7000229), await token({ client_id: '{web}' }));
});

test('4 a secret by HTTP Basic', async () => {
  const basic = Buffer.from(`${world.names['granted']}:${secret}`).toString('base64');
  expect(
    (
      await world.ask('/{tenant}/oauth2/v2.0/token', {
        form: { grant_type: 'client_credentials', scope: graphScope },
        headers: { Authorization: `Basic ${basic}` },
      })
    ).status,
  ).toBe(200);
});

test('3.5 and 2.2 a person who types another tenant’s name at the authorize endpoint gets no code for it', async () => {
  const page = await walk(world, authorize(world, {}, world.names['missing']));
  expect(sentTo(page)?.searchParams.has('code') ?? false).toBe(false);
});
