// The pages of delta: of a first round, which lists everything, and of later ones, which give what the change log holds since.
import type { Change, DirectoryGroup, Props, Tenant } from '../model.ts';
import { indexAfter } from '../tenant.ts';
import { hidesMembers } from './permissions.ts';
import type { Caller } from './permissions.ts';
import { kindOf, writeTracked } from './properties.ts';
import type { Kind } from './properties.ts';
import type { GraphContext } from './request.ts';

export interface DeltaToken {
  tenantId: string;
  clientId: string;
  kind: Kind;
  select: string[] | null;
  /** Members that were asked for by $expand: the first round has them, and no link carries the wish on. */
  expanded?: boolean;
  ids: string[] | null;
  generation: number;
  at: number;
  /** First round: the last object written, and the last member of it when the object goes on. Later rounds: null. */
  listing: { n: number; memberN: number | null; empty?: boolean } | null;
  /** What the next round starts from; in a first round, where the log stood when it began. */
  seq: number;
}

/** How many log lines one page looks at when a filter lets few through: pages may be empty. */
const SCAN_MAX = 20_000;

export interface Page {
  value: Props[];
  next: DeltaToken | null;
  done: DeltaToken;
}

export function listingPage(graph: GraphContext, caller: Caller, token: DeltaToken): Page {
  const { tenant } = caller;
  const { delta: objectsMax, deltaMembers: membersMax } = graph.store.settings.pageSizes;
  const { removedInFirstRound, emptyPages } = graph.store.settings.deltaQuirks;
  const start = token.listing ?? { n: 0, memberN: null };
  const order = token.kind === 'user' ? tenant.userOrder : tenant.groupOrder;
  const value: Props[] = [];
  let membersLeft = membersMax;
  const { expanded = false, ...carried } = token;
  const done: DeltaToken = { ...carried, listing: null, at: graph.store.now() };
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
    const members = expanded || token.select?.includes('members') === true;
    if ('members' in object && members && !hidesMembers(caller, object)) {
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
export function changesPage(graph: GraphContext, caller: Caller, token: DeltaToken, minimal: boolean): Page {
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
  const changed = alsoChanged(tenant, new Set(changes.flatMap((change) => change.props)));
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

/** Of directory extensions the service reports one change as a change of all that have the same type. */
function alsoChanged(tenant: Tenant, changed: Set<string>): Set<string> {
  const types = new Set<string>();
  for (const { name, dataType } of tenant.extensionProperties) if (changed.has(name)) types.add(dataType);
  for (const { name, dataType } of tenant.extensionProperties) if (types.has(dataType)) changed.add(name);
  // What somebody signs in by follows from the name.
  if (changed.has('userPrincipalName')) changed.add('identities');
  return changed;
}
