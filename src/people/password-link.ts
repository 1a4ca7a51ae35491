// The link by which an app user gets a sign-in: an administrator makes it, the person chooses a password by it, once.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { newId, randomToken, sha256 } from '../base/ids.ts';
import type { Clock } from '../base/clock.ts';
import { recordAudit } from '../audit/record.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { insertAccount, replacePassword, requireLongEnough } from './accounts.ts';
import { emailKey } from './fields.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';

interface Deps {
  db: Database;
  clock: Clock;
}

const hoursValid = 72;

/** The address is told this once; only the hash of its token is kept. Earlier links of the app user end. */
export async function createPasswordLink(
  { db, clock, config }: Deps & { config: { publicUrl: string } },
  actor: Actor,
  { id, signInEmail }: { id: string; signInEmail: string },
): Promise<{ url: string; expiresAt: string }> {
  const { organisationId } = actor;
  const email = emailKey(signInEmail);
  if (!email) throw new AppError('email_invalid');
  const secret = randomToken();
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + hoursValid * 3_600_000);
  await inOrganisation(db, organisationId, async (tx) => {
    const user = await tx
      .selectFrom('app_user')
      .select('id')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!user) throw new AppError('not_found');
    if (await isTaken(tx, { organisationId, appUserId: id, email })) throw new AppError('email_taken');
    await tx
      .updateTable('password_link')
      .set({ expires_at: now })
      .where('organisation_id', '=', organisationId)
      .where('app_user_id', '=', id)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .execute();
    await tx
      .insertInto('password_link')
      .values({
        organisation_id: organisationId,
        id: newId(),
        app_user_id: id,
        sign_in_email: email,
        token_hash: sha256(secret),
        created_by: actor.appUserId,
        created_at: now,
        expires_at: expiresAt,
      })
      .execute();
    await recordAudit(tx, { organisationId, actor, action: 'password_link.created', subject: id });
  });
  // In the fragment: it reaches no server, log or referrer.
  return { url: `${config.publicUrl}/password#${organisationId}.${secret}`, expiresAt: expiresAt.toISOString() };
}

/** Whether another app user of the organisation signs in by this address. */
async function isTaken(
  tx: Tx,
  { organisationId, appUserId, email }: { organisationId: string; appUserId: string; email: string },
): Promise<boolean> {
  const other = await tx
    .selectFrom('app_user')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('removed_at', 'is', null)
    .where('account_id', 'is not', null)
    .where('id', '<>', appUserId)
    .where(sql`sign_in_key`, '=', sql`match_key(${email})`)
    .executeTakeFirst();
  return other !== undefined;
}

/**
 * Single use, also when two come at once. Where the address has an account that opens another organisation too, the password
 * given must be the one that it has: an administrator's link must not open what is not theirs (T8).
 */
