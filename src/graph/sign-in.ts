// A person of any tenant signs in: authorization code with PKCE, state and nonce through `organizations`. The tenant and the
// person come from the id_token alone, which is checked here in full (graph-protocol 2.5, T6). openid-client applies the rule of
// the issuer with `{tenantid}` only to the real login host, so it is given that host and its requests are led to the configured one.
import { createLocalJWKSet, errors, jwtVerify, type JWK } from 'jose';
import * as oidc from 'openid-client';
import type { Clock } from '../base/clock.ts';
import { guid, issuerOf, type Cloud, type GraphConfig } from './cloud.ts';
import type { Credentials } from './credentials.ts';
import { GraphFailure, isOfCredentials } from './failures.ts';
import { createKeys, type Keys } from './keys.ts';
import { readText } from './parse.ts';
import type { Send } from './send.ts';

export interface SignInStart {
  redirectUrl: string;
  /** To be kept, sealed, until the person is back. */
  nonce: string;
  verifier: string;
}

export interface SignedInPerson {
  tenantId: string;
  oid: string;
  /** For showing only: mutable, and chosen by the tenant. */
  name: string;
  userName: string | null;
  /** Template ids of directory roles. Absence proves nothing. */
  wids: string[];
  /** Says that the account belongs to another tenant. False proves nothing. */
  isGuest: boolean;
}

/** The sign-in did not hold: declined, replayed, or a token that is not what it should be. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

export interface SignIn {
  start(options: { redirectUri: string; state: string; prompt?: 'select_account' }): Promise<SignInStart>;
  /** `query` is the callback's, whose state the caller has matched. Throws SignInRefused or GraphFailure. */
  finish(options: {
    redirectUri: string;
    query: URLSearchParams;
    state: string;
    nonce: string;
    verifier: string;
  }): Promise<SignedInPerson>;
}

const knownAuthority = 'https://login.microsoftonline.com';
const skewSeconds = 60;
const rolesMax = 200;

export function createSignIn(deps: {
  config: GraphConfig;
  cloud: Cloud;
  clock: Clock;
  send: Send;
  credentials: Credentials;
  /** Told when Microsoft takes none of the credentials. */
  onRefused?: (failure: GraphFailure) => void;
}): SignIn {
  const { config, cloud, clock, send, credentials } = deps;
  const keys = createKeys({ cloud, clock, send });
  let discovered: Promise<oidc.Configuration> | null = null;

  const customFetch: oidc.CustomFetch = async (url, options) => {
    const { pathname, search } = new URL(url);
    const answer = await send({
      method: options.method === 'POST' ? 'POST' : 'GET',
      // The path of what was asked for, the host that was configured: a document cannot send us elsewhere.
      url: `${cloud.loginOrigin}${pathname}${search}`,
      headers: options.headers,
      ...(options.body === undefined || options.body === null ? {} : { body: String(options.body as URLSearchParams) }), // openid-client posts forms only
      signal: options.signal ?? new AbortController().signal,
    });
    const headers = { 'content-type': answer.contentType };
    return new Response(answer.text === '' ? null : answer.text, { status: answer.status, headers });
  };

  async function authenticate(
    _server: oidc.ServerMetadata,
    _client: oidc.ClientMetadata,
    body: URLSearchParams,
  ): Promise<void> {
    body.set('client_id', config.clientId);
    await credentials.authenticate(`${cloud.loginOrigin}/organizations/oauth2/v2.0/token`, body);
  }

  async function discover(): Promise<oidc.Configuration> {
    const insecure = cloud.loginOrigin.startsWith('http:');
    const configuration = await oidc.discovery(
      new URL(`${knownAuthority}/organizations/v2.0`),
      config.clientId,
      undefined,
      authenticate,
      // Plain http is for an emulator on this machine; the configuration refuses it elsewhere.
      { [oidc.customFetch]: customFetch, ...(insecure ? { execute: [oidc.allowInsecureRequests] } : {}) },
    );
    if (configuration.serverMetadata().issuer !== cloud.issuerTemplate) {
      throw new GraphFailure('stop_run', 'graph_malformed');
    }
    return configuration;
  }

  async function configuration(): Promise<oidc.Configuration> {
    discovered ??= discover();
    try {
      return await discovered;
    } catch (error) {
      discovered = null; // asked anew by whoever comes next
      throw asFailure(error);
    }
  }

  /** A code is not used up by a credential that Microsoft refuses: the other one redeems it (T14). */
  async function redeem<T>(grant: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const { present, count } = credentials;
      try {
        return await grant();
      } catch (error) {
        if (!(error instanceof oidc.ResponseBodyError) || error.error !== 'invalid_client' || tries >= count)
          throw error;
        credentials.goOnFrom(present);
      }
    }
  }

  return {
    async start({ redirectUri, state, prompt }) {
      const verifier = oidc.randomPKCECodeVerifier();
      const nonce = oidc.randomNonce();
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        response_mode: 'query',
        // Without `profile` there is no oid.
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(prompt === undefined ? {} : { prompt }),
      });
      return { redirectUrl: `${cloud.loginOrigin}${url.pathname}${url.search}`, nonce, verifier };
    },

    async finish({ redirectUri, query, state, nonce, verifier }) {
      const current = new URL(redirectUri);
      current.search = query.toString();
      const client = await configuration();
      let idToken: string | undefined;
      try {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
        idToken = (await redeem(() => oidc.authorizationCodeGrant(client, current, checks))).id_token;
      } catch (error) {
        const failure = asFailure(error);
        if (failure instanceof GraphFailure && isOfCredentials(failure)) deps.onRefused?.(failure);
        throw failure;
      }
      if (idToken === undefined) throw new SignInRefused('no id_token');
      return readIdToken(idToken, { config, cloud, clock, keys, nonce });
    },
  };
}

