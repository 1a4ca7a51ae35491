// Where the objects of an answer come from, and how each of them is written for this caller.
import type { DirectoryGroup, DirectoryUser, Props, Tenant } from '../model.ts';
import { indexAfter } from '../tenant.ts';
import { expandOf } from './expand.ts';
import { denied, notFound } from './graph-error.ts';
import type { Item, Source } from './listing.ts';
import { may } from './permissions.ts';
import { parseSelect, USER_BASIC, write, writeLimited } from './properties.ts';
import type { Kind } from './properties.ts';
import { isGuid } from './request.ts';
import type { GraphRequest } from './request.ts';

export const liveUsers = (tenant: Tenant): Source =>
  function* (afterN) {
    for (let index = indexAfter(tenant.userOrder, afterN); index < tenant.userOrder.length; index += 1) {
      const object = tenant.userOrder[index];
      // Purged users remain as holes in the order.
      if (object !== undefined && object.deletedAt === null && tenant.users.get(object.id) === object)
        yield { n: object.n, kind: 'user', object };
    }
  };

export const liveGroups = (tenant: Tenant): Source =>
  function* (afterN) {
    for (const object of tenant.groupOrder)
      if (object.n > afterN && object.deletedAt === null) yield { n: object.n, kind: 'group', object };
  };

/** Named objects in order of `n`; the deleted ones only when asked for. */
export function objects(tenant: Tenant, ids: readonly string[], only?: Kind, deleted = false): Source {
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
export function writerOf(request: GraphRequest, kinds: readonly Kind[], typed: boolean): (item: Item) => Props {
  const { caller, query } = request;
  const select = parseSelect(kinds, query);
  const expand = expandOf(request, kinds);
  const users = may(caller, 'users');
  const basic = !users && may(caller, 'usersBasic');
  if (
    basic &&
    !typed &&
    kinds[0] === 'user' &&
    (select === null ? false : select.some((name) => !USER_BASIC.includes(name)))
  )
    throw denied();
  const groups = may(caller, 'groups');
  return ({ kind, object }) => {
    const readable =
      kind === 'user'
        ? users || basic || (object.deletedAt !== null && may(caller, 'deletedUsers'))
        : groups || (!typed && may(caller, 'deletedGroups'));
    if (!readable) return writeLimited(kind, object.id, select);
    const fields = select ?? (basic && kind === 'user' ? USER_BASIC : null);
    const out: Props = typed
      ? { '@odata.type': `#microsoft.graph.${kind}`, ...write(kind, object, fields) }
      : write(kind, object, fields);
    expand?.(object, out);
    return out;
  };
}

/** By object id or user principal name; a soft-deleted user is not found by either. */
export function getUser(tenant: Tenant, key: string): DirectoryUser {
  const id = isGuid(key) ? key.toLowerCase() : (tenant.idByUpn.get(key.toLowerCase()) ?? '');
  const user = tenant.users.get(id);
  if (user === undefined || user.deletedAt !== null) throw notFound(key);
  return user;
}

export function getGroup(tenant: Tenant, key: string): DirectoryGroup {
  const group = tenant.groups.get(key.toLowerCase());
  if (group === undefined || group.deletedAt !== null) throw notFound(key);
  return group;
}
