// How the control API shows people, groups and the whole.
import { roleName } from '../login/accounts.ts';
import type { DirectoryGroup, DirectoryUser, Tenant } from '../model.ts';
import { SIGN_IN_ACCOUNTS } from '../people.ts';
import { dateTime } from '../store/input.ts';
import type { Store } from '../store.ts';
import { text } from '../tenant.ts';

export function showState(store: Store, publicUrl: string): unknown {
  return {
    url: publicUrl,
    now: new Date(store.now()).toISOString(),
    clockOffsetSeconds: store.clockOffsetMs / 1000,
    settings: store.settings,
    apps: [...store.apps.values()],
    faults: store.faults.list(),
    signInAccounts: SIGN_IN_ACCOUNTS,
    tenants: [...store.tenants.values()].map((tenant) => ({
      id: tenant.id,
      displayName: tenant.displayName,
      domains: tenant.domains,
      users: [...tenant.users.values()].reduce((sum, user) => sum + (user.deletedAt === null ? 1 : 0), 0),
      groups: tenant.groupOrder.filter((group) => group.deletedAt === null).length,
      deleted: tenant.deletedIds.size,
      grants: Object.fromEntries(tenant.grants),
    })),
  };
}

export function showUser(tenant: Tenant, user: DirectoryUser): Record<string, unknown> {
  const manager = tenant.users.get(user.managerId ?? '');
  return {
    ...user.props,
    id: user.id,
    roles: user.roles,
    roleName: roleName(user),
    ...(user.beyond === undefined ? {} : { beyond: user.beyond }),
    ...(user.sponsorIds === undefined ? {} : { sponsorIds: user.sponsorIds }),
    managerId: user.managerId,
    managerName: manager === undefined ? null : text(manager.props['displayName']),
    deletedDateTime: user.deletedAt === null ? null : dateTime(user.deletedAt),
    groups: [...(tenant.groupsOf.get(user.id) ?? [])].map((id) => ({
      id,
      displayName: text(tenant.groups.get(id)?.props['displayName']),
    })),
  };
}

export function showGroup(tenant: Tenant, group: DirectoryGroup, withMembers = false): Record<string, unknown> {
  return {
    ...group.props,
    id: group.id,
    dynamic: group.props['membershipRuleProcessingState'] === 'On',
    memberCount: group.members.size,
    ...(group.ownerIds === undefined ? {} : { ownerIds: group.ownerIds }),
    deletedDateTime: group.deletedAt === null ? null : dateTime(group.deletedAt),
    ...(withMembers
      ? {
          members: [...group.members.keys()].map((id) => ({
            id,
            type: tenant.users.has(id) ? 'user' : 'group',
            displayName: text((tenant.users.get(id) ?? tenant.groups.get(id))?.props['displayName']),
          })),
        }
      : {}),
  };
}

const LIST_DEFAULT = 50;

/** `search` in name, UPN, title and department; `deleted=1`; `group=id`; `offset` and `limit`. */
export function listUsers(tenant: Tenant, query: URLSearchParams): unknown {
  const wanted = (query.get('search') ?? '').toLowerCase();
  const deleted = query.get('deleted') === '1';
  const group = query.get('group');
  const list = tenant.userOrder.filter((user) => {
    if ((user.deletedAt !== null) !== deleted || tenant.users.get(user.id) !== user) return false;
    if (group !== null && tenant.groups.get(group)?.members.has(user.id) !== true) return false;
    if (wanted === '') return true;
    return ['displayName', 'userPrincipalName', 'mail', 'jobTitle', 'department'].some((name) =>
      text(user.props[name]).toLowerCase().includes(wanted),
    );
  });
  return paged(list, query, (user) => showUser(tenant, user));
}

export function listGroups(tenant: Tenant, query: URLSearchParams): unknown {
  const wanted = (query.get('search') ?? '').toLowerCase();
  const deleted = query.get('deleted') === '1';
  const list = tenant.groupOrder.filter(
    (group) =>
      (group.deletedAt !== null) === deleted && text(group.props['displayName']).toLowerCase().includes(wanted),
  );
  return paged(list, query, (group) => showGroup(tenant, group));
}

function paged<T>(list: T[], query: URLSearchParams, show: (one: T) => unknown): unknown {
  const offset = Math.max(0, Number(query.get('offset') ?? 0) || 0);
  const limit = Math.min(1000, Math.max(1, Number(query.get('limit') ?? LIST_DEFAULT) || LIST_DEFAULT));
  return { total: list.length, offset, value: list.slice(offset, offset + limit).map(show) };
}
