// The token endpoint: codes, client credentials and refresh tokens in; id_tokens and opaque access tokens out.
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { SignJWT } from 'jose';
import { sayAskedFor } from '../asked-for.ts';
import { form } from '../http.ts';
import type { Answer, Asked } from '../http.ts';
import { CUSTOM_CONSENT_ROLE, ROLE } from '../model.ts';
import type { AppRegistration, DirectoryUser, Json, Tenant } from '../model.ts';
import { text } from '../tenant.ts';
import { ASSERTION_TYPE, checkAssertion } from './assertions.ts';
import { isGroupSegment } from './discovery.ts';
import type { LoginContext } from './discovery.ts';
import { EntraError, tokenErrorAnswer } from './entra-error.ts';

const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';
const CODE_LIFE_MS = 600_000;
/** Unused for so long, a refresh token is dead; each use gives a new one. */
const REFRESH_LIFE_MS = 90 * 86_400_000;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Entra puts this id of the default user role into every member's `wids`; "has wids" must not be read as "is an administrator". */
const DEFAULT_USER_ROLE = 'b79fbf4d-3ef9-4689-8143-76b194e85509';

/** What a code (and a refresh token) stands for. */
export interface SignedIn {
  clientId: string;
  tenantId: string;
  userId: string;
  homeTenantId: string;
  redirectUri: string;
  scope: string;
  nonce: string | null;
  challenge: string | null;
  issuedAt: number;
}

/** What an access token for Graph stands for; opaque to clients. */
export interface AccessToken {
  tenantId: string;
  clientId: string;
  /** null: minted before the service principal had spread, so Graph cannot tell who calls. */
  principalId: string | null;
  roles: string[];
  userId: string | null;
  /** Delegated permissions that the person consented to by signing in, without Graph's address before them. */
  scopes?: string[];
  expiresAt: number;
}

/** Codes seen; kept no longer than a code lives. */
const usedCodes = new WeakMap<object, Map<string, number>>();

export function sealCode(context: LoginContext, signedIn: SignedIn): string {
  return `1.${context.keys.seal('code', signedIn as unknown as Json)}`; // plain data by its type
}

export async function answerToken(context: LoginContext, segment: string, asked: Asked): Promise<Answer> {
  const fields = form(asked);
  const correlationId =
    asked.headers['client-request-id'] ??
    asked.url.searchParams.get('client-request-id') ??
    fields.get('client-request-id') ??
    undefined;
  try {
    if (asked.method !== 'POST') throw new EntraError(900561, asked.method);
    const grant = required(fields, 'grant_type');
    if (!['client_credentials', 'authorization_code', 'refresh_token'].includes(grant))
      throw new EntraError(70003, grant);
    const named = isGroupSegment(segment) ? undefined : context.store.findTenant(segment);
    if (!isGroupSegment(segment) && named === undefined) throw new EntraError(90002, segment);
    const clientId = basic(asked)?.id ?? required(fields, 'client_id');
    const app = context.store.app(clientId);
    if (app === undefined)
      throw GUID.test(clientId)
        ? new EntraError(700016, clientId, named?.displayName ?? segment)
        : new EntraError(700038, clientId);
    const assertion = fields.get('client_assertion');
    if (assertion !== null && fields.get('client_assertion_type') === ASSERTION_TYPE) {
      const names = [segment, ...(named === undefined ? [] : [named.id])];
      await checkAssertion(app, assertion, { endpoints: endpointsOf(context, names), at: context.store.now() });
    } else checkSecret(app, basic(asked)?.secret ?? fields.get('client_secret'), context.store.now());
    const body =
      grant === 'client_credentials'
        ? appOnly(context, named, app, fields)
        : await signedInTokens(context, named, app, fields, grant);
    return {
      status: 200,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Cache-Control': 'no-store, no-cache',
        Pragma: 'no-cache',
      },
      body,
    };
  } catch (error) {
    if (error instanceof EntraError) return tokenErrorAnswer(error, context.store.now(), correlationId);
    throw error;
  }
}

/** The addresses that an assertion may be meant for: the one that was asked, or the same by the tenant's id. */
function endpointsOf(context: LoginContext, segments: string[]): string[] {
  const origins = [context.publicUrl, context.issuerOrigin];
  return origins.flatMap((origin) => segments.map((segment) => `${origin}/${segment}/oauth2/v2.0/token`));
}

