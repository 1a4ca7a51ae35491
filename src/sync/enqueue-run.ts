// Puts a run into the queue, with how long it may take: small directories have slots of their own, so that nobody waits for the
// hours that a very large one is read (T27).
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** The higher, the sooner it is done; so that a line of small ones holds up no large one for ever, a slot is set apart for each. */
export const runPriority = { large: 0, unknown: 1, small: 2 } as const;

// Read from beginning to end in some ten seconds.
const smallPeopleMax = 5_000;

/** `tx` has the organisation set, and the job exists when it commits. */
export async function enqueueRun(
  jobs: Pick<Jobs, 'enqueue'>,
  tx: Tx,
  { organisationId, runId }: { organisationId: string; runId: string },
  options: { delaySeconds?: number } = {},
): Promise<void> {
  const run = { organisationId, runId };
  await jobs.enqueue('run', run, { ...options, tx, priority: await priorityOf(tx, run) });
}

/** By everybody in the mirror and not by who is in scope: it is the whole tenant that is read. */
async function priorityOf(tx: Tx, run: { organisationId: string; runId: string }): Promise<number> {
  const { rows } = await sql<{ people: string }>`
    select count(*) as people from (
      select from sync_run r
      -- Of one person the whole tenant is not read.
      join directory_user d on d.organisation_id = r.organisation_id and d.connection_id = r.connection_id and (r.trigger <> 'person' or d.object_id = r.subject_id)
      where r.organisation_id = ${run.organisationId} and r.id = ${run.runId}
      limit ${smallPeopleMax + 1}) known
  `.execute(tx);
  const people = Number(rows[0]?.people ?? 0);
  if (people === 0) return runPriority.unknown;
  return people > smallPeopleMax ? runPriority.large : runPriority.small;
}
