// What a request costs by Microsoft's table of resource units, and whether it counts as a write.
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits

export interface Costed {
  method: string;
  /** Path segments below the version. */
  path: readonly string[];
  query: URLSearchParams;
}

/** Resource units, at least 1: the base cost of the route, `$select` -1, `$expand` +1, `$top` below 20 -1. */
export function resourceUnits({ path, query }: Costed): number {
  const route = path.map((part) => part.toLowerCase());
  const selects = query.has('$select');
  // The table gives this one two prices instead of the modifier.
  if (route.at(-1) === 'getbyids') return selects ? 2 : 5;
  const top = Number(query.get('$top') ?? 100);
  return Math.max(1, baseCost(route) - (selects ? 1 : 0) + (query.has('$expand') ? 1 : 0) - (top < 20 ? 1 : 0));
}

/** Segments that cost the same wherever they stand; casts and `$count` below them cost as they do. */
const BY_SEGMENT: [string, number][] = [
  ['transitivemembers', 5],
  ['checkmembergroups', 4],
  ['members', 3],
  ['subscribedskus', 3],
  ['transitivememberof', 2],
  ['memberof', 2],
  ['getmembergroups', 2],
  ['licensedetails', 2],
  ['approleassignments', 2],
  ['approleassignedto', 2],
  ['oauth2permissiongrants', 2],
  ['applications', 2],
];

function baseCost(route: readonly string[]): number {
  if (route[0] === 'users' && route.length === 1) return 2;
  return BY_SEGMENT.find(([segment]) => route.includes(segment))?.[1] ?? 1;
}

const READING_POSTS = /^(\$batch|getbyids|get(available|member)\w+|checkmember\w+|validateproperties|delta)$/;

/** Questions that are asked by POST change nothing, so they do not count against the limits of writing. */
export const isWrite = ({ method, path }: Costed): boolean =>
  method !== 'GET' && !(method === 'POST' && READING_POSTS.test((path.at(-1) ?? '').toLowerCase()));
