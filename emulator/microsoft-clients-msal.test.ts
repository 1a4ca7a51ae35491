// Microsoft's own sign-in library for Node against the emulator over HTTPS: a judge that nobody here wrote. It is used as it comes,
// with no network module of ours; trusted.ts says how it gets to trust the emulator's authority.
import { createHash, X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication, CryptoProvider, ResponseMode, ServerError } from '@azure/msal-node';
import type { Configuration, NodeAuthOptions } from '@azure/msal-node';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { otherPrivateKey, testCertificate, testPrivateKey } from '../test/certificate.ts';
import { drive } from './drive.ts';
import { FJALLBYGG, NORRSKEN, userId } from './people.ts';
import { APP, REDIRECT } from './test-kit.ts';
import { startTrusted } from './trusted.ts';
import type { SecureEmulator } from './trusted.ts';

const SCOPES = ['https://graph.microsoft.com/.default'];
let emulator: SecureEmulator;

beforeAll(async () => {
  emulator = await startTrusted();
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.store.putApp(structuredClone(APP));
  emulator.store.grant(NORRSKEN.id, APP.clientId, APP.requiredRoles);
  emulator.store.revoke(FJALLBYGG.id, APP.clientId);
  emulator.store.requests.reset();
});

const host = () => new URL(emulator.secure.url).host;

function application(auth: Partial<NodeAuthOptions> = {}, tenant = NORRSKEN.id): ConfidentialClientApplication {
  const config: Configuration = {
    auth: {
      clientId: APP.clientId,
      authority: `${emulator.secure.url}/${tenant}`,
      knownAuthorities: [host()],
      ...((auth.clientCertificate ?? auth.clientAssertion) ? {} : { clientSecret: APP.secret }),
      ...auth,
    },
  };
  return new ConfidentialClientApplication(config);
}

async function countUsers(accessToken: string | undefined): Promise<{ status: number; count: number }> {
  const response = await fetch(`${emulator.secure.url}/v1.0/users?$top=999&$select=id`, {
    headers: { authorization: `Bearer ${accessToken ?? ''}` },
  });
  const { value } = (await response.json()) as { value?: unknown[] }; // as the schema's judge has it
  return { status: response.status, count: value?.length ?? 0 };
}

const alive = (): number =>
  emulator.store.tenant(NORRSKEN.id).userOrder.filter((user) => user.deletedAt === null).length;

async function failure(of: Promise<unknown>): Promise<unknown> {
  return of.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
}

const timesAsked = (route: string): number => emulator.store.requests.summary().perRoute[route] ?? 0;
const TOKEN_ROUTE = 'POST /{id}/oauth2/v2.0/token';

test('Point 13: MSAL gets a token by secret, keeps it, and Graph takes it', async () => {
  const client = application();
  const first = await client.acquireTokenByClientCredential({ scopes: SCOPES });
  expect(first).toMatchObject({ tokenType: 'Bearer', fromCache: false });
  expect(await countUsers(first?.accessToken)).toMatchObject({ status: 200, count: alive() });
  const minutes = ((first?.expiresOn?.getTime() ?? 0) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(55);
  expect(minutes).toBeLessThan(91);

  const second = await client.acquireTokenByClientCredential({ scopes: SCOPES });
  expect(second).toMatchObject({ fromCache: true, accessToken: first?.accessToken });
  expect(timesAsked(TOKEN_ROUTE)).toBe(1);
  const third = await client.acquireTokenByClientCredential({ scopes: SCOPES, skipCache: true });
  expect(third?.accessToken).not.toBe(first?.accessToken);
  expect(timesAsked(TOKEN_ROUTE)).toBe(2);
});

const der = () => new X509Certificate(testCertificate).raw;
const thumbprint = (hash: 'sha1' | 'sha256') => createHash(hash).update(der()).digest('hex');

test.each([
  ['SHA-256 thumbprint (PS256)', () => ({ thumbprintSha256: thumbprint('sha256') })],
  ['SHA-1 thumbprint (RS256)', () => ({ thumbprint: thumbprint('sha1') })],
])('Point 13: MSAL signs in with a certificate by its %s', async (_name, print) => {
  emulator.store.putApp({ ...structuredClone(APP), certificates: [testCertificate] });
  const client = application({ clientCertificate: { ...print(), privateKey: testPrivateKey } });
  const result = await client.acquireTokenByClientCredential({ scopes: SCOPES });
  expect(await countUsers(result?.accessToken)).toMatchObject({ status: 200 });

  const forged = application({ clientCertificate: { ...print(), privateKey: otherPrivateKey } });
  const error = await failure(forged.acquireTokenByClientCredential({ scopes: SCOPES }));
  expect(error).toBeInstanceOf(ServerError);
  expect(error).toMatchObject({ errorCode: 'invalid_client', errorMessage: expect.stringContaining('AADSTS700027') });
});

test('Point 13: MSAL signs in with a federated assertion', async () => {
  const issuer = await generateKeyPair('RS256');
  const federated = { issuer: 'https://ci.example', subject: 'repo:samsyn', audience: 'api://AzureADTokenExchange' };
  const key = { ...(await exportJWK(issuer.publicKey)), kid: 'ci' };
  emulator.store.putApp({ ...structuredClone(APP), federatedCredentials: [{ ...federated, keys: [{ ...key }] }] });
  const assertion = (subject: string) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: 'ci' })
      .setIssuer(federated.issuer)
      .setSubject(subject)
      .setAudience(federated.audience)
      .setExpirationTime('5m')
      .sign(issuer.privateKey);
  const client = application({ clientAssertion: () => assertion(federated.subject) });
  const result = await client.acquireTokenByClientCredential({ scopes: SCOPES });
  expect(await countUsers(result?.accessToken)).toMatchObject({ status: 200 });

  const other = application({ clientAssertion: () => assertion('repo:other') });
  expect(await failure(other.acquireTokenByClientCredential({ scopes: SCOPES }))).toMatchObject({
    errorCode: 'invalid_client',
    errorMessage: expect.stringContaining('AADSTS700213'),
  });
});

