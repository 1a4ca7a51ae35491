// Work that is done later, or by another process: enqueued in the transaction that causes it, done at least once. pg-boss keeps
// the jobs, takes over those of a worker that died, and wakes the nightly ones in each organisation's own time zone.
import { fromKysely, PgBoss } from 'pg-boss';
import type { Logger } from '../base/log.ts';
import { systemClock } from '../base/clock.ts';
import type { Database } from '../db/pool.ts';
import type { Tx } from '../db/transaction.ts';
import { nightlyCron } from './nightly.ts';
import { jobsSchema, lookAroundSeconds, queueSchemas, type JobData, type QueueName } from './queues.ts';

export interface EnqueueOptions {
  /** The job exists when this transaction commits, or not at all. */
  tx?: Tx;
  /** Where the queue's policy keeps one waiting job a key. */
  key?: string;
  delaySeconds?: number;
  /** The higher, the sooner, of those that wait. */
  priority?: number;
}

export interface NightlyKey {
  organisationId: string;
  connectionId: string;
  timeZone: string;
  /** What the night is for: a run, or only a probe. */
  mode: 'manual' | 'daily';
}

export interface Jobs {
  start(): Promise<void>;
  /** Ends workers: what they were doing is told to stop, and done again at the next start. */
  stop(): Promise<void>;
  enqueue<Q extends QueueName>(queue: Q, data: JobData<Q>, options?: EnqueueOptions): Promise<void>;
  /**
   * With a transaction, it holds when that commits, or not at all. Another time zone is not another choice: what was owed before is
   * owed still (F56).
   */
  scheduleNightly(key: NightlyKey, tx?: Tx): Promise<void>;
  unscheduleNightly(connectionId: string, tx?: Tx): Promise<void>;
  /** Of every connection, also of other organisations: what its night's job carries. */
  listNights(): Promise<JobData<'night'>[]>;
  /**
   * `fn` is called at least once a job; when it throws, the job is tried again. Several calls for one queue add up: one with
   * `onlyPriority` sets slots apart for jobs of that priority.
   */
  work<Q extends QueueName>(
    queue: Q,
    fn: (data: JobData<Q>, signal: AbortSignal) => Promise<void>,
    options?: { concurrency?: number; onlyPriority?: number },
  ): Promise<void>;
}

const stopWithinMs = 8_000;
const nightsPage = 1000;

export function createJobs({ db, log }: { db: Database; log: Logger }): Jobs {
  const boss = new PgBoss({
    connectionString: db.boundConnectionString,
    application_name: 'samsyn-jobs',
    schema: jobsSchema,
    max: 4,
    // installJobs does both as the owner; this session may not.
    migrate: false,
    createSchema: false,
    reindex: false,
    superviseIntervalSeconds: lookAroundSeconds,
    monitorIntervalSeconds: lookAroundSeconds,
    cronMonitorIntervalSeconds: 30,
    cronWorkerIntervalSeconds: 5,
  });
  boss.on('error', (error) => log.warn('The job queue met an error', { error }));
  const stopping = new AbortController();
  let started = false;

  return {
    async start() {
      await boss.start();
      started = true;
    },
    async stop() {
      stopping.abort();
      if (started) await boss.stop({ graceful: true, timeout: stopWithinMs });
    },
    async enqueue(queue, data, { tx, key, delaySeconds, priority } = {}) {
      await boss.send(queue, data, {
        ...(tx && { db: fromKysely(tx) }),
        ...(key !== undefined && { singletonKey: key }),
        ...(delaySeconds !== undefined && { startAfter: Math.ceil(delaySeconds) }),
        ...(priority !== undefined && { priority }),
      });
    },
    async scheduleNightly(key, tx) {
      const [known] = await boss.getSchedules('night', key.connectionId);
      const before = queueSchemas.night.safeParse(known?.data).data;
      const since = before?.mode === key.mode ? before.since : systemClock.now().getTime();
      const data: JobData<'night'> = { ...key, since };
      await boss.schedule('night', nightlyCron(key), data, {
        tz: key.timeZone,
        key: key.connectionId,
        ...(tx && { db: fromKysely(tx) }),
      });
    },
    async listNights() {
      const nights: JobData<'night'>[] = [];
      for (let after: { name: string; key: string } | undefined; ;) {
        const page = await boss.getSchedules('night', undefined, { limit: nightsPage, ...(after && { after }) });
        // One that an earlier version wrote otherwise has its looks by the clock all the same.
        nights.push(...page.flatMap(({ data }) => queueSchemas.night.safeParse(data).data ?? []));
        after = page.at(-1);
        if (page.length < nightsPage) return nights;
      }
    },
    unscheduleNightly: (connectionId, tx) => boss.unschedule('night', connectionId, tx ? { db: fromKysely(tx) } : {}),
    async work(queue, fn, { concurrency = 1, onlyPriority } = {}) {
      const options = {
        pollingIntervalSeconds: 0.5,
        localConcurrency: concurrency,
        heartbeatRefreshSeconds: 5,
        ...(onlyPriority !== undefined && { minPriority: onlyPriority, maxPriority: onlyPriority }),
      };
      await boss.work<unknown>(queue, options, async ([job]) => {
        if (!job) return;
        const data = queueSchemas[queue].safeParse(job.data);
        if (!data.success) {
          log.error('A job was thrown away: what it carries cannot be read', { queue, job: job.id });
          return;
        }
        // Parsed by the schema of this very queue, which the compiler cannot follow through the index.
        await fn(data.data as JobData<typeof queue>, AbortSignal.any([job.signal, stopping.signal]));
      });
    },
  };
}
