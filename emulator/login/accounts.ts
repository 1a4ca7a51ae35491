// Who may be offered on a sign-in page, and whom a typed name means there.
import { ROLE_NAMES } from '../model.ts';
import type { DirectoryUser, Tenant } from '../model.ts';
import { SIGN_IN_ACCOUNTS } from '../people.ts';
import type { Store } from '../store.ts';
import { text } from '../tenant.ts';
import type { ListedAccount } from './sign-in-page.ts';

export interface Account {
  tenant: Tenant;
  user: DirectoryUser;
  homeTenantId: string;
}

export const roleName = (user: DirectoryUser): string =>
  user.roles.map((id) => ROLE_NAMES[id] ?? 'Another role').join(', ') || 'No administrator role';

/** The accounts worth offering: the demo's sign-in accounts and everybody with a directory role. */
export function listAccounts(store: Store, only: Tenant | undefined): ListedAccount[] {
  const highlighted = new Set(SIGN_IN_ACCOUNTS.map((one) => one.upn));
  const accounts: ListedAccount[] = [];
  for (const tenant of only === undefined ? store.tenants.values() : [only]) {
    for (const user of tenant.userOrder) {
      const upn = text(user.props['userPrincipalName']);
      if (
        user.deletedAt !== null ||
        (user.roles.length === 0 && !highlighted.has(upn)) ||
        tenant.users.get(user.id) !== user
      )
        continue;
      accounts.push({ upn, name: text(user.props['displayName']), role: roleName(user), tenant: tenant.displayName });
    }
  }
  return accounts;
}

/** The account a name means: at a tenant's path its own members and guests, else the home account wherever it is. */
export function findAccount(store: Store, only: Tenant | undefined, name: string): Account | 'unknown' | 'foreign' {
  const wanted = name.trim().toLowerCase();
  const home = [...store.tenants.values()].find((tenant) => tenant.idByUpn.has(wanted));
  if (only === undefined) {
    const user = home?.users.get(home.idByUpn.get(wanted) ?? '');
    return home === undefined || user === undefined ? 'unknown' : { tenant: home, user, homeTenantId: home.id };
  }
  const own = only.users.get(only.idByUpn.get(wanted) ?? '');
  if (own !== undefined) return { tenant: only, user: own, homeTenantId: only.id };
  if (home === undefined) return 'unknown';
  // A guest signs in with the name that the home tenant knows.
  const guest = only.userOrder.find(
    (user) =>
      user.deletedAt === null &&
      user.props['userType'] === 'Guest' &&
      text(user.props['mail']).toLowerCase() === wanted,
  );
  return guest === undefined ? 'foreign' : { tenant: only, user: guest, homeTenantId: home.id };
}
