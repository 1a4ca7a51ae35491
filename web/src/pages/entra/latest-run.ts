// The latest run, asked for again and again: every second while it goes on, now and then while none does.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { listRuns, type Run } from '../../../../src/contract/api-runs.ts';
import { refresh, routeQuery } from '../../api/queries.ts';

const openPollMilliseconds = 1000;
// The nightly run, and those that somebody else starts.
const quietPollMilliseconds = 15_000;
// More previews in a row than this nobody makes between two syncs.
const lookedThrough = 20;

export function isOpenRun(run: Run | null | undefined): run is Run & { state: 'queued' | 'running' } {
  return run?.state === 'queued' || run?.state === 'running';
}

/** Previews and runs for one person say nothing of the whole: of those that have ended only syncs count. */
export function isSync({ trigger }: Run): boolean {
  return trigger !== 'preview' && trigger !== 'person';
}

/** The run that goes on, of whatever kind, else the last sync. Undefined until it is here, null when there is none. */
export function useLatestRun(organisationId: string): Run | null | undefined {
  const { data } = useQuery({
    ...routeQuery(listRuns, { params: { organisationId }, query: { limit: lookedThrough } }),
    refetchInterval: ({ state }) => (isOpenRun(state.data?.items[0]) ? openPollMilliseconds : quietPollMilliseconds),
  });
  if (data === undefined) return undefined;
  const [first] = data.items;
  return isOpenRun(first) ? first : (data.items.find(isSync) ?? null);
}

/** When a run has ended, everything of the organisation is read anew, and `onEnd` is called once. */
export function useRunEnd(organisationId: string, run: Run | null | undefined, onEnd?: (run: Run) => void): void {
  const queryClient = useQueryClient();
  const seen = useRef<string>(undefined);
  const latest = useRef(onEnd);
  useEffect(() => {
    latest.current = onEnd;
  });
  const key = run === undefined ? undefined : run === null ? 'none' : `${run.id} ${isOpenRun(run) ? 'open' : 'ended'}`;
  useEffect(() => {
    const before = seen.current;
    seen.current = key;
    if (before === undefined || key === undefined || before === key || isOpenRun(run)) return;
    void refresh(queryClient, organisationId);
    if (run !== null && run !== undefined) latest.current?.(run);
  }, [key, run, queryClient, organisationId]);
}

export function runMilliseconds(run: Run): number | null {
  if (run.finishedAt === null) return null;
  return Date.parse(run.finishedAt) - Date.parse(run.startedAt ?? run.createdAt);
}
