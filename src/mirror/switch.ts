// The one switch (R2): staged rows become the mirror's new generation in the caller's transaction, together with the links
// from which the next round goes on (R3). Written is only what differs: when nothing changed, no row of a person is touched.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import { holdGoneGroups, type GroupsFound } from './gone-groups.ts';
import type { PullResult } from './pull.ts';
import { applyScope, type Scope } from './scope.ts';
import type { Pull } from './stage.ts';

/** Rows of staging, and whether they are everybody. */
type Staged = Pull & Pick<PullResult, 'mode' | 'refused'>;

export interface SwitchResult {
  generation: number;
  groups: GroupsFound;
}

/**
 * Makes the new generation. Who no longer counts is only proposed to be absent: applyAbsences, and then purgeTombstones, end the
 * switch. Returns null when the mirror has moved on since the pull began: then nothing was written (I14).
 */
export async function switchGeneration(
  tx: Tx,
  pull: PullResult,
  scope: Omit<Scope, 'generation' | 'organisationId' | 'connectionId'>,
): Promise<SwitchResult | null> {
  const generation = await nextGeneration(tx, pull);
  if (generation === null) return null;
  const groups = await holdGoneGroups(tx, pull, { chosen: scope.groupIds, gone: pull.goneGroups });
  await proposeDeletions(tx, pull, { generation, runId: scope.runId });
  await updateKnown(tx, pull, generation);
  await insertNew(tx, pull, generation);
  await switchGroups(tx, pull);
  await applyScope(tx, { ...scope, organisationId: pull.organisationId, connectionId: pull.connectionId, generation });
  return { generation, groups };
}

/** The new number with the round's links. Guarantee: grows by exactly 1, from the generation that the round began with (I13). */
async function nextGeneration(tx: Tx, pull: PullResult): Promise<number | null> {
  // Other fields make people be read anew, and not the groups: what is due for them stays due (I15).
  const full = pull.mode === 'initial' && pull.groupsMode !== 'incremental';
  const { rows } = await sql<{ generation: string }>`
    insert into mirror_state as m (organisation_id, connection_id, generation, users_link, users_link_options, users_link_at,
      groups_link, groups_link_at, groups_link_options, refused, read_at, full_read_at)
    values (${pull.organisationId}, ${pull.connectionId}, 1, ${pull.usersLink}, ${pull.usersLinkOptions}, now(),
      ${pull.groupsLink}, case when ${pull.groupsLink}::text is null then null else now() end, ${pull.groupsLinkOptions},
      ${[...pull.refused]}::text[], now(), now())
    on conflict (organisation_id, connection_id) do update set
      generation = m.generation + 1,
      users_link = excluded.users_link, users_link_options = excluded.users_link_options, users_link_at = now(),
      groups_link = excluded.groups_link, groups_link_at = excluded.groups_link_at, groups_link_options = excluded.groups_link_options,
      refused = excluded.refused, read_at = now(),
      full_read_at = case when ${full} then now() else m.full_read_at end
    where m.generation = ${pull.fromGeneration}
    returning generation
  `.execute(tx);
  const row = rows[0];
  return row ? Number(row.generation) : null;
}

/**
 * Proved absences of people who count are proposed; of those who do not, they are tombstones at once. Somebody in the recycle bin
 * who is later gone for good gets the other reason.
 */
export async function proposeDeletions(
  tx: Tx,
  pull: Pull,
  { generation, runId }: { generation: number; runId: string },
): Promise<void> {
  const proved = sql`
    s.organisation_id = ${pull.organisationId} and s.pull_id = ${pull.pullId} and s.removed is not null and s.evidence is not null
      and d.organisation_id = s.organisation_id and d.connection_id = ${pull.connectionId} and d.object_id = s.object_id`;
  const reason = sql`(case s.removed when 'changed' then 'deleted' else 'purged' end)`;
  // Held as deleted already, and now found to be gone for good: the same question, with its decision.
  const isSameQuestion = sql`d.held_reason in ('deleted', 'purged')`;
  await sql`
    update directory_user d set
      held_reason = ${reason}, held_evidence = s.evidence,
      held_at = case when ${isSameQuestion} then d.held_at else now() end,
      held_run_id = case when ${isSameQuestion} then d.held_run_id else ${runId}::uuid end,
      held_decision = case when ${isSameQuestion} then d.held_decision end,
      held_decided_by = case when ${isSameQuestion} then d.held_decided_by end,
      held_decided_at = case when ${isSameQuestion} then d.held_decided_at end
    from staging_user s
    where ${proved} and d.deleted_at is null and d.in_scope and d.held_reason is distinct from ${reason}
  `.execute(tx);
  await sql`
    update directory_user d set
      deleted_at = coalesce(d.deleted_at, now()), deleted_reason = ${reason}, deleted_evidence = s.evidence,
      generation = ${generation}
    from staging_user s
    where ${proved} and not (d.deleted_at is null and d.in_scope) and d.deleted_reason is distinct from ${reason}
  `.execute(tx);
}