test('Point 13: MSAL names a wrong secret, a missing consent and an unknown tenant as it does Microsoft’s own', async () => {
  const wrong = await failure(
    application({ clientSecret: 'wrong' }).acquireTokenByClientCredential({
      scopes: SCOPES,
      correlationId: '6f1c0f5e-6c9e-4a44-8a4b-1c0c1a0f3b11',
    }),
  );
  expect(wrong).toBeInstanceOf(ServerError);
  expect(wrong).toMatchObject({
    name: 'ServerError',
    errorCode: 'invalid_client',
    errorMessage: expect.stringContaining('AADSTS7000215'),
    correlationId: '6f1c0f5e-6c9e-4a44-8a4b-1c0c1a0f3b11',
  });

  const strange = application({}, FJALLBYGG.id).acquireTokenByClientCredential({ scopes: SCOPES });
  expect(await failure(strange)).toMatchObject({
    errorCode: 'invalid_client',
    errorMessage: expect.stringContaining('AADSTS7000229'),
  });

  const nowhere = application({}, '00000000-0000-4000-8000-000000000099');
  expect(await failure(nowhere.acquireTokenByClientCredential({ scopes: SCOPES }))).toMatchObject({
    errorCode: 'endpoints_resolution_error',
  });
});

test('Point 13: MSAL signs a person in by code and PKCE through the sign-in page, and goes on silently', async () => {
  const client = application({}, 'organizations');
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const address = await client.getAuthCodeUrl({
    scopes: ['User.Read'],
    redirectUri: REDIRECT,
    responseMode: ResponseMode.QUERY,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    state: 'the state',
    nonce: 'the nonce',
  });
  expect(new URL(address).origin).toBe(emulator.secure.url);
  const { redirect } = await drive(address, { account: 'per.user@norrsken.se' });
  expect(redirect?.searchParams.get('state')).toBe('the state');
  const code = redirect?.searchParams.get('code') ?? '';

  const exchange = { code, redirectUri: REDIRECT, scopes: ['User.Read'], nonce: 'the nonce' };
  expect(await failure(client.acquireTokenByCode({ ...exchange, codeVerifier: `${verifier}x` }))).toMatchObject({
    errorCode: 'invalid_grant',
    errorMessage: expect.stringContaining('AADSTS501481'),
  });
  const result = await client.acquireTokenByCode({ ...exchange, codeVerifier: verifier });
  const oid = userId('per.user@norrsken.se');
  expect(result.account).toMatchObject({
    homeAccountId: `${oid}.${NORRSKEN.id}`,
    tenantId: NORRSKEN.id,
    username: 'per.user@norrsken.se',
  });
  expect(result.idTokenClaims).toMatchObject({ oid, tid: NORRSKEN.id, nonce: 'the nonce', ver: '2.0' });
  expect(await failure(client.acquireTokenByCode({ ...exchange, codeVerifier: verifier }))).toMatchObject({
    errorMessage: expect.stringContaining('AADSTS54005'),
  });

  if (result.account === null) throw new Error('MSAL knows no account.');
  const silent = { account: result.account, scopes: ['User.Read'] };
  expect(await client.acquireTokenSilent(silent)).toMatchObject({ fromCache: true, accessToken: result.accessToken });
  const refreshed = await client.acquireTokenSilent({ ...silent, forceRefresh: true });
  expect(refreshed.fromCache).toBe(false);
  expect(refreshed.accessToken).not.toBe(result.accessToken);
});

test('Point 13: MSAL takes the instance discovery as its list of authorities', async () => {
  const endpoint = `${emulator.secure.url}/${NORRSKEN.id}/oauth2/v2.0/authorize`;
  const ask = `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint)}`;
  const list = await (await fetch(`${emulator.secure.url}${ask}`)).text();
  const client = application({ knownAuthorities: [], cloudDiscoveryMetadata: list });
  const result = await client.acquireTokenByClientCredential({ scopes: SCOPES });
  expect(await countUsers(result?.accessToken)).toMatchObject({ status: 200 });
});
