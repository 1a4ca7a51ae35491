// The login host: tokens, their errors, what it publishes, and the redirects of sign-in and consent.
import { askAuthorize, askConsent, askLogin, askToken } from './login-requests.ts';
import type { ClientUse, EmulatorUse, Used } from './table-types.ts';
import type { Tolerance } from './shape.ts';
import { extra, missing, retyped } from './tolerances.ts';

const token = (ask: EmulatorUse['ask'], b?: ClientUse, tolerate: readonly Tolerance[] = []): Used => ({
  kind: 'login: tokens',
  a: { ...(ask === undefined ? {} : { ask }), tolerate },
  ...(b === undefined ? {} : { b }),
});
const refused = (
  ask: EmulatorUse['ask'],
  code: string,
  reaction: string,
  tolerate: readonly Tolerance[] = [],
): Used => ({
  ...token(ask, { kind: 'refused token', code, reaction }, tolerate),
  kind: 'login: token errors',
});
const redirect = (ask: EmulatorUse['ask'], b?: ClientUse, tolerate: readonly Tolerance[] = []): Used => ({
  ...token(ask, b, tolerate),
  kind: 'login: redirects',
});
const normalised = retyped(
  /trace_id|correlation_id|timestamp/,
  'the capture has placeholders instead of ids and times',
);
const withUri = extra(/error_uri/, 'the page leaves out error_uri, which a later one of the same error shows');
const session = extra(/session_state/, 'the page leaves it out; graph-protocol.md 2.1 says that it usually comes');
const longer = extra(/ext_expires_in/, 'the page leaves it out; the live capture of the same grant has it');
const cancelled: readonly Tolerance[] = [
  extra(/error_subcode|state/, 'the page is about a native app and leaves both out; graph-protocol.md 2.2 names them'),
];

export const login: Record<string, Used> = {
  'entra-token-client-credentials-success': token((world) => askToken(world), { kind: 'token' }, [longer]),
  'live-token-client-credentials': token((world) => askToken(world), { kind: 'token' }, [retyped(/(ext_)?expires_in/, 'the capture has placeholders instead of numbers')]),
  'entra-token-auth-code-success': token(
    async (world) => {
      const { redirect: back } = await world.kit.go(world.kit.authorize({ scope: 'openid profile offline_access' }), { account: 'asa.oberg@norrsken.se' });
      return askToken(world, { grant_type: 'authorization_code', code: back?.searchParams.get('code') ?? '', redirect_uri: world.redirectUri, code_verifier: world.verifier, scope: '' }, 'organizations');
    },
    undefined,
    [longer],
  ),
  'entra-token-error-invalid-scope-70011': refused((world) => askToken(world, { scope: 'https://example.contoso.com/activity.read' }), 'graph_request_refused', 'stop_run', [withUri]),
  'entra-token-error-with-error-uri': refused((world) => askToken(world, { scope: 'https://example.contoso.com/activity.read' }), 'graph_request_refused', 'stop_run'),
  'live-token-error-invalid-client': refused((world) => askToken(world, { client_secret: 'wrong' }), 'graph_credentials_refused', 'reconsent', [normalised]),
  'live-token-error-invalid-scope': refused((world) => askToken(world, { scope: 'https://nowhere.example/.default' }), 'graph_consent_revoked', 'reconsent', [normalised]),
  'live-token-error-unknown-client': refused((world) => askToken(world, { client_id: 'no-guid' }), 'graph_consent_revoked', 'reconsent', [normalised]),
  'live-token-error-unsupported-grant-type': refused((world) => askToken(world, { grant_type: 'magic' }), 'graph_request_refused', 'stop_run', [normalised]),
  'obs-token-error-700016-app-not-found': refused((world) => askToken(world, { client_id: '99999999-0000-4000-8000-000000000001' }), 'graph_consent_revoked', 'reconsent'),
  'obs-token-error-7000222-expired-secret': refused((world) => askToken(world, { client_id: world.expiredApp }), 'graph_credentials_expired', 'reconsent'),
  'obs-token-error-7000229-no-service-principal': refused((world) => askToken(world, { client_id: world.strangeApp }), 'graph_consent_revoked', 'reconsent'),
  'obs-token-error-700213-no-matching-fic': refused((world) => askToken(world, { client_id: world.federatedApp, client_secret: '', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: world.assertion }), 'graph_credentials_refused', 'reconsent'),
  'obs-token-error-90002-tenant-not-found': refused((world) => askToken(world, {}, '12345678-1234-1234-1234-123456789012'), 'graph_tenant_gone', 'stop_run'),
  'entra-openid-config-common': { kind: 'login: discovery', a: { ask: (world) => askLogin(world, '/common/v2.0/.well-known/openid-configuration'), tolerate: [extra(/device_authorization_endpoint/, 'the record leaves it out; graph-protocol.md 1.3 names it')] }, b: { kind: 'discovery' } },
  'entra-openid-config-tenant-not-found-90002': { kind: 'login: discovery', a: { ask: (world) => askLogin(world, '/12345678-1234-1234-1234-123456789012/v2.0/.well-known/openid-configuration') }, b: { kind: 'unknown tenant' } },
  'entra-jwks-common': {
    kind: 'login: keys',
    a: {
      ask: (world) => askLogin(world, '/common/discovery/v2.0/keys'),
      tolerate: [
        missing(/keys\[\]\.(x5t|x5c)/, 'the keys of the emulator have no certificate (emulator/DIFFERENCES.md)'),
        extra(/keys\[\]\.cloud_instance_name/, 'the record leaves it out; graph-protocol.md 1.4 names it'),
      ],
    },
    b: { kind: 'keys' },
  },
  'entra-instance-discovery': { kind: 'login: discovery', a: { ask: (world) => askLogin(world, `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent('https://login.microsoftonline.com/common/oauth2/v2.0/authorize')}`) } },
  'entra-adminconsent-v2-success': redirect((world) => askConsent(world, 2, 'accept'), { kind: 'consent answer', step: 'failed', code: 'connect_tenant_mismatch' }),
  'entra-adminconsent-v2-declined-65004': redirect((world) => askConsent(world, 2, 'cancel'), { kind: 'consent answer', step: 'failed', code: 'connect_declined' }),
  'entra-adminconsent-v1-success': redirect((world) => askConsent(world, 1, 'accept'), { kind: 'consent answer', step: 'failed', code: 'connect_tenant_mismatch' }),
  // Without a state it belongs to nobody's connecting, which waits on.
  'entra-adminconsent-v1-denied': redirect((world) => askConsent(world, 1, 'cancel'), { kind: 'consent answer', step: 'consent', code: null }),
  'entra-authorize-success-query': redirect((world) => askAuthorize(world, 'asa.oberg@norrsken.se'), { kind: 'sign-in answer' }, [session]),
  'entra-authorize-error-access-denied': redirect((world) => askAuthorize(world, undefined), { kind: 'sign-in answer' }, cancelled),
  'live-token-claims-client-credentials': {
    kind: 'login: tokens',
    skipped: 'claims of a token for an own application; the emulator gives tokens for Graph only, which are opaque by contract (graph-protocol.md 4)',
  },
}; // prettier-ignore
