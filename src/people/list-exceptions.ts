// Which exceptions from the rules of fields stand, by the database's clock: as a condition for statements, and as the page shows them.
import { sql, type RawBuilder } from 'kysely';
import type { AppUser } from '../contract/api-people.ts';
import { targetFieldSchema } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';

/** Whether an exception stands now, by the database's clock. `appUserId` and `field` are expressions of the statement around it. */
export function isExcepted(
  organisationId: string,
  of: { appUserId: RawBuilder<unknown>; field: RawBuilder<unknown> },
): RawBuilder<boolean> {
  return sql<boolean>`exists (select from field_exception x
    where x.organisation_id = ${organisationId} and x.app_user_id = ${of.appUserId} and x.field = ${of.field}
      and (x.ends_at is null or x.ends_at > now()))`;
}

/** Those that stand, by field. */
export async function listExceptions(
  tx: Tx,
  organisationId: string,
  appUserId: string,
): Promise<AppUser['exceptions']> {
  const { rows } = await sql<{ field: string; owner_id: string; owner: string; reason: string; until: string | null }>`
    select x.field, x.owner_id, o.display_name as owner, x.reason, x.until
    from field_exception x
    join app_user o on o.organisation_id = x.organisation_id and o.id = x.owner_id
    where x.organisation_id = ${organisationId} and x.app_user_id = ${appUserId} and (x.ends_at is null or x.ends_at > now())
    order by x.field
  `.execute(tx);
  return rows.map(({ field, owner_id: id, owner, reason, until }) => ({
    field: targetFieldSchema.parse(field),
    owner: { id, displayName: owner },
    reason,
    until,
  }));
}
