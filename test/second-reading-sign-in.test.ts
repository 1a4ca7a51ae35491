// The second reading of graph-protocol.md, the client's part (1.3, 1.4, 2.4, 2.5, 3.1): a sign-in whose discovery document, keys and id_token
// are served as the test wants. The keys are made here; nothing comes from the emulator.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import { createGraph, type Graph } from '../src/graph/graph.ts';
import { SignInRefused } from '../src/graph/sign-in.ts';

const host = 'https://login.microsoftonline.com';
const clientId = '5ec0de22-0000-4000-8000-000000000000';
const tid = '5ec0de33-0000-4000-8000-000000000000';
const oid = '5ec0de44-0000-4000-8000-000000000000';
const personal = '9188040d-6c67-4c5b-b112-36a304b66dad';
const redirectUri = 'http://localhost:9/callback';
const template = `${host}/{tenantid}/v2.0`;
const good = await generateKeyPair('RS256');
const stranger = await generateKeyPair('RS256');

interface Served {
  claims: Record<string, unknown>;
  header: { alg: string; kid: string; typ?: string };
  key: Parameters<SignJWT['sign']>[0];
  keyIssuer: string;
  issuer: string;
}

let served: Served;
let url: string;
let keys: () => Promise<JWK[]>;
const server = createServer(
  (request, response) =>
    void answer(request.url ?? '').then((body) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    ),
);

async function answer(path: string): Promise<unknown> {
  if (path.includes('/.well-known/')) {
    const at = `${host}/organizations`;
    return {
      issuer: served.issuer,
      authorization_endpoint: `${at}/oauth2/v2.0/authorize`,
      token_endpoint: `${at}/oauth2/v2.0/token`,
      jwks_uri: `${at}/discovery/v2.0/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }
  if (path.includes('/discovery/v2.0/keys')) return { keys: await keys() };
  const token = await new SignJWT(served.claims).setProtectedHeader(served.header).sign(served.key);
  return {
    token_type: 'Bearer',
    scope: 'openid profile',
    expires_in: 4000,
    ext_expires_in: 4000,
    access_token: 'opaque',
    id_token: token,
  };
}

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // it listens on a port
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = (): Graph =>
  createGraph({
    config: { clientId, clientSecret: 'secret', loginUrl: url, graphUrl: url },
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
  });

/** Signs in with what is served by `change`; the tenant, or that it was refused. */
async function signIn(change: (to: Served, nonce: string) => void): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000);
  served = {
    claims: {},
    header: { alg: 'RS256', kid: 'good', typ: 'JWT' },
    key: good.privateKey,
    keyIssuer: template,
    issuer: template,
  };
  keys = async () => [{ ...(await exportJWK(good.publicKey)), kid: 'good', use: 'sig', issuer: served.keyIssuer }];
  const graph = open();
  const { nonce, verifier } = await graph.signIn.start({ redirectUri, state: 'the-state' });
  served.claims = {
    ver: '2.0',
    iss: `${host}/${tid}/v2.0`,
    aud: clientId,
    tid,
    oid,
    sub: 'pairwise',
    name: 'Ada',
    preferred_username: 'ada@contoso.example',
    nonce,
    iat: seconds,
    nbf: seconds,
    exp: seconds + 3600,
  };
  change(served, nonce);
  try {
    const query = new URLSearchParams({ code: 'a-code', state: 'the-state' });
    const person = await graph.signIn.finish({ redirectUri, query, state: 'the-state', nonce, verifier });
    return `${person.tenantId} ${person.oid}`;
  } catch (error) {
    return error instanceof SignInRefused ? 'refused' : String(error);
  }
}

describe('2.5 an id_token', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  test('2.5 that holds signs in by tid and oid', async () =>
    expect(await signIn(() => undefined)).toBe(`${tid} ${oid}`));

  const refused: [string, (to: Served) => void][] = [
    ['1. signed by a key that is not published', (to) => (to.key = stranger.privateKey)],
    ['1. with a kid that is not published', (to) => (to.header.kid = 'other')],
    [
      '1. with HS256 over the published key',
      (to) => ((to.header.alg = 'HS256'), (to.key = new TextEncoder().encode('x'.repeat(64)))),
    ],
    ['2. by a key of another issuer', (to) => (to.keyIssuer = `${host}/${personal}/v2.0`)],
    ['2. by a key without the template’s path', (to) => (to.keyIssuer = `${host}/{tenantid}`)],
    [
      '3. whose tid is no GUID',
      (to) => ((to.claims['tid'] = 'contoso.example'), (to.claims['iss'] = `${host}/contoso.example/v2.0`)),
    ],
    ['3. whose issuer is of another tenant than tid', (to) => (to.claims['iss'] = `${host}/${personal}/v2.0`)],
    ['3. whose issuer only begins well', (to) => (to.claims['iss'] = `${host}/${tid}/v2.0/more`)],
    ['3. whose issuer is on another host', (to) => (to.claims['iss'] = `https://login.evil.example/${tid}/v2.0`)],
    ['3. whose issuer is the template itself', (to) => (to.claims['iss'] = template)],
    ['3. of version 1', (to) => (to.claims['iss'] = `https://sts.windows.net/${tid}/`)],
    ['3. without tid', (to) => delete to.claims['tid']],
    ['4. for another application', (to) => (to.claims['aud'] = tid)],
    [
      '4. that has run out',
      (to) => (
        (to.claims['exp'] = seconds() - 600),
        (to.claims['iat'] = seconds() - 4000),
        (to.claims['nbf'] = seconds() - 4000)
      ),
    ],
    ['4. that is not valid yet', (to) => (to.claims['nbf'] = seconds() + 600)],
    ['4. with another nonce', (to) => (to.claims['nonce'] = 'another')],
    ['4. without a nonce', (to) => delete to.claims['nonce']],
    ['6. without oid', (to) => delete to.claims['oid']],
  ];
  test.each(refused)('2.5 %s is refused', async (_, change) => expect(await signIn(change)).toBe('refused'));

  test('2.4 neither email, upn nor wids decide anything: an equal address of a stranger is another person', async () => {
    const other = '5ec0de55-0000-4000-8000-000000000000';
    const signed = await signIn(({ claims }) =>
      Object.assign(claims, { email: 'ada@contoso.example', tid: other, iss: `${host}/${other}/v2.0` }),
    );
    expect(signed).toBe(`${other} ${oid}`);
  });
});

