// Users over Graph: the collection, one user, and what hangs on a user.
import type { DirectoryUser, Json } from '../model.ts';
import { answerDelta } from './delta.ts';
import { reportsOf } from './expand.ts';
import { notFound } from './graph-error.ts';
import { licenceDetails } from './licences.ts';
import { answerCollection, answerCount } from './listing.ts';
import { answerMailboxSettings, mailboxSettings } from './mailbox.ts';
import { answerMembershipQuestion, answerMemberships, isMembershipQuestion } from './memberships.ts';
import { getUser, liveUsers, objects, writerOf } from './objects.ts';
import { checkSignInActivity, refuseInCollection } from './outside-directory.ts';
import { need } from './permissions.ts';
import type { READS } from './permissions.ts';
import { answerPhoto } from './photos.ts';
import { parseSelect, write } from './properties.ts';
import { castOf, contextOf, noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { assignmentsOf } from './service-principals.ts';

/** What a relation needs; a relation that is not here does not exist. */
const NEEDS: Record<string, keyof typeof READS> = {
  manager: 'users',
  directreports: 'users',
  sponsors: 'users',
  memberof: 'directory',
  transitivememberof: 'users',
  photo: 'photos',
  photos: 'photos',
  licensedetails: 'users',
  mailboxsettings: 'mailboxSettings',
  approleassignments: 'directory',
};

/** `rest` is what follows the key, in lower case. The permission is asked for first: a stranger learns of nobody. */
export function answerUsers(
  graph: GraphContext,
  request: GraphRequest,
  key: string,
  rest: readonly string[],
): Json | Buffer {
  const { caller } = request;
  const { tenant } = caller;
  const [relation = '', ...more] = rest;
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
    return oneUser(graph, request, getUser(tenant, key));
  }
  if (isMembershipQuestion(relation))
    return answerMembershipQuestion(graph, request, { root: 'users', key, question: relation });
  const needed = NEEDS[relation];
  if (needed === undefined) throw noSegment(relation);
  need(caller, needed);
  const user = getUser(tenant, key);
  switch (relation) {
    case 'memberof':
    case 'transitivememberof':
      return answerMemberships(graph, request, user.id, relation, more);
    case 'directreports':
      return related(graph, request, reportsOf(tenant, user.id), more);
    case 'sponsors':
      return related(graph, request, user.sponsorIds ?? [], more);
    case 'photo':
    case 'photos':
      return answerPhoto(graph, request, user, rest);
    case 'mailboxsettings':
      return answerMailboxSettings(graph, request, user, more);
    default:
  }
  if (more[0] !== undefined) throw noSegment(more[0]);
  if (relation === 'licensedetails') return licenceDetails(graph, request, user);
  return relation === 'manager' ? manager(graph, request, user) : assignmentsOf(graph, request, user);
}

function usersPage(graph: GraphContext, request: GraphRequest): Json {
  need(request.caller, 'usersBasic');
  const select = parseSelect(['user'], request.query);
  refuseInCollection(select);
  checkSignInActivity(request.caller, select, request.query.get('$filter'));
  return answerCollection(graph, request, {
    kind: 'user',
    source: liveUsers(request.caller.tenant),
    context: 'users',
    write: writerOf(request, ['user'], false),
  });
}

function oneUser(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  const select = parseSelect(['user'], request.query);
  checkSignInActivity(request.caller, select, null);
  const withMailbox = select?.includes('mailboxSettings') === true;
  if (withMailbox) need(request.caller, 'mailboxSettings');
  return {
    '@odata.context': contextOf(graph, request, 'users', true),
    ...writerOf(request, ['user'], false)({ n: user.n, kind: 'user', object: user }),
    ...(withMailbox ? { mailboxSettings: mailboxSettings(user) } : {}),
  };
}

function manager(graph: GraphContext, request: GraphRequest, user: DirectoryUser): Json {
  const found = request.caller.tenant.users.get(user.managerId ?? '');
  if (found === undefined || found.deletedAt !== null) throw notFound('manager');
  return {
    '@odata.context': contextOf(graph, request, 'directoryObjects', true),
    '@odata.type': '#microsoft.graph.user',
    ...write('user', found, parseSelect(['user'], request.query)),
  };
}

/** People, and for sponsors also groups, by their ids; `rest` may be a cast, `$count` or both. */
function related(graph: GraphContext, request: GraphRequest, ids: readonly string[], rest: readonly string[]): Json {
  const { only, count } = castOf(rest, ['user']);
  const source = objects(request.caller.tenant, ids, only);
  if (count) return answerCount(request, { kind: 'user', source });
  const typed = only === undefined;
  return answerCollection(graph, request, {
    kind: 'user',
    source,
    context: typed ? 'directoryObjects' : 'users',
    write: writerOf(request, typed ? ['user', 'group'] : ['user'], typed),
    advancedCast: !typed,
  });
}