function appOnly(
  context: LoginContext,
  tenant: Tenant | undefined,
  app: AppRegistration,
  fields: URLSearchParams,
): Json {
  if (tenant === undefined) throw new EntraError(9001023);
  const scope = required(fields, 'scope');
  sayAskedFor({ kind: 'token', what: scope });
  if (scope !== GRAPH_SCOPE) {
    const resource = /^(.*)\/\.default$/.exec(scope)?.[1];
    if (resource === undefined || scope.includes(' ')) throw new EntraError(70011, scope);
    throw new EntraError(500011, resource, tenant.displayName);
  }
  const grant = tenant.grants.get(app.clientId.toLowerCase());
  const { propagationMs, poorToken, missingPrincipal } = context.store.settings;
  const missing =
    missingPrincipal === 700016
      ? new EntraError(700016, app.clientId, tenant.displayName)
      : new EntraError(7000229, app.clientId, tenant.id);
  if (grant === undefined) throw missing;
  if (!grant.enabled) throw new EntraError(7000112, app.clientId);
  const sinceGrant = grant.grantedAt === null ? Infinity : context.store.now() - grant.grantedAt;
  // First half of the delay: no service principal yet. Second half: a poor token, which stays poor for all its life.
  if (sinceGrant < propagationMs / 2) throw missing;
  const poor = sinceGrant < propagationMs;
  return bearer(context, {
    tenantId: tenant.id,
    clientId: app.clientId,
    principalId: poor && poorToken === 'nobody' ? null : grant.principalId,
    roles: poor ? [] : grant.roles,
    userId: null,
  });
}

