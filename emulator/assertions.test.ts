// Clients that sign instead of sending a secret.
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCertificate, testPrivateKey } from '../test/certificate.ts';
import { A, APP, startKit, type Kit } from './test-kit.ts';

const der = new X509Certificate(testCertificate).raw;
const sha1 = createHash('sha1').update(der).digest('base64url');
const sha256 = createHash('sha256').update(der).digest('base64url');
const key = createPrivateKey(testPrivateKey);
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

let kit: Kit;
beforeAll(async () => {
  kit = await startKit({
    apps: [
      {
        ...structuredClone(APP),
        certificates: [testCertificate],
        federatedCredentials: [
          {
            issuer: 'https://issuer.example',
            subject: 'repo:samsyn:main',
            audience: 'api://AzureADTokenExchange',
            keys: [{ ...other.publicKey.export({ format: 'jwk' }), kid: 'one' }],
          },
        ],
      },
    ],
  });
});
afterAll(() => kit.close());

interface Assertion {
  alg?: string;
  header?: Record<string, string>;
  audience?: string;
  issuer?: string;
  subject?: string;
  seconds?: number;
  signer?: Parameters<SignJWT['sign']>[0];
}

function sign(of: Assertion = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: of.alg ?? 'PS256', typ: 'JWT', ...(of.header ?? { 'x5t#S256': sha256 }) })
    .setAudience(of.audience ?? `${kit.url}/${A}/oauth2/v2.0/token`)
    .setIssuer(of.issuer ?? APP.clientId)
    .setSubject(of.subject ?? APP.clientId)
    .setJti(crypto.randomUUID())
    .setNotBefore(now - 1)
    .setExpirationTime(now + (of.seconds ?? 600))
    .sign(of.signer ?? key);
}

const ask = async (assertion: string) =>
  kit.token({
    client_secret: '',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });

describe('Point 5: a certificate', () => {
  test.each<[string, Assertion]>([
    ['PS256 with the SHA-256 thumbprint', {}],
    ['RS256 with the SHA-1 thumbprint', { alg: 'RS256', header: { x5t: sha1 } }],
    ['PS256 with the SHA-1 thumbprint', { header: { x5t: sha1 } }],
  ])('%s is taken in place of a secret', async (_name, of) => {
    const got = await ask(await sign(of));
    expect([got.status, got.body['token_type']]).toEqual([200, 'Bearer']);
  });

  test.each<[string, Assertion]>([
    ['of another key', { signer: other.privateKey }],
    ['with an unknown thumbprint', { header: { 'x5t#S256': sha1 } }],
    ['without a thumbprint', { header: {} }],
    ['for another tenant', { audience: 'https://login.microsoftonline.com/other/oauth2/v2.0/token' }],
    ['of another subject', { subject: 'somebody' }],
    ['that has expired', { seconds: -3600 }],
  ])('%s is refused as the service does', async (_name, of) => {
    const got = await ask(await sign(of));
    expect([got.status, got.body['error'], got.body['error_codes']]).toEqual([401, 'invalid_client', [700027]]);
  });

  test('what is no assertion at all is refused', async () => {
    expect((await ask('not.a.token')).body['error_codes']).toEqual([700027]);
    expect((await kit.token({ client_secret: '' })).body['error_codes']).toEqual([7000218]);
  });
});

describe('Point 5: a federated credential', () => {
  const federated: Assertion = {
    alg: 'RS256',
    header: { kid: 'one' },
    issuer: 'https://issuer.example',
    subject: 'repo:samsyn:main',
    audience: 'api://AzureADTokenExchange',
    signer: other.privateKey,
  };
  test('is taken when issuer, subject and audience are exactly the registered ones', async () => {
    expect((await ask(await sign(federated))).status).toBe(200);
  });
  test.each<[string, Assertion]>([
    ['another issuer', { issuer: 'https://issuer.example/' }],
    ['another subject', { subject: 'repo:Samsyn:main' }],
    ['another audience', { audience: 'api://azureadtokenexchange' }],
    ['another key', { signer: key }],
  ])('%s is refused', async (_name, of) => {
    const got = await ask(await sign({ ...federated, ...of }));
    expect([got.status, got.body['error_codes']]).toEqual([401, [700213]]);
  });
});
