// The doctor's steps at the database: reachable and new enough, how far it is migrated, and whether the walls between organisations
// stand. The embedded one is started for it when it exists and nobody uses it; a new one is not made.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../base/log.ts';
import type { Config } from '../config.ts';
import { startEmbedded } from '../db/embedded.ts';
import { findBinaries } from '../db/embedded-binaries.ts';
import { inspectDatabase, type DatabaseState } from '../db/inspect.ts';
import { assertReachable, createDatabase } from '../db/pool.ts';
import { assertRowSecurity } from '../db/self-check.ts';
import { DatabaseStartError } from '../db/start-error.ts';
import { failed, ok, skipped, warning, type Finding, type Step } from './finding.ts';

export function databaseSteps(config: Config, log: Logger): { steps: Step[]; end(): Promise<void> } {
  let end = async (): Promise<void> => undefined;
  let connectionString = config.databaseUrl;
  let state: DatabaseState | undefined;
  let lack = 'needs the database';

  async function open(): Promise<Finding> {
    if (connectionString === undefined) {
      const { dataDir, postgresBin: binDir } = config;
      if (!(await isThere(path.join(dataDir, 'postgres')))) {
        await findBinaries({ binDir, dataDir, runAs: undefined });
        lack = 'made with the database';
        return ok('the embedded one: the first start makes it');
      }
      const embedded = await startEmbedded({ dataDir, log, binDir });
      end = () => embedded.stop();
      connectionString = embedded.connectionString;
    }
    state = await inspectDatabase(connectionString);
    const which = `${config.databaseUrl === undefined ? 'embedded ' : ''}PostgreSQL ${state.version}`;
    if (config.databaseUrl !== undefined && state.isSuperuser)
      return warning(`${which} answers, but DATABASE_URL names a superuser: use an owner that is none`);
    return ok(`${which} answers`);
  }

  const steps: Step[] = [
    {
      name: 'database',
      find: () =>
        open().catch((error: unknown) => {
          if (error instanceof DatabaseStartError && error.code === 'folder_in_use' && config.databaseUrl === undefined)
            return skipped(`Samsyn is running with it: ask ${config.publicUrl}/readyz, or stop it and ask again`);
          return saidBy(error);
        }),
    },
    {
      name: 'tables',
      find: async () => {
        if (state === undefined) return skipped(lack);
        const { isMigrated, open: waiting, lacks } = state;
        if (waiting.length === 0) return ok('migrated to this version');
        if (lacks.length > 0) return failed(`not migrated, and its user may not do it: ${lacks.join('; ')}`);
        const what = isMigrated ? `${waiting.join(', ')} not applied yet` : 'not migrated yet';
        return ok(`${what}: the next start does it, or run node src/cli.ts migrate`);
      },
    },
    {
      name: 'database roles',
      find: async () => {
        if (state === undefined || connectionString === undefined) return skipped(lack);
        if (!state.isMigrated) return skipped('made with the tables');
        const db = createDatabase({ connectionString, role: 'samsyn_app', maxConnections: 1, log });
        try {
          await assertReachable(db);
          await assertRowSecurity(db);
          return ok('organisations are kept apart: samsyn_app cannot step over row-level security');
        } catch (error) {
          return saidBy(error);
        } finally {
          await db.close();
        }
      },
    },
  ];
  return { steps, end: () => end() };
}

/** Errors at the start are made for operators already. */
function saidBy(error: unknown): Finding {
  if (error instanceof DatabaseStartError) return failed(error.message);
  throw error;
}

const isThere = (folder: string): Promise<boolean> => stat(folder).then(() => true, () => false); // prettier-ignore
