// What goes wrong with Entra and Graph, named by what to do about it. Told apart by HTTP status, the OAuth `error` and Graph's
// `error.code`, never by the text; numbers (AADSTS…) only choose between two explanations of the same reaction (R7).
import type { ErrorCode } from '../contract/errors.ts';

/** retry: later, the service did not answer · wait: it said until when · resync: this link is dead, list everything ·
 *  reconsent: a person in Entra or with the credentials is needed · skip_object: this object is not there · stop_run: no use in going on. */
export type Reaction = 'retry' | 'wait' | 'resync' | 'reconsent' | 'skip_object' | 'stop_run';

export interface FailureDetail {
  status?: number | null;
  graphCode?: string | null;
  /** Microsoft's id of the request: their support asks for it. */
  requestId?: string | null;
  /** The id that we sent along: what there is to ask for when no answer came. */
  clientRequestId?: string | null;
  waitSeconds?: number | null;
  /** How often the request was sent. */
  tries?: number;
  cause?: unknown;
}

export class GraphFailure extends Error {
  override readonly name = 'GraphFailure';
  readonly reaction: Reaction;
  readonly code: ErrorCode;
  readonly status: number | null;
  readonly graphCode: string | null;
  readonly requestId: string | null;
  readonly clientRequestId: string | null;
  readonly waitSeconds: number | null;
  readonly tries: number;
  constructor(reaction: Reaction, code: ErrorCode, detail: FailureDetail = {}) {
    super(code, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.reaction = reaction;
    this.code = code;
    this.status = detail.status ?? null;
    this.graphCode = detail.graphCode ?? null;
    this.requestId = detail.requestId ?? null;
    this.clientRequestId = detail.clientRequestId ?? null;
    this.waitSeconds = detail.waitSeconds ?? null;
    this.tries = detail.tries ?? 1;
  }

  /** The same, of a request that was sent so often. */
  afterTries(tries: number): GraphFailure {
    const { reaction, code, status, graphCode, requestId, clientRequestId, waitSeconds, cause } = this;
    const detail = { status, graphCode, requestId, clientRequestId, waitSeconds, cause, tries };
    return new GraphFailure(reaction, code, detail);
  }
}

export interface FailedAnswer {
  status: number;
  /** `error.code` of Graph's envelope; compared without regard to case, as real answers spell it both ways. */
  graphCode: string | null;
  requestId: string | null;
  clientRequestId?: string | null;
  waitSeconds: number | null;
}

const expiredPage = new Set(['directory_expiredpagetoken', 'syncstatenotfound', 'resyncrequired']);
// "The identity of the calling application could not be established", or it was disabled: the consent is gone, or not yet everywhere.
const unknownCaller = new Set(['authorization_identitynotfound', 'authorization_identitydisabled']);

/** A status that is not 2xx. `link` says that the address came from Graph itself, so a refusal means that the link is dead (9.6). */
export function failureOfAnswer(answer: FailedAnswer, link: boolean): GraphFailure {
  const { status } = answer;
  const code = answer.graphCode?.toLowerCase() ?? '';
  // Graph does not redirect: what does stands between, such as a network that wants a sign-in. Never followed (F20).
  if (status >= 300 && status < 400) return new GraphFailure('stop_run', 'graph_intercepted', answer);
  if (isThrottled(status)) return new GraphFailure('wait', 'graph_busy', answer);
  if (isPassing(status)) return new GraphFailure('retry', 'graph_unreachable', answer);
  if (unknownCaller.has(code)) return new GraphFailure('reconsent', 'graph_consent_revoked', answer);
  if (status === 401) return new GraphFailure('reconsent', 'graph_credentials_refused', answer);
  if (status === 403) return new GraphFailure('reconsent', 'graph_permission_missing', answer);
  if (status === 410 || expiredPage.has(code)) return new GraphFailure('resync', 'graph_resync', answer);
  if (link && (status === 400 || status === 404)) return new GraphFailure('resync', 'graph_resync', answer);
  if (status === 404) return new GraphFailure('skip_object', 'graph_request_refused', answer);
  return new GraphFailure('stop_run', 'graph_request_refused', answer);
}

/** What this server signs in with is no good: for its operator to end, whoever met it (F3). */
export const isOfCredentials = ({ code }: GraphFailure): boolean =>
  code === 'graph_credentials_refused' || code === 'graph_credentials_expired';

const absent = new Set(['request_resourcenotfound', 'resourcenotfound', 'directory_objectnotfound']);

/**
 * Whether Graph says of an object that it is not there. Only in its own words (7.2): a 404 of anything else on the way, or with
 * another code, is no evidence that somebody is gone (R6).
 */
export const isAbsent = (status: number | null, graphCode: string | null): boolean =>
  status === 404 && absent.has(graphCode?.toLowerCase() ?? '');

export const isThrottled = (status: number): boolean => status === 429;
/** The same request can succeed a moment later. 501 is not among them: the property cannot be had. */
export const isPassing = (status: number): boolean => status === 408 || (status >= 500 && status !== 501);

export interface FailedToken {
  status: number;
  /** The OAuth `error`. */
  error: string;
  /** AADSTS numbers: for the explanation only. */
  numbers: readonly number[];
  traceId: string | null;
  clientRequestId?: string | null;
  waitSeconds: number | null;
}

const missingPrincipal = 7_000_229;
const secretExpired = 7_000_222;

/** The token endpoint refused (graph-protocol 5.2). `tenantUnknown`: the discovery document said invalid_tenant. */
export function failureOfToken(answer: FailedToken, tenantUnknown: boolean): GraphFailure {
  const detail = {
    status: answer.status,
    graphCode: answer.error,
    requestId: answer.traceId,
    clientRequestId: answer.clientRequestId ?? null,
    waitSeconds: answer.waitSeconds,
  };
  if (isThrottled(answer.status)) return new GraphFailure('wait', 'graph_busy', detail);
  if (isPassing(answer.status) || answer.error === 'temporarily_unavailable') {
    return new GraphFailure('retry', 'graph_unreachable', detail);
  }
  if (answer.status >= 300 && answer.status < 400) return new GraphFailure('stop_run', 'graph_intercepted', detail);
  if (tenantUnknown) return new GraphFailure('stop_run', 'graph_tenant_gone', detail);
  switch (answer.error) {
    case 'invalid_client':
      // A wrong secret, one that has run out and a removed application answer alike but for the number. All need a person.
      if (answer.numbers.includes(missingPrincipal))
        return new GraphFailure('reconsent', 'graph_consent_revoked', detail);
      return answer.numbers.includes(secretExpired)
        ? new GraphFailure('reconsent', 'graph_credentials_expired', detail)
        : new GraphFailure('reconsent', 'graph_credentials_refused', detail);
    case 'unauthorized_client':
    case 'invalid_grant':
    case 'consent_required':
    case 'interaction_required':
    case 'invalid_resource':
      return new GraphFailure('reconsent', 'graph_consent_revoked', detail);
    default:
      return new GraphFailure('stop_run', 'graph_request_refused', detail);
  }
}
