// What a run meant for people, counted in its own transaction: `now()` there is the same moment that the switch wrote, so
// exactly what this run moved is counted.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

export interface RunCounts extends Record<string, number> {
  /** Present and in scope. */
  people: number;
  /** Came into scope, and neither linked nor ignored. */
  newPeople: number;
  /** Linked people who are newly under *Ta bort Entra ID-användare*. */
  gone: number;
  /** Linked people who left that list by coming back. */
  returned: number;
  changedUsers: number;
  changedFields: number;
  /** Waits for a decision, by this run or an earlier one. */
  held: number;
  /** Held before, and taken back by the directory. */
  holdsEnded: number;
  issues: number;
  requests: number;
}

export async function countRun(
  tx: Tx,
  key: { organisationId: string; connectionId: string },
): Promise<Pick<RunCounts, 'people' | 'newPeople' | 'gone' | 'returned'>> {
  const { rows } = await sql<{ people: string; new_people: string; gone: string; returned: string }>`
    select
      count(*) filter (where d.deleted_at is null and d.in_scope) as people,
      count(*) filter (where d.deleted_at is null and d.in_scope and d.scope_since = now()
        and l.app_user_id is null and i.object_id is null) as new_people,
      count(*) filter (where l.app_user_id is not null and i.object_id is null
        and ((d.deleted_at = now() and d.in_scope) or (d.deleted_at is null and not d.in_scope and d.scope_since = now()))) as gone,
      count(*) filter (where l.app_user_id is not null and d.deleted_at is null and d.in_scope and d.scope_since = now()
        and d.first_seen_at < now()) as returned
    from directory_user d
    join connection k on k.organisation_id = d.organisation_id and k.id = d.connection_id
    left join link l on l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id
    left join ignored i on i.organisation_id = d.organisation_id and i.tenant_id = k.tenant_id and i.object_id = d.object_id
    where d.organisation_id = ${key.organisationId} and d.connection_id = ${key.connectionId}
  `.execute(tx);
  const row = rows[0];
  return {
    people: Number(row?.people ?? 0),
    newPeople: Number(row?.new_people ?? 0),
    gone: Number(row?.gone ?? 0),
    returned: Number(row?.returned ?? 0),
  };
}
