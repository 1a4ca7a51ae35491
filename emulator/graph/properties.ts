// Which members users and groups have, which come without $select, and how one object is written out.
import type { DirectoryGroup, DirectoryUser, Json, Props, Tenant } from '../model.ts';
import { dateTime, USER_LISTS } from '../store/input.ts';
import { GraphError } from './graph-error.ts';
import { GROUP_OUTSIDE, USER_OUTSIDE, valueOutside } from './outside-directory.ts';

export const USER_DEFAULT = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];
/** What User.ReadBasic.All shows. */
export const USER_BASIC = ['id', 'displayName', 'givenName', 'surname', 'mail', 'userPrincipalName'];
const USER_PLAIN =
  'id userPrincipalName mail mailNickname securityIdentifier userType externalUserState externalUserStateChangeDateTime creationType identityParentId createdDateTime deletedDateTime displayName givenName surname jobTitle department companyName employeeId employeeType employeeHireDate employeeLeaveDateTime employeeOrgData officeLocation preferredLanguage usageLocation preferredDataLocation ageGroup consentProvidedForMinor legalAgeGroupClassification mobilePhone faxNumber streetAddress postalCode city state country accountEnabled showInAddressList isResourceAccount isManagementRestricted passwordPolicies passwordProfile lastPasswordChangeDateTime signInSessionsValidFromDateTime onPremisesSyncEnabled onPremisesImmutableId onPremisesSamAccountName onPremisesUserPrincipalName onPremisesDomainName onPremisesDistinguishedName onPremisesSecurityIdentifier onPremisesLastSyncDateTime onPremisesExtensionAttributes'.split(
    ' ',
  );
export const GROUP_DEFAULT =
  'id deletedDateTime classification createdDateTime description displayName expirationDateTime groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions resourceProvisioningOptions securityEnabled securityIdentifier theme uniqueName visibility onPremisesProvisioningErrors serviceProvisioningErrors'.split(
    ' ',
  );
const GROUP_MORE = [
  'assignedLabels',
  'assignedLicenses',
  'isManagementRestricted',
  'hasMembersWithLicenseErrors',
  'licenseProcessingState',
];
const GROUP_LISTS = [
  'groupTypes',
  'proxyAddresses',
  'resourceBehaviorOptions',
  'resourceProvisioningOptions',
  'onPremisesProvisioningErrors',
  'serviceProvisioningErrors',
  'assignedLabels',
  'assignedLicenses',
];

export type Kind = 'user' | 'group';

const names = (list: readonly string[]) => new Map(list.map((name) => [name.toLowerCase(), name]));
const KNOWN: Record<Kind, Map<string, string>> = {
  user: names([...USER_LISTS, ...USER_PLAIN, ...USER_OUTSIDE, 'signInActivity']),
  group: names([...GROUP_DEFAULT, ...GROUP_MORE, ...GROUP_OUTSIDE]),
};
const LISTS: Record<Kind, Set<string>> = { user: new Set(USER_LISTS), group: new Set(GROUP_LISTS) };
const EXTENSION = /^extension_[0-9a-f]{32}_\w+$/i;
const FIFTEEN = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

/** The name as the service spells it, or undefined. */
export function knownName(kind: Kind, name: string): string | undefined {
  return KNOWN[kind].get(name.toLowerCase()) ?? (EXTENSION.test(name) ? name : undefined);
}

/** The members a request selected, spelt as the service spells them; null when it selected none. */
export function parseSelect(
  kinds: readonly Kind[],
  query: URLSearchParams,
  also: readonly string[] = [],
): string[] | null {
  const raw = query.get('$select');
  if (raw === null || raw.trim() === '') return null;
  return raw.split(',').map((part) => {
    const name = part.trim();
    const known =
      kinds.map((kind) => knownName(kind, name)).find((one) => one !== undefined) ??
      also.find((one) => one.toLowerCase() === name.toLowerCase());
    if (known === undefined)
      throw new GraphError(
        400,
        'BadRequest',
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${kinds[0] ?? 'user'}'.`,
      );
    return known;
  });
}

export function valueOf(kind: Kind, object: DirectoryUser | DirectoryGroup, name: string): Json | undefined {
  if (name === 'id') return object.id;
  if (name === 'deletedDateTime') return object.deletedAt === null ? undefined : dateTime(object.deletedAt);
  const outside = valueOutside(object, name);
  if (outside !== undefined) return outside;
  const value = object.props[name];
  if (name === 'onPremisesExtensionAttributes' && kind === 'user') return fifteen(value);
  if (value === undefined && LISTS[kind].has(name)) return [];
  return value;
}

/** All fifteen come, each null where empty. */
function fifteen(value: Json | undefined): Json {
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return Object.fromEntries(FIFTEEN.map((name) => [name, given[name] ?? null]));
}

/** A plain read: exactly the selected members, null where there is no value. */
export function write(kind: Kind, object: DirectoryUser | DirectoryGroup, select: readonly string[] | null): Props {
  const out: Props = {};
  for (const name of select ?? (kind === 'user' ? USER_DEFAULT : GROUP_DEFAULT))
    if (KNOWN[kind].has(name.toLowerCase()) || EXTENSION.test(name)) out[name] = valueOf(kind, object, name) ?? null;
  return out;
}

/** A delta item: a member that never had a value is absent. */
export function writeTracked(
  kind: Kind,
  object: DirectoryUser | DirectoryGroup,
  select: readonly string[] | null,
): Props {
  const out: Props = {};
  for (const name of select ?? (kind === 'user' ? USER_DEFAULT : GROUP_DEFAULT)) {
    const value =
      name === 'onPremisesExtensionAttributes' && object.props[name] === undefined
        ? undefined
        : valueOf(kind, object, name);
    if (value !== undefined) out[name] = value;
  }
  out['id'] = object.id;
  return out;
}

/** An object whose type the application may not read: its id, and nothing else. */
export function writeLimited(kind: Kind, id: string, select: readonly string[] | null): Props {
  const out: Props = { '@odata.type': `#microsoft.graph.${kind}`, id };
  for (const name of select ?? (kind === 'user' ? USER_DEFAULT : GROUP_DEFAULT))
    if (name !== 'id') out[name] = LISTS[kind].has(name) ? [] : null;
  return out;
}

export function kindOf(tenant: Tenant, id: string): Kind | undefined {
  if (tenant.users.has(id)) return 'user';
  return tenant.groups.has(id) ? 'group' : undefined;
}
