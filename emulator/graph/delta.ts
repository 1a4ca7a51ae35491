// Delta: a first round that lists everything, then links that give only what the change log holds since.
// A link carries its own position and options, sealed; nothing about it is kept, so it outlives a restart.
import type { Change, DeadLinkAnswer, DirectoryGroup, Json, Props, Tenant } from '../model.ts';
import { indexAfter } from '../tenant.ts';
import { parseFilter } from './filter.ts';
import { deadLinkError } from './dead-link.ts';
import { badRequest, unsupported } from './graph-error.ts';
import type { GraphError } from './graph-error.ts';
import { hidesMembers } from './permissions.ts';
import type { Caller } from './permissions.ts';
import { kindOf, parseSelect, writeTracked } from './properties.ts';
import type { Kind } from './properties.ts';
import type { GraphContext, GraphRequest } from './request.ts';

interface DeltaToken {
  tenantId: string;
  clientId: string;
  kind: Kind;
  select: string[] | null;
  ids: string[] | null;
  generation: number;
  at: number;
  /** First round: the last object written, and the last member of it when the object goes on. Later rounds: null. */
  listing: { n: number; memberN: number | null; empty?: boolean } | null;
  /** What the next round starts from; in a first round, where the log stood when it began. */
  seq: number;
}

const IDS_MAX = 50;
const DAY_MS = 86_400_000;
/** How many log lines one page looks at when a filter lets few through: pages may be empty. */
const SCAN_MAX = 20_000;

interface Page {
  value: Props[];
  next: DeltaToken | null;
  done: DeltaToken;
}

export function answerDelta(graph: GraphContext, request: GraphRequest, kind: Kind): Json {
  const skip = request.query.get('$skiptoken');
  const delta = request.query.get('$deltatoken') ?? request.query.get('$deltaToken');
  const page =
    skip !== null
      ? turn(graph, request, openLink(graph, request, kind, 'deltaskip', skip), false)
      : delta !== null && delta !== '' && delta !== 'latest'
        ? turn(graph, request, openLink(graph, request, kind, 'delta', delta), true)
        : first(graph, request, kind, delta === 'latest');
  const path = kind === 'user' ? 'users' : 'groups';
  const link = (name: string, sealed: string) => `${graph.publicUrl}/v1.0/${path}/delta?${name}=${sealed}`;
  const seal = (as: string, token: DeltaToken) => graph.keys.seal(as, token as unknown as Json); // plain data by its type
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#${path}`,
    ...(page.next === null
      ? { '@odata.deltaLink': link('$deltatoken', seal('delta', page.done)) }
      : { '@odata.nextLink': link('$skiptoken', seal('deltaskip', page.next)) }),
    value: page.value,
  };
}

function first(graph: GraphContext, request: GraphRequest, kind: Kind, latest: boolean): Page {
  const { query, caller } = request;
  for (const name of ['$expand', '$orderby', '$search', '$count', '$skip'])
    if (query.has(name)) throw unsupported('Unsupported Query.');
  const filter = query.get('$filter');
  const ids = filter === null ? null : parseIds(kind, filter);
  const token: DeltaToken = {
    tenantId: caller.tenant.id,
    clientId: caller.clientId,
    kind,
    select: parseSelect([kind], query, kind === 'user' ? ['manager'] : ['members']),
    ids,
    generation: caller.tenant.deltaGeneration,
    at: graph.store.now(),
    listing: null,
    seq: caller.tenant.lastSeq,
  };
  if (latest) return { value: [], next: null, done: token };
  return turn(
    graph,
    request,
    { ...token, listing: { n: 0, memberN: null, empty: graph.store.settings.deltaQuirks.emptyPages } },
    false,
  );
}

function parseIds(kind: Kind, filter: string): string[] {
  const parsed = (() => {
    try {
      return parseFilter(kind, filter);
    } catch {
      throw unsupported('Unsupported Query.');
    }
  })();
  if (parsed.ids === null || parsed.ids.length > IDS_MAX) throw unsupported('Unsupported Query.');
  return parsed.ids;
}

