// App-only tokens: one per tenant, in memory only, until shortly before they expire. A token that Graph does not accept is
// dropped: the first minute after consent gives tokens without permissions, which would stay poor for all their life (3.6).
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { parsed } from './answer.ts';
import type { Cloud, GraphConfig } from './cloud.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { failureOfToken, isOfCredentials, type GraphFailure } from './failures.ts';
import { asArray, asObject, Malformed, parseJson } from './parse.ts';
import type { Answer, Send } from './send.ts';

export interface Tokens {
  /** Minting takes a request and a while: `before` is awaited once more after it, as before any request. */
  get(tenantId: string, signal: AbortSignal, before?: () => Promise<void>): Promise<string>;
  /** The next `get` mints anew. With a token: only when it is still the kept one. */
  drop(tenantId: string, token?: string): void;
  /** How often the tenant's token was dropped, as when the sync is turned off: whoever waited meanwhile looks again (I30). */
  drops(tenantId: string): number;
}

// Entra gives 60-90 minutes; five minutes of margin cover a slow page and a clock that is a little off.
const marginMs = 5 * 60_000;

export function createTokens(deps: {
  config: GraphConfig;
  cloud: Cloud;
  clock: Clock;
  send: Send;
  /** Those of the sign-in too, where there is one. */
  credentials?: Credentials;
  /** Told when Microsoft takes none of the credentials. */
  onRefused?: (failure: GraphFailure) => void;
}): Tokens {
  const { config, cloud, clock, send } = deps;
  const credentials = deps.credentials ?? createCredentials(config, clock);
  const kept = new Map<string, { token: string; untilMs: number }>();
  const dropped = new Map<string, number>();
  const drops = (tenantId: string): number => dropped.get(tenantId) ?? 0;

  async function mint(tenantId: string, signal: AbortSignal, before?: () => Promise<void>): Promise<string> {
    const dropsAtFirst = drops(tenantId);
    const answer = await ask(tenantId, signal, before);
    if (answer.status !== 200) throw await refused(tenantId, answer, signal, before);
    const { token, lifeMs } = parsed({ parse: parseToken }, answer);
    // One that was asked for before it was dropped is not kept (T28).
    if (drops(tenantId) === dropsAtFirst)
      kept.set(tenantId, { token, untilMs: clock.monotonicMs() + Math.max(0, lifeMs - marginMs) });
    return token;
  }

  /** With the other credential too, when Microsoft refuses the present one (T14). */
  async function ask(tenantId: string, signal: AbortSignal, before?: () => Promise<void>): Promise<Answer> {
    const endpoint = `${cloud.loginOrigin}/${tenantId}/oauth2/v2.0/token`;
    for (let tries = 1; ; tries += 1) {
      const { present, count } = credentials;
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: config.clientId,
        scope: cloud.scope,
      });
      let seen = drops(tenantId);
      await credentials.authenticate(endpoint, body);
      while (seen !== drops(tenantId)) {
        seen = drops(tenantId);
        await before?.();
      }
      const answer = await send({
        method: 'POST',
        url: endpoint,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': newId() },
        body: body.toString(),
        signal,
      });
      if (answer.status === 200 || tries >= count || !isOfCredential(answer)) return answer;
      credentials.goOnFrom(present);
      await before?.();
    }
  }

  async function refused(
    tenantId: string,
    refusal: Answer,
    signal: AbortSignal,
    before?: () => Promise<void>,
  ): Promise<GraphFailure> {
    const { status, waitSeconds, clientRequestId } = refusal;
    const answer = { status, ...readRefusal(refusal.text), waitSeconds, clientRequestId };
    const mayBeUnknown = answer.error === 'invalid_request';
    if (mayBeUnknown) await before?.();
    const tenantUnknown = mayBeUnknown && (await isUnknownTenant(tenantId, signal));
    const failure = failureOfToken(answer, tenantUnknown);
    if (isOfCredentials(failure)) deps.onRefused?.(failure);
    return failure;
  }

  /** The token endpoint says invalid_request for an unknown tenant too; the discovery document has a word of its own for it. */
  async function isUnknownTenant(tenantId: string, signal: AbortSignal): Promise<boolean> {
    const url = `${cloud.loginOrigin}/${tenantId}/v2.0/.well-known/openid-configuration`;
    const answer = await send({ method: 'GET', url, headers: {}, signal });
    return answer.status === 400 && readRefusal(answer.text).error === 'invalid_tenant';
  }

  return {
    async get(tenantId, signal, before) {
      const known = kept.get(tenantId);
      if (known && clock.monotonicMs() < known.untilMs) return known.token;
      const token = await mint(tenantId, signal, before);
      await before?.();
      return token;
    },
    drop(tenantId, token) {
      if (token !== undefined && kept.get(tenantId)?.token !== token) return;
      kept.delete(tenantId);
      dropped.set(tenantId, drops(tenantId) + 1);
    },
    drops,
  };
}

const isOfCredential = ({ status, text }: Answer): boolean =>
  isOfCredentials(failureOfToken({ status, ...readRefusal(text), waitSeconds: null }, false));

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
