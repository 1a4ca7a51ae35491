// Upwards: the groups that a person or a group is in, directly or through others, as a listing or as bare ids.
// https://learn.microsoft.com/graph/api/directoryobject-getmembergroups
import type { Json, Tenant } from '../model.ts';
import { text, transitiveGroupsOf } from '../tenant.ts';
import { badRequest, notFound } from './graph-error.ts';
import { answerCollection, answerCount } from './listing.ts';
import { objects, writerOf } from './objects.ts';
import { need } from './permissions.ts';
import { kindOf } from './properties.ts';
import { castOf, isGuid, parseJson } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

const GROUP_IDS_MAX = 20;

/** `relation` is `memberof` or `transitivememberof`; `rest` is what follows it, in lower case. */
export function answerMemberships(
  graph: GraphContext,
  request: GraphRequest,
  id: string,
  relation: string,
  rest: readonly string[],
): Json {
  const { tenant } = request.caller;
  const { only, count } = castOf(rest, ['group']);
  const direct = relation === 'memberof';
  const source = objects(tenant, direct ? [...(tenant.groupsOf.get(id) ?? [])] : transitiveGroupsOf(tenant, id));
  if (count) return answerCount(request, { kind: 'group', source });
  const typed = only === undefined;
  return answerCollection(graph, request, {
    kind: 'group',
    source,
    context: typed ? 'directoryObjects' : 'groups',
    write: writerOf(request, typed ? ['group', 'user'] : ['group'], typed),
    advancedCast: !typed,
  });
}

const ASKED = ['getmembergroups', 'checkmembergroups', 'getmemberobjects', 'checkmemberobjects'] as const;
type Asked = (typeof ASKED)[number];

/** Whether a path's last segment is one of the four questions that are asked by POST. */
export const isMembershipQuestion = (segment: string): segment is Asked => ASKED.some((one) => one === segment);

/** The ids of all groups that the object is in, or of those asked about. `root` is users, groups or directoryobjects. */
export function answerMembershipQuestion(
  graph: GraphContext,
  request: GraphRequest,
  of: { root: string; key: string; question: Asked },
): Json {
  const { caller } = request;
  if (of.root !== 'groups') need(caller, of.root === 'users' ? 'usersBasic' : 'directory');
  need(caller, 'groups');
  const id = findObject(caller.tenant, of.key);
  if (id === undefined || (of.root !== 'directoryobjects' && `${kindOf(caller.tenant, id) ?? ''}s` !== of.root))
    throw notFound(of.key);
  const body = parseJson(request.body);
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const above = transitiveGroupsOf(caller.tenant, id);
  const value = of.question.startsWith('get')
    ? above.filter((group) => fields['securityEnabledOnly'] !== true || isSecurity(caller.tenant, group))
    : asked(of.question === 'checkmembergroups' ? fields['groupIds'] : fields['ids']).filter((group) =>
        above.includes(group),
      );
  return { '@odata.context': `${graph.publicUrl}/v1.0/$metadata#Collection(Edm.String)`, value };
}

function asked(ids: Json | undefined): string[] {
  if (!Array.isArray(ids) || ids.length > GROUP_IDS_MAX)
    throw badRequest(`A list of at most ${GROUP_IDS_MAX} ids is needed.`);
  return [...new Set(ids.map((id) => text(id).toLowerCase()))];
}

const isSecurity = (tenant: Tenant, groupId: string): boolean =>
  tenant.groups.get(groupId)?.props['securityEnabled'] === true;

/** The id of a living object by its id, or of a person by user name. */
function findObject(tenant: Tenant, key: string): string | undefined {
  const id = isGuid(key) ? key.toLowerCase() : (tenant.idByUpn.get(key.toLowerCase()) ?? '');
  const object = tenant.users.get(id) ?? tenant.groups.get(id);
  return object === undefined || object.deletedAt !== null ? undefined : id;
}

/** The same for `/directoryObjects/{id}` itself: what it is and where. */
export function answerDirectoryObject(graph: GraphContext, request: GraphRequest, key: string): Json {
  const { caller } = request;
  need(caller, 'directory');
  const id = isGuid(key) ? findObject(caller.tenant, key) : undefined;
  const [item] = id === undefined ? [] : objects(caller.tenant, [id])(0);
  if (item === undefined) throw notFound(key);
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#directoryObjects/$entity`,
    ...writerOf(request, [item.kind], true)(item),
  };
}
