// What a run goes on without: attributes that Microsoft would not give, and chosen groups that are gone. Each run names them.
import { sql } from 'kysely';
import type { Mapping } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';

/** Mappings whose attribute Microsoft refused: the run goes on without them, and says so each time. */
export async function noteRefused(
  tx: Tx,
  run: { organisationId: string; runId: string },
  mappings: readonly Mapping[],
): Promise<void> {
  if (mappings.length === 0) return;
  await tx
    .insertInto('run_issue')
    .values(
      mappings.map(({ source, target }) => ({
        organisation_id: run.organisationId,
        run_id: run.runId,
        code: 'attribute_refused',
        subject: source,
        field: target,
      })),
    )
    .execute();
}

/** Chosen groups that this generation holds as gone (F8). Returns how many there are. */
export async function noteGoneGroups(
  tx: Tx,
  run: { organisationId: string; connectionId: string; runId: string },
): Promise<number> {
  const result = await sql`
    insert into run_issue (organisation_id, run_id, code, subject)
    select organisation_id, ${run.runId}, 'group_gone', name
    from gone_group
    where organisation_id = ${run.organisationId} and connection_id = ${run.connectionId} and back_at is null
    order by name, group_id
  `.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}
