// An export takes data out of the app: who, what and when is written down before the first row leaves (I28), and one person may
// have so many in an hour. Counted by what is written down, so a restart forgets nothing and two servers count together.
import { sql } from 'kysely';
import { recordAudit } from '../audit/record.ts';
import type { Actor } from '../base/actor.ts';
import { AppError } from '../contract/errors.ts';
import { exportsPerHour, type ExportFormat } from '../contract/table-export.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';

export interface ExportRecord {
  /** What the file holds, in the words of the code: `history`, `run_changes` … */
  what: string;
  format: ExportFormat;
  /** What it was narrowed down to, such as the run. Never what somebody searched for: that is a name. */
  detail?: Record<string, string | boolean | undefined>;
}

/** Throws too_many_requests, with the seconds until the next one, for the seventh in an hour. */
export async function recordExport(deps: { db: Database }, actor: Actor, record: ExportRecord): Promise<void> {
  const { organisationId, appUserId } = actor;
  await inOrganisation(deps.db, organisationId, async (tx) => {
    // Two at the same moment would each be the sixth.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`export ${organisationId} ${appUserId}`}, 0))`.execute(
      tx,
    );
    const { rows } = await sql<{ seconds: number }>`
      select extract(epoch from at + interval '1 hour' - now())::float8 as seconds from audit_event
      where organisation_id = ${organisationId} and actor_id = ${appUserId} and action = ${exportedAction}
        and at > now() - interval '1 hour'
      order by at desc offset ${exportsPerHour - 1} limit 1
    `.execute(tx);
    const [full] = rows;
    if (full) throw new AppError('too_many_requests', { retryAfterSeconds: full.seconds });
    const { what, format, detail } = record;
    await recordAudit(tx, {
      organisationId,
      actor,
      action: exportedAction,
      subject: what,
      detail: { ...detail, format },
    });
  });
}

const exportedAction = 'table.exported';
