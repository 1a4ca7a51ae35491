// $expand: one relation per request. A manager may be followed upwards; of a list at most twenty are given, without a next link.
// https://learn.microsoft.com/graph/api/user-list-manager
import type { DirectoryGroup, DirectoryUser, Json, Props, Tenant } from '../model.ts';
import { transitiveGroupsOf } from '../tenant.ts';
import { badRequest, denied, unsupported } from './graph-error.ts';
import { hasAdvancedHeader } from './listing.ts';
import { hidesMembers, may } from './permissions.ts';
import type { Caller } from './permissions.ts';
import { kindOf, parseSelect, write, writeLimited } from './properties.ts';
import type { Kind } from './properties.ts';
import type { GraphRequest } from './request.ts';

/** Adds the expanded relation to what was written of an object. */
export type Expand = (object: DirectoryUser | DirectoryGroup, out: Props) => void;

const ITEMS_MAX = 20;
const LEVELS_MAX = 1000;
const BRIEF = 'id,displayName,userPrincipalName,mail';

interface Asked {
  relation: string;
  select: readonly string[] | null;
  levels: number;
}

/** Null without $expand. */
export function expandOf(request: GraphRequest, kinds: readonly Kind[]): Expand | null {
  const raw = request.query.get('$expand');
  if (raw === null) return null;
  const { relation, select, levels } = parse(raw);
  const { caller } = request;
  const [kind] = kinds;
  if (kinds.length > 1 || kind === undefined) throw unsupported(`This stand-in expands users and groups only.`);
  if (kind === 'user' && relation === 'manager') {
    if (!may(caller, 'users')) throw denied();
    if (levels !== 1 && !(hasAdvancedHeader(request) && request.query.get('$count') === 'true'))
      throw unsupported('$levels needs the header ConsistencyLevel: eventual together with $count=true.');
    return (object, out) => {
      const above =
        'managerId' in object ? managers(caller.tenant, object, select, levels, new Set([object.id])) : null;
      // A user without a manager has no member of that name.
      if (above !== null) out['manager'] = above;
    };
  }
  const idsOf = listed(caller, kind, relation);
  return (object, out) => {
    out[relation] = idsOf(object)
      .slice(0, ITEMS_MAX)
      .flatMap((id): Json[] => one(caller, id, select));
  };
}

function parse(raw: string): Asked {
  const match = /^(\w+)(?:\(([^()]*)\))?$/.exec(raw.trim());
  if (match === null) throw badRequest(`Parsing OData Select and Expand failed: '${raw}'.`);
  const options = new URLSearchParams(
    (match[2] ?? '')
      .split(';')
      .filter((part) => part !== '')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name.trim().toLowerCase(), value.trim()];
      }),
  );
  const level = options.get('$levels') ?? '1';
  const levels = level === 'max' ? LEVELS_MAX : Number(level);
  if (!Number.isInteger(levels) || levels < 1 || levels > LEVELS_MAX)
    throw badRequest(`'${level}' is no number of levels.`);
  const relation = RELATIONS.find((name) => name.toLowerCase() === (match[1] ?? '').toLowerCase());
  if (relation === undefined) throw unsupported(`This stand-in does not expand '${raw}'.`);
  return { relation, select: parseSelect(['user', 'group'], options), levels };
}

const RELATIONS = ['manager', 'directReports', 'memberOf', 'transitiveMemberOf', 'sponsors', 'members', 'owners'];

/** Each with the next above; ends at the top, at the asked level, and where a chain bites its tail. */
function managers(
  tenant: Tenant,
  user: DirectoryUser,
  select: readonly string[] | null,
  levels: number,
  met: Set<string>,
): Props | null {
  const found = tenant.users.get(user.managerId ?? '');
  if (found === undefined || found.deletedAt !== null || levels === 0 || met.has(found.id)) return null;
  met.add(found.id);
  const out: Props = { '@odata.type': '#microsoft.graph.user', ...write('user', found, select ?? BRIEF.split(',')) };
  const above = managers(tenant, found, select, levels - 1, met);
  if (above !== null) out['manager'] = above;
  return out;
}

function listed(caller: Caller, kind: Kind, relation: string): (object: DirectoryUser | DirectoryGroup) => string[] {
  const { tenant } = caller;
  const needs = kind === 'group' ? 'groups' : relation.endsWith('emberOf') ? 'directory' : 'users';
  if (!may(caller, needs)) throw denied();
  if (relation === 'memberOf') return (object) => [...(tenant.groupsOf.get(object.id) ?? [])];
  if (relation === 'transitiveMemberOf') return (object) => transitiveGroupsOf(tenant, object.id);
  if (kind === 'user' && relation === 'directReports') return (object) => reportsOf(tenant, object.id);
  if (kind === 'user' && relation === 'sponsors')
    return (object) => ('managerId' in object ? (object.sponsorIds ?? []) : []);
  if (kind === 'group' && relation === 'members')
    return (object) => ('members' in object && !hidesMembers(caller, object) ? [...object.members.keys()] : []);
  if (kind === 'group' && relation === 'owners')
    return (object) => ('members' in object ? (object.ownerIds ?? []) : []);
  throw badRequest(`Could not find a relation named '${relation}' on type 'microsoft.graph.${kind}'.`);
}

/** Living people whose manager the given one is. */
export function reportsOf(tenant: Tenant, id: string): string[] {
  return tenant.userOrder
    .filter((user) => user.managerId === id && user.deletedAt === null && tenant.users.get(user.id) === user)
    .map((user) => user.id);
}

function one(caller: Caller, id: string, select: readonly string[] | null): Json[] {
  const kind = kindOf(caller.tenant, id);
  const object = caller.tenant.users.get(id) ?? caller.tenant.groups.get(id);
  if (kind === undefined || object === undefined || object.deletedAt !== null) return [];
  if (!may(caller, kind === 'user' ? 'users' : 'groups')) return [writeLimited(kind, id, select)];
  return [{ '@odata.type': `#microsoft.graph.${kind}`, ...write(kind, object, select) }];
}
