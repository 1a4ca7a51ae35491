// Accounts: what a person signs in with. One account may belong to several organisations; it has one password.
import { sql } from 'kysely';
import { newId } from '../base/ids.ts';
import { AppError } from '../contract/errors.ts';
import type { Language } from '../contract/common.ts';
import type { Database } from '../db/pool.ts';
import { outsideOrganisation, type Tx } from '../db/transaction.ts';
import { emailKey } from './fields.ts';
import { hashPassword, passwordLengthMin } from './password-hash.ts';

export interface NewAccount {
  email: string;
  name: string;
  password: string;
}

/** Without an organisation it opens nothing; insertAppUser ties it to one. Answers the account's id. */
export async function createAccount(deps: { db: Database }, input: NewAccount): Promise<string> {
  const email = emailKey(input.email);
  if (!email) throw new AppError('email_invalid');
  requireLongEnough(input.password);
  const passwordHash = await hashPassword(input.password);
  const id = await outsideOrganisation(deps.db, 'an account belongs to no organisation', (tx) =>
    insertAccount(tx, { email, name: input.name, passwordHash }),
  );
  if (!id) throw new AppError('email_taken');
  return id;
}

/** Undefined when the address has an account already. `email` is an emailKey. */
export async function insertAccount(
  tx: Tx,
  input: { email: string; name: string; passwordHash: string },
): Promise<string | undefined> {
  const inserted = await tx
    .insertInto('auth_user')
    .values({ id: newId(), email: input.email, name: input.name })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  await tx
    .insertInto('auth_account')
    .values({
      id: newId(),
      account_id: inserted.id,
      provider_id: 'credential',
      user_id: inserted.id,
      password: input.passwordHash,
    })
    .execute();
  return inserted.id;
}

/**
 * Every session of the account ends: whoever knew the old password is out. False, and nothing has changed, when the password is no
 * longer the one that was seen: somebody else was faster.
 */
export async function replacePassword(
  tx: Tx,
  accountId: string,
  { seenHash, passwordHash }: { seenHash: string | null; passwordHash: string },
): Promise<boolean> {
  const replaced = await tx
    .updateTable('auth_account')
    .set({ password: passwordHash, updated_at: sql<Date>`now()` })
    .where('user_id', '=', accountId)
    .where('provider_id', '=', 'credential')
    .where('password', 'is not distinct from', seenHash)
    .returning('id')
    .execute();
  if (replaced.length === 0) return false;
  await endSessionsOf(tx, accountId);
  return true;
}

/** Whoever is signed in to the account signs in anew. */
export async function endSessionsOf(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom('auth_session').where('user_id', '=', accountId).execute();
}

export async function setLanguage(deps: { db: Database }, accountId: string, language: Language): Promise<void> {
  await outsideOrganisation(deps.db, 'an account belongs to no organisation', (tx) =>
    tx.updateTable('auth_user').set({ language }).where('id', '=', accountId).execute(),
  );
}

export function requireLongEnough(password: string): void {
  if (Array.from(password).length < passwordLengthMin) {
    throw new AppError('password_too_short', { params: { min: passwordLengthMin } });
  }
}
