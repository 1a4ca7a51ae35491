// Graph's paths under /v1.0: identify the caller, check its permission, answer. What is no read is in writes.ts.
import type { Answer } from '../http.ts';
import type { Json } from '../model.ts';
import type { Store } from '../store.ts';
import { deletedItems, getByIds, organization } from './directory.ts';
import { errorAnswer, openEnvelope } from './envelope.ts';
import { badRequest, GraphError } from './graph-error.ts';
import { answerGroups } from './groups.ts';
import { identify } from './permissions.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { isWrite, resourceUnits } from './resource-units.ts';
import { answerUsers } from './users.ts';
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
      query: url.searchParams,
      headers: asked.headers,
      body: asked.body,
      caller,
    };
    pay(graph.store, request, headers);
    const written = await answerWrite(graph, request);
    if (written?.body === null) return { status: written.status, headers };
    const body = written?.body ?? dispatch(graph, request);
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

/** `/users('x')` and `/users/x` are the same path; so are `delta`, `delta()` and `microsoft.graph.delta`. */
function segments(pathname: string): string[] {
  return pathname
    .split('/')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const decoded = decode(part);
      const keyed = /^(\w+)\('(.*)'\)$/.exec(decoded);
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

function dispatch(graph: GraphContext, request: GraphRequest): Json {
  const [root = '', ...below] = request.path;
  const lower = below.map((part) => part.toLowerCase());
  if (request.method === 'POST' && root.toLowerCase() === 'directoryobjects' && lower.join('/') === 'getbyids')
    return getByIds(graph, request);
  if (request.method !== 'GET')
    throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  const [key = '', ...rest] = below;
  switch (root.toLowerCase()) {
    case 'users':
      return answerUsers(graph, request, key, lower.slice(1));
    case 'groups':
      return answerGroups(graph, request, key, lower.slice(1));
    case 'organization':
      if (rest.length === 0) return organization(graph, request, key);
      break;
    case 'directory':
      if (lower[0] === 'deleteditems' && lower.length <= 2) return deletedItems(graph, request, lower[1] ?? '');
      break;
    default:
  }
  throw noSegment(request.path.at(-1) ?? '');
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
