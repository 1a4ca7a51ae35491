// Microsoft's clouds, one profile each: where people sign in, where Graph is, and what tokens say that they come from. Tenants, app
// registrations and tokens of one are unknown to the others.
// https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud and https://learn.microsoft.com/graph/deployments

export interface CloudProfile {
  name: CloudName;
  /** Origins. */
  login: string;
  graph: string;
  /** With `{tenantid}` in it, as Microsoft's discovery documents write it. */
  issuer: string;
}

/** As in SAMSYN_CLOUD: the global one (with US GCC), US Government L4 (GCC High) and L5 (DoD), and China (21Vianet). */
export const cloudNames = ['global', 'us-gov', 'us-gov-dod', 'china'] as const;
export type CloudName = (typeof cloudNames)[number];

export const clouds: Readonly<Record<CloudName, CloudProfile>> = {
  global: profile('global', 'https://login.microsoftonline.com', 'https://graph.microsoft.com'),
  'us-gov': profile('us-gov', 'https://login.microsoftonline.us', 'https://graph.microsoft.us'),
  'us-gov-dod': profile('us-gov-dod', 'https://login.microsoftonline.us', 'https://dod-graph.microsoft.us'),
  china: profile('china', 'https://login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn'),
};

function profile(name: CloudName, login: string, graph: string): CloudProfile {
  return { name, login, graph, issuer: `${login}/{tenantid}/v2.0` };
}