/** One page from where the token stands. */
function turn(graph: GraphContext, request: GraphRequest, token: DeltaToken, newRound: boolean): Page {
  const { caller } = request;
  const quirks = graph.store.settings.deltaQuirks;
  const minimal = /\breturn=minimal\b/i.test(request.headers['prefer'] ?? '');
  const fresh: DeltaToken = { ...token, at: newRound ? graph.store.now() : token.at };
  if (fresh.listing?.empty === true || (newRound && quirks.emptyPages && token.listing === null)) {
    // The next page begins where this one would have.
    const next: DeltaToken = {
      ...fresh,
      listing: fresh.listing === null ? null : { n: fresh.listing.n, memberN: fresh.listing.memberN },
    };
    return { value: [], next, done: fresh };
  }
  const page = fresh.listing === null ? changesPage(graph, caller, fresh, minimal) : listingPage(graph, caller, fresh);
  if (quirks.duplicates && page.value[0] !== undefined) page.value.push(page.value[0]);
  if (quirks.reversed) page.value.reverse();
  return page;
}

function listingPage(graph: GraphContext, caller: Caller, token: DeltaToken): Page {
  const { tenant } = caller;
  const { delta: objectsMax, deltaMembers: membersMax } = graph.store.settings.pageSizes;
  const { removedInFirstRound, emptyPages } = graph.store.settings.deltaQuirks;
  const start = token.listing ?? { n: 0, memberN: null };
  const order = token.kind === 'user' ? tenant.userOrder : tenant.groupOrder;
  const value: Props[] = [];
  let membersLeft = membersMax;
  const done: DeltaToken = { ...token, listing: null, at: graph.store.now() };
  const stop = (n: number, memberN: number | null): Page => ({
    value,
    next: { ...token, listing: { n, memberN, ...(emptyPages ? { empty: true } : {}) } },
    done,
  });
  // An object whose members go on is taken up again; else the next one.
  for (
    let index = indexAfter(order, start.memberN === null ? start.n : start.n - 1);
    index < order.length;
    index += 1
  ) {
    const object = order[index];
    if (object === undefined || (token.ids !== null && !token.ids.includes(object.id))) continue;
    if (tenant.users.get(object.id) !== object && tenant.groups.get(object.id) !== object) continue;
    if (object.deletedAt !== null) {
      if (removedInFirstRound) value.push({ id: object.id, '@removed': { reason: 'changed' } });
      continue;
    }
    if (value.length >= objectsMax || membersLeft <= 0) return stop(order[index - 1]?.n ?? 0, null);
    const item = writeTracked(
      token.kind,
      object,
      token.select?.filter((name) => name !== 'manager' && name !== 'members') ?? null,
    );
    if ('members' in object && token.select?.includes('members') === true && !hidesMembers(caller, object)) {
      const afterN = object.n === start.n ? (start.memberN ?? 0) : 0;
      const part = membersPart(tenant, object, afterN, membersLeft);
      if (part.list.length > 0) item['members@delta'] = part.list;
      membersLeft -= part.list.length;
      value.push(item);
      if (part.lastN !== null) return stop(object.n, part.lastN);
      continue;
    }
    if ('managerId' in object && object.managerId !== null && token.select?.includes('manager') === true)
      item['manager@delta'] = [{ '@odata.type': '#microsoft.graph.user', id: object.managerId }];
    value.push(item);
  }
  return { value, next: null, done };
}

/** The members after `afterN`; `lastN` says where to go on, or null at the end. Soft-deleted people are still members. */
function membersPart(
  tenant: Tenant,
  group: DirectoryGroup,
  afterN: number,
  max: number,
): { list: Props[]; lastN: number | null } {
  const list: Props[] = [];
  let lastN = afterN;
  for (const [id, n] of group.members) {
    if (n <= afterN) continue;
    if (list.length === max) return { list, lastN };
    list.push({ '@odata.type': `#microsoft.graph.${kindOf(tenant, id) ?? 'user'}`, id });
    lastN = n;
  }
  return { list, lastN: null };
}

/** Costs what has changed and not what there is: the log is entered at the token's position. */
function changesPage(graph: GraphContext, caller: Caller, token: DeltaToken, minimal: boolean): Page {
  const { tenant } = caller;
  const { delta: objectsMax, deltaMembers: membersMax } = graph.store.settings.pageSizes;
  const log = token.kind === 'user' ? tenant.userLog : tenant.groupLog;
  const met = new Map<string, Change[]>();
  let seq = token.seq;
  let lines = 0;
  let members = 0;
  let more = false;
  for (let index = firstAfter(log, token.seq); index < log.length; index += 1) {
    const change = log[index];
    if (change === undefined) break;
    const known = met.get(change.id);
    if ((known === undefined && met.size === objectsMax) || lines === SCAN_MAX || members === membersMax) {
      more = true;
      break;
    }
    lines += 1;
    seq = change.seq;
    if (token.ids !== null && !token.ids.includes(change.id)) continue;
    if (change.props[0] === 'members') members += 1;
    if (known === undefined) met.set(change.id, [change]);
    else known.push(change);
  }
  const value: Props[] = [];
  for (const [id, changes] of met) {
    const item = writeChanges(caller, token, id, changes, minimal);
    if (item !== null) value.push(item);
  }
  const on: DeltaToken = { ...token, seq };
  return more
    ? { value, next: on, done: on }
    : { value, next: null, done: { ...on, seq: Math.max(seq, tenant.lastSeq), at: graph.store.now() } };
}

