// One person out of the ordinary: what Entra says of them now is staged beside nothing else, and becomes a generation in which only
// they, and the ways through groups that lead to them, are another. The links from which the next round goes on stay as they are, so what was
// seen here is told once more, which is harmless (F27).
import { sql } from 'kysely';
import { newId } from '../base/ids.ts';
import { AppError } from '../contract/errors.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import type { DirectoryGroup } from '../graph/groups.ts';
import type { Tx } from '../db/transaction.ts';
import { stage, type PullDeps, type ReadingInput } from './reading.ts';
import { applyScope, type Scope } from './scope.ts';
import { stagedPerson, type Pull } from './stage.ts';
import { getMirrorState } from './state.ts';
import { insertNew, proposeDeletions, switchGroups, updateKnown } from './switch.ts';

export interface PersonInput extends Omit<ReadingInput, 'onProgress'> {
  objectId: string;
  /** Whether groups decide who counts. */
  asksGroups: boolean;
  onStep(step: { entra: PersonPulled['entra']; groups: string[] | null }): Promise<void>;
}

export interface PersonPulled extends Pull {
  objectId: string;
  entra: 'present' | 'deleted' | 'missing';
  groupsMode: 'incremental' | null;
  fromGeneration: number;
  refused: readonly SourceAttribute[];
}

/** Throws GraphFailure, and not_available when the directory was never read (or its groups, where these decide). */
export async function pullPerson(deps: PullDeps, input: PersonInput): Promise<PersonPulled> {
  const { reader, objectId, organisationId, connectionId } = input;
  const state = await stage(deps, input, (tx) => getMirrorState(tx, input));
  if (state.generation === 0 || (input.asksGroups && state.groupsLink === null)) throw new AppError('not_available');
  const refused = state.refused.filter((source) => input.sources.includes(source));
  const sources = input.sources.filter((source) => !refused.includes(source));
  const answer = (await reader.lookUpUsers([objectId], sources)).get(objectId);
  if (!answer) throw new AppError('graph_malformed'); // each id that was asked for has an answer, or the look-up throws
  await input.onStep({ entra: answer.state, groups: null });
  // Who is in the recycle bin keeps the groups, and nobody can be asked about them.
  const asksGroups = input.asksGroups && answer.state === 'present';
  const groups = asksGroups ? await reader.listGroupsOf(objectId) : null;
  if (groups) await input.onStep({ entra: answer.state, groups: groups.map(({ name }) => name) });
  const edges = groups ? await findWays(deps, input, groups) : [];
  const pull = { organisationId, connectionId, pullId: newId(), objectId };
  const row = {
    present: { removed: null, evidence: null },
    deleted: { removed: 'changed', evidence: 'deleted_items' },
    missing: { removed: 'deleted', evidence: 'not_found' },
  }[answer.state];
  await stage(deps, input, async (tx) => {
    await input.assertHeld(tx);
    await sql`
      insert into staging_user (organisation_id, connection_id, pull_id, object_id, removed, present, evidence)
      values (${organisationId}, ${connectionId}, ${pull.pullId}, ${objectId}, ${row.removed},
        ${JSON.stringify(answer.state === 'present' ? stagedPerson(answer.user) : {})}::jsonb, ${row.evidence})
    `.execute(tx);
    if (groups) await stageGroupsOf(tx, pull, { groups, edges });
  });
  const groupsMode = groups ? ('incremental' as const) : null;
  return { ...pull, entra: answer.state, groupsMode, fromGeneration: state.generation, refused };
}

interface Edge {
  group_id: string;
  member_id: string;
  member_kind: 'user' | 'group';
}

/**
 * Which memberships lead to the groups that Entra says the person is in, and are not known. What is known is not asked about; of a
 * group to which nothing known leads, its members are asked.
 */
