// Signing in: the authorize endpoint checks the request, shows the account list, and answers the application.
import { sayAskedFor } from '../asked-for.ts';
import { form, redirect } from '../http.ts';
import type { Answer, Asked } from '../http.ts';
import { findAccount } from './accounts.ts';
import type { Account } from './accounts.ts';
import { decideConsent } from './consent.ts';
import { isGroupSegment } from './discovery.ts';
import type { LoginContext } from './discovery.ts';
import { describe, EntraError } from './entra-error.ts';
import { checkApp, showAccounts, withQuery } from './flow.ts';
import type { AuthorizeFlow, Flow } from './flow.ts';
import { errorPage, formPostPage } from './sign-in-page.ts';
import { sealCode } from './tokens.ts';

export function answerAuthorize(context: LoginContext, segment: string, asked: Asked): Answer {
  const query = asked.method === 'POST' ? form(asked) : asked.url.searchParams;
  const { app, redirectUri, tenant } = checkApp(context, segment, query);
  const mode = query.get('response_mode') ?? 'query';
  const state = query.get('state');
  const refuse = (error: string, description: string) =>
    respond(
      { redirectUri, state, mode: mode === 'form_post' ? 'form_post' : 'query' },
      { error, error_description: description },
    );
  if (mode !== 'query' && mode !== 'form_post')
    return refuse('invalid_request', `AADSTS90023: The response mode '${mode}' is not supported by this stand-in.`);
  if (query.get('response_type') !== 'code')
    return refuse('unsupported_response_type', 'AADSTS700054: This stand-in answers response_type=code only.');
  const scope = query.get('scope') ?? '';
  if (!scope.split(' ').includes('openid'))
    return refuse('invalid_request', describe(900144, ['scope'], context.store.now()).text);
  sayAskedFor({ kind: 'sign-in', what: scope });
  const challenge = query.get('code_challenge') ?? '';
  if (challenge === '' || query.get('code_challenge_method') !== 'S256')
    return refuse('invalid_request', 'AADSTS9002325: Proof Key for Code Exchange with S256 is required.');
  if (query.get('prompt') === 'none')
    return refuse('login_required', 'AADSTS50058: A silent sign-in request was sent but no user is signed in.');
  const flow: AuthorizeFlow = {
    kind: 'authorize',
    segment,
    clientId: app.clientId,
    redirectUri,
    scope,
    state,
    nonce: query.get('nonce'),
    challenge,
    mode,
  };
  return showAccounts(context, flow, { app, tenant, hint: query.get('login_hint') ?? '' });
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
  if (fields.has('cancel'))
    return respond(
      { redirectUri: flow.redirectUri, state: flow.state, mode },
      { error: 'access_denied', error_subcode: 'cancel', error_description: cancelled },
    );
  const tenant = isGroupSegment(segment) ? undefined : context.store.tenant(segment);
  const name = fields.get('account') ?? '';
  if (name.trim() === '')
    return showAccounts(context, flow, { app, tenant, hint: '', problem: 'Choose an account or type a user name.' });
  const account = findAccount(context.store, tenant, name);
  if (account === 'unknown') throw new EntraError(50034, name, tenant?.displayName ?? segment);
  if (account === 'foreign') throw new EntraError(50020, name, tenant?.displayName ?? segment);
  if (account.user.props['accountEnabled'] === false) throw new EntraError(50057);
  return flow.kind === 'authorize' ? finish(context, flow, account) : decideConsent(context, flow, app, account);
}

function finish(context: LoginContext, flow: AuthorizeFlow, account: Account): Answer {
  // A person who signs in consents to openid and profile, which creates the service principal, without any application permission.
  const grant = account.tenant.grants.get(flow.clientId.toLowerCase());
  if (grant?.assigned?.[account.user.id] === undefined)
    context.store.assign(account.tenant.id, flow.clientId, account.user.id);
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
  });
  return respond(flow, { code, session_state: account.user.id });
}

/** Back to the application, by its address or by a form that posts itself. */
export function respond(
  to: { redirectUri: string; state: string | null; mode: 'query' | 'form_post' },
  values: Record<string, string>,
): Answer {
  const all = to.state === null ? values : { ...values, state: to.state };
  return to.mode === 'form_post' ? formPostPage(to.redirectUri, all) : redirect(withQuery(to.redirectUri, all));
}

export function entraErrorPage(context: LoginContext, error: EntraError): Answer {
  return errorPage(describe(error.code, error.values, context.store.now()).text);
}
