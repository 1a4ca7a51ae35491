// The organisation, deleted items, and objects by their ids.
import type { Json, Props } from '../model.ts';
import { dateTime } from '../store/input.ts';
import { text } from '../tenant.ts';
import { badRequest, denied, notFound } from './graph-error.ts';
import { answerCollection } from './listing.ts';
import { objects, writerOf } from './objects.ts';
import { may, need } from './permissions.ts';
import { answerEntity, answerList } from './plain-list.ts';
import { kindOf, parseSelect, write } from './properties.ts';
import type { Kind } from './properties.ts';
import { isGuid, parseJson } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

const IDS_MAX = 1000;

export function organization(graph: GraphContext, request: GraphRequest, key: string): Json {
  need(request.caller, 'organization');
  const { tenant } = request.caller;
  if (key !== '' && key.toLowerCase() !== tenant.id) throw notFound(key);
  const all: Props = {
    id: tenant.id,
    deletedDateTime: null,
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode: tenant.country,
    createdDateTime: dateTime(tenant.createdAt),
    displayName: tenant.displayName,
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    postalCode: null,
    preferredLanguage: 'sv',
    state: null,
    street: null,
    technicalNotificationMails: tenant.technicalMails,
    tenantType: 'AAD',
    assignedPlans: [],
    provisionedPlans: [],
    defaultUsageLocation: tenant.country,
    marketingNotificationEmails: [],
    mobileDeviceManagementAuthority: 'unknown',
    partnerTenantType: null,
    privacyProfile: null,
    securityComplianceNotificationMails: [],
    securityComplianceNotificationPhones: [],
    verifiedDomains: tenant.domains.map((name, index) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: index === 0,
      isInitial: name.endsWith('.onmicrosoft.com'),
      name,
      type: 'Managed',
    })),
  };
  const select = request.query.get('$select')?.split(',') ?? Object.keys(all);
  const one: Props = {};
  for (const name of select.map((part) => part.trim())) {
    const value = all[name];
    if (value === undefined)
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.organization'.`);
    one[name] = value;
  }
  if (key !== '') return { '@odata.context': `${graph.publicUrl}/v1.0/$metadata#organization/$entity`, ...one };
  return { '@odata.context': `${graph.publicUrl}/v1.0/$metadata#organization`, value: [one] };
}

export function deletedItems(graph: GraphContext, request: GraphRequest, what: string): Json {
  const { caller } = request;
  const { tenant } = caller;
  graph.store.purgeExpired(tenant);
  if (what === 'microsoft.graph.user' || what === 'microsoft.graph.group') {
    const kind: Kind = what === 'microsoft.graph.user' ? 'user' : 'group';
    need(caller, kind === 'user' ? 'deletedUsers' : 'deletedGroups');
    const deleted = [...tenant.deletedIds].filter((id) => kindOf(tenant, id) === kind);
    return answerCollection(graph, request, {
      kind,
      source: objects(tenant, deleted, kind, true),
      context: `${kind}s`,
      write: writerOf(request, [kind], false),
    });
  }
  const kind = kindOf(tenant, what);
  const object = tenant.deletedIds.has(what) ? (tenant.users.get(what) ?? tenant.groups.get(what)) : undefined;
  if (object === undefined || kind === undefined) {
    if (!may(caller, 'deletedUsers') && !may(caller, 'deletedGroups')) throw denied();
    throw isGuid(what)
      ? notFound(what)
      : badRequest('A type is needed: microsoft.graph.user or microsoft.graph.group.');
  }
  need(caller, kind === 'user' ? 'deletedUsers' : 'deletedGroups');
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#directoryObjects/$entity`,
    '@odata.type': `#microsoft.graph.${kind}`,
    ...write(kind, object, parseSelect([kind], request.query)),
  };
}

export function getByIds(graph: GraphContext, request: GraphRequest): Json {
  const { caller } = request;
  need(caller, 'directory');
  const body = parseJson(request.body);
  const { ids, types } = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  if (!Array.isArray(ids) || ids.length > IDS_MAX) throw badRequest(`'ids' must be a list of at most ${IDS_MAX} ids.`);
  const wanted = Array.isArray(types) ? types.map((one) => text(one).toLowerCase()) : [];
  const named = objects(
    caller.tenant,
    ids.map((id) => text(id).toLowerCase()),
  );
  const found = [...named(0)].filter(
    ({ kind }) => wanted.length === 0 || wanted.includes(kind) || wanted.includes('directoryobject'),
  );
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#directoryObjects`,
    value: found.map(writerOf(request, ['user', 'group'], true)),
  };
}

/** The verified domains, or one of them. https://learn.microsoft.com/graph/api/domain-list */
export function domains(graph: GraphContext, request: GraphRequest, key: string): Json {
  const all = request.caller.tenant.domains.map((id, index): Props => ({
    id,
    authenticationType: 'Managed',
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: index === 0,
    isInitial: id.endsWith('.onmicrosoft.com'),
    isRoot: true,
    isVerified: true,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: 14,
    passwordValidityPeriodInDays: 2_147_483_647,
    state: null,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
  }));
  if (key === '') return answerList(graph, request, 'domains', all);
  const one = all.find(({ id }) => id === key.toLowerCase());
  if (one === undefined) throw notFound(key);
  return answerEntity(graph, request, 'domains/$entity', one);
}

/** What anybody may know of another tenant: its name. `key` is the function with its argument. */
export function otherTenant(graph: GraphContext, request: GraphRequest, key: string): Json {
  need(request.caller, 'otherTenants');
  const asked = /^findTenantInformationBy(?:TenantId|DomainName)\((?:tenantId|domainName)='([^']+)'\)$/i.exec(key)?.[1];
  if (asked === undefined) throw badRequest(`Resource not found for the segment '${key}'.`);
  const tenant = graph.store.findTenant(asked);
  if (tenant === undefined) throw notFound(asked);
  return answerEntity(graph, request, 'microsoft.graph.tenantInformation', {
    tenantId: tenant.id,
    federationBrandName: null,
    displayName: tenant.displayName,
    defaultDomainName: tenant.domains[0] ?? '',
  });
}
