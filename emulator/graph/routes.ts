// Graph's paths under /v1.0: identify the caller, check its permission, answer. Everything here reads.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../http.ts';
import type { Keys } from '../keys.ts';
import type { DirectoryGroup, DirectoryUser, Json, Props, Tenant } from '../model.ts';
import { dateTime } from '../store.ts';
import type { Store } from '../store.ts';
import { indexAfter, text, transitiveGroupsOf, transitiveMembers } from '../tenant.ts';
import { answerDelta } from './delta.ts';
import { badRequest, denied, GraphError, innerError, notFound, unsupported } from './graph-error.ts';
import { answerCollection, answerCount } from './listing.ts';
import type { Item, Source } from './listing.ts';
import { identify, may, need } from './permissions.ts';
import type { Caller } from './permissions.ts';
import {
  kindOf,
  parseSelect,
  refuseInCollection,
  refuseSignInActivity,
  USER_BASIC,
  write,
  writeLimited,
} from './properties.ts';
import type { Kind } from './properties.ts';

export interface GraphContext {
  store: Store;
  keys: Keys;
  publicUrl: string;
}

export interface GraphRequest {
  method: string;
  /** Path segments below the version. */
  path: string[];
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  caller: Caller;
}

const IDS_MAX = 1000;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
  const { path, caller, method } = request;
  const [root = '', key = '', relation = '', cast = '', tail = ''] = path.map((part, index) =>
    index === 1 && path[0] !== 'directory' ? part : part.toLowerCase(),
  );
  if (method === 'POST' && root === 'directoryobjects' && key.toLowerCase() === 'getbyids') return getByIds(request);
  if (method !== 'GET')
    throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  const tenant = caller.tenant;
  if (root === 'organization') return organization(graph, request, key);
  if (root === 'users') {
    if (key === '') return usersPage(graph, request);
    if (key.toLowerCase() === '$count') {
      need(caller, 'users');
      return answerCount(request, { kind: 'user', source: liveUsers(tenant) });
    }
    if (key === 'delta') {
      need(caller, 'users');
      return answerDelta(graph, request, 'user');
    }
    const user = userByKey(tenant, key);
    if (relation === '') return oneUser(graph, request, user);
    if (relation === 'manager') return manager(graph, request, user);
    if (relation === 'transitivememberof' || relation === 'memberof')
      return memberships(graph, request, user.id, relation === 'memberof', cast);
  }
  if (root === 'groups') {
    need(caller, 'groups');
    if (key === '')
      return answerCollection(graph, request, {
        kind: 'group',
        source: liveGroups(tenant),
        context: 'groups',
        write: writerOf(request, ['group'], false),
      });
    if (key.toLowerCase() === '$count') return answerCount(request, { kind: 'group', source: liveGroups(tenant) });
    if (key === 'delta') return answerDelta(graph, request, 'group');
    const group = tenant.groups.get(key.toLowerCase());
    if (group === undefined || group.deletedAt !== null) throw notFound(key);
    if (relation === '')
      return {
        '@odata.context': `${graph.publicUrl}/v1.0/$metadata#groups/$entity`,
        ...write('group', group, parseSelect(['group'], request.query)),
      };
    if (relation === 'members' || relation === 'transitivemembers')
      return members(graph, request, group, relation === 'transitivemembers', [cast, tail]);
  }
  if (root === 'directory' && key === 'deleteditems') return deletedItems(graph, request, relation);
  throw badRequest(`Resource not found for the segment '${path.at(-1) ?? ''}'.`);
}

// Users

function usersPage(graph: GraphContext, request: GraphRequest): Json {
  need(request.caller, 'usersBasic');
  refuseInCollection(parseSelect(['user'], request.query));
  return answerCollection(graph, request, {
    kind: 'user',
    source: liveUsers(request.caller.tenant),
    context: 'users',
    write: writerOf(request, ['user'], false),
  });
}

function oneUser(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  need(request.caller, 'usersBasic');
  refuseSignInActivity(parseSelect(['user'], request.query));
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#users/$entity`,
    ...writerOf(request, ['user'], false)({ n: user.n, kind: 'user', object: user }),
  };
}

function manager(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  need(request.caller, 'users');
  const found = request.caller.tenant.users.get(user.managerId ?? '');
  if (found === undefined || found.deletedAt !== null) throw notFound('manager');
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#directoryObjects/$entity`,
    '@odata.type': '#microsoft.graph.user',
    ...write('user', found, parseSelect(['user'], request.query)),
  };
}

/** By object id or user principal name; a soft-deleted user is not found by either. */
function userByKey(tenant: Tenant, key: string): DirectoryUser {
  const id = GUID.test(key) ? key.toLowerCase() : (tenant.idByUpn.get(key.toLowerCase()) ?? '');
  const user = tenant.users.get(id);
  if (user === undefined || user.deletedAt !== null) throw notFound(key);
  return user;
}

