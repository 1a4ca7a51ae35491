// Graph's paths under /v1.0: identify the caller, check its permission, answer. What is no read is in writes.ts.
import type { Answer } from '../http.ts';
import type { Store } from '../store.ts';
import { errorAnswer, openEnvelope } from './envelope.ts';
import { badRequest, GraphError } from './graph-error.ts';
import { identify } from './permissions.ts';
import { answerRead } from './reads.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { isWrite, resourceUnits } from './resource-units.ts';
import { answerWrite } from './writes.ts';

/** A client is told how near it is only when it is near. */
const TOLD_ABOVE = 0.8;

/** One Graph answer, its headers and error envelope included; `pathAndQuery` is below the version. */
export async function answerGraph(
  graph: GraphContext,
  asked: { method: string; pathAndQuery: string; headers: Record<string, string>; body: string },
): Promise<Answer> {
  const envelope = openEnvelope(asked.headers);
  const { headers } = envelope;
  try {
    const caller = identify(graph.store, graph.keys, asked.headers['authorization']);
    const url = new URL(asked.pathAndQuery, 'http://graph.invalid');
    const request: GraphRequest = {
      method: asked.method,
      path: segments(url.pathname),
      query: optionsOf(url),
      headers: asked.headers,
      body: asked.body,
      caller,
    };
    pay(graph.store, request, headers);
    const written = await answerWrite(graph, request);
    if (written?.body === null) return { status: written.status, headers };
    const body = written?.body ?? answerRead(graph, request);
    if (Buffer.isBuffer(body))
      return { status: 200, headers: { ...headers, 'Content-Type': 'image/jpeg' }, bytes: body };
    if (typeof body === 'string')
      return { status: 200, headers: { ...headers, 'Content-Type': 'text/plain' }, text: body };
    return {
      status: written?.status ?? 200,
      headers: {
        ...headers,
        'Content-Type':
          'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      },
      body,
    };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return errorAnswer(error, envelope, graph.store.now());
  }
}

/** The names of query options are the service's in any case: `$orderBy` is `$orderby`. */
const optionsOf = (url: URL): URLSearchParams =>
  new URLSearchParams(
    [...url.searchParams].map(([name, value]): [string, string] => [
      name.startsWith('$') ? name.toLowerCase() : name,
      value,
    ]),
  );

/** `/users('x')` and `/users/x` are the same path, an application by its own id is `appId=x`; the same are `delta`, `delta()` and `microsoft.graph.delta`. */
function segments(pathname: string): string[] {
  return pathname
    .split('/')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const decoded = decode(part);
      const keyed = /^(\w+)\('(.*)'\)$/.exec(decoded);
      const byAppId = /^(\w+)\((appId='[^']+')\)$/i.exec(decoded);
      if (byAppId !== null) return [byAppId[1] ?? '', (byAppId[2] ?? '').replaceAll("'", '')];
      if (keyed !== null) return [keyed[1] ?? '', (keyed[2] ?? '').replaceAll("''", "'")];
      return [/^(microsoft\.graph\.)?delta(\(\))?$/i.test(decoded) ? 'delta' : decoded];
    });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest('The path is not well-formed.');
  }
}

/** Takes the price of the request from what the tenant and the application have left, or refuses with 429. */
function pay(store: Store, request: GraphRequest, headers: Record<string, string>): void {
  const { enforced, share } = store.settings.throttling;
  const units = resourceUnits(request);
  headers['x-ms-resource-unit'] = String(units);
  if (!enforced) return;
  const { tenant, clientId } = request.caller;
  const { used, refused } = store.throttle.charge({
    tenantId: tenant.id,
    clientId,
    people: tenant.users.size,
    units,
    write: isWrite(request),
    at: store.now(),
    share,
  });
  if (used > TOLD_ABOVE) headers['x-ms-throttle-limit-percentage'] = used.toFixed(2);
  if (refused === null) return;
  throw new GraphError(429, 'TooManyRequests', 'Please retry again later.', {
    headers: {
      'x-ms-throttle-scope': refused.scope,
      'x-ms-throttle-information': refused.information,
      'Retry-After': refused.retryAfterSeconds.toFixed(3),
    },
  });
}