// What a staged person says, laid over what is known: a member that was not told keeps its value. After a full read the
// coupled attributes are exactly the staged ones, so that those no longer coupled are not kept; those that Microsoft refused are.
const told = sql`
  coalesce(s.present ->> 'upn', d.user_principal_name, s.object_id::text) as user_principal_name,
  case when s.present ? 'mail' then nullif(s.present ->> 'mail', '') else d.mail end as mail,
  coalesce(case when s.present ? 'name' then nullif(s.present ->> 'name', '') else d.display_name end,
    s.present ->> 'upn', d.user_principal_name, s.object_id::text) as display_name,
  coalesce((s.present ->> 'enabled')::boolean, d.account_enabled, true) as account_enabled,
  coalesce(case when s.present ? 'type' then s.present ->> 'type' else d.user_type end, 'Member') as user_type,
  case when s.present ? 'employeeId' then nullif(s.present ->> 'employeeId', '') else d.employee_id end as employee_id,
  coalesce((s.present ->> 'licensed')::boolean, d.licensed) as licensed,
  coalesce((s.present ->> 'resource')::boolean, d.resource_account, false) as resource_account,
  case when s.present ? 'invitation' then nullif(s.present ->> 'invitation', '') else d.invitation end as invitation,
  case when s.present ? 'aliases' then array(select jsonb_array_elements_text(s.present -> 'aliases'))
    else coalesce(d.aliases, '{}') end as aliases,
  case when s.present ? 'managerId' then (s.present ->> 'managerId')::uuid else d.manager_id end as manager_id`;

const sameAccount = sql`(d.deleted_at is null
  and (d.account_enabled, d.licensed, d.user_type, d.mail) is not distinct from (t.account_enabled, t.licensed, t.user_type, t.mail))`;

const isHeldDeleted = sql`coalesce(d.held_reason in ('deleted', 'purged'), false)`;