/** Exported for tests with forged tokens. */
export async function readIdToken(
  idToken: string,
  given: { config: Pick<GraphConfig, 'clientId'>; cloud: Cloud; clock: Clock; keys: Keys; nonce: string },
): Promise<SignedInPerson> {
  const { config, cloud, clock, keys, nonce } = given;
  let keyIssuer: string | null = null;
  const verified = await jwtVerify(
    idToken,
    async (header, token) => {
      // Keys come from the pinned endpoint only; a header that brings its own is not looked at.
      const key = await keys.find(typeof header.kid === 'string' ? header.kid : '');
      if (key === null) throw new SignInRefused('unknown key');
      keyIssuer = key.issuer;
      return createLocalJWKSet({ keys: [key.jwk as JWK] })(header, token); // shape checked by jose when imported
    },
    {
      algorithms: ['RS256'],
      // Access and logout tokens are signed with the same keys, and say so in their type.
      typ: 'JWT',
      audience: config.clientId,
      clockTolerance: skewSeconds,
      currentDate: clock.now(),
      requiredClaims: ['exp', 'iat', 'iss', 'tid', 'oid', 'nonce'],
    },
  ).catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? new SignInRefused(error.code, { cause: error }) : error;
  });
  const { payload } = verified;
  const { tid, oid } = payload;
  if (typeof tid !== 'string' || !guid.test(tid)) throw new SignInRefused('tid is no GUID');
  if (typeof oid !== 'string' || !guid.test(oid)) throw new SignInRefused('oid is no GUID');
  if (payload.iss !== issuerOf(cloud, tid)) throw new SignInRefused('issuer');
  // A key may sign only for the issuer that stands beside it: the one for personal accounts names that tenant (1.4).
  if (keyIssuer === null || String(keyIssuer).replace('{tenantid}', tid) !== payload.iss)
    throw new SignInRefused('issuer of the key');
  if (payload.aud !== config.clientId) throw new SignInRefused('audience');
  // Made for another application, with ours only as the one that is spoken to.
  if (payload['azp'] !== undefined && payload['azp'] !== config.clientId) throw new SignInRefused('authorized party');
  if (payload['nonce'] !== nonce) throw new SignInRefused('nonce');
  if (payload['ver'] !== '2.0') throw new SignInRefused('version');
  const userName = readText(payload['preferred_username']) ?? null;
  return {
    tenantId: tid.toLowerCase(),
    oid: oid.toLowerCase(),
    name: readText(payload['name']) ?? userName ?? oid,
    userName,
    wids: readWids(payload['wids']),
    isGuest: isGuest(payload, tid),
  };
}

function readWids(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, rolesMax)
    .filter((one): one is string => typeof one === 'string' && guid.test(one))
    .map((one) => one.toLowerCase());
}

function isGuest(payload: Readonly<Record<string, unknown>>, tid: string): boolean {
  const { acct, idp } = payload;
  if (acct === 1 || acct === '1') return true;
  // `idp` is there when the account comes from elsewhere, and names the home tenant.
  return typeof idp === 'string' && !idp.toLowerCase().includes(tid.toLowerCase());
}

/** What openid-client throws, in our two kinds. */
function asFailure(error: unknown): unknown {
  if (error instanceof GraphFailure || error instanceof SignInRefused) return error;
  if (error instanceof oidc.ResponseBodyError) {
    // The operator's trouble, not the signer's: the secret or certificate of this server was refused.
    if (error.error === 'invalid_client') {
      return new GraphFailure('reconsent', 'graph_credentials_refused', {
        status: error.status,
        graphCode: error.error,
        cause: error,
      });
    }
    if (error.status >= 500 || error.error === 'temporarily_unavailable') {
      return new GraphFailure('retry', 'graph_unreachable', { status: error.status, cause: error });
    }
    return new SignInRefused(error.error, { cause: error });
  }
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof GraphFailure) return cause;
  return new SignInRefused(error instanceof Error ? error.message : 'sign-in', { cause: error });
}
