// The questions of `samsyn doctor` to Microsoft, one at a time and each answered in kinds, not in texts: is the host there, does it
// know the tenant, the app and the redirect address, does it take the credential, does Graph grant each read.
import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/log.ts';
import { createClient } from './client.ts';
import { cloudOf, isOneCloud, type GraphConfig } from './cloud.ts';
import { asObject, Malformed, parseJson, type Members } from './parse.ts';
import { probeGroups, probeUsers } from './probe.ts';
import { createSend, defaultLimits, type Answer } from './send.ts';
import { createTokens } from './tokens.ts';

export type Discovered =
  | { kind: 'found'; issuer: string; date: string | null }
  | { kind: 'unknown_tenant' }
  /** Something answers, and it is not Microsoft's login. */
  | { kind: 'strange'; status: number };

/** `open`: the answer says neither. */
export type Registered = 'registered' | 'app_unknown' | 'address_unknown' | 'open';

/** Each throws GraphFailure when nothing answers, or when Microsoft refuses. */
export interface Examiner {
  isOneCloud: boolean;
  /** What documents for every tenant have to name as their issuer. */
  issuerTemplate: string;
  /** `tenant`: an id, a domain, or `organizations`. */
  discover(tenant: string): Promise<Discovered>;
  /** Asked without a token, Graph says in its own way that one is needed. */
  findGraph(): Promise<{ isGraph: boolean; status: number }>;
  askRedirect(tenant: string, redirectUri: string): Promise<Registered>;
  signIn(tenantId: string): Promise<void>;
  readUsers(tenantId: string): Promise<void>;
  readGroups(tenantId: string): Promise<void>;
}

const limits = { ...defaultLimits, idleMs: 10_000, totalMs: 20_000 };
// Somebody sits before it.
const waitSecondsMax = 5;

export function createExaminer(deps: { config: GraphConfig; clock: Clock; log: Logger }): Examiner {
  const { config, clock, log } = deps;
  const cloud = cloudOf(config);
  const send = createSend({ clock, limits });
  const tokens = createTokens({ config, cloud, clock, send });
  const signal = new AbortController().signal;
  const get = (url: string): Promise<Answer> => send({ method: 'GET', url, headers: {}, signal });
  const client = (tenantId: string) =>
    createClient(
      { clock, log, send, tokens },
      { tenantId, signal, before: async () => undefined, onWait: () => undefined, waitSecondsMax },
    );

  return {
    isOneCloud: isOneCloud(cloud),
    issuerTemplate: cloud.issuerTemplate,
    async discover(tenant) {
      const url = `${cloud.loginOrigin}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`;
      const { status, text, date } = await get(url);
      const body = read(text);
      if (status === 200 && typeof body?.['issuer'] === 'string')
        return { kind: 'found', issuer: body['issuer'], date };
      if (status === 400 && body?.['error'] === 'invalid_tenant') return { kind: 'unknown_tenant' };
      return { kind: 'strange', status };
    },
    async findGraph() {
      const { status, text } = await get(`${cloud.graphBase}/organization`);
      const error = read(text)?.['error'];
      return { isGraph: status === 401 && typeof error === 'object' && error !== null && 'code' in error, status };
    },
    async askRedirect(tenant, redirectUri) {
      const url = new URL(`${cloud.loginOrigin}/${encodeURIComponent(tenant)}/oauth2/v2.0/authorize`);
      const challenge = createHash('sha256').update(newId()).digest('base64url');
      const query = {
        client_id: config.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        response_mode: 'query',
        scope: 'openid',
        state: newId(),
        nonce: newId(),
        code_challenge: challenge,
        code_challenge_method: 'S256',
        // Nobody is signed in here: Microsoft says so by the redirect, and redirects only to what is registered.
        prompt: 'none',
      };
      url.search = new URLSearchParams(query).toString();
      const { status, location, text } = await get(url.href);
      if (status >= 300 && status < 400) return location?.split(/[?#]/)[0] === redirectUri ? 'registered' : 'open';
      // An error page for people: its number is all that it says to a program.
      if (text.includes('AADSTS700016')) return 'app_unknown';
      return text.includes('AADSTS50011') ? 'address_unknown' : 'open';
    },
    async signIn(tenantId) {
      await tokens.get(tenantId, signal);
    },
    readUsers: (tenantId) => probeUsers(client(tenantId), cloud),
    readGroups: (tenantId) => probeGroups(client(tenantId), cloud),
  };
}

function read(text: string): Members | null {
  try {
    return asObject(parseJson(text));
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
