// A client that shows who it is by a signed assertion instead of a secret: with a registered certificate's key, or with a token of
// another issuer that the registration trusts (federated credential).
import { createHash, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import type { JWK } from 'jose';
import type { AppRegistration } from '../model.ts';
import { EntraError } from './entra-error.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
// The service bears a clock that is a little off.
const SKEW_SECONDS = 300;

/** What the assertion may be meant for, and the emulator's time in milliseconds, by which certificates run out. */
interface Expected {
  endpoints: string[];
  at: number;
}

/** Throws what the token endpoint answers: 700027 for a certificate, 700213 for a federated credential that does not fit. */
export async function checkAssertion(app: AppRegistration, assertion: string, expected: Expected): Promise<void> {
  const issuer = issuerOf(assertion);
  if (issuer.toLowerCase() === app.clientId.toLowerCase()) await checkCertificate(app, assertion, expected);
  else await checkFederated(app, assertion, issuer);
}

function issuerOf(assertion: string): string {
  try {
    return decodeJwt(assertion).iss ?? '';
  } catch {
    throw new EntraError(700027, 'The assertion cannot be read.');
  }
}

async function checkCertificate(app: AppRegistration, assertion: string, { endpoints, at }: Expected): Promise<void> {
  const header = decodeProtectedHeader(assertion);
  const known = (app.certificates ?? []).map((pem) => new X509Certificate(pem));
  const certificate = known.find(({ raw }) =>
    typeof header['x5t#S256'] === 'string'
      ? thumbprint('sha256', raw) === header['x5t#S256']
      : typeof header.x5t === 'string' && thumbprint('sha1', raw) === header.x5t,
  );
  if (certificate === undefined) throw new EntraError(700027, 'The key was not found by its thumbprint.');
  if (Date.parse(certificate.validTo) < at) throw new EntraError(700027, 'The certificate has expired.');
  try {
    await jwtVerify(assertion, certificate.publicKey, {
      // The older form names the SHA-1 thumbprint and signs with RS256; both are taken with either.
      algorithms: ['PS256', 'RS256'],
      issuer: app.clientId,
      subject: app.clientId,
      audience: endpoints,
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp', 'jti'],
    });
  } catch (error) {
    throw new EntraError(700027, error instanceof Error ? error.message : 'The signature is wrong.');
  }
}

const thumbprint = (hash: 'sha1' | 'sha256', der: Buffer): string => createHash(hash).update(der).digest('base64url');

async function checkFederated(app: AppRegistration, assertion: string, issuer: string): Promise<void> {
  const { sub = '', aud } = decodeJwt(assertion);
  // Compared letter by letter, and one audience only.
  const credential = (app.federatedCredentials ?? []).find(
    (one) => one.issuer === issuer && one.subject === sub && one.audience === aud,
  );
  if (credential === undefined) throw new EntraError(700213, issuer, sub, String(aud));
  const { kid } = decodeProtectedHeader(assertion);
  const key = credential.keys.find((one) => kid === undefined || one.kid === kid);
  if (key === undefined) throw new EntraError(700213, issuer, sub, String(aud));
  try {
    await jwtVerify(assertion, await importJWK(key as JWK, 'RS256'), {
      algorithms: ['RS256'],
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp'],
    });
  } catch {
    throw new EntraError(700213, issuer, sub, String(aud));
  }
}