test('1.3 the template must be {tenantid}: another document signs nobody in', async () => {
  await signIn(() => undefined);
  served.issuer = `${host}/${tid}/v2.0`;
  await expect(open().signIn.start({ redirectUri, state: 's' })).rejects.toThrow();
});

test('2.1 what the authorize address holds', async () => {
  await signIn(() => undefined);
  const { redirectUrl, nonce } = await open().signIn.start({
    redirectUri,
    state: 'the-state',
    prompt: 'select_account',
  });
  const { pathname, searchParams } = new URL(redirectUrl);
  expect(pathname).toBe('/organizations/oauth2/v2.0/authorize');
  expect(Object.fromEntries(searchParams)).toMatchObject({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'the-state',
    nonce,
    response_mode: 'query',
    code_challenge_method: 'S256',
    prompt: 'select_account',
  });
  expect(searchParams.get('scope')?.split(' ')).toEqual(expect.arrayContaining(['openid', 'profile']));
  expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
});

test('3.1 the consent address: v2, the tenant’s GUID, .default, a registered redirect and a state', () => {
  const { pathname, searchParams } = new URL(open().consentUrl({ tenantId: tid, redirectUri, state: 'the-state' }));
  expect(pathname).toBe(`/${tid}/v2.0/adminconsent`);
  expect(Object.fromEntries(searchParams)).toEqual({
    client_id: clientId,
    scope: 'https://graph.microsoft.com/.default',
    redirect_uri: redirectUri,
    state: 'the-state',
  });
});
