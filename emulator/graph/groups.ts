// Groups over Graph: the collection, one group, its members direct and nested.
import type { DirectoryGroup, Json } from '../model.ts';
import { transitiveMembers } from '../tenant.ts';
import { answerDelta } from './delta.ts';
import { notFound } from './graph-error.ts';
import { answerCollection, answerCount } from './listing.ts';
import { hidesMembers, liveGroups, objects, writerOf } from './objects.ts';
import { need } from './permissions.ts';
import { parseSelect, write } from './properties.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

/** `rest` is what follows the key, in lower case. */
export function answerGroups(graph: GraphContext, request: GraphRequest, key: string, rest: readonly string[]): Json {
  const { tenant } = request.caller;
  const [relation = '', ...casts] = rest;
  need(request.caller, 'groups');
  if (relation === '') {
    if (key === '') {
      const write1 = writerOf(request, ['group'], false);
      return answerCollection(graph, request, {
        kind: 'group',
        source: liveGroups(tenant),
        context: 'groups',
        write: write1,
      });
    }
    if (key.toLowerCase() === '$count') return answerCount(request, { kind: 'group', source: liveGroups(tenant) });
    if (key === 'delta') return answerDelta(graph, request, 'group');
  }
  const group = tenant.groups.get(key.toLowerCase());
  if (group === undefined || group.deletedAt !== null) throw notFound(key);
  if (relation === '')
    return {
      '@odata.context': `${graph.publicUrl}/v1.0/$metadata#groups/$entity`,
      ...write('group', group, parseSelect(['group'], request.query)),
    };
  if (relation !== 'members' && relation !== 'transitivemembers') throw noSegment(relation);
  return members(graph, request, group, relation === 'transitivemembers', casts);
}

function members(
  graph: GraphContext,
  request: GraphRequest,
  group: DirectoryGroup,
  transitive: boolean,
  casts: readonly string[],
): Json {
  const { caller } = request;
  const count = casts.at(-1) === '$count';
  const [cast = '', tail] = count ? casts.slice(0, -1) : casts;
  const only = cast === 'microsoft.graph.user' ? 'user' : cast === 'microsoft.graph.group' ? 'group' : undefined;
  if (tail !== undefined || (cast !== '' && only === undefined)) throw noSegment(tail ?? cast);
  const ids = hidesMembers(caller, group)
    ? []
    : transitive
      ? transitiveMembers(caller.tenant, group)
      : [...group.members.keys()];
  const source = objects(caller.tenant, ids, only);
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
