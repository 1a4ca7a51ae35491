// What a request costs in resource units: a base cost by its route, with Microsoft's modifiers.
import type { GraphRequest } from './request.ts';

/** By the last named segment of the path. https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits */
const BASE: Record<string, number> = {
  members: 3,
  transitivemembers: 5,
  memberof: 2,
  transitivememberof: 2,
  getmembergroups: 2,
  checkmembergroups: 4,
  licensedetails: 2,
  approleassignments: 2,
  oauth2permissiongrants: 2,
  extensionproperties: 2,
};
const TOP_SMALL = 20;

/** At least 1. */
export function resourceUnits(request: Pick<GraphRequest, 'path' | 'query'>): number {
  const { path, query } = request;
  // The page size asked for counts, not the one that is given.
  const top = Number(query.get('$top') ?? 100);
  const modifiers = (query.has('$select') ? -1 : 0) + (query.has('$expand') ? 1 : 0) + (top < TOP_SMALL ? -1 : 0);
  return Math.max(
    1,
    baseCost(
      path.map((part) => part.toLowerCase()),
      query,
    ) + modifiers,
  );
}

function baseCost(path: readonly string[], query: URLSearchParams): number {
  const [root = '', second = ''] = path;
  if (root === 'users' && path.length === 1) return 2;
  if (root === 'subscribedskus') return 3;
  if (root === 'applications') return 2;
  // Documented as 5, and 2 with $select; the modifier takes one of the three.
  if (root === 'directoryobjects' && second === 'getbyids') return query.has('$select') ? 3 : 5;
  const named = path.slice(2).find((part) => part in BASE);
  return named === undefined ? 1 : (BASE[named] ?? 1);
}
