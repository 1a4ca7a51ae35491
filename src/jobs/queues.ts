// The queues: what each job carries, and how it is tried again. A job says whose it is and little more: whoever works it reads
// the rest from the database, so that an old job cannot bring old facts along.
import { z } from 'zod';

const run = z.object({ organisationId: z.uuid(), runId: z.uuid() });
const retry = z.object({ organisationId: z.uuid(), runId: z.uuid() });
const night = z.object({
  organisationId: z.uuid(),
  connectionId: z.uuid(),
  timeZone: z.string(),
  /** Since when it has been so, in milliseconds: a night before that owes nothing. */
  since: z.number(),
  /** Absent in what an earlier version wrote. */
  mode: z.enum(['manual', 'daily']).optional(),
});
const mail = z.object({ organisationId: z.uuid() });
const link = z.object({ organisationId: z.uuid(), linkId: z.uuid() });

export const queueSchemas = { run, retry, night, mail, link };
export type QueueName = keyof typeof queueSchemas;
export type JobData<Q extends QueueName> = z.output<(typeof queueSchemas)[Q]>;

/** The schema of pg-boss, apart from ours. */
export const jobsSchema = 'pgboss';

// A worker that is killed stops its heartbeat; its job is given to another after this and one look around.
const heartbeatSeconds = 20;
export const lookAroundSeconds = 10;

// What is small and must not be lost: tried again for hours.
const patient = { retryLimit: 100, retryDelay: 10, retryBackoff: true, retryDelayMax: 600, heartbeatSeconds } as const;

/** Failing here means that the database was away or the worker died: what a job does itself does not throw. */
export const queueOptions = {
  run: {
    policy: 'standard',
    retryLimit: 100,
    retryDelay: 2,
    retryBackoff: true,
    // Also one whose workers have died several times is taken over within 90 s.
    retryDelayMax: 10,
    heartbeatSeconds,
    expireInSeconds: 12 * 3600,
    deleteAfterSeconds: 24 * 3600,
  },
  retry: {
    policy: 'standard',
    ...patient,
    deleteAfterSeconds: 24 * 3600,
  },
  night: {
    policy: 'standard',
    retryLimit: 10,
    retryDelay: 30,
    retryBackoff: true,
    retryDelayMax: 600,
    heartbeatSeconds,
    deleteAfterSeconds: 24 * 3600,
  },
  // 'short': of those with one key, one waits at a time.
  mail: {
    policy: 'short',
    ...patient,
    deleteAfterSeconds: 3600,
  },
  link: {
    policy: 'standard',
    ...patient,
    deleteAfterSeconds: 3600,
  },
} as const;