async function findWays(deps: PullDeps, input: PersonInput, groups: readonly DirectoryGroup[]): Promise<Edge[]> {
  const { organisationId, connectionId, objectId, reader } = input;
  const ids = groups.map(({ id }) => id);
  const known = await stage(deps, input, async (tx) => {
    const { rows } = await sql<{ group_id: string }>`
      with recursive above (group_id) as (
        select m.group_id from directory_membership m
        where m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.member_id = ${objectId}
          and m.group_id = any(${ids}::uuid[])
        union
        select m.group_id from above u
        join directory_membership m
          on m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.member_id = u.group_id
        where m.group_id = any(${ids}::uuid[])
      )
      select group_id from above
    `.execute(tx);
    return new Set(rows.map((row) => row.group_id));
  });
  const edges: Edge[] = [];
  for (const id of ids.filter((one) => !known.has(one))) {
    input.signal.throwIfAborted();
    const { isMember, groupIds } = await reader.findMembers(id, objectId);
    if (isMember) edges.push({ group_id: id, member_id: objectId, member_kind: 'user' });
    for (const inner of groupIds.filter((one) => ids.includes(one)))
      edges.push({ group_id: id, member_id: inner, member_kind: 'group' });
  }
  return edges;
}

/** The groups with the ways that are new; and of what leads out of them to others, that it is no more. */
async function stageGroupsOf(
  tx: Tx,
  pull: Pull & { objectId: string },
  { groups, edges }: { groups: readonly DirectoryGroup[]; edges: readonly Edge[] },
): Promise<void> {
  const { organisationId, connectionId, pullId, objectId } = pull;
  const found = JSON.stringify(groups.map(({ id, name }) => ({ id, name })));
  await sql`
    insert into staging_group (organisation_id, connection_id, pull_id, group_id, display_name)
    select ${organisationId}::uuid, ${connectionId}::uuid, ${pullId}::uuid, r.id, r.name
    from jsonb_to_recordset(${found}::jsonb) as r (id uuid, name text)
  `.execute(tx);
  await sql`
    with above as (select r.id from jsonb_to_recordset(${found}::jsonb) as r (id uuid))
    insert into staging_membership (organisation_id, connection_id, pull_id, group_id, member_id, member_kind, removed)
    select ${organisationId}::uuid, ${connectionId}::uuid, ${pullId}::uuid, m.group_id, m.member_id, m.member_kind, m.removed
    from (
      select r.group_id, r.member_id, r.member_kind, false as removed
      from jsonb_to_recordset(${JSON.stringify(edges)}::jsonb) as r (group_id uuid, member_id uuid, member_kind text)
      union all
      select d.group_id, d.member_id, d.member_kind, true from directory_membership d
      where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId}
        and (d.member_id = ${objectId} or d.member_id in (select id from above)) and d.group_id not in (select id from above)
    ) m
  `.execute(tx);
}

/**
 * Makes the new generation; whoever no longer counts is only proposed to be absent, as by a whole run. Returns null when the mirror has
 * moved on meanwhile: then nothing was written (I14).
 */
export async function switchPerson(
  tx: Tx,
  pull: PersonPulled,
  scope: Omit<Scope, 'generation' | 'organisationId' | 'connectionId' | 'onlyObjectId'>,
): Promise<number | null> {
  const { organisationId, connectionId, objectId } = pull;
  const { rows } = await sql<{ generation: string }>`
    update mirror_state set generation = generation + 1
    where organisation_id = ${organisationId} and connection_id = ${connectionId} and generation = ${pull.fromGeneration}
    returning generation
  `.execute(tx);
  const [moved] = rows;
  if (!moved) return null;
  const generation = Number(moved.generation);
  await proposeDeletions(tx, pull, { generation, runId: scope.runId });
  await updateKnown(tx, { ...pull, mode: 'incremental' }, generation);
  await insertNew(tx, pull, generation);
  if (pull.groupsMode !== null) await switchGroups(tx, pull);
  await applyScope(tx, { ...scope, organisationId, connectionId, generation, onlyObjectId: objectId });
  return generation;
}

/** What was staged for the person, and nothing else: a reading that was stopped goes on with its own rows. */
export async function unstagePerson(tx: Tx, { organisationId, pullId }: Pull): Promise<void> {
  for (const table of ['staging_user', 'staging_group', 'staging_membership'] as const) {
    await tx.deleteFrom(table).where('organisation_id', '=', organisationId).where('pull_id', '=', pullId).execute();
  }
}
