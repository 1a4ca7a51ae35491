// Signing in: the authorize endpoint checks the request, shows the account list, and answers the application.
import { form, redirect } from '../http.ts';
import type { Answer, Asked } from '../http.ts';
import type { AppRegistration, Json, Tenant } from '../model.ts';
import { text } from '../tenant.ts';
import { findAccount, listAccounts } from './accounts.ts';
import type { Account } from './accounts.ts';
import { decideConsent } from './consent.ts';
import type { ConsentFlow } from './consent.ts';
import { isGroupSegment } from './discovery.ts';
import type { LoginContext } from './discovery.ts';
import { describe, EntraError } from './entra-error.ts';
import { errorPage, formPostPage, signInPage } from './sign-in-page.ts';
import { sealCode } from './tokens.ts';

export interface AuthorizeFlow {
  kind: 'authorize';
  segment: string;
  clientId: string;
  redirectUri: string;
  scope: string;
  state: string | null;
  nonce: string | null;
  challenge: string;
  mode: 'query' | 'form_post';
}

export type Flow = AuthorizeFlow | ConsentFlow;

/** Checks what may not be answered by a redirect: an unknown app, a foreign address, an unknown tenant. */
export function checkApp(context: LoginContext, segment: string, query: URLSearchParams): { app: AppRegistration; redirectUri: string; tenant: Tenant | undefined } {
  const tenant = isGroupSegment(segment) ? undefined : context.store.findTenant(segment);
  if (tenant === undefined && !isGroupSegment(segment)) throw new EntraError(90002, segment);
  const clientId = query.get('client_id');
  if (clientId === null) throw new EntraError(900144, 'client_id');
  const app = context.store.app(clientId);
  if (app === undefined) throw new EntraError(700016, clientId, tenant?.displayName ?? 'Microsoft Accounts');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!app.redirectUris.includes(redirectUri)) throw new EntraError(50011, redirectUri, app.clientId);
  return { app, redirectUri, tenant };
}

export function answerAuthorize(context: LoginContext, segment: string, asked: Asked): Answer {
  const query = asked.method === 'POST' ? form(asked) : asked.url.searchParams;
  const { app, redirectUri, tenant } = checkApp(context, segment, query);
  const mode = query.get('response_mode') ?? 'query';
  const state = query.get('state');
  const refuse = (error: string, description: string) => respond(context, { redirectUri, state, mode: mode === 'form_post' ? 'form_post' : 'query' }, { error, error_description: description });
  if (mode !== 'query' && mode !== 'form_post') return refuse('invalid_request', `AADSTS90023: The response mode '${mode}' is not supported by this stand-in.`);
  if (query.get('response_type') !== 'code') return refuse('unsupported_response_type', 'AADSTS700054: This stand-in answers response_type=code only.');
  const scope = query.get('scope') ?? '';
  if (!scope.split(' ').includes('openid')) return refuse('invalid_request', describe(900144, ['scope'], context.store.now()).text);
  const challenge = query.get('code_challenge') ?? '';
  if (challenge === '' || query.get('code_challenge_method') !== 'S256') return refuse('invalid_request', 'AADSTS9002325: Proof Key for Code Exchange with S256 is required.');
  if (query.get('prompt') === 'none') return refuse('login_required', 'AADSTS50058: A silent sign-in request was sent but no user is signed in.');
  const flow: AuthorizeFlow = { kind: 'authorize', segment, clientId: app.clientId, redirectUri, scope, state, nonce: query.get('nonce'), challenge, mode };
  return showAccounts(context, flow, { app, tenant, hint: query.get('login_hint') ?? '' });
}

export function showAccounts(context: LoginContext, flow: Flow, of: { app: AppRegistration; tenant: Tenant | undefined; hint: string; problem?: string }): Answer {
  return signInPage({
    action: `${context.publicUrl}/${flow.segment}/login`,
    flow: context.keys.seal('flow', flow as unknown as Json), // plain data by its type
    appName: of.app.name,
    where: of.tenant?.displayName ?? '',
    accounts: listAccounts(context.store, of.tenant),
    hint: of.hint,
    ...(of.problem === undefined ? {} : { problem: of.problem }),
  });
}

/** The account list was answered. */
export function answerLogin(context: LoginContext, segment: string, asked: Asked): Answer {
  const fields = form(asked);
  const flow = context.keys.unseal('flow', fields.get('flow') ?? '') as unknown as Flow | null; // sealed by us
  if (flow === null || flow.segment !== segment) throw new EntraError(90023, 'flow');
  const app = context.store.app(flow.clientId);
  if (app === undefined) throw new EntraError(700016, flow.clientId, segment);
  const cancelled = describe(65004, [], context.store.now()).text;
  const mode = flow.kind === 'authorize' ? flow.mode : 'query';
  if (fields.has('cancel')) return respond(context, { redirectUri: flow.redirectUri, state: flow.state, mode }, { error: 'access_denied', error_subcode: 'cancel', error_description: cancelled });
  const tenant = isGroupSegment(segment) ? undefined : context.store.tenant(segment);
  const name = fields.get('account') ?? '';
  if (name.trim() === '') return showAccounts(context, flow, { app, tenant, hint: '', problem: 'Choose an account or type a user name.' });
  const account = findAccount(context.store, tenant, name);
  if (account === 'unknown') throw new EntraError(50034, name, tenant?.displayName ?? segment);
  if (account === 'foreign') throw new EntraError(50020, name, tenant?.displayName ?? segment);
  if (account.user.props['accountEnabled'] === false) throw new EntraError(50057);
  return flow.kind === 'authorize' ? finish(context, flow, account) : decideConsent(context, flow, app, account);
}

function finish(context: LoginContext, flow: AuthorizeFlow, account: Account): Answer {
  // A person who signs in consents to openid and profile, which creates the service principal, without any application permission.
  if (!account.tenant.grants.has(flow.clientId.toLowerCase())) context.store.grant(account.tenant.id, flow.clientId);
  const code = sealCode(context, {
    clientId: flow.clientId,
    tenantId: account.tenant.id,
    userId: account.user.id,
    homeTenantId: account.homeTenantId,
    redirectUri: flow.redirectUri,
    scope: flow.scope,
    nonce: flow.nonce,
    challenge: flow.challenge,
    issuedAt: context.store.now(),
    segment: flow.segment,
  });
  return respond(context, flow, { code, session_state: account.user.id });
}

export function respond(_context: LoginContext, to: { redirectUri: string; state: string | null; mode: 'query' | 'form_post' }, values: Record<string, string>): Answer {
  const all = to.state === null ? values : { ...values, state: to.state };
  return to.mode === 'form_post' ? formPostPage(to.redirectUri, all) : redirect(withQuery(to.redirectUri, all));
}

export function withQuery(address: string, values: Record<string, string>): string {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${address}${address.includes('?') ? '&' : '?'}${query}`;
}

export function entraErrorPage(context: LoginContext, error: EntraError): Answer {
  return errorPage(describe(error.code, error.values, context.store.now()).text);
}

export const upnOf = (account: Account): string => text(account.user.props['userPrincipalName']);
