// Missing evidence is not evidence of absence (R6). Before anybody or any chosen group counts as gone, Microsoft is asked
// about exactly that object; what it answers is written down as the evidence.
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../contract/errors.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import type { TenantReader } from '../graph/reader.ts';
import { stagedPerson, type Pull } from './stage.ts';

/** What was read contradicts itself: the round is thrown away and read anew in full. */
export class StartOver extends Error {}

interface ConfirmDeps {
  db: Database;
  clock: Clock;
}

const lookAgainMs = 2_000;

export interface Absences extends Pull {
  reader: TenantReader;
  /** What is coupled: whoever answers is staged with these, as if they had been listed. */
  sources: readonly SourceAttribute[];
  /** Whether everyone was listed: then whoever is known and did not come is asked about as well. */
  complete: boolean;
}

// Several batches of 20 look-ups; small enough that the page in memory stays small.
const lookUpsAtOnce = 200;

/**
 * Settles who is gone. Asked about: known people reported as removed, people seen both present and removed in this round, and,
 * after a complete listing, known people who did not come, those in the recycle bin too: they may be gone for good by now.
 * Whoever answers is present, whatever was reported (F28, F29).
 */
export async function confirmAbsences(deps: ConfirmDeps, input: Absences): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const ids = await listDoubtful(deps, input, after);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
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
      (tx) =>
        sql`
          insert into staging_user (organisation_id, connection_id, pull_id, object_id, removed, present, evidence)
          select ${input.organisationId}::uuid, ${input.connectionId}::uuid, ${input.pullId}::uuid,
            r.object_id, r.removed, r.present, r.evidence
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
            as r (object_id uuid, removed text, present jsonb, evidence text)
          on conflict (organisation_id, pull_id, object_id) do update set
            removed = excluded.removed, contested = false, present = excluded.present, evidence = excluded.evidence
        `.execute(tx),
      { role: 'samsyn_sync' },
    );
  }
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
      limit ${lookUpsAtOnce}
    `.execute(tx),
    { role: 'samsyn_sync', statementTimeoutMs: 60_000, joinsWholeTables: true },
  );
  return rows.map((row) => row.object_id);
}

export interface ChosenGroups extends Pull {
  reader: TenantReader;
  groups: readonly { id: string; name: string }[];
  signal: AbortSignal;
  /** Whether every group was listed: then a chosen one that did not come is asked about. */
  complete: boolean;
}

/**
 * A chosen group that is gone stops the run: "all its members left" would be wrong, and a person has to decide (9.5, F8). A group
 * within a chosen one that is told to be removed is asked about too: a removal that came late or twice is no evidence (R6). And a
 * group that hides its members from us stops it as well: that it shows none does not mean that it has none (F7).
 * Throws AppError('run_scope_group_gone' | 'run_scope_group_hidden', { group }).
 */
export async function confirmGroups(deps: ConfirmDeps, input: ChosenGroups): Promise<void> {
  await refuseHidden(deps, input);
  for (const { group_id: id, chosen } of await listDoubtfulGroups(deps, input)) {
    // Deleted and restored meanwhile, or made so lately that the round does not know it: its members are not known either.
    if (await input.reader.getGroup(id)) throw new StartOver();
    if (!chosen) continue;
    // Asked once more: one answer of one server is not what so much depends on (F8).
    await deps.clock.sleep(lookAgainMs, input.signal);
    if (await input.reader.getGroup(id)) throw new StartOver();
    const group = input.groups.find((one) => one.id === id);
    throw new AppError('run_scope_group_gone', { params: { group: group?.name ?? id } });
  }
}

/** Throws for the first group that counts and hides its members. A round of changes tells that it does, and a full one what it shows. */
async function refuseHidden(deps: ConfirmDeps, input: ChosenGroups): Promise<void> {
  const ids = input.groups.map((group) => group.id);
  const { rows } = await inOrganisation(
    deps.db,
    input.organisationId,
    (tx) =>
      sql<{ group_id: string; display_name: string | null }>`
      with recursive counts (group_id) as (
        select unnest(${ids}::uuid[])
        union
        select m.member_id
        from counts c
        join (
          select group_id, member_id, member_kind from staging_membership
          where organisation_id = ${input.organisationId} and pull_id = ${input.pullId} and not removed
          union all
          select group_id, member_id, member_kind from directory_membership
          where organisation_id = ${input.organisationId} and connection_id = ${input.connectionId} and not ${input.complete}
        ) m on m.group_id = c.group_id
        where m.member_kind = 'group'
      )
      select s.group_id, s.display_name
      from counts c
      join staging_group s
        on s.organisation_id = ${input.organisationId} and s.pull_id = ${input.pullId} and s.group_id = c.group_id
      where s.hidden and not s.removed and (not ${input.complete} or not exists (
        select from staging_membership m
        where m.organisation_id = s.organisation_id and m.pull_id = s.pull_id and m.group_id = s.group_id and not m.removed))
      order by s.group_id
      limit 1
    `.execute(tx),
    { role: 'samsyn_sync', statementTimeoutMs: 60_000, joinsWholeTables: true },
  );
  const [hidden] = rows;
  if (!hidden) return;
  // Changes alone do not show whether its members can be seen.
  if (!input.complete) throw new StartOver();
  const name = input.groups.find(({ id }) => id === hidden.group_id)?.name ?? hidden.display_name ?? hidden.group_id;
  throw new AppError('run_scope_group_hidden', { params: { group: name } });
}

/** Groups that count and are removed by this round, and chosen ones that neither the round nor, if it is not complete, the mirror knows. */
async function listDoubtfulGroups(
  deps: ConfirmDeps,
  input: ChosenGroups,
): Promise<{ group_id: string; chosen: boolean }[]> {
  const ids = input.groups.map((group) => group.id);
  const { rows } = await inOrganisation(
    deps.db,
    input.organisationId,
    (tx) =>
      sql<{ group_id: string; chosen: boolean }>`
      with recursive counts (group_id) as (
        select unnest(${ids}::uuid[])
        union
        select m.member_id
        from counts c
        join directory_membership m
          on m.organisation_id = ${input.organisationId} and m.connection_id = ${input.connectionId} and m.group_id = c.group_id
        where m.member_kind = 'group'
      )
      select c.group_id, c.group_id = any(${ids}::uuid[]) as chosen
      from counts c
      left join staging_group s
        on s.organisation_id = ${input.organisationId} and s.pull_id = ${input.pullId} and s.group_id = c.group_id
      left join directory_group d
        on d.organisation_id = ${input.organisationId} and d.connection_id = ${input.connectionId} and d.group_id = c.group_id
      where s.removed
        or (s.group_id is null and c.group_id = any(${ids}::uuid[]) and (${input.complete} or d.group_id is null))
      order by chosen desc, c.group_id
    `.execute(tx),
    { role: 'samsyn_sync', statementTimeoutMs: 60_000 },
  );
  return rows;
}
