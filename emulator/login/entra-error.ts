// Errors of the login host: the token endpoint's JSON, and the texts that redirects and pages carry.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../http.ts';

/** `error` is invalid_client exactly where the status is 401. Texts are ours in the manner of the service. */
const ERRORS = {
  7000215: [
    'invalid_client',
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app {0}.',
  ],
  700027: ['invalid_client', 'The certificate with identifier used to sign the client assertion is not usable. {0}'],
  700213: [
    'invalid_client',
    "No matching federated identity record found for presented assertion issuer '{0}', subject '{1}', audience '{2}'.",
  ],
  7000112: ['unauthorized_client', "Application '{0}' is disabled."],
  7000218: [
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ],
  7000229: [
    'invalid_client',
    'The client application {0} is missing service principal in the tenant {1}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119',
  ],
  700016: [
    'unauthorized_client',
    "Application with identifier '{0}' was not found in the directory '{1}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  ],
  700038: ['unauthorized_client', "'{0}' is not a valid application identifier."],
  90002: [
    'invalid_request',
    "Tenant '{0}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  ],
  500011: [
    'invalid_resource',
    'The resource principal named {0} was not found in the tenant named {1}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.',
  ],
  70003: ['unsupported_grant_type', "The app requested an unsupported grant type '{0}'."],
  70011: [
    'invalid_scope',
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {0} is not valid.",
  ],
  54005: [
    'invalid_grant',
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ],
  501481: [
    'invalid_grant',
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ],
  70008: [
    'invalid_grant',
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ],
  70000: ['invalid_grant', "The provided value for the input parameter 'code' or 'refresh_token' is not valid."],
  700005: ['invalid_grant', 'The provided authorization code is intended to use against other tenant, thus rejected.'],
  50011: [
    'invalid_request',
    "The redirect URI '{0}' specified in the request does not match the redirect URIs configured for the application '{1}'.",
  ],
  900144: ['invalid_request', "The request body must contain the following parameter: '{0}'."],
  900561: ['invalid_request', 'The endpoint only accepts {0} requests. Received a {1} request.'],
  9001023: [
    'invalid_request',
    'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  ],
  9002325: [
    'invalid_request',
    'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
  ],
  65004: ['consent_required', 'The resource owner or authorization server denied the request.'],
  50049: ['invalid_instance', 'Unknown or invalid instance.'],
  50034: [
    'invalid_grant',
    'The user account {0} does not exist in the {1} directory. To sign into this application, the account must be added to the directory.',
  ],
  50057: ['invalid_grant', 'The user account is disabled.'],
  50020: [
    'invalid_grant',
    "User account '{0}' from another organization does not exist in tenant '{1}' and cannot access the application there. The account needs to be added as an external user in the tenant first.",
  ],
  90094: [
    'access_denied',
    'An administrator of {0} has set a policy that prevents you from granting {1} the permissions it is requesting.',
  ],
  90023: ['invalid_request', "The parameter '{0}' is not supported or not valid."],
} as const;

export type Aadsts = keyof typeof ERRORS;

const WITHOUT_URI: readonly number[] = [700038, 70003, 7000229];

export const fill = (pattern: string, values: readonly string[]): string =>
  values.reduce((all, value, index) => all.replaceAll(`{${index}}`, () => value), pattern);

export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `AADSTS…: text\r\nTrace ID: …` with the ids that belong to it. */
export function describe(
  code: Aadsts,
  values: readonly string[],
  at: number,
  correlationId: string = randomUUID(),
): { text: string; traceId: string; correlationId: string; timestamp: string; error: string } {
  const [error, pattern] = ERRORS[code];
  const traceId = randomUUID();
  const when = timestamp(at);
  return {
    error,
    traceId,
    correlationId,
    timestamp: when,
    text: `AADSTS${code}: ${fill(pattern, values)}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${when}`,
  };
}

export class EntraError extends Error {
  readonly code: Aadsts;
  readonly values: string[];
  constructor(code: Aadsts, ...values: string[]) {
    super(`AADSTS${code}`);
    this.code = code;
    this.values = values;
  }
}

export function tokenErrorAnswer(
  error: EntraError,
  at: number,
  correlationId: string | undefined,
  name?: string,
): Answer {
  const said = describe(error.code, error.values, at, correlationId);
  const kind = name ?? said.error;
  return {
    status: kind === 'invalid_client' ? 401 : 400,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'x-ms-request-id': said.traceId,
    },
    body: {
      error: kind,
      error_description: said.text,
      error_codes: [error.code],
      timestamp: said.timestamp,
      trace_id: said.traceId,
      correlation_id: said.correlationId,
      ...(WITHOUT_URI.includes(error.code)
        ? {}
        : { error_uri: `https://login.microsoftonline.com/error?code=${error.code}` }),
    },
  };
}