export async function updateKnown(tx: Tx, pull: Staged, generation: number): Promise<number> {
  const kept =
    pull.mode === 'initial'
      ? sql`(select coalesce(jsonb_object_agg(kept.key, kept.value), '{}') from jsonb_each(d.attributes) kept
          where kept.key = any(${[...pull.refused]}::text[]))`
      : sql`d.attributes`;
  const result = await sql`
    with told as (
      select s.object_id, ${told},
        jsonb_strip_nulls(${kept} || coalesce(s.present -> 'attributes', '{}')) as attributes
      from staging_user s
      join directory_user d
        on d.organisation_id = s.organisation_id and d.connection_id = ${pull.connectionId} and d.object_id = s.object_id
      where s.organisation_id = ${pull.organisationId} and s.pull_id = ${pull.pullId} and s.removed is null
    )
    update directory_user d set
      user_principal_name = t.user_principal_name, mail = t.mail, display_name = t.display_name,
      account_enabled = t.account_enabled, user_type = t.user_type, employee_id = t.employee_id, aliases = t.aliases,
      manager_id = t.manager_id, attributes = t.attributes,
      licensed = t.licensed, resource_account = t.resource_account, invitation = t.invitation,
      -- What a mailbox is for is asked anew when the account became another: Graph does not tell of it by itself (9.3).
      mailbox_purpose = case when ${sameAccount} then d.mailbox_purpose end,
      mailbox_read_at = case when ${sameAccount} then d.mailbox_read_at end,
      deleted_at = null, deleted_reason = null, deleted_evidence = null,
      -- Who is there is not deleted, whatever was held; whether they are in scope is decided below.
      held_reason = case when ${isHeldDeleted} then null else d.held_reason end,
      held_evidence = case when ${isHeldDeleted} then null else d.held_evidence end,
      held_at = case when ${isHeldDeleted} then null else d.held_at end,
      held_run_id = case when ${isHeldDeleted} then null else d.held_run_id end,
      held_decision = case when ${isHeldDeleted} then null else d.held_decision end,
      held_decided_by = case when ${isHeldDeleted} then null else d.held_decided_by end,
      held_decided_at = case when ${isHeldDeleted} then null else d.held_decided_at end,
      -- Who comes back has been away: the scope is decided afresh.
      in_scope = d.in_scope and d.deleted_at is null,
      -- Out of scope, if so, from now on and not since the person was first seen: an earlier decision was another question.
      scope_since = case when d.in_scope and d.deleted_at is not null then now() else d.scope_since end,
      generation = ${generation}
    from told t
    where d.organisation_id = ${pull.organisationId} and d.connection_id = ${pull.connectionId} and d.object_id = t.object_id
      and (d.deleted_at is not null or ${isHeldDeleted}
        or (d.user_principal_name, d.mail, d.display_name, d.account_enabled, d.user_type, d.employee_id, d.aliases, d.manager_id, d.attributes,
            d.licensed, d.resource_account, d.invitation)
          is distinct from (t.user_principal_name, t.mail, t.display_name, t.account_enabled, t.user_type, t.employee_id, t.aliases, t.manager_id, t.attributes,
            t.licensed, t.resource_account, t.invitation))
  `.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

export async function insertNew(tx: Tx, pull: Pull, generation: number): Promise<number> {
  const result = await sql`
    insert into directory_user (organisation_id, connection_id, object_id, user_principal_name, mail, display_name,
      account_enabled, user_type, employee_id, licensed, resource_account, invitation, aliases, manager_id, attributes, generation)
    select s.organisation_id, ${pull.connectionId}::uuid, s.object_id, t.user_principal_name, t.mail, t.display_name,
      t.account_enabled, t.user_type, t.employee_id, t.licensed, t.resource_account, t.invitation, t.aliases, t.manager_id,
      jsonb_strip_nulls(coalesce(s.present -> 'attributes', '{}')), ${generation}
    from staging_user s
    left join directory_user d
      on d.organisation_id = s.organisation_id and d.connection_id = ${pull.connectionId} and d.object_id = s.object_id
    cross join lateral (select ${told}) t
    where s.organisation_id = ${pull.organisationId} and s.pull_id = ${pull.pullId} and s.removed is null and d.object_id is null
  `.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

/** Groups and memberships. After a full round what was not staged is gone: the enumerated round ended properly. */
export async function switchGroups(tx: Tx, pull: Pull & Pick<PullResult, 'groupsMode'>): Promise<void> {
  const { organisationId, connectionId, pullId, groupsMode } = pull;
  if (groupsMode === null) {
    // Everybody counts: groups are not needed, and what is not needed is not kept.
    await sql`delete from directory_membership where organisation_id = ${organisationId} and connection_id = ${connectionId}`.execute(
      tx,
    );
    await sql`delete from directory_group where organisation_id = ${organisationId} and connection_id = ${connectionId}`.execute(
      tx,
    );
    return;
  }
  const full = groupsMode === 'initial';
  await sql`
    delete from directory_group d
    where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId}
      and (exists (select from staging_group s where s.organisation_id = d.organisation_id and s.pull_id = ${pullId} and s.group_id = d.group_id and s.removed)
        or (${full} and not exists (select from staging_group s where s.organisation_id = d.organisation_id and s.pull_id = ${pullId} and s.group_id = d.group_id)))
  `.execute(tx);
  await sql`
    insert into directory_group as d (organisation_id, connection_id, group_id, display_name)
    select s.organisation_id, ${connectionId}::uuid, s.group_id, coalesce(s.display_name, '')
    from staging_group s
    where s.organisation_id = ${organisationId} and s.pull_id = ${pullId} and not s.removed
    on conflict (organisation_id, connection_id, group_id) do update set display_name = excluded.display_name
    where excluded.display_name <> '' and d.display_name <> excluded.display_name
  `.execute(tx);
  await sql`
    delete from directory_membership d
    where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId}
      and (exists (select from staging_membership s where s.organisation_id = d.organisation_id and s.pull_id = ${pullId}
            and s.group_id = d.group_id and s.member_id = d.member_id and s.removed)
        or exists (select from staging_group s where s.organisation_id = d.organisation_id and s.pull_id = ${pullId} and s.group_id = d.group_id and s.removed)
        or (${full} and not exists (select from staging_membership s where s.organisation_id = d.organisation_id and s.pull_id = ${pullId}
            and s.group_id = d.group_id and s.member_id = d.member_id)))
  `.execute(tx);
  await sql`
    insert into directory_membership (organisation_id, connection_id, group_id, member_id, member_kind)
    select s.organisation_id, ${connectionId}::uuid, s.group_id, s.member_id, s.member_kind
    from staging_membership s
    where s.organisation_id = ${organisationId} and s.pull_id = ${pullId} and not s.removed
    on conflict do nothing
  `.execute(tx);
}
