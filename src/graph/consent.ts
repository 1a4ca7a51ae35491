// Microsoft's admin consent page, version 2: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
// What comes back from it proves nothing; see connection/prove.ts.
import type { Cloud, GraphConfig } from './cloud.ts';

export interface ConsentOptions {
  tenantId: string;
  redirectUri: string;
  state: string;
}

export function consentUrl(config: Pick<GraphConfig, 'clientId'>, cloud: Cloud, options: ConsentOptions): string {
  const url = new URL(`${cloud.loginOrigin}/${options.tenantId}/v2.0/adminconsent`);
  url.searchParams.set('client_id', config.clientId);
  // Application permissions can only be asked for as the registration's whole list.
  url.searchParams.set('scope', cloud.scope);
  url.searchParams.set('redirect_uri', options.redirectUri);
  url.searchParams.set('state', options.state);
  return url.href;
}
