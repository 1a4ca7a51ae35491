// Chosen groups that are gone from Entra, as the pages show them: since when, and how many linked people would leave the scope if
// the group were taken out of the choice. Worked out when asked for, from the mirror: a link made today counts.
import { sql } from 'kysely';
import type { GoneGroup } from '../contract/api-connection.ts';
import { groupClosure, peopleOfClosure } from '../db/group-closure.ts';
import type { Tx } from '../db/transaction.ts';

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

/** In the order of their names. Who counts through a living group, or through another that is gone, would not leave. */
export async function listGoneGroups(tx: Tx, { organisationId, connectionId }: OfConnection): Promise<GoneGroup[]> {
  const { rows } = await sql<{ id: string; name: string; since: Date; back_at: Date | null }>`
    select g.group_id as id, g.name, g.since, g.back_at
    from gone_group g
    join connection_group c
      on c.organisation_id = g.organisation_id and c.connection_id = g.connection_id and c.group_id = g.group_id
    where g.organisation_id = ${organisationId} and g.connection_id = ${connectionId}
    order by g.name, g.group_id
  `.execute(tx);
  // Nearly always: the groups need not be gone through.
  if (rows.length === 0) return [];
  const leaving = await countLeaving(tx, { organisationId, connectionId });
  return rows.map(({ id, name, since, back_at: backAt }) => ({
    id,
    name,
    since: since.toISOString(),
    backAt: backAt?.toISOString() ?? null,
    leaving: leaving.get(id) ?? 0,
  }));
}

async function countLeaving(tx: Tx, of: OfConnection): Promise<Map<string, number>> {
  const { organisationId, connectionId } = of;
  const chosen = sql`
    select group_id from connection_group where organisation_id = ${organisationId} and connection_id = ${connectionId}`;
  const { rows } = await sql<{ id: string; people: string }>`
    with recursive ${groupClosure(chosen, of)},
    living as (select distinct object_id from (${peopleOfClosure(of)}) as people)
    select h.group_id as id, count(*) as people
    from gone_group_member h
    join link l on l.organisation_id = h.organisation_id and l.connection_id = h.connection_id and l.object_id = h.object_id
    join directory_user d on d.organisation_id = h.organisation_id and d.connection_id = h.connection_id and d.object_id = h.object_id
    left join living on living.object_id = h.object_id
    where h.organisation_id = ${organisationId} and h.connection_id = ${connectionId}
      and d.in_scope and d.deleted_at is null and living.object_id is null
      and not exists (
        select from gone_group_member o
        join connection_group c
          on c.organisation_id = o.organisation_id and c.connection_id = o.connection_id and c.group_id = o.group_id
        where o.organisation_id = h.organisation_id and o.connection_id = h.connection_id and o.object_id = h.object_id
          and o.group_id <> h.group_id)
    group by h.group_id
  `.execute(tx);
  return new Map(rows.map(({ id, people }) => [id, Number(people)]));
}
