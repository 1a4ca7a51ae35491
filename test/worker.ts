// A worker that a test stops where it wants: told to stop as by a deploy, or dead as by a kill, which wakes up when the test says so.
import type { Graph } from '../src/graph/graph.ts';
import type { TenantReader } from '../src/graph/reader.ts';
import { executeRun } from '../src/sync/execute-run.ts';
import type { RunDeps } from '../src/sync/run-deps.ts';

export type Step = 'list' | 'people' | 'groups' | 'look up';

/** Of the real client, `after` is awaited when so many pages or look-ups of a kind were read and have been staged. */
export function watched(graph: Graph, after: (step: Step, count: number) => Promise<void>): Graph {
  return {
    ...graph,
    reader(tenantId, options) {
      const reader = graph.reader(tenantId, options);
      const counts = { list: 0, people: 0, groups: 0, 'look up': 0 };
      const next = (step: Step) => after(step, (counts[step] += 1));
      async function* pages<T>(step: Step, from: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
        for await (const page of from) {
          try {
            yield page;
          } finally {
            // Of the last page the reader is not asked for more.
            await next(step);
          }
        }
      }
      const own: Partial<TenantReader> = {
        listUsers: (...asked) => pages('list', reader.listUsers(...asked)),
        listUsersInShards: (...asked) => pages('list', reader.listUsersInShards(...asked)),
        usersDelta: (...asked) => pages('people', reader.usersDelta(...asked)),
        groupsDelta: (...asked) => pages('groups', reader.groupsDelta(...asked)),
        async lookUpUsers(...asked) {
          const found = await reader.lookUpUsers(...asked);
          await next('look up');
          return found;
        },
      };
      return Object.create(reader, Object.getOwnPropertyDescriptors(own)) as TenantReader; // the same with some methods replaced
    },
  };
}

const never = new AbortController().signal;

/** Does the run until it is told to stop after so many of a step: it stays open, and its worker is gone. */
export async function stopAfter(
  deps: RunDeps,
  job: { organisationId: string; runId: string },
  step: Step,
  count: number,
) {
  const stop = new AbortController();
  const graph = watched(deps.graph, async (one, so) => {
    if (one === step && so === count) stop.abort(new Error('the server stops'));
  });
  await executeRun({ ...deps, graph }, job, stop.signal).then(
    () => Promise.reject(new Error(`the run ended before ${count} of ${step}`)),
    (error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'the server stops') throw error;
    },
  );
}

/** Does the run until so many of a step, and then hangs until it is told to go on. */
export async function hangAfter(
  deps: RunDeps,
  job: { organisationId: string; runId: string },
  step: Step,
  count: number,
) {
  const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const graph = watched(deps.graph, async (one, so) => {
    if (one !== step || so !== count) return;
    arrived.resolve();
    await go.promise;
  });
  const ended = executeRun({ ...deps, graph }, job, never);
  await Promise.race([arrived.promise, ended]);
  return { ended, go: go.resolve };
}
