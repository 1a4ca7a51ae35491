// What still waits of what a run held. A run stays `held` in the history: whether anything waits is asked of the rows.
import { useQuery } from '@tanstack/react-query';
import { getHeld, type Held } from '../../../../src/contract/api-held.ts';
import type { Run } from '../../../../src/contract/api-runs.ts';
import { routeQuery } from '../../api/queries.ts';

// The directory may take it back, and colleagues decide, too.
const pollMilliseconds = 15_000;

export function useHeld(organisationId: string) {
  return useQuery({
    ...routeQuery(getHeld, { params: { organisationId } }),
    refetchInterval: pollMilliseconds,
  });
}

/** Null when it is all settled: nothing waits, or only what was held after this run. */
export function heldOf(run: Run, held: Held | null): Held | null {
  if (held === null || run.finishedAt === null) return held;
  return Date.parse(held.since) > Date.parse(run.finishedAt) ? null : held;
}
