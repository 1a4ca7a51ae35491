// The keys that id_tokens are signed with, each with its own issuer. Keys roll at any time: an unknown one is looked for again,
// but not more often than the pause, so that forged tokens cannot make us ask Microsoft without end.
import type { Clock } from '../base/clock.ts';
import type { Cloud } from './cloud.ts';
import { GraphFailure } from './failures.ts';
import { asArray, asObject, Malformed, parseJson, type Members } from './parse.ts';
import type { Send } from './send.ts';

export interface SigningKey {
  jwk: Members;
  /** May hold `{tenantid}`. */
  issuer: string;
}

export interface Keys {
  find(kid: string): Promise<SigningKey | null>;
}

const keptMs = 24 * 60 * 60_000;
const pauseMs = 60_000;
const keysMax = 100;
const timeoutMs = 30_000;

export function createKeys(deps: { cloud: Cloud; clock: Clock; send: Send }): Keys {
  const { cloud, clock, send } = deps;
  let known = new Map<string, SigningKey>();
  let readAtMs = -Infinity;

  async function read(): Promise<void> {
    const url = `${cloud.loginOrigin}/organizations/discovery/v2.0/keys`;
    const answer = await send({ method: 'GET', url, headers: {}, signal: AbortSignal.timeout(timeoutMs) });
    if (answer.status !== 200) throw new GraphFailure('retry', 'graph_unreachable', { status: answer.status });
    try {
      known = parseKeys(answer.text);
    } catch (error) {
      throw error instanceof Malformed ? new GraphFailure('stop_run', 'graph_malformed', { cause: error }) : error;
    }
    readAtMs = clock.monotonicMs();
  }

  return {
    async find(kid) {
      const ageMs = clock.monotonicMs() - readAtMs;
      if (ageMs > keptMs || (!known.has(kid) && ageMs > pauseMs)) await read();
      return known.get(kid) ?? null;
    },
  };
}

function parseKeys(text: string): Map<string, SigningKey> {
  const keys = new Map<string, SigningKey>();
  for (const jwk of asArray(asObject(parseJson(text))['keys'])
    .slice(0, keysMax)
    .map(asObject)) {
    const { kid, kty, issuer, use } = jwk;
    // A key without an issuer of its own can be used for none.
    if (typeof kid !== 'string' || kty !== 'RSA' || typeof issuer !== 'string' || (use !== undefined && use !== 'sig'))
      continue;
    keys.set(kid, { jwk: { kty, kid, n: jwk['n'], e: jwk['e'], alg: 'RS256', use: 'sig' }, issuer });
  }
  return keys;
}
