// Pages from Graph become staging rows that no reader sees (R1). One statement a page; within a round a later page wins,
// and what absent members mean (unchanged) is settled when the generation is switched.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import type { GroupItem } from '../graph/groups.ts';
import type { UserItem } from '../graph/users.ts';
import type { MirrorKey } from './state.ts';

/** Where the rows of one attempt to read go. */
export interface Pull extends MirrorKey {
  pullId: string;
}

/** The staged form of a person: only what Graph told. Null: told to be empty. */
export interface StagedPerson {
  upn?: string;
  mail?: string | null;
  name?: string | null;
  enabled?: boolean;
  type?: string | null;
  employeeId?: string | null;
  licensed?: boolean;
  resource?: boolean;
  invitation?: string | null;
  aliases?: string[];
  managerId?: string | null;
  attributes: Record<string, string | null>;
}

interface StagedUser {
  object_id: string;
  removed: 'changed' | 'deleted' | null;
  contested: boolean;
  present: StagedPerson | Record<string, never>;
}

/** What Graph told about a person, in the staged form. */
export function stagedPerson(item: UserItem): StagedPerson {
  return {
    ...(item.userPrincipalName !== undefined && { upn: item.userPrincipalName }),
    ...(item.mail !== undefined && { mail: item.mail }),
    ...(item.displayName !== undefined && { name: item.displayName }),
    ...(item.accountEnabled !== undefined && { enabled: item.accountEnabled }),
    ...(item.userType !== undefined && { type: item.userType }),
    ...(item.employeeId !== undefined && { employeeId: item.employeeId }),
    ...(item.licensed !== undefined && { licensed: item.licensed }),
    ...(item.resourceAccount !== undefined && { resource: item.resourceAccount }),
    ...(item.invitation !== undefined && { invitation: item.invitation }),
    ...(item.aliases !== undefined && { aliases: item.aliases }),
    ...(item.managerId !== undefined && { managerId: item.managerId }),
    attributes: { ...item.attributes },
  };
}

function merge(before: StagedUser | undefined, item: UserItem): StagedUser {
  if (item.removed) {
    return {
      object_id: item.id,
      removed: item.removed,
      contested: before !== undefined && (before.contested || before.removed === null),
      present: {},
    };
  }
  const person = stagedPerson(item);
  const earlier = before && !before.removed && 'attributes' in before.present ? before.present : null;
  return {
    object_id: item.id,
    removed: null,
    contested: before !== undefined && (before.contested || before.removed !== null),
    present: earlier ? { ...earlier, ...person, attributes: { ...earlier.attributes, ...person.attributes } } : person,
  };
}

/**
 * Stages one page of users. The same id may come again, on this page or a later one, in any order (F26-F29): present merges
 * over present, and an object that was seen both present and removed is marked contested, to be looked up.
 */
export async function stageUsers(tx: Tx, pull: Pull, items: readonly UserItem[]): Promise<void> {
  const byId = new Map<string, StagedUser>();
  for (const item of items) byId.set(item.id, merge(byId.get(item.id), item));
  if (byId.size === 0) return;
  await sql`
    insert into staging_user as s (organisation_id, connection_id, pull_id, object_id, removed, contested, present)
    select ${pull.organisationId}::uuid, ${pull.connectionId}::uuid, ${pull.pullId}::uuid, r.object_id, r.removed, r.contested, r.present
    from jsonb_to_recordset(${JSON.stringify([...byId.values()])}::jsonb)
      as r (object_id uuid, removed text, contested boolean, present jsonb)
    on conflict (organisation_id, pull_id, object_id) do update set
      removed = excluded.removed,
      -- What was found out about it was found out before.
      evidence = null,
      contested = s.contested or excluded.contested or (s.removed is null) <> (excluded.removed is null),
      present = case
        when excluded.removed is not null then '{}'::jsonb
        when s.removed is not null then excluded.present
        else s.present || excluded.present || jsonb_build_object('attributes',
          coalesce(s.present -> 'attributes', '{}') || coalesce(excluded.present -> 'attributes', '{}'))
      end
  `.execute(tx);
}

