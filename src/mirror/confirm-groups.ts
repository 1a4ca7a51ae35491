// Chosen groups, and groups within them, before a round is believed: which are gone, and which hide their members. As with people,
// missing evidence is not evidence of absence (R6): Microsoft is asked about exactly that group.
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../contract/errors.ts';
import { groupClosure } from '../db/group-closure.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { TenantReader } from '../graph/reader.ts';
import { StartOver } from './confirm.ts';
import type { ChosenGroup } from './gone-groups.ts';
import type { Pull } from './stage.ts';

interface ConfirmDeps {
  db: Database;
  clock: Clock;
}

const lookAgainMs = 2_000;

interface ChosenGroups extends Pull {
  reader: TenantReader;
  groups: readonly ChosenGroup[];
  signal: AbortSignal;
  /** Throws unless the run still holds the connection, and keeps it until the transaction ends. */
  assertHeld: (tx: Tx) => Promise<void>;
  /** Whether every group was listed: then a chosen one that did not come is asked about. */
  complete: boolean;
}

/**
 * Which chosen groups are gone: those that two look-ups did not find (F8). A group within a chosen one that is told to be removed is
 * asked about too: a removal that came late or twice is no evidence (R6). A group that hides its members from us stops the run:
 * that it shows none does not mean that it has none (F7). Throws StartOver, or AppError('run_scope_group_hidden', { group }).
 */
export async function confirmGroups(deps: ConfirmDeps, input: ChosenGroups): Promise<ChosenGroup[]> {
  await refuseHidden(deps, input);
  const gone: ChosenGroup[] = [];
  for (const { group_id: id, chosen, known } of await listDoubtfulGroups(deps, input)) {
    // Deleted and restored meanwhile, or made so lately that the round does not know it: its members are not known either.
    if (await input.reader.getGroup(id)) throw new StartOver();
    if (!chosen) continue;
    if (!known) {
      // Asked once more: one answer of one server is not what so much depends on.
      await deps.clock.sleep(lookAgainMs, input.signal);
      if (await input.reader.getGroup(id)) throw new StartOver();
    }
    gone.push(input.groups.find((one) => one.id === id) ?? { id, name: id });
  }
  await unstage(deps, input, gone);
  return gone;
}

/** What the round told of a group that is gone was told before it went. Whoever goes on with the reading reads the groups anew. */
async function unstage(deps: ConfirmDeps, input: ChosenGroups, gone: readonly ChosenGroup[]): Promise<void> {
  if (gone.length === 0) return;
  const ids = gone.map(({ id }) => id);
  await inOrganisation(
    deps.db,
    input.organisationId,
    async (tx) => {
      await input.assertHeld(tx);
      await sql`
        update pull_progress set groups_link = null
        where organisation_id = ${input.organisationId} and connection_id = ${input.connectionId} and pull_id = ${input.pullId}
      `.execute(tx);
      await sql`
        delete from staging_membership
        where organisation_id = ${input.organisationId} and pull_id = ${input.pullId} and group_id = any(${ids}::uuid[])
      `.execute(tx);
      await sql`
        update staging_group set removed = true
        where organisation_id = ${input.organisationId} and pull_id = ${input.pullId} and group_id = any(${ids}::uuid[])
      `.execute(tx);
    },
    { role: 'samsyn_sync' },
  );
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

interface DoubtfulGroup {
  group_id: string;
  chosen: boolean;
  /** Held as gone already. */
  known: boolean;
}

/**
 * Groups that count and are removed by this round, chosen ones that neither the round nor, if it is not complete, the mirror knows,
 * and those of which changes are told though they are held as gone: a whole reading is then needed for their members.
 */
async function listDoubtfulGroups(deps: ConfirmDeps, input: ChosenGroups): Promise<DoubtfulGroup[]> {
  const ids = input.groups.map((group) => group.id);
  const { rows } = await inOrganisation(
    deps.db,
    input.organisationId,
    (tx) =>
      sql<DoubtfulGroup>`
      with recursive ${groupClosure(sql`select unnest(${ids}::uuid[])`, input)}
      select c.group_id, c.group_id = any(${ids}::uuid[]) as chosen, g.group_id is not null as known
      from closure c
      left join staging_group s
        on s.organisation_id = ${input.organisationId} and s.pull_id = ${input.pullId} and s.group_id = c.group_id
      left join directory_group d
        on d.organisation_id = ${input.organisationId} and d.connection_id = ${input.connectionId} and d.group_id = c.group_id
      left join gone_group g
        on g.organisation_id = ${input.organisationId} and g.connection_id = ${input.connectionId} and g.group_id = c.group_id
          and g.back_at is null
      where s.removed
        or (g.group_id is not null and not ${input.complete})
        or (s.group_id is null and c.group_id = any(${ids}::uuid[]) and (${input.complete} or d.group_id is null))
      order by chosen desc, c.group_id
    `.execute(tx),
    { role: 'samsyn_sync', statementTimeoutMs: 60_000 },
  );
  return rows;
}
