// Who counts: everybody, or the members of the chosen groups and of the groups inside them, without guests and disabled
// accounts unless they were chosen. Worked out anew with each generation, and written only where it differs.
import { sql } from 'kysely';
import { groupClosure, peopleOfClosure } from '../db/group-closure.ts';
import type { Tx } from '../db/transaction.ts';
import type { MirrorKey } from './state.ts';

export interface Scope extends MirrorKey {
  /** Null: everybody. */
  groupIds: readonly string[] | null;
  includeGuests: boolean;
  includeDisabled: boolean;
  generation: number;
  /** That proposes the absences. */
  runId: string;
  /** Only of this person; the others stay as they are. */
  onlyObjectId?: string;
}

/**
 * Proposes to leave out who counted and no longer does, and takes that back for who counts again; of the others it sets in_scope,
 * out_reason and scope_since. Who is held for a chosen group that is gone counts as before (F8). Tombstones, and people whose
 * deletion is proposed, are no question of scope.
 */
export async function applyScope(tx: Tx, scope: Scope): Promise<void> {
  await sql`
    with recursive ${groupClosure(sql`select unnest(${scope.groupIds ?? []}::uuid[])`, scope)},
    chosen as (
      ${peopleOfClosure(scope)}
      union
      select h.object_id
      from gone_group_member h
      where h.organisation_id = ${scope.organisationId} and h.connection_id = ${scope.connectionId}
    ),
    wanted as (
      select d.object_id,
        case
          when ${scope.groupIds !== null} and c.object_id is null then 'left_groups'
          when d.user_type = 'Guest' and not ${scope.includeGuests} then 'guest'
          when not d.account_enabled and not ${scope.includeDisabled} then 'disabled'
        end as out_reason
      from directory_user d
      left join chosen c on c.object_id = d.object_id
      where d.organisation_id = ${scope.organisationId} and d.connection_id = ${scope.connectionId} and d.deleted_at is null
        and (${scope.onlyObjectId ?? null}::uuid is null or d.object_id = ${scope.onlyObjectId ?? null})
    )
    update directory_user d set
      held_reason = case when d.in_scope then w.out_reason end,
      held_evidence = case when d.in_scope and w.out_reason is not null then 'out_of_scope' end,
      held_at = case when d.in_scope and w.out_reason is not null then coalesce(d.held_at, now()) end,
      held_run_id = case when d.in_scope and w.out_reason is not null then coalesce(d.held_run_id, ${scope.runId}::uuid) end,
      -- Another reason is another question.
      held_decision = null, held_decided_by = null, held_decided_at = null,
      in_scope = d.in_scope or w.out_reason is null,
      out_reason = case when not d.in_scope then w.out_reason end,
      scope_since = case when d.in_scope or w.out_reason is not null then d.scope_since else now() end,
      -- Also of whom a hold ended: what they missed meanwhile is planned.
      generation = ${scope.generation}
    from wanted w
    where d.organisation_id = ${scope.organisationId} and d.connection_id = ${scope.connectionId} and d.object_id = w.object_id
      and coalesce(d.held_reason, '') not in ('deleted', 'purged')
      and case when d.in_scope then d.held_reason is distinct from w.out_reason
        else w.out_reason is null or d.out_reason is distinct from w.out_reason end
  `.execute(tx);
}
