// What else can be read over Graph: relations, photos, mailboxes, licences, domains, applications, and subscriptions with what
// they tell. None of it is read by the client yet but where it says so.
import { askNotice, askPurge, askRestore, withPerson, withPremium, withSubscription } from './more-requests.ts';
import type { EmulatorUse, Used } from './table-types.ts';
import { bare, extra, missing, paged, retyped, shortened, untyped } from './tolerances.ts';

const read = (kind: string, a: EmulatorUse): Used => ({ kind, a });
const typos = 'the recorded ids have lost their hyphens, or stand for nothing in the directory';
const groupIds = ({ ids }: { ids: Record<string, string> }) => ({ groupIds: [ids['group'], ids['inner']] });
const security = { securityEnabledOnly: false };
const because = 'the recorded body asks for groups that the person of the tests is not in';
const assignments = [
  extra(/value\[\]\.deletedDateTime/, 'the page leaves out a member that its sister page of the same type shows'),
];

const placeholderId = (place: string) => retyped(new RegExp(place), 'the page has a placeholder instead of an id');

const bought = extra(
  /(value\[\]\.)?(accountId|accountName|subscriptionIds)/,
  'the page leaves out members that the list of 2025 shows',
);

export const more: Record<string, Used> = {
  'directoryobject-get-01': read('objects by id', { tolerate: [bare, untyped(''), shortened(''), placeholderId('id')] }),
  'docs2025-get-directoryObjects': read('objects by id', { tolerate: [missing(/@odata\.id/, 'shown by this one page only')] }),
  'directoryobject-checkmembergroups-01': read('memberships', { body: groupIds, because: typos, tolerate: [bare] }),
  'docs2025-post-directoryObjects-checkMemberGroups': read('memberships', { body: groupIds, because: typos }),
  'directoryobject-getmembergroups-01': read('memberships', { body: () => security, because }),
  'docs2025-post-directoryObjects-getMemberGroups': read('memberships', { body: () => security, because }),
  'docs2025-post-directoryObjects-getMemberObjects': read('memberships', { body: () => security, because }),
  'user-getmembergroups-01': read('memberships', { ask: (world) => withPerson(world, 'POST', '/me/getMemberGroups', security), because, tolerate: [bare, retyped(/value\[\]/, 'the page has a placeholder instead of an id')] }),
  'user-list-directreports-01': read('users: relations', { path: '/users/{user}/directReports', because: 'a person\'s own token may not read reports with User.Read', tolerate: [bare, untyped(), shortened()] }),
  'docs2025-get-users-sponsors': read('users: relations', { tolerate: [shortened()] }),
  'user-list-manager-02': read('users: relations', { path: '/users/{member}?$expand=manager($levels=max;$select=id,displayName)&$select=id,displayName&$count=true', headers: { ConsistencyLevel: 'eventual' }, because: '/me may not read its manager with User.Read', tolerate: [bare, extra(/manager(\.manager)*\.@odata\.type/, 'the page leaves out the type of the managers')] }),
  'user-list-licensedetails-01': read('licences', { path: '/users/{licensed}/licenseDetails', because: 'the person of the tests has no licence in the catalogue', tolerate: [bare, placeholderId('value\\[\\]\\.(skuId|servicePlans\\[\\]\\.servicePlanId)')] }),
  'profilephoto-get-01': read('photos', { ask: (world) => withPerson(world, 'GET', '/me/photo') }),
  'profilephoto-get-02': read('photos', { ask: (world) => withPerson(world, 'GET', '/me/photo') }),
  'user-get-mailboxsettings-01': read('mailbox settings', { ask: (world) => withPerson(world, 'GET', '/me/mailboxSettings'), tolerate: [shortened('')] }),
  'user-get-mailboxsettings-02': read('mailbox settings', { ask: (world) => withPerson(world, 'GET', '/me/mailboxSettings/automaticRepliesSetting') }),
  'user-get-mailboxsettings-03': read('mailbox settings', { ask: (world) => withPerson(world, 'GET', '/me/mailboxSettings/workingHours'), tolerate: [missing(/timeZone\.(@odata\.type|bias|standardOffset|daylightOffset)/, 'the recorded person has made a time zone of their own; the emulator knows named ones')] }),
  'domain-get-01': read('domains', { tolerate: [bare, shortened('')] }),
  'domain-list-01': read('domains', { tolerate: [bare, shortened()] }),
  'docs2025-get-domains': read('domains', { tolerate: [extra(/manufacturer|model/, 'members of the published model that the page leaves out')] }),
  'docs2025-get-domains-2': read('domains', { tolerate: [bare, shortened()] }),
  'serviceprincipal-list-approleassignedto-01': read('app roles', {}),
  'serviceprincipal-list-approleassignments-01': read('app roles', { tolerate: assignments }),
  'docs2025-get-servicePrincipals-appRoleAssignedTo': read('app roles', {}),
  'docs2025-get-servicePrincipals-appRoleAssignments': read('app roles', { tolerate: assignments }),
  'user-list-approleassignments-01': read('app roles', { path: '/users/{person}/appRoleAssignments', tolerate: [bare] }),
  'user-list-approleassignments-02': read('app roles', { path: '/users/{person}/appRoleAssignments?$filter=resourceId eq {principal}', tolerate: assignments }),
  'docs2025-get-users-appRoleAssignments-count-true': read('app roles', { path: '/users/{person}/appRoleAssignments?$count=true', tolerate: [bare] }),
  'docs2025-get-users-appRoleAssignments-filter-resourceId-eq': read('app roles', { path: '/users/{person}/appRoleAssignments?$filter=resourceId eq {principal}', tolerate: assignments }),
  'application-list-extensionproperty-01': read('extensions', { tolerate: [bare, extra(/value\[\]\.isMultiValued/, 'newer than the page; the pages of 2023 and 2025 show it')] }),
  'docs2025-get-applications-extensionProperties': read('extensions', { path: '/applications/{application}/extensionProperties/{extension}', tolerate: [extra(/isMultiValued/, 'the page leaves out a member that the list shows')] }),
  'docs2025-get-applications-extensionProperties-2': read('extensions', {}),
  'directoryobject-getavailableextensionproperties-01': read('extensions', { body: () => ({ isSyncedFromOnPremises: false }), because: 'the recorded body has the type in place of a value', tolerate: [bare, extra(/value\[\]\.isMultiValued/, 'newer than the page')] }),
  'docs2025-post-directoryObjects-getAvailableExtensionProperties': read('extensions', { tolerate: [extra(/value\[\]\.isMultiValued/, 'the page leaves out a member that its sister pages show')] }),
  'directory-deleteditems-restore-01': read('deleted items', { ask: askRestore, tolerate: [shortened('')] }),
  'docs2025-post-directory-deletedItems-restore': read('deleted items', { ask: askRestore, tolerate: [shortened('')] }),
  'docs2025-delete-directory-deletedItems': read('deleted items', { ask: askPurge }),
  'subscription-post-subscriptions-01': read('subscriptions', { ask: (world) => withSubscription(world, 'POST'), because: 'a resource of the directory, which alone the emulator has', tolerate: [shortened('')] }),
  'docs2025-post-subscriptions': read('subscriptions', { ask: (world) => withSubscription(world, 'POST'), because: 'a resource of the directory, which alone the emulator has', tolerate: [shortened('')] }),
  'subscription-get-01': read('subscriptions', { ask: (world) => withSubscription(world, 'GET'), tolerate: [bare, shortened(''), placeholderId('applicationId|creatorId')] }),
  'docs2025-get-subscriptions': read('subscriptions', { ask: (world) => withSubscription(world, 'GET'), tolerate: [bare, shortened(''), placeholderId('applicationId|creatorId')] }),
  'subscription-list-01': read('subscriptions', { ask: (world) => withSubscription(world, 'LIST'), tolerate: [shortened()] }),
  'docs2025-get-subscriptions-2': read('subscriptions', { ask: (world) => withSubscription(world, 'LIST'), tolerate: [shortened()] }),
  'subscription-update-01': read('subscriptions', { ask: (world) => withSubscription(world, 'PATCH'), tolerate: [bare, shortened('')] }),
  'docs2025-patch-subscriptions': read('subscriptions', { ask: (world) => withSubscription(world, 'PATCH'), tolerate: [bare, shortened('')] }),
  'subscription-delete-01': read('subscriptions', { ask: (world) => withSubscription(world, 'DELETE') }),
  'docs2025-delete-subscriptions': read('subscriptions', { ask: (world) => withSubscription(world, 'DELETE') }),
  'docs2025-post-subscriptions-reauthorize': read('subscriptions', { ask: (world) => withSubscription(world, 'REAUTHORIZE') }),
  'graph-notification-group-updated-real': read('notifications', { ask: (world) => askNotice(world, 'groups') }),
  'webhooks-01': { kind: 'notifications', skipped: 'about a message of Outlook, which has other members' },
  'webhooks-lifecycle-01': { kind: 'notifications', skipped: 'subscriptionRemoved comes for Outlook and Teams only (graph-protocol.md 11.2)' },
  'webhooks-lifecycle-02': { kind: 'notifications', skipped: 'missed comes for Outlook and Teams only (graph-protocol.md 11.2)' },
  'graph-notification-lifecycle': { kind: 'notifications', skipped: 'a description of the three events at once, no delivery' },
  'webhooks-lifecycle-03': read('notifications', { ask: (world) => askNotice(world, 'lifecycle') }),
  'subscribedsku-list-01': read('licences', { tolerate: [bought, extra(/value\[\]\.prepaidUnits\.lockedOut/, 'newer than the page; that of 2025 shows it')] }),
  'docs2025-get-subscribedSkus': read('licences', { path: '/subscribedSkus/{sku}', tolerate: [bought] }),
  'docs2025-get-subscribedSkus-2': read('licences', {}),
  'docs2025-get-tenantRelationships-findTenantInformationByDomainName-domain': read('other tenants', { path: "/tenantRelationships/findTenantInformationByDomainName(domainName='{domain}')" }),
  'docs2025-get-tenantRelationships-findTenantInformationByTenantId-tenantId': read('other tenants', { path: "/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenant}')" }),
  'docs2025-get-users-select-displayName-userPrincipalName-signInActivity': read('users: list', { ask: (world) => withPremium(world, '/users?$select=displayName,userPrincipalName,signInActivity'), because: 'a tenant with the licence that it takes', tolerate: [paged, missing(/value\[\]\.id/, 'the page shows an id that its request does not select; graph-protocol.md 8.2 says that none is added (docs/protocol-disagreements.md)'), retyped(/value\[\]\.signInActivity\.lastSuccessfulSignIn(DateTime|RequestId)/, 'empty on the page, which was recorded before Microsoft filled them')] }),
  'json-batching-01': { kind: 'batch', b: { kind: 'batch' } },
  'graph-batch-2025-response': { kind: 'batch', b: { kind: 'batch' } },
}; // prettier-ignore