function memberships(graph: GraphContext, request: GraphRequest, id: string, direct: boolean, cast: string): Json {
  const { caller } = request;
  need(caller, direct ? 'directory' : 'users');
  if (cast !== '' && cast !== 'microsoft.graph.group')
    throw badRequest(`Resource not found for the segment '${cast}'.`);
  const ids = direct ? [...(caller.tenant.groupsOf.get(id) ?? [])] : transitiveGroupsOf(caller.tenant, id);
  return answerCollection(graph, request, {
    kind: 'group',
    source: objects(caller.tenant, ids),
    context: 'directoryObjects',
    write: writerOf(request, ['group', 'user'], true),
    advancedCast: cast !== '',
  });
}

// Groups

function members(
  graph: GraphContext,
  request: GraphRequest,
  group: DirectoryGroup,
  transitive: boolean,
  casts: [string, string],
): Json {
  const { caller } = request;
  const hidden = group.props['visibility'] === 'HiddenMembership' && !may(caller, 'hidden');
  const ids = hidden ? [] : transitive ? transitiveMembers(caller.tenant, group) : [...group.members.keys()];
  const [cast, tail] = casts[0] === '$count' ? ['', '$count'] : casts;
  const only = cast === 'microsoft.graph.user' ? 'user' : cast === 'microsoft.graph.group' ? 'group' : undefined;
  if (cast !== '' && only === undefined) throw badRequest(`Resource not found for the segment '${cast}'.`);
  const source = objects(caller.tenant, ids, only);
  const kind = only ?? 'user';
  if (tail === '$count') return answerCount(request, { kind, source });
  if (tail !== '') throw badRequest(`Resource not found for the segment '${tail}'.`);
  const parts = ['$filter', '$search', '$count', '$orderby'].some((name) => request.query.has(name));
  return answerCollection(graph, request, {
    kind,
    source,
    context: only === undefined ? 'directoryObjects' : `${only}s`,
    write: writerOf(request, only === undefined ? ['user', 'group'] : [only], only === undefined),
    // A cast of the transitive members, or a cast with conditions, is answered by the second store only.
    advancedCast: only !== undefined && (transitive || parts),
  });
}

// Others

function organization(graph: GraphContext, request: GraphRequest, key: string): Json {
  need(request.caller, 'organization');
  const { tenant } = request.caller;
  if (key !== '' && key.toLowerCase() !== tenant.id) throw notFound(key);
  const all: Props = {
    id: tenant.id,
    deletedDateTime: null,
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode: tenant.country,
    createdDateTime: dateTime(tenant.createdAt),
    displayName: tenant.displayName,
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    postalCode: null,
    preferredLanguage: 'sv',
    state: null,
    street: null,
    technicalNotificationMails: [],
    tenantType: 'AAD',
    assignedPlans: [],
    provisionedPlans: [],
    verifiedDomains: tenant.domains.map((name, index) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: index === 0,
      isInitial: name.endsWith('.onmicrosoft.com'),
      name,
      type: 'Managed',
    })),
  };
  const select = request.query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  const one =
    select === undefined ? all : Object.fromEntries(Object.entries(all).filter(([name]) => select.includes(name)));
  if (key !== '') return { '@odata.context': `${graph.publicUrl}/v1.0/$metadata#organization/$entity`, ...one };
  return { '@odata.context': `${graph.publicUrl}/v1.0/$metadata#organization`, value: [one] };
}

function deletedItems(graph: GraphContext, request: GraphRequest, what: string): Json {
  const { caller } = request;
  const { tenant } = caller;
  graph.store.purgeExpired(tenant);
  if (what === 'microsoft.graph.user' || what === 'microsoft.graph.group') {
    const kind: Kind = what === 'microsoft.graph.user' ? 'user' : 'group';
    need(caller, kind === 'user' ? 'users' : 'deletedGroups');
    const deleted = [...tenant.deletedIds].filter((id) => kindOf(tenant, id) === kind);
    return answerCollection(graph, request, {
      kind,
      source: objects(tenant, deleted, kind, true),
      context: `${kind}s`,
      write: writerOf(request, [kind], false),
    });
  }
  const kind = kindOf(tenant, what);
  const object = tenant.deletedIds.has(what) ? (tenant.users.get(what) ?? tenant.groups.get(what)) : undefined;
  if (object === undefined || kind === undefined) {
    if (!may(caller, 'users')) throw denied();
    throw GUID.test(what)
      ? notFound(what)
      : badRequest('A type is needed: microsoft.graph.user or microsoft.graph.group.');
  }
  need(caller, kind === 'user' ? 'users' : 'deletedGroups');
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#directoryObjects/$entity`,
    '@odata.type': `#microsoft.graph.${kind}`,
    ...write(kind, object, parseSelect([kind], request.query)),
  };
}

