// Makes or updates the tables of pg-boss and our queues, as the owner and before the server starts: at run time nobody may.
import { PgBoss } from 'pg-boss';
import { jobsSchema, queueOptions } from './queues.ts';

/** Safe to run at each start, also of several servers at once: pg-boss takes a lock. */
export async function installJobs(connectionString: string): Promise<void> {
  const boss = new PgBoss({
    connectionString,
    schema: jobsSchema,
    max: 1,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  // Whoever waits for an answer gets the error; without a listener it would end the process beside.
  boss.on('error', () => undefined);
  try {
    await boss.start();
    for (const [name, options] of Object.entries(queueOptions)) {
      if (await boss.getQueue(name)) {
        const { policy: _fixed, ...changeable } = options;
        await boss.updateQueue(name, changeable);
      } else await boss.createQueue(name, options);
    }
    await boss.getDb().executeSql(grants);
  } finally {
    await boss.stop({ graceful: false });
  }
}

// A run enqueues the mails that it causes, in its own transaction and under its own role.
// Of two servers that start at once one waits: PostgreSQL refuses to grant on one table twice at the same time.
const grants = `
  select pg_advisory_xact_lock(hashtextextended('samsyn jobs grants', 0));
  grant usage on schema ${jobsSchema} to samsyn_app, samsyn_sync;
  grant select, insert, update, delete on all tables in schema ${jobsSchema} to samsyn_app;
  grant select, insert on all tables in schema ${jobsSchema} to samsyn_sync;
  grant usage, select on all sequences in schema ${jobsSchema} to samsyn_app, samsyn_sync;
`;
