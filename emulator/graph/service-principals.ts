// Applications as a tenant knows them, and what an administrator granted each of them: the supported way to read a consent.
// https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments
import { createHash } from 'node:crypto';
import { guidFrom } from '../keys.ts';
import { APP_ROLES } from './app-roles.ts';
import type { DirectoryUser, Grant, Json, Props, Tenant } from '../model.ts';
import { dateTime } from '../store/input.ts';
import { text } from '../tenant.ts';
import { notFound, unsupported } from './graph-error.ts';
import { answerEntity, answerList } from './plain-list.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
/** Being assigned without a role of the application's own. */
const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000';

interface Principal {
  id: string;
  appId: string;
  displayName: string;
  grant: Grant | null;
}

/** `key` is the object id or `appId=…`. */
export function answerServicePrincipals(
  graph: GraphContext,
  request: GraphRequest,
  key: string,
  rest: readonly string[],
): Json {
  const asked = key.toLowerCase();
  const all = principals(graph, request.caller.tenant);
  const one = all.find(({ id, appId }) => asked === id || asked === `appid=${appId.toLowerCase()}`);
  if (one === undefined) throw notFound(key.replace(/^appId=/i, ''));
  const [relation, tail] = rest;
  if (tail !== undefined) throw noSegment(tail);
  if (relation === undefined) return answerEntity(graph, request, 'servicePrincipals/$entity', written(one));
  if (relation === 'approleassignments')
    return filtered(graph, request, 'appRoleAssignments', grantedTo(request.caller.tenant, one));
  if (relation !== 'approleassignedto') throw noSegment(relation);
  const assigned =
    one.appId === GRAPH_APP_ID
      ? all.flatMap((other) => grantedTo(request.caller.tenant, other))
      : peopleOf(request.caller.tenant, one).map(([user, at]) => assignment(one, user, at));
  return filtered(graph, request, `servicePrincipals('${one.id}')/appRoleAssignedTo`, assigned);
}

/** The applications that a person is assigned to by having signed in to them. */
export function assignmentsOf(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  const { tenant } = request.caller;
  const own = principals(graph, tenant).flatMap((one) =>
    peopleOf(tenant, one)
      .filter(([person]) => person === user)
      .map(([, at]) => assignment(one, user, at)),
  );
  return filtered(graph, request, 'appRoleAssignments', own);
}

function filtered(graph: GraphContext, request: GraphRequest, context: string, items: Props[]): Json {
  const filter = request.query.get('$filter');
  if (filter === null) return answerList(graph, request, context, items);
  const resource = /^\s*resourceId eq ([0-9a-f-]{36})\s*$/i.exec(filter)?.[1]?.toLowerCase();
  if (resource === undefined) throw unsupported('Assignments can be filtered by resourceId only.');
  return answerList(
    graph,
    request,
    context,
    items.filter((item) => item['resourceId'] === resource),
  );
}

function principals(graph: GraphContext, tenant: Tenant): Principal[] {
  const own = [...tenant.grants].map(([clientId, grant]) => ({
    id: grant.principalId,
    appId: clientId,
    displayName: graph.store.app(clientId)?.name ?? clientId,
    grant,
  }));
  return [{ id: graphPrincipalId(tenant), appId: GRAPH_APP_ID, displayName: 'Microsoft Graph', grant: null }, ...own];
}

const graphPrincipalId = (tenant: Tenant): string => guidFrom(`principal ${tenant.id} ${GRAPH_APP_ID}`);

const written = ({ id, appId, displayName, grant }: Principal): Props => ({
  id,
  deletedDateTime: null,
  accountEnabled: grant?.enabled ?? true,
  appDisplayName: displayName,
  appId,
  appRoleAssignmentRequired: false,
  displayName,
  servicePrincipalType: 'Application',
  appRoles:
    appId === GRAPH_APP_ID
      ? Object.entries(APP_ROLES).map(([value, roleId]) => ({
          allowedMemberTypes: ['Application'],
          description: value,
          displayName: value,
          id: roleId,
          isEnabled: true,
          origin: 'Application',
          value,
        }))
      : [],
});

function grantedTo(tenant: Tenant, one: Principal): Props[] {
  const grantedAt = one.grant?.grantedAt ?? null;
  return (one.grant?.roles ?? []).flatMap((role): Props[] => {
    const appRoleId = APP_ROLES[role];
    if (appRoleId === undefined) return [];
    return [
      {
        id: idOf(one.id, appRoleId),
        deletedDateTime: null,
        appRoleId,
        createdDateTime: grantedAt === null ? null : dateTime(grantedAt),
        principalDisplayName: one.displayName,
        principalId: one.id,
        principalType: 'ServicePrincipal',
        resourceDisplayName: 'Microsoft Graph',
        resourceId: graphPrincipalId(tenant),
      },
    ];
  });
}

const peopleOf = (tenant: Tenant, one: Principal): [DirectoryUser, number][] =>
  Object.entries(one.grant?.assigned ?? {}).flatMap(([id, at]): [DirectoryUser, number][] => {
    const user = tenant.users.get(id);
    return user === undefined || user.deletedAt !== null ? [] : [[user, at]];
  });

const assignment = (one: Principal, user: DirectoryUser, at: number): Props => ({
  id: idOf(user.id, one.id),
  deletedDateTime: null,
  appRoleId: DEFAULT_ACCESS,
  createdDateTime: dateTime(at),
  principalDisplayName: text(user.props['displayName']),
  principalId: user.id,
  principalType: 'User',
  resourceDisplayName: one.displayName,
  resourceId: one.id,
});

const idOf = (one: string, other: string): string =>
  createHash('sha256').update(`assignment ${one} ${other}`).digest('base64url');
