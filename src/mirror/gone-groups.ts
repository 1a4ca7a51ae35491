// Chosen groups that are gone from Entra (F8). That a group was deleted does not say that its members no longer belong: whoever
// counted through it stays in scope until the group is back, or a person takes it out of the choice.
import { sql } from 'kysely';
import { groupClosure, peopleOfClosure } from '../db/group-closure.ts';
import type { Tx } from '../db/transaction.ts';
import type { MirrorKey } from './state.ts';

export interface ChosenGroup {
  id: string;
  name: string;
}

/** What this generation has found out, for telling of it once. */
export interface GroupsFound {
  /** Names of groups that were there in the generation before. */
  gone: string[];
  /** Names of groups that were gone in the generation before. */
  back: string[];
}

/**
 * Brings the held groups in step with what a round has found: `chosen` is null when everybody counts, `gone` are chosen ones that
 * two look-ups did not find. To be called before the round's groups are written: who counted is read from the mirror as it was.
 */
export async function holdGoneGroups(
  tx: Tx,
  key: MirrorKey,
  { chosen, gone }: { chosen: readonly string[] | null; gone: readonly ChosenGroup[] },
): Promise<GroupsFound> {
  const { organisationId, connectionId } = key;
  const goneIds = gone.map(({ id }) => id);
  const ofConnection = sql`organisation_id = ${organisationId} and connection_id = ${connectionId}`;
  await sql`delete from gone_group_member where ${ofConnection} and not group_id = any(${goneIds}::uuid[])`.execute(tx);
  await sql`
    delete from gone_group where ${ofConnection} and (back_at is not null or not group_id = any(${[...(chosen ?? [])]}::uuid[]))
  `.execute(tx);
  const back = await sql<{ name: string }>`
    update gone_group set back_at = now() where ${ofConnection} and not group_id = any(${goneIds}::uuid[]) returning name
  `.execute(tx);
  const found: GroupsFound = { gone: [], back: back.rows.map(({ name }) => name) };
  for (const group of gone) {
    const { rows } = await sql<{ name: string }>`
      insert into gone_group (organisation_id, connection_id, group_id, name)
      values (${organisationId}, ${connectionId}, ${group.id}, coalesce(
        (select nullif(display_name, '') from directory_group where ${ofConnection} and group_id = ${group.id}), ${group.name}))
      on conflict do nothing
      returning name
    `.execute(tx);
    const [added] = rows;
    if (!added) continue;
    found.gone.push(added.name);
    await holdMembers(tx, key, group.id);
  }
  return found;
}

/** Of a group that was never read nobody knows who was in it: then everybody who is in scope is held. */
async function holdMembers(tx: Tx, key: MirrorKey, groupId: string): Promise<void> {
  const { organisationId, connectionId } = key;
  await sql`
    with recursive ${groupClosure(sql`select ${groupId}::uuid`, key)}
    insert into gone_group_member (organisation_id, connection_id, group_id, object_id)
    select ${organisationId}, ${connectionId}, ${groupId}, held.object_id
    from (
      ${peopleOfClosure(key)}
      union
      select d.object_id
      from directory_user d
      where d.organisation_id = ${organisationId} and d.connection_id = ${connectionId} and d.in_scope and d.deleted_at is null
        and not exists (select from directory_group g
          where g.organisation_id = ${organisationId} and g.connection_id = ${connectionId} and g.group_id = ${groupId})
    ) held
  `.execute(tx);
}
