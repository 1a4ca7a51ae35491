// Many changes at once, for tests of scale.
import type { Store } from './store.ts';
import { text } from './tenant.ts';
import { syntheticUser } from './seed/synthetic.ts';

export interface Bulk {
  create?: number;
  rename?: number;
  delete?: number;
}

export function changeInBulk(
  store: Store,
  tenantId: string,
  bulk: Bulk,
): { created: number; renamed: number; deleted: number } {
  const tenant = store.tenant(tenantId);
  const alive = tenant.userOrder.filter(
    (user) => user.deletedAt === null && user.roles.length === 0 && tenant.users.get(user.id) === user,
  );
  const count = { created: 0, renamed: 0, deleted: 0 };
  const first = tenant.lastN;
  for (let index = 0; index < (bulk.create ?? 0); index += 1) {
    const { id: _id, ...input } = syntheticUser(tenant.domains[0] ?? '', first + index, 'bulk');
    store.createUser(tenant.id, input);
    count.created += 1;
  }
  for (const user of alive.slice(0, bulk.rename ?? 0)) {
    store.updateUser(tenant.id, user.id, { displayName: `${text(user.props['displayName'])} ${count.renamed + 1}` });
    count.renamed += 1;
  }
  // From the end, so that renaming and deleting in one call meet different people.
  for (const user of bulk.delete === undefined ? [] : alive.slice(-bulk.delete)) {
    store.deleteUser(tenant.id, user.id);
    count.deleted += 1;
  }
  return count;
}
