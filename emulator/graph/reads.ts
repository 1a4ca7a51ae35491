// Which of Graph's reads a path means, those that are asked by POST included. Whatever is none of them is refused.
import type { Json } from '../model.ts';
import { availableExtensions, answerApplications } from './extensions.ts';
import { deletedItems, domains, getByIds, organization, otherTenant } from './directory.ts';
import { GraphError } from './graph-error.ts';
import { answerGroups } from './groups.ts';
import { subscribedSkus } from './licences.ts';
import { answerMe } from './me.ts';
import { answerDirectoryObject, answerMembershipQuestion, isMembershipQuestion } from './memberships.ts';
import { need } from './permissions.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { answerServicePrincipals } from './service-principals.ts';
import { answerUsers } from './users.ts';

/** JSON, a number as text, or a picture. */
export function answerRead(graph: GraphContext, request: GraphRequest): Json | Buffer {
  const [root = '', ...below] = request.path;
  const [key = ''] = below;
  const rest = below.slice(1).map((part) => part.toLowerCase());
  const kind = root.toLowerCase();
  if (request.method === 'POST') return answerQuestion(graph, request, kind, key, rest);
  if (request.method !== 'GET') throw notAllowed();
  switch (kind) {
    case 'users':
      // A person's token reads its own person, by whatever name.
      return isOwn(request, key) ? answerMe(graph, request, rest) : answerUsers(graph, request, key, rest);
    case 'me':
      return answerMe(
        graph,
        request,
        below.map((part) => part.toLowerCase()),
      );
    case 'groups':
      return answerGroups(graph, request, key, rest);
    case 'organization':
      if (rest.length === 0) return organization(graph, request, key);
      break;
    case 'domains':
      need(request.caller, 'domains');
      if (rest.length === 0) return domains(graph, request, key);
      break;
    case 'subscribedskus':
      need(request.caller, 'licences');
      if (rest.length === 0) return subscribedSkus(graph, request, key);
      break;
    case 'applications':
      need(request.caller, 'applications');
      return answerApplications(graph, request, key, rest);
    case 'serviceprincipals':
      need(request.caller, 'applications');
      return answerServicePrincipals(graph, request, key, rest);
    case 'directoryobjects':
      if (key !== '' && rest.length === 0) return answerDirectoryObject(graph, request, key);
      break;
    case 'directory':
      if (key.toLowerCase() === 'deleteditems' && rest.length <= 1) return deletedItems(graph, request, rest[0] ?? '');
      break;
    case 'tenantrelationships':
      if (rest.length === 0) return otherTenant(graph, request, key);
      break;
    default:
  }
  throw noSegment(request.path.at(-1) ?? '');
}

/** Questions whose conditions are too long for an address. */
function answerQuestion(
  graph: GraphContext,
  request: GraphRequest,
  root: string,
  key: string,
  rest: readonly string[],
): Json | Buffer {
  const [last = '', tail] = rest;
  if (root === 'directoryobjects' && last === '') {
    if (key.toLowerCase() === 'getbyids') return getByIds(graph, request);
    if (key.toLowerCase() === 'getavailableextensionproperties') {
      need(request.caller, 'directory');
      return availableExtensions(graph, request);
    }
  }
  if (root === 'me' && rest.length === 0 && isMembershipQuestion(key.toLowerCase()))
    return answerMe(graph, request, [key.toLowerCase()]);
  if (['users', 'groups', 'directoryobjects'].includes(root) && tail === undefined && isMembershipQuestion(last))
    return answerMembershipQuestion(graph, request, { root, key, question: last });
  throw notAllowed();
}

const notAllowed = (): GraphError =>
  new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');

function isOwn({ caller }: GraphRequest, key: string): boolean {
  const own = caller.userId ?? '';
  return own !== '' && (key.toLowerCase() === own || caller.tenant.idByUpn.get(key.toLowerCase()) === own);
}
