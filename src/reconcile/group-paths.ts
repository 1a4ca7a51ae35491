// The ways from chosen groups to a person: among the groups that lead to the person, the shortest from each chosen one. Breadth first,
// so groups that contain each other end it, and many ways through the same groups cost nothing.

export interface Containment {
  groupId: string;
  /** A group, or the person. */
  memberId: string;
}

/** Ids of the groups from the chosen one down, for each of `chosen` that leads to the person; of equal ways the first by `nameOf`. */
export function shortestPaths(
  personId: string,
  edges: readonly Containment[],
  chosen: readonly string[],
  nameOf: (groupId: string) => string,
): string[][] {
  const above = new Map<string, string[]>();
  for (const { groupId, memberId } of edges) above.set(memberId, [...(above.get(memberId) ?? []), groupId]);
  const byName = (a: string, b: string) => nameOf(a).localeCompare(nameOf(b), 'sv') || (a < b ? -1 : 1);

  // Upwards from the person; of each group the one below it on the shortest way.
  const below = new Map<string, string>();
  let level = [personId];
  while (level.length > 0) {
    const next: string[] = [];
    for (const member of level) {
      for (const group of (above.get(member) ?? []).toSorted(byName)) {
        if (below.has(group)) continue;
        below.set(group, member);
        next.push(group);
      }
    }
    level = next;
  }

  return [...new Set(chosen)]
    .filter((group) => below.has(group))
    .map((group) => wayDown(group, personId, below))
    .toSorted((a, b) => a.length - b.length || byName(a[0] ?? '', b[0] ?? ''));
}

function wayDown(from: string, personId: string, below: ReadonlyMap<string, string>): string[] {
  const way: string[] = [];
  for (let at: string | undefined = from; at !== undefined && at !== personId; at = below.get(at)) way.push(at);
  return way;
}
