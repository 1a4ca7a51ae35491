// Who counts: everybody, or the members of the chosen groups and of the groups inside them, without guests and disabled
// accounts unless they were chosen. Worked out anew with each generation, and written only where it differs.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';
import type { MirrorKey } from './state.ts';

export interface Scope extends MirrorKey {
  /** Null: everybody. */
  groupIds: readonly string[] | null;
  includeGuests: boolean;
  includeDisabled: boolean;
  generation: number;
}

/**
 * Sets in_scope, out_reason and scope_since of everyone in the mirror who is not a tombstone. The closure over nested groups is
 * a UNION, so groups that contain each other end it. Who is held for a chosen group that is gone counts as before (F8).
 */
export async function applyScope(tx: Tx, scope: Scope): Promise<void> {
  await sql`
    with recursive closure (group_id) as (
      select unnest(${scope.groupIds ?? []}::uuid[])
      union
      select m.member_id
      from closure c
      join directory_membership m
        on m.organisation_id = ${scope.organisationId} and m.connection_id = ${scope.connectionId} and m.group_id = c.group_id
      where m.member_kind = 'group'
    ),
    chosen as (
      select m.member_id
      from closure c
      join directory_membership m
        on m.organisation_id = ${scope.organisationId} and m.connection_id = ${scope.connectionId} and m.group_id = c.group_id
      where m.member_kind = 'user'
      union
      select h.object_id
      from gone_group_member h
      where h.organisation_id = ${scope.organisationId} and h.connection_id = ${scope.connectionId}
    ),
    wanted as (
      select d.object_id,
        case
          when ${scope.groupIds !== null} and c.member_id is null then 'left_groups'
          when d.user_type = 'Guest' and not ${scope.includeGuests} then 'guest'
          when not d.account_enabled and not ${scope.includeDisabled} then 'disabled'
        end as out_reason
      from directory_user d
      left join chosen c on c.member_id = d.object_id
      where d.organisation_id = ${scope.organisationId} and d.connection_id = ${scope.connectionId} and d.deleted_at is null
    )
    update directory_user d set
      in_scope = w.out_reason is null,
      out_reason = w.out_reason,
      scope_since = case when d.in_scope = (w.out_reason is null) then d.scope_since else now() end,
      generation = ${scope.generation}
    from wanted w
    where d.organisation_id = ${scope.organisationId} and d.connection_id = ${scope.connectionId} and d.object_id = w.object_id
      and (d.in_scope <> (w.out_reason is null) or d.out_reason is distinct from w.out_reason)
  `.execute(tx);
}
