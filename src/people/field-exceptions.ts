// Exceptions from the rules of fields: a coupled field of one app user that follows Entra no longer, with who is responsible, why and
// until when. While it stands, no run, no linking and no approval writes that field; a person may.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { recordAudit } from '../audit/record.ts';
import type { endException as endRoute, makeException as makeRoute } from '../contract/api-exceptions.ts';
import type { AppUser } from '../contract/api-people.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { findEntraLink } from './entra-link.ts';
import { readAppUser } from './read-app-user.ts';

interface Deps {
  db: Database;
}

/** Throws not_found, and invalid_input for a field that is not coupled, a day that is past, or an owner who is nobody. */
export async function makeException(
  { db }: Deps,
  actor: Actor,
  { id, field, reason, ownerId, until }: { id: string } & z.output<typeof makeRoute.body>,
): Promise<AppUser> {
  const { organisationId } = actor;
  return inOrganisation(db, organisationId, async (tx) => {
    await lock(tx, organisationId, id);
    const link = await findEntraLink(tx, organisationId, id);
    if (!link?.mappedFields.includes(field)) throw refused('field', 'not coupled');
    const owner = ownerId ?? actor.appUserId;
    const { rows } = await sql<{ is_present: boolean; ends_at: Date | null; is_past: boolean | null }>`
      select exists (select from app_user a where a.organisation_id = o.id and a.id = ${owner} and a.removed_at is null) as is_present,
        (${until}::date + 1)::timestamp at time zone o.time_zone as ends_at,
        (${until}::date + 1)::timestamp at time zone o.time_zone <= now() as is_past
      from organisation o where o.id = ${organisationId}
    `.execute(tx);
    const [found] = rows;
    if (!found?.is_present) throw refused('ownerId', 'not found');
    if (found.is_past) throw refused('until', 'past');
    await sql`
      insert into field_exception as x (organisation_id, app_user_id, field, owner_id, reason, until, ends_at, made_by)
      values (${organisationId}, ${id}, ${field}, ${owner}, ${reason}, ${until}, ${found.ends_at}, ${actor.appUserId})
      on conflict (organisation_id, app_user_id, field) do update set owner_id = excluded.owner_id, reason = excluded.reason,
        until = excluded.until, ends_at = excluded.ends_at, made_by = excluded.made_by, made_at = now()
    `.execute(tx);
    const detail = { appUserIds: [id], field, ownerId: owner, reason, until };
    await recordAudit(tx, { organisationId, actor, action: 'exception.made', subject: id, detail });
    return readAppUser(tx, organisationId, id);
  });
}

/** Throws not_found when none stands. */
export async function endException(
  { db }: Deps,
  actor: Actor,
  { id, field }: { id: string } & z.output<typeof endRoute.body>,
): Promise<AppUser> {
  const { organisationId } = actor;
  return inOrganisation(db, organisationId, async (tx) => {
    await lock(tx, organisationId, id);
    // The row stays until a run has looked at the person again.
    const { rows } = await sql<{ reason: string }>`
      update field_exception set ends_at = now()
      where organisation_id = ${organisationId} and app_user_id = ${id} and field = ${field} and (ends_at is null or ends_at > now())
      returning reason
    `.execute(tx);
    const [ended] = rows;
    if (!ended) throw new AppError('not_found');
    const detail = { appUserIds: [id], field, reason: ended.reason };
    await recordAudit(tx, { organisationId, actor, action: 'exception.ended', subject: id, detail });
    return readAppUser(tx, organisationId, id);
  });
}

const refused = (path: string, message: string) => new AppError('invalid_input', { fields: [{ path, message }] });

/** Waits for a run that writes the person now. */
async function lock(tx: Tx, organisationId: string, id: string): Promise<void> {
  const { rows } = await sql`
    select from app_user where organisation_id = ${organisationId} and id = ${id} and removed_at is null for update
  `.execute(tx);
  if (rows.length === 0) throw new AppError('not_found');
}

/**
 * Forgets exceptions that have ended, of people whom this run has planned for: whoever is held, gone or out of scope now is looked at
 * when they are back.
 */
export async function forgetEndedExceptions(
  tx: Tx,
  { organisationId, connectionId }: { organisationId: string; connectionId: string },
): Promise<void> {
  await sql`
    delete from field_exception x
    where x.organisation_id = ${organisationId} and x.ends_at <= now()
      and not exists (select from link l
        join directory_user d on d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
        where l.organisation_id = x.organisation_id and l.connection_id = ${connectionId} and l.app_user_id = x.app_user_id
          and not (d.deleted_at is null and d.in_scope and (d.held_reason is null or d.held_decision = 'dismissed')))
  `.execute(tx);
}
