// By what this server shows Microsoft that it is the app: a secret, or an assertion signed with a certificate's key. A second one can stand
// beside the first; when Microsoft refuses one, the other is used from then on, so that a change takes no run down (T14).
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Credential, GraphConfig } from './cloud.ts';

export interface Credentials {
  readonly count: number;
  /** Which of them is used now. */
  readonly present: number;
  /** Adds to a form for `endpoint` what shows that it comes from the app. */
  authenticate(endpoint: string, body: URLSearchParams): Promise<void>;
  /** Microsoft has refused this one: the next is used, unless somebody has gone on to it already. */
  goOnFrom(refused: number): void;
}

const assertionSeconds = 600;

export function createCredentials(config: GraphConfig, clock: Clock): Credentials {
  const all: Credential[] = [config, ...(config.second ? [config.second] : [])];
  let present = 0;
  return {
    count: all.length,
    get present() {
      return present;
    },
    async authenticate(endpoint, body) {
      const { certificatePem, clientSecret } = all[present] ?? config;
      if (certificatePem === undefined) {
        body.set('client_secret', clientSecret ?? '');
        return;
      }
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      body.set('client_assertion', await signAssertion(config.clientId, certificatePem, clock, endpoint));
    },
    goOnFrom(refused) {
      if (present === refused) present = (refused + 1) % all.length;
    },
  };
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
function signAssertion(clientId: string, pem: string, clock: Clock, endpoint: string): Promise<string> {
  const thumbprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
  const now = Math.floor(clock.now().getTime() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
    .setAudience(endpoint)
    .setIssuer(clientId)
    .setSubject(clientId)
    .setJti(newId())
    .setNotBefore(now)
    .setIssuedAt(now)
    .setExpirationTime(now + assertionSeconds)
    .sign(createPrivateKey(pem));
}
