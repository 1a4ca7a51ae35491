// The workers and the queue between them: jobs are given out at least once, to whoever is free; a worker that dies is noticed after a
// while, its job is given out again, and another one is started in its place.
import { executeRun, type RunJob } from '../../src/sync/execute-run.ts';
import { startRetry } from '../../src/sync/retry.ts';
import type { SimulatedDatabase } from './database.ts';
import type { Network } from './network.ts';
import type { Party, Scheduler } from './scheduler.ts';
import type { Seeded } from './seeded.ts';
import type { Enqueued } from './session.ts';
import { outfit, type Outfit } from './world.ts';

export interface Crew {
  enqueue(job: Enqueued): void;
  /** Ends a worker where it is; its jobs and its successor come later. */
  kill(party: Party): Promise<void>;
  /** A worker that does nothing for so long is taken for dead, and its jobs are given out again; it wakes up all the same. */
  froze(party: Party, ms: number): void;
  isWorker(party: Party): boolean;
  /** Neither a job that is due within `withinMs` nor one that is being done. */
  isIdle(withinMs: number): boolean;
  readonly kills: number;
  /** From now on each job is given out once. */
  calm(): void;
}

export interface CrewDeps {
  scheduler: Scheduler;
  seed: Seeded;
  database: SimulatedDatabase;
  network: Network;
  workers: number;
  doubleRate: number;
  lostJobRate: number;
  /** Told of an end that the product does not foresee. */
  failed(error: unknown): void;
}

interface Worker {
  party: Party;
  outfit: Outfit;
  doing: Set<Enqueued>;
}

// As src/main.ts and src/jobs/queues.ts have them.
const busyRetryMs = 15_000;
const noticedAfterMs = 30_000;
const runsAtOnce = 2;

export function createCrew(deps: CrewDeps): Crew {
  const { scheduler, seed, database, network } = deps;
  const draw = seed.stream('crew');
  const queueParty = scheduler.party('queue');
  const workers = new Map<Party, Worker>();
  const coming = new Set<{ dueMs: number }>();
  const waiting: Enqueued[] = [];
  let { doubleRate, lostJobRate } = deps;
  let kills = 0;
  let hired = 0;

  function hire(): void {
    hired += 1;
    const party = scheduler.party(`worker ${hired}`);
    workers.set(party, {
      party,
      outfit: outfit({ party, scheduler, database, network, enqueue: (job) => own.enqueue(job) }),
      doing: new Set(),
    });
    giveOut();
  }

  function giveOut(): void {
    while (waiting.length > 0) {
      const free = [...workers.values()].filter(({ doing }) => doing.size < runsAtOnce);
      const job = free.length > 0 ? waiting.shift() : undefined;
      if (job === undefined) return;
      void work(draw.pick(free), job);
    }
  }

  async function work(worker: Worker, job: Enqueued): Promise<void> {
    const { party, doing, outfit: { deps: product } } = worker; // prettier-ignore
    doing.add(job);
    let again: number | null = null;
    try {
      await scheduler.park(party, `take ${job.queue}`);
      const data = job.data as RunJob; // of both queues
      if (job.queue === 'run') {
        const outcome = await executeRun(product, data, new AbortController().signal);
        if (outcome === 'busy') again = busyRetryMs;
      } else await startRetry(product, data);
    } catch (error) {
      // What a job throws is that the database is away: the queue gives it out again.
      deps.failed(error);
      again = draw.whole(2, 60) * 1000;
    }
    doing.delete(job);
    if (again !== null) later(job, again);
    giveOut();
  }

  function later(job: Enqueued, ms: number): void {
    const entry = { dueMs: scheduler.nowMs() + ms };
    coming.add(entry);
    void (async () => {
      await scheduler.park(queueParty, `give ${job.queue}`, entry);
      coming.delete(entry);
      waiting.push(job);
      giveOut();
    })();
  }

  const own: Crew = {
    enqueue(job) {
      if (job.queue !== 'run' && job.queue !== 'retry') return;
      if (draw.hits(lostJobRate)) return;
      later(job, job.delaySeconds * 1000);
      if (draw.hits(doubleRate)) later(job, job.delaySeconds * 1000 + draw.whole(0, 60_000));
    },
    async kill(party) {
      const worker = workers.get(party);
      if (!worker) return;
      kills += 1;
      workers.delete(party);
      scheduler.kill(party);
      await database.cut(party);
      for (const job of worker.doing) later(job, noticedAfterMs);
      void (async () => {
        await scheduler.park(queueParty, 'another worker', { dueMs: scheduler.nowMs() + draw.whole(500, 20_000) });
        hire();
      })();
    },
    froze(party, ms) {
      if (ms < noticedAfterMs) return;
      for (const job of workers.get(party)?.doing ?? []) later(job, noticedAfterMs);
    },
    isWorker: (party) => workers.has(party),
    isIdle: (withinMs) =>
      waiting.length === 0 &&
      [...workers.values()].every(({ doing }) => doing.size === 0) &&
      [...coming].every(({ dueMs }) => dueMs > scheduler.nowMs() + withinMs),
    get kills() {
      return kills;
    },
    calm: () => {
      doubleRate = 0;
      lostJobRate = 0;
    },
  };
  for (let number = 0; number < deps.workers; number += 1) hire();
  return own;
}
