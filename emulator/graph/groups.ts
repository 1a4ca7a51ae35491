// Groups over Graph: the collection, one group, its members direct and nested, its owners, and the groups above it.
import type { DirectoryGroup, Json } from '../model.ts';
import { transitiveMembers } from '../tenant.ts';
import { answerDelta } from './delta.ts';
import { answerCollection, answerCount } from './listing.ts';
import { answerMemberships } from './memberships.ts';
import { getGroup, liveGroups, objects, writerOf } from './objects.ts';
import { refuseInCollection } from './outside-directory.ts';
import { hidesMembers, need } from './permissions.ts';
import type { Caller } from './permissions.ts';
import { parseSelect } from './properties.ts';
import { castOf, contextOf, noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

/** `rest` is what follows the key, in lower case. */
export function answerGroups(graph: GraphContext, request: GraphRequest, key: string, rest: readonly string[]): Json {
  const { caller } = request;
  const { tenant } = caller;
  const [relation = '', ...more] = rest;
  need(caller, 'groups');
  if (relation === '') {
    if (key === '') return groupsPage(graph, request);
    if (key.toLowerCase() === '$count') return answerCount(request, { kind: 'group', source: liveGroups(tenant) });
    if (key === 'delta') return answerDelta(graph, request, 'group');
  }
  const group = getGroup(tenant, key);
  switch (relation) {
    case '':
      return oneGroup(graph, request, group);
    case 'members':
      return people(graph, request, hidesMembers(caller, group) ? [] : [...group.members.keys()], more, false);
    case 'transitivemembers':
      return people(graph, request, visibleBelow(caller, group), more, true);
    case 'owners':
      return people(graph, request, group.ownerIds ?? [], more, false);
    case 'memberof':
    case 'transitivememberof':
      return answerMemberships(graph, request, group.id, relation, more);
    default:
      throw noSegment(relation);
  }
}

function groupsPage(graph: GraphContext, request: GraphRequest): Json {
  refuseInCollection(parseSelect(['group'], request.query));
  return answerCollection(graph, request, {
    kind: 'group',
    source: liveGroups(request.caller.tenant),
    context: 'groups',
    write: writerOf(request, ['group'], false),
  });
}

function oneGroup(graph: GraphContext, request: GraphRequest, group: DirectoryGroup): Json {
  return {
    '@odata.context': contextOf(graph, request, 'groups', true),
    ...writerOf(request, ['group'], false)({ n: group.n, kind: 'group', object: group }),
  };
}

/** Who is in a group or owns it; `casts` may narrow the type, and ask for the number. */
function people(
  graph: GraphContext,
  request: GraphRequest,
  ids: readonly string[],
  casts: readonly string[],
  transitive: boolean,
): Json {
  const { only, count } = castOf(casts, ['user', 'group']);
  const source = objects(request.caller.tenant, ids, only);
  const kind = only ?? 'user';
  if (count) return answerCount(request, { kind, source });
  const parts = ['$filter', '$search', '$count', '$orderby'].some((name) => request.query.has(name));
  return answerCollection(graph, request, {
    kind,
    source,
    context: only === undefined ? 'directoryObjects' : `${only}s`,
    write: writerOf(request, only === undefined ? ['user', 'group'] : [only], only === undefined),
    // A cast of the transitive members, or a cast with conditions, is answered by the second store only.
    advancedCast: only !== undefined && (transitive || parts),
  });
}

/** Everybody below the group, but nobody of a group whose membership is hidden from the caller. */
const visibleBelow = (caller: Caller, group: DirectoryGroup): string[] =>
  hidesMembers(caller, group) ? [] : transitiveMembers(caller.tenant, group, (nested) => !hidesMembers(caller, nested));