/**
 * Stages one page of groups with their direct members. Parts of a large group come on several pages and add up; a later word
 * on a member wins.
 */
export async function stageGroups(tx: Tx, pull: Pull, items: readonly GroupItem[]): Promise<void> {
  const groups = new Map<
    string,
    { group_id: string; removed: boolean; hidden: boolean; display_name: string | null }
  >();
  const members = new Map<string, { group_id: string; member_id: string; member_kind: string; removed: boolean }>();
  for (const item of items) {
    const name = item.displayName ?? groups.get(item.id)?.display_name ?? null;
    const hidden = item.hidden || groups.get(item.id)?.hidden === true;
    groups.set(item.id, { group_id: item.id, removed: item.removed, hidden, display_name: name });
    for (const member of item.members) {
      members.set(`${item.id}/${member.id}`, {
        group_id: item.id,
        member_id: member.id,
        member_kind: member.kind,
        removed: member.removed,
      });
    }
  }
  if (groups.size > 0) {
    await sql`
      insert into staging_group as s (organisation_id, connection_id, pull_id, group_id, removed, hidden, display_name)
      select ${pull.organisationId}::uuid, ${pull.connectionId}::uuid, ${pull.pullId}::uuid, r.group_id, r.removed, r.hidden, r.display_name
      from jsonb_to_recordset(${JSON.stringify([...groups.values()])}::jsonb)
        as r (group_id uuid, removed boolean, hidden boolean, display_name text)
      on conflict (organisation_id, pull_id, group_id) do update set
        removed = excluded.removed, hidden = s.hidden or excluded.hidden,
        display_name = coalesce(excluded.display_name, s.display_name)
    `.execute(tx);
  }
  if (members.size > 0) {
    await sql`
      insert into staging_membership (organisation_id, connection_id, pull_id, group_id, member_id, member_kind, removed)
      select ${pull.organisationId}::uuid, ${pull.connectionId}::uuid, ${pull.pullId}::uuid,
        r.group_id, r.member_id, r.member_kind, r.removed
      from jsonb_to_recordset(${JSON.stringify([...members.values()])}::jsonb)
        as r (group_id uuid, member_id uuid, member_kind text, removed boolean)
      on conflict (organisation_id, pull_id, group_id, member_id) do update set
        removed = excluded.removed, member_kind = excluded.member_kind
    `.execute(tx);
  }
}

/** How many different people are staged as present. */
export async function countStaged(tx: Tx, pull: Pull): Promise<number> {
  const row = await tx
    .selectFrom('staging_user')
    .select((eb) => eb.fn.countAll<string>().as('people'))
    .where('organisation_id', '=', pull.organisationId)
    .where('pull_id', '=', pull.pullId)
    .where('removed', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.people);
}

/** Groups are to be read from their beginning. */
export async function unstageGroups(tx: Tx, pull: Pull): Promise<void> {
  for (const table of ['staging_group', 'staging_membership'] as const) {
    await tx
      .deleteFrom(table)
      .where('organisation_id', '=', pull.organisationId)
      .where('pull_id', '=', pull.pullId)
      .execute();
  }
}

/** What was found out long ago about who is not there is asked anew. */
export async function forgetEvidence(tx: Tx, pull: Pull): Promise<void> {
  await tx
    .updateTable('staging_user')
    .set({ evidence: null })
    .where('organisation_id', '=', pull.organisationId)
    .where('pull_id', '=', pull.pullId)
    .where('evidence', 'is not', null)
    .execute();
}

/**
 * Drops all that was staged for the organisation, and how far it had come. Only the holder of the lease may call it: whoever else
 * staged is dead. Of the organisation's connections at most one is not off.
 */
export async function sweepStaging(tx: Tx, { organisationId }: Pick<MirrorKey, 'organisationId'>): Promise<void> {
  for (const table of ['staging_user', 'staging_group', 'staging_membership', 'pull_progress'] as const) {
    await tx.deleteFrom(table).where('organisation_id', '=', organisationId).execute();
  }
}
