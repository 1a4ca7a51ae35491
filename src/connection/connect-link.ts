// The link that an administrator sends to a colleague with rights in Entra: 256 random bits in the fragment of an address, so that
// no server log and no referrer has it; only its hash is stored. It works once, for 72 hours, and one is active at a time (T5).
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { ConnectLink } from '../contract/api-connection.ts';
import { AppError } from '../contract/errors.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnectable } from './find-connection.ts';
import { minutesFrom } from './flow.ts';
import { hasNotEnded, presentLink, tellAsker, type LinkRow } from './link-life.ts';
import { newSecret } from './secrets.ts';

export const lifeMinutes = 72 * 60;
const perHourMax = 10;
const listedDays = 30;

export async function createConnectLink(
  deps: ConnectionDeps,
  actor: Actor,
): Promise<{ url: string; link: ConnectLink }> {
  const { organisationId } = actor;
  const now = deps.clock.now();
  const token = newSecret(organisationId);
  const row = await inOrganisation(deps.db, organisationId, async (tx) => {
    // One maker at a time: otherwise two could each miss the other's link and both stay active.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`connect link ${organisationId}`}, 0))`.execute(tx);
    await requireConnectable(tx, organisationId, null);
    const { made } = await tx
      .selectFrom('connect_link')
      .select((eb) => eb.fn.countAll<string>().as('made'))
      .where('organisation_id', '=', organisationId)
      .where('created_at', '>', minutesFrom(now, -60))
      .executeTakeFirstOrThrow();
    if (Number(made) >= perHourMax) throw new AppError('too_many_requests', { retryAfterSeconds: 3600 });
    await tx
      .updateTable('connect_link')
      .set({ revoked_at: now })
      .where('organisation_id', '=', organisationId)
      .where(hasNotEnded)
      // Its colleague has done everything already.
      .where('operator_asked_at', 'is', null)
      .execute();
    const expiresAt = minutesFrom(now, lifeMinutes);
    const created = await tx
      .insertInto('connect_link')
      .values({
        organisation_id: organisationId,
        id: newId(),
        token_hash: token.hash,
        created_by: actor.appUserId,
        created_at: now,
        expires_at: expiresAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await deps.watchLink(tx, { organisationId, linkId: created.id, expiresAt });
    await recordAudit(tx, { organisationId, actor, action: 'connect_link.created', subject: created.id });
    return created;
  });
  return { url: addressOfLink(deps, token.text), link: presentLink(row, actor.name, now) };
}

export const addressOfLink = ({ publicUrl }: Pick<ConnectionDeps, 'publicUrl'>, token: string): string =>
  `${publicUrl}/connect#${token}`;

/** Those of the last 30 days, latest first. */
export async function listConnectLinks(deps: ConnectionDeps, actor: Actor): Promise<ConnectLink[]> {
  const { organisationId } = actor;
  const now = deps.clock.now();
  const rows = await inOrganisation(
    deps.db,
    organisationId,
    (tx) =>
      linksOf(tx, organisationId)
        .where('l.created_at', '>', minutesFrom(now, -listedDays * 24 * 60))
        .orderBy('l.created_at', 'desc')
        .orderBy('l.id', 'desc')
        .execute(),
    { readOnly: true },
  );
  return rows.map((row) => presentLink(row, row.creator, now));
}

function linksOf(tx: Tx, organisationId: string) {
  return tx
    .selectFrom('connect_link as l')
    .innerJoin('app_user as a', (join) =>
      join.onRef('a.organisation_id', '=', 'l.organisation_id').onRef('a.id', '=', 'l.created_by'),
    )
    .selectAll('l')
    .select('a.display_name as creator')
    .where('l.organisation_id', '=', organisationId);
}

/** With the name of who made it. */
export async function findLink(
  tx: Tx,
  organisationId: string,
  linkId: string,
): Promise<(LinkRow & { creator: string }) | null> {
  return (await linksOf(tx, organisationId).where('l.id', '=', linkId).executeTakeFirst()) ?? null;
}

export async function revokeConnectLink(deps: ConnectionDeps, actor: Actor, linkId: string): Promise<void> {
  const { organisationId } = actor;
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const link = await tx
      .selectFrom('connect_link')
      .selectAll()
      .where('organisation_id', '=', organisationId)
      .where('id', '=', linkId)
      .forUpdate()
      .executeTakeFirst();
    if (!link) throw new AppError('not_found');
    if (link.revoked_at || link.used_at || link.declined_at) return;
    await tx
      .updateTable('connect_link')
      .set({ revoked_at: deps.clock.now() })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', linkId)
      .execute();
    await recordAudit(tx, { organisationId, actor, action: 'connect_link.revoked', subject: linkId });
    // Who revokes an own link knows.
    if (link.created_by !== actor.appUserId)
      await tellAsker(deps, tx, link, { kind: 'connect_link_revoked', params: { person: actor.name } });
  });
}

/** Guarantee: not used, declined, revoked, waiting for the operator, or expired at `now`. Everything else answers alike. */
export async function requireUsableLink(
  tx: Tx,
  organisationId: string,
  by: { id: string } | { tokenHash: Buffer },
  now: Date,
): Promise<LinkRow> {
  const query = tx
    .selectFrom('connect_link')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where(hasNotEnded)
    .where('operator_asked_at', 'is', null)
    .where('expires_at', '>', now);
  const link = await ('id' in by ? query.where('id', '=', by.id) : query.where('token_hash', '=', by.tokenHash))
    .forUpdate()
    .executeTakeFirst();
  if (!link) throw new AppError('connect_link_invalid');
  return link;
}

/** The organisation and the person who asks: what somebody must know before saying yes (T3). */
export async function getAsker(tx: Tx, organisationId: string, appUserId: string) {
  const row = await tx
    .selectFrom('app_user as a')
    .innerJoin('organisation as o', 'o.id', 'a.organisation_id')
    .select(['a.display_name', 'a.sign_in_email', 'a.permissions', 'o.name'])
    .where('a.organisation_id', '=', organisationId)
    .where('a.id', '=', appUserId)
    .where('a.removed_at', 'is', null)
    .executeTakeFirst();
  // Who is gone, or may no longer connect, asks for nothing.
  if (!row || !row.permissions.includes('users_and_teams')) throw new AppError('connect_link_invalid');
  return { organisationName: row.name, asker: { name: row.display_name, email: row.sign_in_email } };
}
