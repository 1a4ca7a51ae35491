// Failures as the service would tell them: Graph's envelope, the login host's members or page, and a Retry-After of any kind.
import { decodeJwt } from 'jose';
import type { JWTPayload } from 'jose';
import { errorAnswer, openEnvelope } from '../graph/envelope.ts';
import { GraphError } from '../graph/graph-error.ts';
import { form } from '../http.ts';
import type { Answer } from '../http.ts';
import { respond } from '../login/authorize.ts';
import { AADSTS } from '../login/aadsts.ts';
import type { EntraErrorKind, Subject } from '../login/aadsts-kind.ts';
import type { Aadsts } from '../login/aadsts.ts';
import { describe, EntraError, tokenErrorAnswer } from '../login/entra-error.ts';
import { errorPage } from '../login/sign-in-page.ts';
import { GRAPH_CODES } from './graph-codes.ts';
import { isAuthorizeEndpoint, isGraph } from './scene.ts';
import type { Scene } from './scene.ts';

/** The header, or none. A number is seconds, written as it is. */
export function retryAfterHeader(wanted: string | number, at: number): Record<string, string> {
  if (wanted === 'missing') return {};
  const written: Record<string, string> = {
    integer: '2',
    decimal: '2.128',
    date: new Date(Math.ceil(at / 1000) * 1000 + 2000).toUTCString(),
    veryLong: '90000',
  };
  return { 'Retry-After': written[wanted] ?? String(wanted) };
}

export interface Failure {
  status?: number | undefined;
  code?: string | undefined;
  message?: string | undefined;
  headers?: Record<string, string>;
}

/** A failure in the words of whoever was asked: Graph, the login host's endpoints, or its pages. */
export function failureAnswer(failure: Failure, scene: Scene): Answer {
  const { asked, at } = scene;
  if (isGraph(asked.url.pathname)) {
    const known = GRAPH_CODES.find(
      ([status, code]) =>
        (failure.code === undefined || code.toLowerCase() === failure.code.toLowerCase()) &&
        (failure.status === undefined || status === failure.status),
    );
    const status = failure.status ?? known?.[0] ?? 500;
    const code = failure.code ?? known?.[1] ?? 'UnknownError';
    const error = new GraphError(status, code, failure.message ?? known?.[2] ?? 'An error.', {
      headers: failure.headers ?? {},
    });
    return errorAnswer(error, openEnvelope(asked.headers), at);
  }
  const { status = 500, headers = {} } = failure;
  const code = usualAadsts(status);
  const answer = isPage(asked.url.pathname)
    ? errorPage(describe(code, valuesFor(code, scene), at).text)
    : tokenErrorAnswer(new EntraError(code, ...valuesFor(code, scene)), at, correlationOf(scene));
  return { ...answer, status, headers: { ...answer.headers, ...headers } };
}

const usualAadsts = (status: number): Aadsts => {
  if (status === 401) return 7000215;
  if (status === 429) return 90055;
  if (status === 504) return 90012;
  return status >= 500 ? 90033 : 9002313;
};

const isPage = (path: string): boolean => !/\/(token|keys|openid-configuration|instance)$/i.test(path);

/** A numbered error of the login host: JSON at its endpoints; at the authorize and consent pages a redirect or a page. */
export function entraFailure(code: Aadsts, status: number | undefined, scene: Scene): Answer {
  const { asked, at } = scene;
  const kind: EntraErrorKind = AADSTS[code];
  const values = valuesFor(code, scene);
  if (!isAuthorizeEndpoint(asked.url.pathname)) {
    const answer = tokenErrorAnswer(new EntraError(code, ...values), at, correlationOf(scene));
    return { ...answer, status: status ?? answer.status };
  }
  const said = describe(code, values, at, correlationOf(scene));
  const fields = fieldsOf(scene);
  const redirectUri = fields.get('redirect_uri') ?? '';
  // Only an address that the application registered is answered by a redirect, whatever the fault.
  if (kind.atAuthorize !== 'redirect' || !scene.isRegistered(fields.get('client_id') ?? '', redirectUri))
    return errorPage(said.text);
  const mode = fields.get('response_mode') === 'form_post' ? 'form_post' : 'query';
  const consents = /\/v2\.0\/adminconsent$/i.test(asked.url.pathname);
  return respond(
    { redirectUri, state: fields.get('state'), mode },
    {
      ...(consents ? { admin_consent: 'True' } : {}),
      error: kind.redirectError ?? kind.error,
      error_description: said.text,
    },
  );
}

const fieldsOf = ({ asked }: Scene): URLSearchParams =>
  asked.method === 'POST' ? form(asked) : asked.url.searchParams;

const correlationOf = (scene: Scene): string | undefined =>
  scene.asked.headers['client-request-id'] ??
  scene.asked.url.searchParams.get('client-request-id') ??
  fieldsOf(scene).get('client-request-id') ??
  undefined;

/** What the texts name, from the request where it says. */
function valuesFor(code: Aadsts, scene: Scene): string[] {
  const fields = fieldsOf(scene);
  const assertion = claimsOf(fields.get('client_assertion'));
  const scope = fields.get('scope') ?? '';
  const values: Record<Subject, string> = {
    app: fields.get('client_id') ?? '',
    tenant: scene.asked.url.pathname.split('/')[1] ?? '',
    user: fields.get('login_hint') ?? 'somebody@example.com',
    scope,
    resource: scope.replace(/\/[^/]*$/, '') || 'https://graph.microsoft.com',
    grant: fields.get('grant_type') ?? '',
    redirect: fields.get('redirect_uri') ?? '',
    field: 'scope',
    method: scene.asked.method,
    issuer: assertion.iss ?? '',
    subject: assertion.sub ?? '',
    audience: [assertion.aud ?? ''].flat().join(' '),
  };
  return AADSTS[code].takes.map((subject) => values[subject]);
}

function claimsOf(assertion: string | null): JWTPayload {
  try {
    return decodeJwt(assertion ?? '');
  } catch {
    return {};
  }
}