function writeChanges(
  caller: Caller,
  token: DeltaToken,
  id: string,
  changes: readonly Change[],
  minimal: boolean,
): Props | null {
  const { tenant } = caller;
  const object = token.kind === 'user' ? tenant.users.get(id) : tenant.groups.get(id);
  if (object === undefined) return { id, '@removed': { reason: 'deleted' } };
  if (object.deletedAt !== null) return { id, '@removed': { reason: 'changed' } };
  const changed = new Set(changes.flatMap((change) => change.props));
  const whole = changed.has('*');
  const scalars = token.select?.filter((name) => name !== 'manager' && name !== 'members') ?? null;
  const relation = token.kind === 'user' ? 'manager' : 'members';
  const relationTracked =
    token.select?.includes(relation) === true && !('members' in object && hidesMembers(caller, object));
  const full = writeTracked(token.kind, object, scalars);
  const relationList = relationTracked
    ? token.kind === 'user'
      ? managerChanges(changes, 'managerId' in object ? object.managerId : null, whole)
      : memberChanges(tenant, changes)
    : [];
  // Only what the link tracks is a change for it.
  if (!whole && relationList.length === 0 && ![...changed].some((name) => name in full)) return null;
  const item: Props =
    minimal && !whole
      ? Object.fromEntries(Object.entries(full).filter(([name]) => name === 'id' || changed.has(name)))
      : full;
  if (relationList.length > 0) item[`${relation}@delta`] = relationList;
  return item;
}

/** The last word about each member counts. */
function memberChanges(tenant: Tenant, changes: readonly Change[]): Props[] {
  const last = new Map<string, boolean>();
  for (const { props, member, added } of changes)
    if (props[0] === 'members' && member !== undefined) last.set(member, added === true);
  return [...last].map(([id, added]) => ({
    '@odata.type': `#microsoft.graph.${kindOf(tenant, id) ?? 'user'}`,
    id,
    ...(added ? {} : { '@removed': { reason: 'deleted' } }),
  }));
}

function managerChanges(changes: readonly Change[], managerId: string | null, whole: boolean): Props[] {
  const moves = changes.filter((change) => change.props[0] === 'manager');
  if (moves.length === 0 && !(whole && managerId !== null)) return [];
  const before = moves[0]?.before;
  return [
    ...(before === undefined || before === managerId
      ? []
      : [{ '@odata.type': '#microsoft.graph.user', id: before, '@removed': { reason: 'deleted' } }]),
    ...(managerId === null ? [] : [{ '@odata.type': '#microsoft.graph.user', id: managerId }]),
  ];
}

function firstAfter(log: readonly Change[], seq: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function openLink(graph: GraphContext, request: GraphRequest, kind: Kind, as: string, sealed: string): DeltaToken {
  const { tenant, clientId } = request.caller;
  const token = graph.keys.unseal(as, sealed) as unknown as DeltaToken | null; // sealed by us
  if (token === null || token.kind !== kind || token.tenantId !== tenant.id || token.clientId !== clientId)
    throw badRequest('The delta or skip token is not valid for this request.');
  if (token.generation !== tenant.deltaGeneration) throw deadLink(graph, token, tenant.deadLinkAnswer);
  if (graph.store.now() - token.at > graph.store.settings.deltaLinkDays * DAY_MS)
    throw deadLink(graph, token, graph.store.settings.expiredDeltaAnswer);
  return token;
}

function deadLink(graph: GraphContext, token: DeltaToken, answer: DeadLinkAnswer): GraphError {
  const path = token.kind === 'user' ? 'users' : 'groups';
  const select = token.select === null ? '' : `$select=${token.select.join(',')}&`;
  return deadLinkError(answer, `${graph.publicUrl}/v1.0/${path}/delta?${select}$deltatoken=`);
}
