// What the login host publishes about itself: discovery documents and signing keys.
import type { Answer } from '../http.ts';
import type { Keys } from '../keys.ts';
import type { Json } from '../model.ts';
import type { Store } from '../store.ts';
import { EntraError, tokenErrorAnswer } from './entra-error.ts';

export interface LoginContext {
  store: Store;
  keys: Keys;
  /** The origin by which the client came. */
  publicUrl: string;
  /** All origins of the emulator. */
  origins: readonly string[];
  issuerOrigin: string;
}

const GROUP_SEGMENTS: readonly string[] = ['common', 'organizations', 'consumers'];
export const isGroupSegment = (segment: string): boolean => GROUP_SEGMENTS.includes(segment.toLowerCase());

const CACHEABLE = { 'Cache-Control': 'max-age=86400, private', 'Access-Control-Allow-Origin': '*' };

/** The document, or 400 invalid_tenant for a tenant that does not exist (not a 404). */
export function discoveryDocument(context: LoginContext, segment: string, correlationId: string | undefined): Answer {
  const { publicUrl, issuerOrigin, store } = context;
  const tenant = isGroupSegment(segment) ? undefined : store.findTenant(segment);
  if (tenant === undefined && !isGroupSegment(segment))
    return tokenErrorAnswer(new EntraError(90002, segment), store.now(), correlationId, 'invalid_tenant');
  // Entra gives the GUID in the endpoints as well when the request named a domain.
  const path = tenant?.id ?? segment.toLowerCase();
  return {
    status: 200,
    headers: CACHEABLE,
    body: {
      token_endpoint: `${publicUrl}/${path}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${publicUrl}/${path}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${issuerOrigin}/${tenant?.id ?? '{tenantid}'}/v2.0`,
      request_uri_parameter_supported: false,
      userinfo_endpoint: `${publicUrl}/oidc/userinfo`,
      authorization_endpoint: `${publicUrl}/${path}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${publicUrl}/${path}/oauth2/v2.0/devicecode`,
      http_logout_supported: true,
      frontchannel_logout_supported: true,
      end_session_endpoint: `${publicUrl}/${path}/oauth2/v2.0/logout`,
      claims_supported: [
        'sub',
        'iss',
        'cloud_instance_name',
        'cloud_instance_host_name',
        'cloud_graph_host_name',
        'msgraph_host',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'acr',
        'nonce',
        'preferred_username',
        'name',
        'tid',
        'ver',
        'at_hash',
        'c_hash',
        'email',
      ],
      tenant_region_scope: tenant === undefined ? null : 'EU',
      cloud_instance_name: 'microsoftonline.com',
      cloud_graph_host_name: 'graph.windows.net',
      msgraph_host: 'graph.microsoft.com',
      rbac_url: 'https://pas.windows.net',
    },
  };
}

export function signingKeys(context: LoginContext, segment: string, correlationId: string | undefined): Answer {
  const tenant = isGroupSegment(segment) ? undefined : context.store.findTenant(segment);
  if (tenant === undefined && !isGroupSegment(segment))
    return tokenErrorAnswer(new EntraError(90002, segment), context.store.now(), correlationId, 'invalid_tenant');
  const issuer = `${context.issuerOrigin}/{tenantid}/v2.0`;
  const keys = context.keys
    .publicKeys()
    .map((key) => ({ ...key, cloud_instance_name: 'microsoftonline.com', issuer }) as { [name: string]: Json });
  return { status: 200, headers: CACHEABLE, body: { keys } };
}
