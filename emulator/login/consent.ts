// Admin consent, v2.0 and v1: who may give it, what is asked, and the redirects of each outcome.
import { sayAskedFor } from '../asked-for.ts';
import { form, redirect } from '../http.ts';
import type { Answer, Asked } from '../http.ts';
import type { AppRegistration, Json } from '../model.ts';
import type { Account } from './accounts.ts';
import type { LoginContext } from './discovery.ts';
import { describe, EntraError } from './entra-error.ts';
import { checkApp, showAccounts, upnOf, withQuery } from './flow.ts';
import type { ConsentFlow } from './flow.ts';
import { approvalPage, consentPage } from './sign-in-page.ts';
import { mayConsent } from './tokens.ts';

const DEFAULT_SCOPE = 'https://graph.microsoft.com/.default';

export function answerConsent(context: LoginContext, segment: string, asked: Asked, version: 1 | 2): Answer {
  const query = asked.url.searchParams;
  if (version === 2 && ['common', 'consumers'].includes(segment.toLowerCase())) throw new EntraError(9001023);
  const { app, redirectUri, tenant } = checkApp(context, segment, query);
  const scope = query.get('scope') ?? '';
  if (version === 2 && scope === '') throw new EntraError(900144, 'scope');
  sayAskedFor({ kind: 'consent', what: scope });
  const flow: ConsentFlow = {
    kind: 'consent',
    version,
    segment,
    clientId: app.clientId,
    redirectUri,
    state: query.get('state'),
    // A permission asked for by name is the delegated one; only `.default` reaches the static list.
    applicationPermissions: version === 1 || scope.split(' ').includes(DEFAULT_SCOPE),
    scope,
    tenantId: null,
  };
  return showAccounts(context, flow, { app, tenant, hint: query.get('login_hint') ?? '' });
}

/** After the sign-in: the consent page, or the page that sends people without the right role away. */
export function decideConsent(
  context: LoginContext,
  flow: ConsentFlow,
  app: AppRegistration,
  account: Account,
): Answer {
  const next: ConsentFlow = { ...flow, tenantId: account.tenant.id };
  const of = {
    action: `${context.publicUrl}/${flow.segment}/consent`,
    flow: context.keys.seal('consent', next as unknown as Json), // plain data by its type
    appName: app.name,
    upn: upnOf(account),
    tenantName: account.tenant.displayName,
  };
  if (!mayConsent(account.user.roles)) {
    // The refusal is sealed into the flow, so that posting "accept" from this page grants nothing.
    return approvalPage({ ...of, flow: context.keys.seal('consent', { ...next, tenantId: null } as unknown as Json) });
  }
  return consentPage({ ...of, permissions: flow.applicationPermissions ? app.requiredRoles : flow.scope.split(' ') });
}

/** The consent page was answered. */
export function answerConsentDecision(context: LoginContext, segment: string, asked: Asked): Answer {
  const fields = form(asked);
  const flow = context.keys.unseal('consent', fields.get('flow') ?? '') as unknown as ConsentFlow | null; // sealed by us
  if (flow === null || flow.segment !== segment) throw new EntraError(90023, 'flow');
  const app = context.store.app(flow.clientId);
  if (app === undefined) throw new EntraError(700016, flow.clientId, segment);
  const state: Record<string, string> = flow.state === null ? {} : { state: flow.state };
  if (flow.tenantId === null) {
    const said = describe(90094, [segment, app.name], context.store.now()).text;
    return redirect(
      withQuery(flow.redirectUri, {
        ...(flow.version === 2 ? { admin_consent: 'True' } : {}),
        error: 'access_denied',
        error_description: said,
        ...state,
      }),
    );
  }
  if (fields.get('answer') !== 'accept') {
    if (flow.version === 1)
      return redirect(
        withQuery(flow.redirectUri, {
          error: 'permission_denied',
          error_description: 'The admin canceled the request',
        }),
      );
    return redirect(
      withQuery(flow.redirectUri, {
        admin_consent: 'True',
        error: 'consent_required',
        error_description: describe(65004, [], context.store.now()).text,
        ...state,
      }),
    );
  }
  sayAskedFor({ kind: 'granted', what: app.requiredRoles.toSorted().join(' ') });
  context.store.grant(flow.tenantId, app.clientId, flow.applicationPermissions ? [...app.requiredRoles] : []);
  const scope = flow.applicationPermissions
    ? app.requiredRoles.map((name) => `https://graph.microsoft.com/${name}`).join(' ')
    : flow.scope;
  if (flow.version === 1)
    return redirect(withQuery(flow.redirectUri, { tenant: flow.tenantId, ...state, admin_consent: 'True' }));
  return redirect(withQuery(flow.redirectUri, { admin_consent: 'True', tenant: flow.tenantId, scope, ...state }));
}
