// One tenant's directory as indexes that are kept in step with each other. Nothing here writes to the journal.
import type { DirectoryGroup, DirectoryUser, Json, Props, Tenant } from './model.ts';

export function newTenant(v: {
  id: string;
  displayName: string;
  domains: string[];
  country: string;
  createdAt: number;
}): Tenant {
  return {
    ...v,
    users: new Map(),
    groups: new Map(),
    userOrder: [],
    groupOrder: [],
    idByUpn: new Map(),
    groupsOf: new Map(),
    deletedIds: new Set(),
    userLog: [],
    groupLog: [],
    grants: new Map(),
    lastN: 0,
    lastSeq: 0,
    deltaGeneration: 0,
    deadLinkAnswer: 'gone',
    premium: false,
    technicalMails: [],
    extensionProperties: [],
  };
}

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** What a caller wrote, as text: numbers and truth values are let through, lists and objects are not. */
export const written = (value: Json | undefined): string =>
  typeof value === 'object' || value === undefined ? '' : String(value);

export function putUser(tenant: Tenant, user: DirectoryUser): void {
  const before = tenant.users.get(user.id);
  if (before === undefined) tenant.userOrder.push(user);
  else {
    tenant.idByUpn.delete(text(before.props['userPrincipalName']).toLowerCase());
    if (before !== user) tenant.userOrder[indexAfter(tenant.userOrder, before.n - 1)] = user;
  }
  tenant.users.set(user.id, user);
  indexUser(tenant, user);
}

/** Names the user under its present UPN and state; call `forgetUpn` before changing the UPN in place. */
export function indexUser(tenant: Tenant, user: DirectoryUser): void {
  tenant.lastN = Math.max(tenant.lastN, user.n);
  if (user.deletedAt === null) {
    tenant.idByUpn.set(text(user.props['userPrincipalName']).toLowerCase(), user.id);
    tenant.deletedIds.delete(user.id);
  } else tenant.deletedIds.add(user.id);
}

export function forgetUpn(tenant: Tenant, user: DirectoryUser): void {
  const upn = text(user.props['userPrincipalName']).toLowerCase();
  if (tenant.idByUpn.get(upn) === user.id) tenant.idByUpn.delete(upn);
}

export function putGroup(tenant: Tenant, group: DirectoryGroup): void {
  if (!tenant.groups.has(group.id)) tenant.groupOrder.push(group);
  tenant.groups.set(group.id, group);
  tenant.lastN = Math.max(tenant.lastN, group.n);
  if (group.deletedAt === null) tenant.deletedIds.delete(group.id);
  else tenant.deletedIds.add(group.id);
}

export function forget(tenant: Tenant, id: string): void {
  const user = tenant.users.get(id);
  if (user !== undefined) forgetUpn(tenant, user);
  for (const groupId of tenant.groupsOf.get(id) ?? []) tenant.groups.get(groupId)?.members.delete(id);
  const group = tenant.groups.get(id);
  if (group !== undefined) {
    for (const member of group.members.keys()) tenant.groupsOf.get(member)?.delete(id);
    tenant.groupOrder = tenant.groupOrder.filter((one) => one !== group);
  }
  tenant.groupsOf.delete(id);
  tenant.deletedIds.delete(id);
  // The user stays in userOrder as a hole that readers skip: taking it out would cost a pass over everybody.
  tenant.users.delete(id);
  tenant.groups.delete(id);
}

export function putMember(tenant: Tenant, group: DirectoryGroup, memberId: string, n: number | null): void {
  group.members.delete(memberId);
  if (n === null) {
    tenant.groupsOf.get(memberId)?.delete(group.id);
    return;
  }
  group.members.set(memberId, n);
  tenant.lastN = Math.max(tenant.lastN, n);
  const groups = tenant.groupsOf.get(memberId);
  if (groups === undefined) tenant.groupsOf.set(memberId, new Set([group.id]));
  else groups.add(group.id);
}

/** Index of the first element whose `n` is greater. */
export function indexAfter(list: readonly { n: number }[], n: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.n ?? 0) <= n) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Everything below a group, each once; safe with cycles. The group itself is in it only if it is nested below itself.
 * Of nested groups only those that `shows` lets in are entered.
 */
export function transitiveMembers(
  tenant: Tenant,
  group: DirectoryGroup,
  shows: (nested: DirectoryGroup) => boolean = () => true,
): string[] {
  const seen = new Set<string>();
  const open = [group];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const id of at.members.keys()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const nested = tenant.groups.get(id);
      if (nested !== undefined && nested.deletedAt === null && shows(nested)) open.push(nested);
    }
  }
  return [...seen];
}

export function transitiveGroupsOf(tenant: Tenant, id: string): string[] {
  const seen = new Set<string>();
  const open = [id];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const groupId of tenant.groupsOf.get(at) ?? []) {
      if (seen.has(groupId) || tenant.groups.get(groupId)?.deletedAt !== null) continue;
      seen.add(groupId);
      open.push(groupId);
    }
  }
  return [...seen];
}

/** Whether a dynamic group's rule holds: conditions of the form `(user.x -eq "y")` joined by `-and`. */
export function ruleHolds(rule: string, props: Props): boolean {
  const conditions = [...rule.matchAll(/user\.(\w+)\s+-(eq|ne|startsWith)\s+(?:"([^"]*)"|(true|false))/g)];
  return (
    conditions.length > 0 &&
    conditions.every(([, name, operator, words, truth]) => {
      const value = props[name ?? ''] ?? null;
      if (truth !== undefined) return (operator === 'eq') === (value === (truth === 'true'));
      const left = text(value).toLowerCase();
      const right = (words ?? '').toLowerCase();
      if (operator === 'startsWith') return left.startsWith(right);
      return (operator === 'eq') === (left === right);
    })
  );
}
