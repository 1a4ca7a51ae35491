// Where the objects of an answer come from, and how each of them is written for this caller.
import type { DirectoryGroup, Props, Tenant } from '../model.ts';
import { indexAfter } from '../tenant.ts';
import { denied, unsupported } from './graph-error.ts';
import type { Item, Source } from './listing.ts';
import { may } from './permissions.ts';
import type { Caller } from './permissions.ts';
import { parseSelect, USER_BASIC, write, writeLimited } from './properties.ts';
import type { Kind } from './properties.ts';
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

/** A group with hidden membership shows nobody to an application without the permission for it, and says nothing of that. */
export const hidesMembers = (caller: Caller, group: DirectoryGroup): boolean =>
  group.props['visibility'] === 'HiddenMembership' && !may(caller, 'hidden');

/** How an item of this request is written: selected members, type, expanded manager, and limited information where a type may not be read. */
export function writerOf(request: GraphRequest, kinds: readonly Kind[], typed: boolean): (item: Item) => Props {
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
    const readable =
      kind === 'user'
        ? users || basic || (object.deletedAt !== null && may(caller, 'deletedUsers'))
        : groups || (!typed && may(caller, 'deletedGroups'));
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
