// The login host and the Graph host that this server speaks to. Real clouds and the emulator differ only here.
import { clouds } from '../base/clouds.ts';

export interface Credential {
  clientSecret?: string | undefined;
  /** One PEM text with the certificate and its private key. Preferred to the secret when both are there. */
  certificatePem?: string | undefined;
}

export interface GraphConfig extends Credential {
  clientId: string;
  /** Used when Microsoft refuses the first, and the other way round. */
  second?: Credential | undefined;
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

const profiles = Object.values(clouds);

/** Whether both hosts are of the same cloud. Two that are none of Microsoft's are an emulator's, and fit. */
export function isOneCloud({ loginOrigin, graphOrigin }: Cloud): boolean {
  const ofGraph = profiles.find(({ graph }) => graph === graphOrigin);
  return ofGraph === undefined ? !profiles.some(({ login }) => login === loginOrigin) : ofGraph.login === loginOrigin;
}

/** An origin that is none of Microsoft's is an emulator: it stands in for the global cloud. */
export function cloudOf(config: Pick<GraphConfig, 'loginUrl' | 'graphUrl'>): Cloud {
  const loginOrigin = new URL(config.loginUrl).origin;
  const graphOrigin = new URL(config.graphUrl).origin;
  // Two clouds share a login host, and with it what tokens are signed by.
  const { issuer } = profiles.find(({ login }) => login === loginOrigin) ?? clouds.global;
  const { graph } = profiles.find((profile) => profile.graph === graphOrigin) ?? clouds.global;
  return {
    loginOrigin,
    graphOrigin,
    graphBase: `${graphOrigin}/v1.0`,
    scope: `${graph}/.default`,
    issuerTemplate: issuer,
  };
}

export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const issuerOf = (cloud: Cloud, tenantId: string): string =>
  cloud.issuerTemplate.replace('{tenantid}', tenantId);
