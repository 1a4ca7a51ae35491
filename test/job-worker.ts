// A worker in a process of its own, to be killed: takes one job of the queue "run", says so, and never finishes it.
import { createLogger } from '../src/base/log.ts';
import { createDatabase } from '../src/db/pool.ts';
import { createJobs } from '../src/jobs/jobs.ts';

const connectionString = process.argv[2] ?? '';
const db = createDatabase({ connectionString, role: 'samsyn_app' });
const jobs = createJobs({ db, log: createLogger({ level: 'silent' }) });
await jobs.start();
await jobs.work('run', async ({ runId }) => {
  process.stdout.write(`${runId}\n`);
  await new Promise(() => undefined);
});
