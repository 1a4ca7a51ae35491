// App-only tokens: one per tenant, in memory only, until shortly before they expire. A token that Graph does not accept is
// dropped: the first minute after consent gives tokens without permissions, which would stay poor for all their life (3.6).
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { parsed } from './answer.ts';
import type { Cloud, GraphConfig } from './cloud.ts';
import { failureOfToken, type GraphFailure } from './failures.ts';
import { asArray, asObject, Malformed, parseJson } from './parse.ts';
import type { Answer, Send } from './send.ts';

export interface Tokens {
  get(tenantId: string, signal: AbortSignal): Promise<string>;
  /** The next `get` mints anew. With a token: only when it is still the kept one. */
  drop(tenantId: string, token?: string): void;
}

// Entra gives 60-90 minutes; five minutes of margin cover a slow page and a clock that is a little off.
const marginMs = 5 * 60_000;
const assertionSeconds = 600;

export function createTokens(deps: { config: GraphConfig; cloud: Cloud; clock: Clock; send: Send }): Tokens {
  const { config, cloud, clock, send } = deps;
  const kept = new Map<string, { token: string; untilMs: number }>();

  async function mint(tenantId: string, signal: AbortSignal): Promise<string> {
    const endpoint = `${cloud.loginOrigin}/${tenantId}/oauth2/v2.0/token`;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: config.clientId,
      scope: cloud.scope,
    });
    await authenticateClient(config, clock, endpoint, body);
    const answer = await send({
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': newId() },
      body: body.toString(),
      signal,
    });
    if (answer.status !== 200) throw await refused(tenantId, answer, signal);
    const { token, lifeMs } = parsed({ parse: parseToken }, answer);
    kept.set(tenantId, { token, untilMs: clock.monotonicMs() + Math.max(0, lifeMs - marginMs) });
    return token;
  }

  async function refused(tenantId: string, refusal: Answer, signal: AbortSignal): Promise<GraphFailure> {
    const { status, waitSeconds, clientRequestId } = refusal;
    const answer = { status, ...readRefusal(refusal.text), waitSeconds, clientRequestId };
    const tenantUnknown = answer.error === 'invalid_request' && (await isUnknownTenant(tenantId, signal));
    return failureOfToken(answer, tenantUnknown);
  }

  /** The token endpoint says invalid_request for an unknown tenant too; the discovery document has a word of its own for it. */
  async function isUnknownTenant(tenantId: string, signal: AbortSignal): Promise<boolean> {
    const url = `${cloud.loginOrigin}/${tenantId}/v2.0/.well-known/openid-configuration`;
    const answer = await send({ method: 'GET', url, headers: {}, signal });
    return answer.status === 400 && readRefusal(answer.text).error === 'invalid_tenant';
  }

  return {
    async get(tenantId, signal) {
      const known = kept.get(tenantId);
      if (known && clock.monotonicMs() < known.untilMs) return known.token;
      return mint(tenantId, signal);
    },
    drop(tenantId, token) {
      if (token === undefined || kept.get(tenantId)?.token === token) kept.delete(tenantId);
    },
  };
}

function parseToken(text: string): { token: string; lifeMs: number } {
  const { access_token: token, expires_in: seconds } = asObject(parseJson(text));
  if (typeof token !== 'string' || token === '' || token.length > 65_536) throw new Malformed('no access token');
  // `expires_in` is random by design: read, never assumed.
  return { token, lifeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0 };
}

function readRefusal(text: string): { error: string; numbers: number[]; traceId: string | null } {
  try {
    const body = asObject(parseJson(text));
    const numbers = body['error_codes'] === undefined ? [] : asArray(body['error_codes']);
    return {
      error: typeof body['error'] === 'string' ? body['error'].slice(0, 100) : '',
      numbers: numbers.filter((one) => typeof one === 'number'),
      traceId: typeof body['trace_id'] === 'string' ? body['trace_id'].slice(0, 64) : null,
    };
  } catch (error) {
    // An error page of a proxy: the status then says what there is to say.
    if (error instanceof Malformed) return { error: '', numbers: [], traceId: null };
    throw error;
  }
}

/** Adds the secret, or an assertion signed with the certificate's key. */
export async function authenticateClient(
  config: Pick<GraphConfig, 'clientId' | 'clientSecret' | 'certificatePem'>,
  clock: Clock,
  endpoint: string,
  body: URLSearchParams,
): Promise<void> {
  if (config.certificatePem === undefined) {
    body.set('client_secret', config.clientSecret ?? '');
    return;
  }
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  body.set('client_assertion', await signAssertion(config.clientId, config.certificatePem, clock, endpoint));
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