export async function usePasswordLink(
  { db, clock }: Deps,
  { token, password, requestId }: { token: string; password: string; requestId: string },
): Promise<void> {
  const [organisationId = '', secret = '', ...rest] = token.split('.');
  if (!uuid.test(organisationId) || secret === '' || rest.length > 0) throw new AppError('sign_in_link_invalid');
  const link = { organisationId, tokenHash: sha256(secret) };
  requireLongEnough(password);

  // Hashing takes long: it is done before the transaction, which looks again.
  const seen = await inOrganisation(db, organisationId, (tx) => look(tx, link, clock.now()), { readOnly: true });
  const isProved = seen.hash !== null && (await verifyPassword(password, seen.hash));
  if (seen.mustProve && !isProved) throw new AppError('wrong_credentials');
  const passwordHash = isProved ? null : await hashPassword(password);

  await inOrganisation(db, organisationId, async (tx) => {
    const now = await look(tx, link, clock.now());
    // Somebody else was faster with the account or its password: what was proved is no longer so.
    if (now.accountId !== seen.accountId || now.hash !== seen.hash || (now.mustProve && !isProved)) {
      throw new AppError('wrong_credentials');
    }
    await useUp(tx, link, clock.now());
    if (now.accountId && passwordHash) {
      const isReplaced = await replacePassword(tx, now.accountId, { seenHash: now.hash, passwordHash });
      if (!isReplaced) throw new AppError('wrong_credentials');
    }
    const accountId =
      now.accountId ??
      (await insertAccount(tx, { email: now.email, name: now.name, passwordHash: passwordHash ?? '' }));
    if (!accountId || now.isOtherUsers) throw new AppError('email_taken');
    await tx
      .updateTable('app_user')
      .set({
        account_id: accountId,
        sign_in_email: now.email,
        updated_at: sql<Date>`now()`,
        version: sql<number>`version + 1`,
      })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', now.appUserId)
      .execute();
    const actor: Actor = { organisationId, appUserId: now.appUserId, name: now.name, permissions: [], requestId };
    await recordAudit(tx, { organisationId, actor, action: 'password_link.used', subject: now.appUserId });
  });
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Link {
  organisationId: string;
  tokenHash: Buffer;
}

interface Seen {
  appUserId: string;
  name: string;
  email: string;
  /** Of the account that the address has already. */
  accountId: string | null;
  hash: string | null;
  /** The account opens something beside this app user. */
  mustProve: boolean;
  isOtherUsers: boolean;
}

/** One answer for unknown, used, expired, and somebody who was removed. */
async function look(tx: Tx, { organisationId, tokenHash }: Link, now: Date): Promise<Seen> {
  const link = await tx
    .selectFrom('password_link as l')
    .innerJoin('app_user as a', (join) =>
      join.onRef('a.organisation_id', '=', 'l.organisation_id').onRef('a.id', '=', 'l.app_user_id'),
    )
    .select(['l.sign_in_email as email', 'a.id as appUserId', 'a.display_name as name'])
    .where('l.organisation_id', '=', organisationId)
    .where('l.token_hash', '=', tokenHash)
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', now)
    .where('a.removed_at', 'is', null)
    .executeTakeFirst();
  if (!link) throw new AppError('sign_in_link_invalid');

  const account = await tx
    .selectFrom('auth_user as u')
    .leftJoin('auth_account as c', (join) =>
      join.onRef('c.user_id', '=', 'u.id').on('c.provider_id', '=', 'credential'),
    )
    .select(['u.id', 'c.password'])
    .where('u.email', '=', link.email)
    .executeTakeFirst();
  if (!account) return { ...link, accountId: null, hash: null, mustProve: false, isOtherUsers: false };

  const opened = await membershipsOf(tx, account.id);
  const others = opened.filter((one) => one.organisation_id !== organisationId || one.id !== link.appUserId);
  return {
    ...link,
    accountId: account.id,
    hash: account.password,
    mustProve: others.length > 0,
    isOtherUsers: others.some((one) => one.organisation_id === organisationId),
  };
}

/** In every organisation: the policy own_membership lets the account's own rows be seen for the rest of the transaction. */
async function membershipsOf(tx: Tx, accountId: string): Promise<{ organisation_id: string; id: string }[]> {
  await sql`select set_config('samsyn.account', ${accountId}, true)`.execute(tx);
  const rows = await tx
    .selectFrom('app_user')
    .select(['organisation_id', 'id'])
    .where('account_id', '=', accountId)
    .where('removed_at', 'is', null)
    .execute();
  await sql`select set_config('samsyn.account', '', true)`.execute(tx);
  return rows;
}

async function useUp(tx: Tx, { organisationId, tokenHash }: Link, now: Date): Promise<void> {
  const used = await tx
    .updateTable('password_link')
    .set({ used_at: now })
    .where('organisation_id', '=', organisationId)
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .execute();
  if (used.length === 0) throw new AppError('sign_in_link_invalid');
}
