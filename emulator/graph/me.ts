// What a person's own token may read: the person, their photo, licences and mailbox, and nobody else.
// https://learn.microsoft.com/graph/permissions-reference#userread
import type { Json } from '../model.ts';
import { denied, GraphError } from './graph-error.ts';
import type { Caller } from './permissions.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { answerUsers } from './users.ts';

/** By the segment after `/me`: the delegated permission that opens it, and the application permission that shows as much. */
const OPEN: Record<string, { scope: string; as: string[] }> = {
  '': { scope: 'User.Read', as: ['User.Read.All'] },
  photo: { scope: 'User.Read', as: ['User.Read.All'] },
  photos: { scope: 'User.Read', as: ['User.Read.All'] },
  licensedetails: { scope: 'User.Read', as: ['User.Read.All'] },
  getmembergroups: { scope: 'User.Read', as: ['User.Read.All', 'GroupMember.Read.All'] },
  checkmembergroups: { scope: 'User.Read', as: ['User.Read.All', 'GroupMember.Read.All'] },
  mailboxsettings: { scope: 'MailboxSettings.Read', as: ['MailboxSettings.Read'] },
};

/** `rest` is what follows `/me`, in lower case. */
export function answerMe(graph: GraphContext, request: GraphRequest, rest: readonly string[]): Json | Buffer {
  const { caller } = request;
  if (caller.userId === null)
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  const open = OPEN[rest[0] ?? ''];
  // Whoever may read themselves may not read their manager by that.
  if (open === undefined || !allows(caller, open.scope) || request.query.has('$expand')) throw denied();
  const own: GraphRequest = { ...request, caller: { ...caller, roles: new Set(open.as) } };
  return answerUsers(graph, own, caller.userId, rest);
}

const allows = (caller: Caller, scope: string): boolean =>
  [...caller.scopes].some((one) => one.toLowerCase() === scope.toLowerCase());
