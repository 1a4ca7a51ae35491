// The link that an administrator sends to a colleague with rights in Entra: 256 random bits in the fragment of an address, so that
// no server log and no referrer has it; only its hash is stored. It works once, for 72 hours, and one is active at a time (T5).
import { sql, type Selectable } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { connectLinkSchema } from '../contract/api-connection.ts';
import { AppError } from '../contract/errors.ts';
import type { ConnectLinkTable } from '../db/schema.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnectable } from './find-connection.ts';
import { findFlow, insertFlow, minutesFrom } from './flow.ts';
import { newSecret, readSecret } from './secrets.ts';

export type ConnectLink = z.input<typeof connectLinkSchema>;
type LinkRow = Selectable<ConnectLinkTable>;

const lifeMinutes = 72 * 60;
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
      .where('used_at', 'is', null)
      .where('declined_at', 'is', null)
      .where('revoked_at', 'is', null)
      .execute();
    const created = await tx
      .insertInto('connect_link')
      .values({
        organisation_id: organisationId,
        id: newId(),
        token_hash: token.hash,
        created_by: actor.appUserId,
        created_at: now,
        expires_at: minutesFrom(now, lifeMinutes),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordAudit(tx, { organisationId, actor, action: 'connect_link.created', subject: created.id });
    return created;
  });
  return { url: `${deps.publicUrl}/connect#${token.text}`, link: present(row, actor.name, now) };
}

/** Those of the last 30 days, latest first. */
export async function listConnectLinks(deps: ConnectionDeps, actor: Actor): Promise<ConnectLink[]> {
  const { organisationId } = actor;
  const now = deps.clock.now();
  const rows = await inOrganisation(
    deps.db,
    organisationId,
    (tx) =>
      tx
        .selectFrom('connect_link as l')
        .innerJoin('app_user as a', (join) =>
          join.onRef('a.organisation_id', '=', 'l.organisation_id').onRef('a.id', '=', 'l.created_by'),
        )
        .selectAll('l')
        .select('a.display_name as creator')
        .where('l.organisation_id', '=', organisationId)
        .where('l.created_at', '>', minutesFrom(now, -listedDays * 24 * 60))
        .orderBy('l.created_at', 'desc')
        .orderBy('l.id', 'desc')
        .execute(),
    { readOnly: true },
  );
  return rows.map((row) => present(row, row.creator, now));
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
    if (link.revoked_at || link.used_at) return;
    await tx
      .updateTable('connect_link')
      .set({ revoked_at: deps.clock.now() })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', linkId)
      .execute();
    await recordAudit(tx, { organisationId, actor, action: 'connect_link.revoked', subject: linkId });
  });
}

/** Guarantee: not used, declined, revoked or expired at `now`. Everything else answers alike. */
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
    .where('used_at', 'is', null)
    .where('declined_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now);
  const link = await ('id' in by ? query.where('id', '=', by.id) : query.where('token_hash', '=', by.tokenHash))
    .forUpdate()
    .executeTakeFirst();
  if (!link) throw new AppError('connect_link_invalid');
  return link;
}

/** The landing page. Binds the link to this browser by the cookie that is returned; the first opening is told to the asker. */
export async function openConnectLink(deps: ConnectionDeps, input: { token: string; cookie: string | null }) {
  const secret = readSecret(input.token);
  if (!secret) throw new AppError('connect_link_invalid');
  const { organisationId } = secret;
  const now = deps.clock.now();
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const link = await requireUsableLink(tx, organisationId, { tokenHash: secret.hash }, now);
    const { asker, organisationName } = await getAsker(tx, organisationId, link.created_by);
    if (!link.opened_at) {
      await tx
        .updateTable('connect_link')
        .set({ opened_at: now })
        .where('organisation_id', '=', organisationId)
        .where('id', '=', link.id)
        .execute();
      await tellAsker(deps, tx, link, 'connect_link_opened');
    }
    // Opened again in the same browser: the flow under way goes on.
    const known = await findFlow(tx, input.cookie, now);
    const isSame = known !== null && known.connect_link_id === link.id && known.step !== 'connected';
    const cookie = isSame
      ? null
      : (await insertFlow(tx, { organisationId, askedBy: link.created_by, linkId: link.id, step: 'opened', now }))
          .cookie;
    return { cookie, organisationName, askedBy: asker, expiresAt: link.expires_at.toISOString() };
  });
}

/** The colleague says no: the link is dead, and the asker is told. */
export async function declineConnectLink(deps: ConnectionDeps, cookie: string | null): Promise<void> {
  const secret = readSecret(cookie);
  if (!secret) throw new AppError('connect_flow_missing');
  const now = deps.clock.now();
  await inOrganisation(deps.db, secret.organisationId, async (tx) => {
    const flow = await findFlow(tx, cookie, now, { lock: true });
    if (!flow?.connect_link_id) throw new AppError('connect_flow_missing');
    const link = await requireUsableLink(tx, flow.organisation_id, { id: flow.connect_link_id }, now);
    await tx
      .updateTable('connect_link')
      .set({ declined_at: now })
      .where('organisation_id', '=', link.organisation_id)
      .where('id', '=', link.id)
      .execute();
    await tx
      .updateTable('connect_flow')
      .set({ step: 'failed', error_code: 'connect_declined', state_hash: null, sealed_sign_in: null })
      .where('organisation_id', '=', flow.organisation_id)
      .where('id', '=', flow.id)
      .execute();
    await recordAudit(tx, {
      organisationId: link.organisation_id,
      actor: null,
      actorName: 'connect link',
      action: 'connect_link.declined',
      subject: link.id,
    });
    await tellAsker(deps, tx, link, 'connect_link_declined');
  });
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

async function tellAsker(
  deps: ConnectionDeps,
  tx: Tx,
  link: LinkRow,
  kind: 'connect_link_opened' | 'connect_link_declined',
): Promise<void> {
  await deps.tell(tx, {
    organisationId: link.organisation_id,
    kind,
    params: {},
    target: 'connect',
    recipients: 'asker',
    askerId: link.created_by,
  });
}

function present(row: LinkRow, createdBy: string, now: Date): ConnectLink {
  return {
    id: row.id,
    state: stateOf(row, now),
    createdBy,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    openedAt: row.opened_at?.toISOString() ?? null,
    declinedAt: row.declined_at?.toISOString() ?? null,
    usedAt: row.used_at?.toISOString() ?? null,
    usedBy: row.used_by_name,
  };
}

function stateOf(row: LinkRow, now: Date): ConnectLink['state'] {
  if (row.used_at) return 'used';
  if (row.declined_at) return 'declined';
  if (row.revoked_at) return 'revoked';
  if (row.expires_at <= now) return 'expired';
  return row.opened_at ? 'opened' : 'created';
}