function getByIds(request: GraphRequest): Json {
  const { caller } = request;
  need(caller, 'directory');
  const body = parseJson(request.body);
  const ids = typeof body === 'object' && body !== null && !Array.isArray(body) ? body['ids'] : undefined;
  const types = typeof body === 'object' && body !== null && !Array.isArray(body) ? body['types'] : undefined;
  if (!Array.isArray(ids) || ids.length > IDS_MAX) throw badRequest(`'ids' must be a list of at most ${IDS_MAX} ids.`);
  const wanted = Array.isArray(types) ? types.map((one) => text(one).toLowerCase()) : [];
  const write1 = writerOf(request, ['user', 'group'], true);
  const found = [
    ...objects(
      caller.tenant,
      ids.map((id) => text(id).toLowerCase()),
    )(0),
  ].filter((item) => wanted.length === 0 || wanted.includes(item.kind) || wanted.includes('directoryobject'));
  return { value: found.map(write1) };
}

export function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}

// Sources and writing

const liveUsers = (tenant: Tenant): Source =>
  function* (afterN) {
    for (let index = indexAfter(tenant.userOrder, afterN); index < tenant.userOrder.length; index += 1) {
      const object = tenant.userOrder[index];
      // Purged users remain as holes in the order.
      if (object !== undefined && object.deletedAt === null && tenant.users.get(object.id) === object)
        yield { n: object.n, kind: 'user', object };
    }
  };

const liveGroups = (tenant: Tenant): Source =>
  function* (afterN) {
    for (const object of tenant.groupOrder)
      if (object.n > afterN && object.deletedAt === null) yield { n: object.n, kind: 'group', object };
  };

/** Named objects in order of `n`; the deleted ones only when asked for. */
function objects(tenant: Tenant, ids: readonly string[], only?: Kind, deleted = false): Source {
  const items: Item[] = [];
  for (const id of ids) {
    const user = tenant.users.get(id);
    const group = tenant.groups.get(id);
    if (user !== undefined && (user.deletedAt !== null) === deleted && only !== 'group')
      items.push({ n: user.n, kind: 'user', object: user });
    if (group !== undefined && (group.deletedAt !== null) === deleted && only !== 'user')
      items.push({ n: group.n, kind: 'group', object: group });
  }
  items.sort((a, b) => a.n - b.n);
  return (afterN) => items.slice(indexAfter(items, afterN));
}

/** How an item of this request is written: selected members, type, expanded manager, and limited information where a type may not be read. */
function writerOf(request: GraphRequest, kinds: readonly Kind[], typed: boolean): (item: Item) => Props {
  const { caller, query } = request;
  const select = parseSelect(kinds, query);
  const expand = parseExpand(query, kinds);
  const users = may(caller, 'users');
  const basic = !users && may(caller, 'usersBasic');
  if (
    basic &&
    !typed &&
    kinds[0] === 'user' &&
    (select === null ? false : select.some((name) => !USER_BASIC.includes(name)))
  )
    throw denied();
  if (expand !== null && !users) throw denied();
  const groups = may(caller, 'groups');
  return ({ kind, object }) => {
    const readable = kind === 'user' ? users || basic : groups || (!typed && may(caller, 'deletedGroups'));
    if (!readable) return writeLimited(kind, object.id, select);
    const fields = select ?? (basic && kind === 'user' ? USER_BASIC : null);
    const out: Props = typed
      ? { '@odata.type': `#microsoft.graph.${kind}`, ...write(kind, object, fields) }
      : write(kind, object, fields);
    if (expand !== null && 'managerId' in object) {
      const found = caller.tenant.users.get(object.managerId ?? '');
      // A user without a manager has no member of that name.
      if (found !== undefined && found.deletedAt === null)
        out['manager'] = { '@odata.type': '#microsoft.graph.user', ...write('user', found, expand) };
    }
    return out;
  };
}

/** The members to give of the expanded manager, or null without $expand. */
function parseExpand(query: URLSearchParams, kinds: readonly Kind[]): readonly string[] | null {
  const raw = query.get('$expand');
  if (raw === null) return null;
  const match = /^manager(?:\(\$select=([\w,]+)\))?$/i.exec(raw.trim());
  if (match === null || kinds[0] !== 'user' || kinds.length > 1)
    throw unsupported(`This stand-in expands the manager of users only, not '${raw}'.`);
  return (
    parseSelect(['user'], new URLSearchParams({ $select: match[1] ?? 'id,displayName,userPrincipalName,mail' })) ?? []
  );
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
