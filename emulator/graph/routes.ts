// Graph's paths under /v1.0: identify the caller, check its permission, answer. Everything here reads.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../http.ts';
import type { Json } from '../model.ts';
import { deletedItems, getByIds, organization } from './directory.ts';
import { badRequest, GraphError, innerError } from './graph-error.ts';
import { answerGroups } from './groups.ts';
import { identify } from './permissions.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { answerUsers } from './users.ts';

/** One Graph answer, its headers and error envelope included; `pathAndQuery` is below the version. */
export function answerGraph(
  graph: GraphContext,
  asked: { method: string; pathAndQuery: string; headers: Record<string, string>; body: string },
): Answer {
  const requestId = randomUUID();
  const clientRequestId = asked.headers['client-request-id'];
  const headers: Record<string, string> = {
    'request-id': requestId,
    'client-request-id': clientRequestId ?? requestId,
    'x-ms-ags-diagnostic':
      '{"ServerInfo":{"DataCenter":"Sweden Central","Slice":"E","Ring":"3","ScaleUnit":"001","RoleInstance":"EMULATOR"}}',
    'OData-Version': '4.0',
    'Strict-Transport-Security': 'max-age=31536000',
    'Cache-Control': 'no-cache',
  };
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
    const body = dispatch(graph, request);
    headers['x-ms-resource-unit'] = String(resourceUnits(request));
    if (typeof body === 'string')
      return { status: 200, headers: { ...headers, 'Content-Type': 'text/plain' }, text: body };
    return {
      status: 200,
      headers: {
        ...headers,
        'Content-Type':
          'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      },
      body,
    };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const inner = innerError(new Date(graph.store.now()), requestId, clientRequestId, error.inner);
    return {
      status: error.status,
      headers: { ...headers, ...error.headers, 'Content-Type': 'application/json' },
      body: { error: { code: error.code, message: error.message, innerError: inner } },
    };
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

/** Cost in resource units: base cost by route, with the documented modifiers. */
function resourceUnits(request: GraphRequest): number {
  const route = request.path.map((part) => part.toLowerCase());
  const last = route.at(-1) ?? '';
  const base =
    route[0] === 'users' && route.length === 1
      ? 2
      : route.includes('transitivemembers')
        ? 5
        : route.includes('members')
          ? 3
          : last === 'transitivememberof' || last === 'memberof'
            ? 2
            : last === 'getbyids'
              ? 5
              : 1;
  const top = Number(request.query.get('$top') ?? 100);
  return Math.max(
    1,
    base - (request.query.has('$select') ? 1 : 0) + (request.query.has('$expand') ? 1 : 0) - (top < 20 ? 1 : 0),
  );
}
