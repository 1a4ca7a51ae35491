// What the control API can do inside of one tenant: people, groups, what applications were granted, and what the tenant has bought.
import type { Asked } from '../http.ts';
import { changeInBulk } from '../bulk.ts';
import type { Beyond, DeadLinkAnswer, ExtensionProperty, Json, Props, TenantFacts } from '../model.ts';
import { StoreError } from '../store/input.ts';
import type { UserInput } from '../store/input.ts';
import type { Store } from '../store.ts';
import { text } from '../tenant.ts';
import { listGroups, listUsers, showGroup, showUser } from './views.ts';

export type Body = { [name: string]: Json };

/** `path` is below the tenant: `users`, `groups`, `grants`, `facts`, `bulk` or `delta` and what follows. */
export function tenantRoute(store: Store, asked: Asked, tid: string, path: string[], body: Body): unknown {
  const [head = '', id = '', part = '', other = ''] = path;
  const query = asked.url.searchParams;
  const tenant = store.tenant(tid);
  const shown = (userId: string) => showUser(tenant, store.user(tid, userId));
  const { roles, managerId, ownerIds, beyond: _beyond, sponsorIds: _sponsors, ...props } = body;
  switch (
    `${asked.method} ${head}${id === '' ? '' : '/id'}${part === '' ? '' : `/${part}`}${other === '' ? '' : '/id'}`
  ) {
    case 'GET users':
      return listUsers(tenant, query);
    case 'POST users': {
      const user = store.createUser(tid, props as UserInput, Array.isArray(roles) ? roles.map(String) : []);
      if (typeof managerId === 'string') store.setManager(tid, user.id, managerId);
      setAround(store, tid, user.id, body);
      return shown(user.id);
    }
    case 'GET users/id':
      return shown(id);
    case 'PATCH users/id': {
      if (Object.keys(props).length > 0) store.updateUser(tid, id, props as Props);
      if (Array.isArray(roles)) store.setRoles(tid, id, roles.map(String));
      if (managerId !== undefined) store.setManager(tid, id, typeof managerId === 'string' ? managerId : null);
      setAround(store, tid, id, body);
      return shown(id);
    }
    case 'DELETE users/id':
      if (query.get('permanent') === '1') store.purge(tid, store.user(tid, id).id);
      else store.deleteUser(tid, id);
      return null;
    case 'POST users/id/restore':
      store.restoreUser(tid, id);
      return shown(id);
    case 'PUT users/id/manager':
      store.setManager(tid, id, text(body['id'] ?? managerId));
      return shown(id);
    case 'DELETE users/id/manager':
      store.setManager(tid, id, null);
      return shown(id);
    case 'GET groups':
      return listGroups(tenant, query);
    case 'POST groups': {
      const group = store.createGroup(tid, props as Props & { displayName: string });
      if (Array.isArray(ownerIds)) store.setOwners(tid, group.id, ownerIds.map(String));
      return showGroup(tenant, group);
    }
    case 'GET groups/id':
      return showGroup(tenant, store.group(tid, id), true);
    case 'PATCH groups/id':
      if (Array.isArray(ownerIds)) store.setOwners(tid, id, ownerIds.map(String));
      return showGroup(tenant, store.updateGroup(tid, id, props as Props));
    case 'DELETE groups/id':
      if (query.get('permanent') === '1') store.purge(tid, store.group(tid, id).id);
      else store.deleteGroup(tid, id);
      return null;
    case 'POST groups/id/restore':
      return showGroup(tenant, store.restoreGroup(tid, id));
    case 'PUT groups/id/members/id':
      store.addMember(tid, id, other);
      return null;
    case 'DELETE groups/id/members/id':
      store.removeMember(tid, id, other);
      return null;
    case 'GET grants':
      return { value: Object.fromEntries(tenant.grants) };
    case 'GET grants/id': {
      const grant = tenant.grants.get(id.toLowerCase());
      if (grant === undefined) throw new StoreError(404, 'The application has no service principal in this tenant.');
      return grant;
    }
    case 'PUT grants/id':
      return store.grant(
        tid,
        id,
        Array.isArray(roles) ? roles.map(String) : (store.app(id)?.requiredRoles ?? []),
        body['enabled'] !== false,
      );
    case 'DELETE grants/id':
      store.revoke(tid, id);
      return null;
    case 'PATCH facts':
      return store.changeFacts(tid, factsOf(body));
    case 'POST bulk':
      return changeInBulk(store, tid, body as Parameters<typeof changeInBulk>[2]);
    case 'POST delta':
      store.invalidateDeltaLinks(tid, (body['answer'] ?? 'gone') as DeadLinkAnswer);
      return { generation: tenant.deltaGeneration };
    default:
      throw new StoreError(404, `There is no control route ${asked.method} ${asked.url.pathname}.`);
  }
}

/** What hangs on a person beside their members: other stores' knowledge, and who answers for them. */
function setAround(store: Store, tid: string, id: string, { beyond, sponsorIds }: Body): void {
  if (typeof beyond === 'object' && beyond !== null && !Array.isArray(beyond))
    store.setBeyond(tid, id, beyond as Beyond);
  if (Array.isArray(sponsorIds)) store.setSponsors(tid, id, sponsorIds.map(String));
}

function factsOf({ premium, extensionProperties }: Body): Partial<TenantFacts> {
  return {
    ...(typeof premium === 'boolean' ? { premium } : {}),
    ...(Array.isArray(extensionProperties)
      ? { extensionProperties: extensionProperties as unknown as ExtensionProperty[] }
      : {}),
  };
}
