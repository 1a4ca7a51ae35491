// Graph's errors: on each (a) the emulator gives the same envelope with the same code, and (b) the client knows what to do.
import { askAsPoor, askExpired, askOldLink, askThrottled } from './error-requests.ts';
import type { ClientUse, EmulatorUse, Used } from './table-types.ts';
import type { Tolerance } from './shape.ts';
import { extra } from './tolerances.ts';

const failure = (code: string, reaction: string, more: { waitSeconds?: number; link?: boolean } = {}): ClientUse => ({
  kind: 'failure',
  code,
  reaction,
  ...more,
});
const refused = failure('graph_request_refused', 'stop_run');
const error = (a: EmulatorUse | undefined, b: ClientUse): Used => ({
  kind: 'Graph: errors',
  ...(a === undefined ? {} : { a }),
  b,
});
const unsaid: readonly Tolerance[] = [
  extra(
    /error\.innerError\.client-request-id/,
    "third parties recorded the envelope without it; Microsoft's pages show it",
  ),
];
const shown = 'the page shows the body under another request than the one that it is the answer to';
const elsewhere = 'the same refusal, recorded on a resource or version that the emulator does not have';

export const errors: Record<string, Used> = {
  'aad-advanced-queries-01': error({ path: '/users/$count', headers: { ConsistencyLevel: 'none' }, because: shown, status: 400 }, refused),
  'aad-advanced-queries-02': error({ path: '/users?$search="displayName:x"', headers: { ConsistencyLevel: 'none' }, because: shown, status: 400 }, refused),
  'aad-advanced-queries-03': error({ path: "/users?$filter=endsWith(mail,'x')", because: shown, status: 400 }, refused),
  'aad-advanced-queries-04': error({ path: "/users?$filter=companyName eq 'x'", because: shown, status: 400 }, refused),
  'graph-error-count-segment-without-consistencylevel': error({}, refused),
  'graph-error-endswith-without-advanced': error({}, refused),
  'graph-error-search-without-consistencylevel': error({ path: '/groups?$search="displayName:Browser"', because: elsewhere }, refused),
  'graph-error-unindexed-property': error({ path: '/groups?$filter=classification eq \'x\'', because: 'recorded on beta, and on a property that the table of graph-protocol.md 8.4 has for users only' }, refused),
  'graph-error-users-delta-unsupported-filter': error({}, refused),
  'graph-error-users-delta-deltalink-older-than-30-days': error({ ask: (world) => askOldLink(world, 'unsupportedQuery') }, failure('graph_resync', 'resync', { link: true })),
  'graph-error-users-delta-token-expired': error({ ask: (world) => askOldLink(world, 'syncStateNotFound'), tolerate: unsaid }, failure('graph_resync', 'resync', { link: true })),
  'graph-410-syncstatenotfound-outlook': error(
    { ask: (world) => askOldLink(world, 'gone'), because: elsewhere, tolerate: [...unsaid, extra(/error\.innerError\.date/, 'the logged answer of another service has no date')] },
    failure('graph_resync', 'resync', { link: true }),
  ),
  'graph-401-token-expired': error({ ask: askExpired }, failure('graph_credentials_refused', 'reconsent')),
  'graph-401-identity-not-found-after-consent': error(
    { ask: (world) => askAsPoor(world, world.youngApp), tolerate: unsaid },
    failure('graph_consent_revoked', 'reconsent'),
  ),
  'graph-403-signinactivity-no-premium': error({ tolerate: unsaid }, failure('graph_permission_missing', 'reconsent')),
  'graph-404-user-not-found': error({ path: '/users/68be84bf-a585-4776-80b3-30aa5207aa22', because: 'as recorded: nobody is to be found by this id', tolerate: unsaid }, failure('graph_request_refused', 'skip_object')),
  'throttling-01': error({ ask: askThrottled }, failure('graph_busy', 'wait', { waitSeconds: 3 })),
  'errors-01': { kind: 'Graph: errors', skipped: 'an upload of a file, with placeholders in its inner error' },
  'errors-02': { kind: 'Graph: errors', skipped: 'a description of the type, no answer: {"error": {"@odata.type"}}' },
}; // prettier-ignore
