// Groups within groups, as a part of a statement: what counts through a group is asked in several rooms, and must be the same in all.
import { sql, type RawBuilder } from 'kysely';

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

/**
 * `closure (group_id) as (…)` for `with recursive`: the groups that `seed` selects and all inside them, as the mirror knows them. It is a
 * UNION, so groups that contain each other end it.
 */
export const groupClosure = (seed: RawBuilder<unknown>, { organisationId, connectionId }: OfConnection) => sql`
  closure (group_id) as (
    ${seed}
    union
    select m.member_id
    from closure c
    join directory_membership m
      on m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.group_id = c.group_id
    where m.member_kind = 'group'
  )`;

/** The people who are in a group of `closure`, each as often as in groups. */
export const peopleOfClosure = ({ organisationId, connectionId }: OfConnection) => sql`
  select m.member_id as object_id
  from closure c
  join directory_membership m
    on m.organisation_id = ${organisationId} and m.connection_id = ${connectionId} and m.group_id = c.group_id
  where m.member_kind = 'user'`;
