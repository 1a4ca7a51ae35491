// Users over Graph: the collection, one user, their manager and their groups.
import type { DirectoryUser, Json, Tenant } from '../model.ts';
import { transitiveGroupsOf } from '../tenant.ts';
import { answerDelta } from './delta.ts';
import { notFound } from './graph-error.ts';
import { answerCollection, answerCount } from './listing.ts';
import { liveUsers, objects, writerOf } from './objects.ts';
import { need } from './permissions.ts';
import { parseSelect, refuseInCollection, refuseSignInActivity, write } from './properties.ts';
import { isGuid, noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

/** `rest` is what follows the key, in lower case. The permission is asked for first: a stranger learns of nobody. */
export function answerUsers(graph: GraphContext, request: GraphRequest, key: string, rest: readonly string[]): Json {
  const { caller } = request;
  const { tenant } = caller;
  const [relation = '', cast = '', tail] = rest;
  if (tail !== undefined) throw noSegment(tail);
  if (relation === '') {
    if (key === '') return usersPage(graph, request);
    if (key.toLowerCase() === '$count') {
      need(caller, 'usersBasic');
      return answerCount(request, { kind: 'user', source: liveUsers(tenant) });
    }
    if (key === 'delta') {
      need(caller, 'users');
      return answerDelta(graph, request, 'user');
    }
    need(caller, 'usersBasic');
    return oneUser(graph, request, userByKey(tenant, key));
  }
  if (relation === 'manager' && cast === '') {
    need(caller, 'users');
    return manager(graph, request, userByKey(tenant, key));
  }
  if (relation === 'transitivememberof' || relation === 'memberof') {
    const direct = relation === 'memberof';
    need(caller, direct ? 'directory' : 'users');
    return memberships(graph, request, userByKey(tenant, key).id, direct, cast);
  }
  throw noSegment(cast === '' ? relation : cast);
}

function usersPage(graph: GraphContext, request: GraphRequest): Json {
  need(request.caller, 'usersBasic');
  refuseInCollection(parseSelect(['user'], request.query));
  return answerCollection(graph, request, {
    kind: 'user',
    source: liveUsers(request.caller.tenant),
    context: 'users',
    write: writerOf(request, ['user'], false),
  });
}

function oneUser(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  refuseSignInActivity(parseSelect(['user'], request.query));
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#users/$entity`,
    ...writerOf(request, ['user'], false)({ n: user.n, kind: 'user', object: user }),
  };
}

function manager(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  const found = request.caller.tenant.users.get(user.managerId ?? '');
  if (found === undefined || found.deletedAt !== null) throw notFound('manager');
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#directoryObjects/$entity`,
    '@odata.type': '#microsoft.graph.user',
    ...write('user', found, parseSelect(['user'], request.query)),
  };
}

/** By object id or user principal name; a soft-deleted user is not found by either. */
function userByKey(tenant: Tenant, key: string): DirectoryUser {
  const id = isGuid(key) ? key.toLowerCase() : (tenant.idByUpn.get(key.toLowerCase()) ?? '');
  const user = tenant.users.get(id);
  if (user === undefined || user.deletedAt !== null) throw notFound(key);
  return user;
}

function memberships(graph: GraphContext, request: GraphRequest, id: string, direct: boolean, cast: string): Json {
  const { tenant } = request.caller;
  if (cast !== '' && cast !== '$count' && cast !== 'microsoft.graph.group') throw noSegment(cast);
  const ids = direct ? [...(tenant.groupsOf.get(id) ?? [])] : transitiveGroupsOf(tenant, id);
  const source = objects(tenant, ids);
  if (cast === '$count') return answerCount(request, { kind: 'group', source });
  const typed = cast === '';
  return answerCollection(graph, request, {
    kind: 'group',
    source,
    context: typed ? 'directoryObjects' : 'groups',
    write: writerOf(request, typed ? ['group', 'user'] : ['group'], typed),
    advancedCast: !typed,
  });
}
