// Members that look like a user's or a group's and are kept elsewhere: the profile store, the sign-in logs, a group's mailbox.
// They cost more, come for one object at a time, or need a licence. https://learn.microsoft.com/graph/api/resources/user
import { guidFrom } from '../keys.ts';
import type { DirectoryGroup, DirectoryUser, Json } from '../model.ts';
import { text } from '../tenant.ts';
import { denied, GraphError } from './graph-error.ts';
import { may } from './permissions.ts';
import type { Caller } from './permissions.ts';

/** One user at a time only. */
export const USER_OUTSIDE = [
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
  'mailboxSettings',
];
const PROFILE_LISTS = ['interests', 'pastProjects', 'responsibilities', 'schools', 'skills'];
const PROFILE_DATES = ['birthday', 'hireDate'];
const NO_DATE = '0001-01-01T00:00:00Z';

/** One group at a time only: settings of the mailbox of a Microsoft 365 group. */
const GROUP_MAILBOX: Record<string, Json> = {
  allowExternalSenders: false,
  autoSubscribeNewMembers: false,
  hideFromAddressLists: false,
  hideFromOutlookClients: false,
  isSubscribedByMail: false,
  unseenCount: 0,
};
export const GROUP_OUTSIDE = Object.keys(GROUP_MAILBOX);

/** Refuses members that a collection cannot give. */
export function refuseInCollection(select: readonly string[] | null): void {
  const single = select?.find((name) => USER_OUTSIDE.includes(name) || GROUP_OUTSIDE.includes(name));
  if (single === undefined) return;
  throw new GraphError(
    501,
    'NotImplemented',
    `The property '${single}' can be requested for one object at a time only.`,
  );
}

/** Sign-in activity, asked for or filtered by, takes a premium licence of the tenant and a permission of its own. */
export function checkSignInActivity(caller: Caller, select: readonly string[] | null, filter: string | null): void {
  if (select?.includes('signInActivity') !== true && !/\bsignInActivity\b/i.test(filter ?? '')) return;
  if (!caller.tenant.premium)
    throw new GraphError(
      403,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      "Neither tenant is B2C or tenant doesn't have premium license",
    );
  if (!may(caller, 'signInActivity') || !may(caller, 'users')) throw denied();
}

/** Undefined for a member that is the directory's own. */
export function valueOutside(object: DirectoryUser | DirectoryGroup, name: string): Json | undefined {
  if ('members' in object) {
    const { groupTypes } = object.props;
    if (!GROUP_OUTSIDE.includes(name)) return undefined;
    return Array.isArray(groupTypes) && groupTypes.includes('Unified') ? (GROUP_MAILBOX[name] ?? null) : null;
  }
  if (name === 'signInActivity') return signInActivity(object);
  if (name === 'identities') return object.props['identities'] ?? identities(object);
  if (object.props[name] !== undefined) return undefined;
  if (PROFILE_LISTS.includes(name)) return [];
  return PROFILE_DATES.includes(name) ? NO_DATE : undefined;
}

/** Null for somebody who has never signed in. */
function signInActivity(user: DirectoryUser): Json {
  const at = user.beyond?.lastSignIn ?? null;
  if (at === null) return null;
  const id = (what: string) => guidFrom(`sign-in ${what} ${user.id} ${at}`);
  return {
    lastSignInDateTime: at,
    lastSignInRequestId: id('interactive'),
    lastNonInteractiveSignInDateTime: at,
    lastNonInteractiveSignInRequestId: id('silent'),
    lastSuccessfulSignInDateTime: at,
    lastSuccessfulSignInRequestId: id('successful'),
  };
}

/** Everybody can sign in by their user name in the domain that it is of. */
function identities(user: DirectoryUser): Json {
  const issuerAssignedId = text(user.props['userPrincipalName']);
  return [{ signInType: 'userPrincipalName', issuer: issuerAssignedId.split('@')[1] ?? '', issuerAssignedId }];
}
