// Through which groups a person counts: the groups above the person are collected in SQL (a UNION, so groups that contain each other
// end it), and the ways through them are found by reconcile/group-paths.ts.
import { sql } from 'kysely';
import type { Why } from '../contract/api-why.ts';
import type { Tx } from '../db/transaction.ts';
import { shortestPaths } from '../reconcile/group-paths.ts';
import type { Connected } from './connected.ts';

/** As the mirror knows the groups. A group that was chosen and is gone has no way any more, and holds whom it had (F8). */
export async function listWays(
  tx: Tx,
  of: Connected,
  objectId: string,
): Promise<Pick<Why, 'paths' | 'groups' | 'chosenGroups' | 'goneGroups'>> {
  const { organisationId, connectionId } = of;
  const { rows } = await sql<{ group_id: string; member_id: string; name: string; is_chosen: boolean }>`
    with recursive above (group_id) as (
      select m.group_id from directory_membership m
      where m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.member_id = ${objectId}
      union
      select m.group_id from above u
      join directory_membership m
        on m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.member_id = u.group_id
    )
    select m.group_id, m.member_id, coalesce(g.display_name, c.name, '') as name, c.group_id is not null as is_chosen
    from above u
    join directory_membership m
      on m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.group_id = u.group_id
        and (m.member_id = ${objectId} or m.member_kind = 'group' and m.member_id in (select group_id from above))
    left join directory_group g
      on g.organisation_id = ${organisationId} and g.connection_id = ${connectionId} and g.group_id = u.group_id
    left join connection_group c
      on c.organisation_id = ${organisationId} and c.connection_id = ${connectionId} and c.group_id = u.group_id
  `.execute(tx);
  const names = new Map(rows.map((row) => [row.group_id, row.name]));
  const nameOf = (id: string) => names.get(id) ?? '';
  const edges = rows.map((row) => ({ groupId: row.group_id, memberId: row.member_id }));
  const chosen = rows.filter((row) => row.is_chosen).map((row) => row.group_id);
  const direct = rows.filter((row) => row.member_id === objectId).map((row) => row.name);
  return {
    paths: shortestPaths(objectId, edges, chosen, nameOf).map((way) => ({
      groups: way.map((id) => ({ id, name: nameOf(id) })),
    })),
    groups: direct.toSorted((a, b) => a.localeCompare(b, 'sv')).slice(0, groupsMax),
    chosenGroups: await countChosen(tx, of),
    goneGroups: await listGone(tx, of, objectId),
  };
}

// More than anybody reads.
const groupsMax = 50;

async function countChosen(tx: Tx, { organisationId, connectionId }: Connected): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from connection_group
    where organisation_id = ${organisationId} and connection_id = ${connectionId}
  `.execute(tx);
  return Number(rows[0]?.count ?? 0);
}

async function listGone(tx: Tx, of: Connected, objectId: string): Promise<Why['goneGroups']> {
  const { rows } = await sql<{ name: string; since: Date }>`
    select g.name, g.since
    from gone_group_member h
    join gone_group g on g.organisation_id = h.organisation_id and g.connection_id = h.connection_id and g.group_id = h.group_id
    where h.organisation_id = ${of.organisationId} and h.connection_id = ${of.connectionId} and h.object_id = ${objectId}
    order by g.name, g.group_id
  `.execute(tx);
  return rows.map(({ name, since }) => ({ name, since: since.toISOString() }));
}
