// The login host and the Graph host that this server speaks to. Real clouds and the emulator differ only here.
// Hosts: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud and https://learn.microsoft.com/graph/deployments

export interface GraphConfig {
  clientId: string;
  clientSecret?: string | undefined;
  /** One PEM text with the certificate and its private key. Preferred to the secret when both are there. */
  certificatePem?: string | undefined;
  /** Origin of the login host, `https://login.microsoftonline.com`. */
  loginUrl: string;
  /** Origin of Graph, `https://graph.microsoft.com`. */
  graphUrl: string;
  /** How many lists of people are read side by side of a large tenant; 1: one after the other. */
  lanes?: number;
}

export interface Cloud {
  loginOrigin: string;
  graphOrigin: string;
  /** With the version: requests are built on it, and links must stay below it. */
  graphBase: string;
  /** The static list of permissions of the app registration, for tokens and for consent. */
  scope: string;
  /** What id_tokens say that they come from, with `{tenantid}` in it. */
  issuerTemplate: string;
}

const globalLogin = 'https://login.microsoftonline.com';
const globalGraph = 'https://graph.microsoft.com';
const loginOrigins = new Set([
  globalLogin,
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
]);
const graphOrigins = new Set([
  globalGraph,
  'https://graph.microsoft.us',
  'https://dod-graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
]);

const loginOfGraph = new Map([
  [globalGraph, globalLogin],
  ['https://graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['https://microsoftgraph.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
]);

/** Whether both hosts are of the same cloud. Two that are none of Microsoft's are an emulator's, and fit. */
export function isOneCloud({ loginOrigin, graphOrigin }: Cloud): boolean {
  const expected = loginOfGraph.get(graphOrigin);
  return expected === undefined ? !loginOrigins.has(loginOrigin) : expected === loginOrigin;
}

/** An origin that is none of Microsoft's is an emulator: it stands in for the global cloud. */
export function cloudOf(config: Pick<GraphConfig, 'loginUrl' | 'graphUrl'>): Cloud {
  const loginOrigin = new URL(config.loginUrl).origin;
  const graphOrigin = new URL(config.graphUrl).origin;
  const issuerOrigin = loginOrigins.has(loginOrigin) ? loginOrigin : globalLogin;
  const resource = graphOrigins.has(graphOrigin) ? graphOrigin : globalGraph;
  return {
    loginOrigin,
    graphOrigin,
    graphBase: `${graphOrigin}/v1.0`,
    scope: `${resource}/.default`,
    issuerTemplate: `${issuerOrigin}/{tenantid}/v2.0`,
  };
}

export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const issuerOf = (cloud: Cloud, tenantId: string): string =>
  cloud.issuerTemplate.replace('{tenantid}', tenantId);
