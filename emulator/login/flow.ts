// What a sign-in and a consent have in common: the check of the application, the account list, and the way back to it.
import type { Answer } from '../http.ts';
import type { AppRegistration, Json, Tenant } from '../model.ts';
import { text } from '../tenant.ts';
import { listAccounts } from './accounts.ts';
import type { Account } from './accounts.ts';
import { isGroupSegment } from './discovery.ts';
import type { LoginContext } from './discovery.ts';
import { EntraError } from './entra-error.ts';
import { signInPage } from './sign-in-page.ts';

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

export interface ConsentFlow {
  kind: 'consent';
  version: 1 | 2;
  segment: string;
  clientId: string;
  redirectUri: string;
  state: string | null;
  /** Whether the app's static list of application permissions is asked for. */
  applicationPermissions: boolean;
  scope: string;
  /** Known once an administrator has signed in. */
  tenantId: string | null;
}

export type Flow = AuthorizeFlow | ConsentFlow;

/** Checks what may not be answered by a redirect: an unknown app, a foreign address, an unknown tenant. */
export function checkApp(
  context: LoginContext,
  segment: string,
  query: URLSearchParams,
): { app: AppRegistration; redirectUri: string; tenant: Tenant | undefined } {
  const tenant = isGroupSegment(segment) ? undefined : context.store.findTenant(segment);
  if (tenant === undefined && !isGroupSegment(segment)) throw new EntraError(90002, segment);
  const clientId = query.get('client_id');
  if (clientId === null) throw new EntraError(900144, 'client_id');
  const app = context.store.app(clientId);
  if (app === undefined) throw new EntraError(700016, clientId, tenant?.displayName ?? 'Microsoft Accounts');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!app.redirectUris.includes(redirectUri) || isPlainElsewhere(redirectUri))
    throw new EntraError(50011, redirectUri, app.clientId);
  return { app, redirectUri, tenant };
}

/** A registration takes `http` for this machine alone (127.0.0.1 by the manifest), so such an address can never be a registered one. */
const isPlainElsewhere = (address: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === 'http:' && !['localhost', '127.0.0.1'].includes(url.hostname);
};

export function showAccounts(
  context: LoginContext,
  flow: Flow,
  of: { app: AppRegistration; tenant: Tenant | undefined; hint: string; problem?: string },
): Answer {
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

export function withQuery(address: string, values: Record<string, string>): string {
  const query = Object.entries(values)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return `${address}${address.includes('?') ? '&' : '?'}${query}`;
}

export const upnOf = (account: Account): string => text(account.user.props['userPrincipalName']);