async function signedInTokens(
  context: LoginContext,
  named: Tenant | undefined,
  app: AppRegistration,
  fields: URLSearchParams,
  grant: string,
): Promise<Json> {
  const byCode = grant === 'authorization_code';
  const sealed = required(fields, byCode ? 'code' : 'refresh_token');
  const content = sealed.startsWith('1.') ? sealed.slice(2) : '';
  const signedIn = context.keys.unseal(byCode ? 'code' : 'refresh', content) as unknown as SignedIn | null; // sealed by us
  if (signedIn === null || signedIn.clientId !== app.clientId) throw new EntraError(70000);
  if (named !== undefined && named.id !== signedIn.tenantId) throw new EntraError(700005);
  if (byCode) {
    if (fields.get('redirect_uri') !== signedIn.redirectUri)
      throw new EntraError(50011, fields.get('redirect_uri') ?? '', app.clientId);
    if (context.store.now() - signedIn.issuedAt > CODE_LIFE_MS) throw new EntraError(70008);
    checkVerifier(signedIn.challenge, fields.get('code_verifier'));
    useOnce(context, sealed);
  } else if (context.store.now() - signedIn.issuedAt > REFRESH_LIFE_MS) throw new EntraError(700082);
  const tenant = context.store.tenant(signedIn.tenantId);
  const user = tenant.users.get(signedIn.userId);
  if (user === undefined || user.deletedAt !== null) throw new EntraError(50034, '', tenant.displayName);
  if (user.props['accountEnabled'] === false) throw new EntraError(50057);
  const scopes = signedIn.scope.split(' ');
  const access = bearer(context, {
    tenantId: tenant.id,
    clientId: app.clientId,
    principalId: tenant.grants.get(app.clientId.toLowerCase())?.principalId ?? null,
    roles: [],
    userId: user.id,
    scopes: scopes.map((scope) => scope.replace(/^https:\/\/graph\.microsoft\.com\//i, '')),
  });
  return {
    ...access,
    scope: scopes.join(' '),
    ...(scopes.includes('openid')
      ? {
          id_token: await idToken(context, {
            app,
            tenant,
            user,
            signedIn,
            scopes,
            nonce: byCode ? signedIn.nonce : null,
          }),
        }
      : {}),
    ...(scopes.includes('offline_access')
      ? {
          refresh_token: `1.${context.keys.seal('refresh', { ...signedIn, issuedAt: context.store.now() } as unknown as Json)}`,
        }
      : {}), // plain data by its type
    ...(fields.get('client_info') === '1'
      ? { client_info: Buffer.from(JSON.stringify({ uid: user.id, utid: tenant.id })).toString('base64url') }
      : {}),
  };
}

function bearer(context: LoginContext, token: Omit<AccessToken, 'expiresAt'>): { [name: string]: Json } {
  const seconds = randomInt(3600, 5400); // the service draws the life of a token as well
  const sealed: AccessToken = { ...token, expiresAt: context.store.now() + seconds * 1000 };
  return {
    token_type: 'Bearer',
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: context.keys.seal('access', sealed as unknown as Json),
  }; // plain data by its type
}

async function idToken(
  context: LoginContext,
  of: {
    app: AppRegistration;
    tenant: Tenant;
    user: DirectoryUser;
    signedIn: SignedIn;
    scopes: string[];
    nonce: string | null;
  },
): Promise<string> {
  const { app, tenant, user, signedIn, scopes, nonce } = of;
  const { kid, key } = context.keys.signing();
  const now = Math.floor((context.store.settings.idTokensFollowClock ? context.store.now() : Date.now()) / 1000);
  const guest = user.props['userType'] === 'Guest';
  const profile = scopes.includes('profile');
  const claims: Record<string, Json> = {
    ver: '2.0',
    tid: tenant.id,
    uti: randomBytes(16).toString('base64url'),
    rh: `1.${randomBytes(20).toString('base64url')}.`,
    sid: randomBytes(16).toString('hex'),
    ...(profile
      ? {
          oid: user.id,
          name: user.props['displayName'] ?? '',
          preferred_username: text(
            guest ? (user.props['mail'] ?? user.props['userPrincipalName']) : user.props['userPrincipalName'],
          ),
        }
      : {}),
    ...(nonce === null ? {} : { nonce }),
    // A member's e-mail is not in the token by default, a guest's is.
    ...(guest && scopes.includes('email') && typeof user.props['mail'] === 'string'
      ? { email: user.props['mail'] }
      : {}),
    ...(guest && signedIn.homeTenantId !== tenant.id
      ? { idp: `https://sts.windows.net/${signedIn.homeTenantId}/` }
      : {}),
    ...(app.groupMembershipClaims === 'None' ? {} : { wids: widsOf(user) }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid })
    .setIssuer(`${context.issuerOrigin}/${tenant.id}/v2.0`)
    .setAudience(app.clientId)
    .setSubject(pairwiseSubject(tenant.id, user.id, app.clientId))
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + 3600)
    .sign(key);
}

/** The person for this application only: another application is told another one. */
export const pairwiseSubject = (tenantId: string, userId: string, clientId: string): string =>
  createHash('sha256').update(`${tenantId} ${userId} ${clientId}`).digest('base64url');

function required(fields: URLSearchParams, name: string): string {
  const value = fields.get(name);
  if (value === null || value === '') throw new EntraError(900144, name);
  return value;
}

function basic(asked: Asked): { id: string; secret: string } | undefined {
  const match = /^Basic (.+)$/i.exec(asked.headers['authorization'] ?? '');
  if (match === null) return undefined;
  const [id = '', ...secret] = Buffer.from(match[1] ?? '', 'base64')
    .toString('utf8')
    .split(':');
  const plain = (value: string) => new URLSearchParams(`v=${value}`).get('v') ?? '';
  return { id: plain(id), secret: plain(secret.join(':')) };
}

function checkSecret(app: AppRegistration, secret: string | null | undefined, at: number): void {
  if (secret === null || secret === undefined || secret === '') throw new EntraError(7000218);
  const digest = (value: string) => createHash('sha256').update(value).digest();
  if (!timingSafeEqual(digest(secret), digest(app.secret))) throw new EntraError(7000215, app.clientId);
  if (Date.parse(app.secretExpiresAt ?? '') <= at) throw new EntraError(7000222, app.clientId);
}

function checkVerifier(challenge: string | null, verifier: string | null): void {
  if (challenge === null) {
    if (verifier !== null) throw new EntraError(501481);
    return;
  }
  if (verifier === null || verifier === '') throw new EntraError(501481);
  if (createHash('sha256').update(verifier).digest('base64url') !== challenge) throw new EntraError(501481);
}

function useOnce(context: LoginContext, code: string): void {
  const used = usedCodes.get(context.store) ?? new Map<string, number>();
  usedCodes.set(context.store, used);
  for (const [one, at] of used) if (Date.now() - at > CODE_LIFE_MS) used.delete(one);
  if (used.has(code)) throw new EntraError(54005);
  used.set(code, Date.now());
}

/** Only roles that Microsoft made: those of the tenant's own are not in the claim. */
function widsOf({ roles, props }: DirectoryUser): string[] {
  const isGuest = props['userType'] === 'Guest';
  return [...roles.filter((id) => id !== CUSTOM_CONSENT_ROLE), ...(isGuest ? [] : [DEFAULT_USER_ROLE])];
}

/** Roles that may consent to application permissions of Graph for everybody. */
export const mayConsent = (roles: readonly string[]): boolean =>
  [ROLE.globalAdministrator, ROLE.privilegedRoleAdministrator, CUSTOM_CONSENT_ROLE].some((id) => roles.includes(id));
