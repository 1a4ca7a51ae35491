// Who calls Graph, and what their roles let them read.
import type { AccessToken } from '../login/tokens.ts';
import type { Keys } from '../keys.ts';
import type { DirectoryGroup, Tenant } from '../model.ts';
import type { Store } from '../store.ts';
import { denied, GraphError } from './graph-error.ts';

export interface Caller {
  tenant: Tenant;
  clientId: string;
  /** Application permissions; a person's token has none. */
  roles: ReadonlySet<string>;
  /** Who is signed in; null for an application by itself. */
  userId: string | null;
  /** Delegated permissions of the person's token. */
  scopes: ReadonlySet<string>;
}

const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All'];
export const READS = {
  usersBasic: ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  users: ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  groups: ['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY],
  deletedUsers: ['User.DeleteRestore.All', 'User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  deletedGroups: ['Group.Read.All', 'Group.ReadWrite.All', ...DIRECTORY],
  organization: ['Organization.Read.All', 'User.Read.All', 'User.ReadWrite.All', ...DIRECTORY],
  directory: DIRECTORY,
  hidden: ['Member.Read.Hidden'],
  photos: ['ProfilePhoto.Read.All', 'User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All'],
  mailboxSettings: ['MailboxSettings.Read'],
  domains: ['Domain.Read.All', ...DIRECTORY],
  applications: ['Application.Read.All', ...DIRECTORY],
  licences: ['Organization.Read.All', ...DIRECTORY],
  signInActivity: ['AuditLog.Read.All'],
  otherTenants: ['CrossTenantInformation.ReadBasic.All'],
} as const;

export const may = (caller: Caller, what: keyof typeof READS): boolean =>
  READS[what].some((role) => caller.roles.has(role));

export function need(caller: Caller, what: keyof typeof READS): void {
  if (!may(caller, what)) throw denied();
}

/** A group with hidden membership shows nobody to an application without the permission for it, and says nothing of that. */
export const hidesMembers = (caller: Caller, group: DirectoryGroup): boolean =>
  group.props['visibility'] === 'HiddenMembership' && !may(caller, 'hidden');

export function identify(store: Store, keys: Keys, authorization: string | undefined): Caller {
  const sealed = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (sealed === undefined) throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  const token = keys.unseal('access', sealed) as unknown as AccessToken | null; // sealed by us
  if (token === null)
    throw new GraphError(401, 'InvalidAuthenticationToken', 'CompactToken parsing failed with error code: 80049217');
  if (token.expiresAt <= store.now())
    throw new GraphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.');
  const tenant = store.findTenant(token.tenantId);
  const grant = tenant?.grants.get(token.clientId.toLowerCase());
  const unknown = () =>
    new GraphError(
      store.settings.identityNotFoundStatus,
      'Authorization_IdentityNotFound',
      'The identity of the calling application could not be established.',
    );
  if (tenant === undefined || grant === undefined) throw unknown();
  if (token.userId === null && token.principalId === null) throw unknown();
  // The application was removed and consented to anew: an old token names a service principal that is gone.
  if (token.principalId !== null && token.principalId !== grant.principalId) throw unknown();
  if (!grant.enabled)
    throw new GraphError(401, 'Authorization_IdentityDisabled', 'The identity of the calling application is disabled.');
  // A role taken back counts at once; a role granted later needs a new token.
  return {
    tenant,
    clientId: token.clientId,
    roles: new Set(token.roles.filter((role) => grant.roles.includes(role))),
    userId: token.userId,
    scopes: new Set(token.scopes ?? []),
  };
}
