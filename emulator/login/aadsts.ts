// The numbered errors of the login host (AADSTS…): how each is named to a client, what it says, and where it shows.
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes

import { paged, passing, redirected, token } from './aadsts-kind.ts';
import type { EntraErrorKind } from './aadsts-kind.ts';
import { SIGN_IN_ERRORS } from './aadsts-sign-in.ts';

const NOT_INSTALLED =
  'This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.';

export const AADSTS = {
  7000215: token(
    'wrongSecret',
    'invalid_client',
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{0}'.",
    'app',
  ),
  7000222: token(
    'expiredSecret',
    'invalid_client',
    "The provided client secret keys for app '{0}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
    'app',
  ),
  7000112: token('appDisabled', 'unauthorized_client', "Application '{0}' is disabled.", 'app'),
  7000218: token(
    'noCredential',
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ),
  7000229: token(
    'noServicePrincipal',
    'invalid_client',
    'The client application {0} is missing service principal in the tenant {1}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119',
    'app',
    'tenant',
  ),
  700016: paged(
    'appNotFound',
    'unauthorized_client',
    `Application with identifier '{0}' was not found in the directory '{1}'. ${NOT_INSTALLED} You may have sent your authentication request to the wrong tenant.`,
    'app',
    'tenant',
  ),
  700038: token('appIdInvalid', 'unauthorized_client', '{0} is not a valid application identifier.', 'app'),
  700027: token(
    'badAssertion',
    'invalid_client',
    'The certificate with identifier used to sign the client assertion is not usable. {0}',
    'issuer',
  ),
  700213: token(
    'noFederatedCredential',
    'invalid_client',
    "No matching federated identity record found for presented assertion issuer '{0}', subject '{1}', audience '{2}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    'issuer',
    'subject',
    'audience',
  ),
  70021: token(
    'noFederatedRecord',
    'invalid_client',
    "No matching federated identity record found for presented assertion. Assertion Issuer: '{0}'. Assertion Subject: '{1}'. Assertion Audience: '{2}'.",
    'issuer',
    'subject',
    'audience',
  ),
  90002: paged(
    'tenantNotFound',
    'invalid_request',
    "Tenant '{0}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    'tenant',
  ),
  500011: token(
    'resourceNotFound',
    'invalid_resource',
    `The resource principal named {0} was not found in the tenant named {1}. ${NOT_INSTALLED} You might have sent your authentication request to the wrong tenant.`,
    'resource',
    'tenant',
  ),
  70003: token('unknownGrant', 'unsupported_grant_type', "The app requested an unsupported grant type '{0}'.", 'grant'),
  70011: token(
    'badScope',
    'invalid_scope',
    "The provided value for the input parameter 'scope' is not valid. The scope {0} is not valid.",
    'scope',
  ),
  ...SIGN_IN_ERRORS,
  54005: token(
    'codeUsed',
    'invalid_grant',
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ),
  501481: token(
    'badVerifier',
    'invalid_grant',
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ),
  70008: token(
    'codeExpired',
    'invalid_grant',
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ),
  700082: token(
    'refreshTokenExpired',
    'invalid_grant',
    'The refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ),
  700005: token(
    'codeForOtherTenant',
    'invalid_grant',
    'The provided authorization code is intended to use against other tenant, thus rejected.',
  ),
  900144: token(
    'missingField',
    'invalid_request',
    "The request body must contain the following parameter: '{0}'.",
    'field',
  ),
  900561: token(
    'wrongVerb',
    'invalid_request',
    'The endpoint only accepts POST requests. Received a {0} request.',
    'method',
  ),
  9002313: token('malformedRequest', 'invalid_request', 'Invalid request. Request is malformed or invalid.'),
  50196: token(
    'loop',
    'invalid_grant',
    'The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
  ),
  90012: passing(504, 'timeout', 'The request has timed out. Please try again.'),
  90024: passing(503, 'budgetExceeded', 'Request budget exceeded. A transient error has occurred. Please try again.'),
  90033: passing(503, 'transient', 'A transient error has occurred. Please try again.'),
  90055: passing(
    429,
    'tenantThrottled',
    'Too many requests have been sent for this tenant. The tenant is throttled. Please try again later.',
  ),
  // Not in the reference's table, and met all the same.
  70000: token(
    'badCode',
    'invalid_grant',
    "The provided value for the input parameter 'code' or 'refresh_token' is not valid.",
  ),
  9001023: token(
    'needsTenant',
    'invalid_request',
    'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  ),
  9002325: redirected(
    'needsChallenge',
    'invalid_request',
    'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
  ),
  50049: token('unknownInstance', 'invalid_instance', 'Unknown or invalid instance.'),
  90023: token('badParameter', 'invalid_request', "The parameter '{0}' is not supported or not valid.", 'field'),
} as const satisfies Record<number, EntraErrorKind>;

export type Aadsts = keyof typeof AADSTS;

/** By number or by name; undefined when there is no such error. */
export function findAadsts(wanted: string | number): Aadsts | undefined {
  const all = Object.entries(AADSTS);
  const found = all.find(([number, { name }]) => number === String(wanted) || name === wanted)?.[0];
  return found === undefined ? undefined : (Number(found) as Aadsts); // a key of the table
}
