// Missing evidence is not evidence of absence (R6). Before anybody counts as gone, Microsoft is asked
// about exactly that object; what it answers is written down as the evidence.
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../contract/errors.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { TenantReader } from '../graph/reader.ts';
import { noteHeadway } from './position.ts';
import { stagedPerson, type Pull } from './stage.ts';

/** What was read contradicts itself: the round is thrown away and read anew in full. */
export class StartOver extends Error {}

interface ConfirmDeps {
  db: Database;
  clock: Clock;
}

export interface Absences extends Pull {
  reader: TenantReader;
  /** What is coupled: whoever answers is staged with these, as if they had been listed. */
  sources: readonly SourceAttribute[];
  /** Whether everyone was listed: then whoever is known and did not come is asked about as well. */
  complete: boolean;
  signal: AbortSignal;
  /** Throws unless the run still holds the connection, and keeps it until the transaction ends. */
  assertHeld: (tx: Tx) => Promise<void>;
}

// Several batches of 20 look-ups; small enough that the page in memory stays small. What they found is kept: whoever goes on with
// the reading asks about the others.
const lookUpsAtOnce = 200;
// To find them takes a join of everybody, and their ids alone are small.
const listedAtOnce = 10_000;

/**
 * Settles who is gone. Asked about: known people reported as removed, people seen both present and removed in this round, and,
 * after a complete listing, known people who did not come, those in the recycle bin too: they may be gone for good by now.
 * Whoever answers is present, whatever was reported (F28, F29).
 */
export async function confirmAbsences(deps: ConfirmDeps, input: Absences): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const doubtful = await listDoubtful(deps, input, after);
    const last = doubtful.at(-1);
    if (last === undefined) return;
    after = last;
    for (let start = 0; start < doubtful.length; start += lookUpsAtOnce) {
      input.signal.throwIfAborted();
      await lookUp(deps, input, doubtful.slice(start, start + lookUpsAtOnce));
    }
    if (doubtful.length < listedAtOnce) return;
  }
}

async function lookUp(deps: ConfirmDeps, input: Absences, ids: readonly string[]): Promise<void> {
  const found = await input.reader.lookUpUsers(ids, input.sources);
  const rows = ids.map((id) => {
    const answer = found.get(id);
    if (!answer) throw new AppError('graph_malformed'); // each id that was asked for has an answer, or the look-up throws
    switch (answer.state) {
      case 'present':
        return { object_id: id, removed: null, present: stagedPerson(answer.user), evidence: null };
      case 'deleted':
        return { object_id: id, removed: 'changed', present: {}, evidence: 'deleted_items' };
      case 'missing':
        return { object_id: id, removed: 'deleted', present: {}, evidence: 'not_found' };
    }
  });
  await inOrganisation(
    deps.db,
    input.organisationId,
    async (tx) => {
      await input.assertHeld(tx);
      await noteHeadway(tx, input, deps.clock.now());
      await sql`
          insert into staging_user (organisation_id, connection_id, pull_id, object_id, removed, present, evidence)
          select ${input.organisationId}::uuid, ${input.connectionId}::uuid, ${input.pullId}::uuid,
            r.object_id, r.removed, r.present, r.evidence
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
            as r (object_id uuid, removed text, present jsonb, evidence text)
          on conflict (organisation_id, pull_id, object_id) do update set
            removed = excluded.removed, contested = false, present = excluded.present, evidence = excluded.evidence
        `.execute(tx);
    },
    { role: 'samsyn_sync' },
  );
}

/** The next ids to ask about, in order. Guarantee: each doubtful id comes once, as `after` grows. */
async function listDoubtful(deps: ConfirmDeps, input: Absences, after: string): Promise<string[]> {
  const { rows } = await inOrganisation(
    deps.db,
    input.organisationId,
    (tx) =>
      sql<{ object_id: string }>`
      select object_id from (
        select s.object_id
        from staging_user s
        left join directory_user d
          on d.organisation_id = s.organisation_id and d.connection_id = s.connection_id and d.object_id = s.object_id
        where s.organisation_id = ${input.organisationId} and s.pull_id = ${input.pullId}
          and (s.contested or (s.removed is not null and d.object_id is not null
            and (d.deleted_at is null or d.deleted_reason = 'deleted' and s.removed = 'deleted')))
          and s.evidence is null
        union all
        select d.object_id
        from directory_user d
        where ${input.complete} and d.organisation_id = ${input.organisationId} and d.connection_id = ${input.connectionId}
          and d.deleted_reason is distinct from 'purged'
          and not exists (
            select from staging_user s
            where s.organisation_id = d.organisation_id and s.pull_id = ${input.pullId} and s.object_id = d.object_id)
      ) doubtful
      where object_id > ${after}::uuid
      order by object_id
      limit ${listedAtOnce}
    `.execute(tx),
    { role: 'samsyn_sync', statementTimeoutMs: 60_000, joinsWholeTables: true },
  );
  return rows.map((row) => row.object_id);
}
