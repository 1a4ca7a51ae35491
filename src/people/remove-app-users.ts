// Removing app users, and bringing them back: always a person's decision, and never a deletion. The sign-in is taken from the row, so that bringing
// somebody back does not by itself let anybody in.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { recordAudit } from '../audit/record.ts';
import { AppError } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import { protectLastAdministrator } from './administrators.ts';

/** Answers who was removed; those who already were, or never were, are passed over. One audit event names them all. */
export async function removeAppUsers(tx: Tx, actor: Actor, ids: readonly string[]): Promise<string[]> {
  const { organisationId } = actor;
  if (ids.length === 0) return [];
  if (ids.includes(actor.appUserId)) throw new AppError('cannot_remove_self');
  await protectLastAdministrator(tx, organisationId, ids);
  const removed = await tx
    .updateTable('app_user')
    .set({
      removed_at: sql<Date>`now()`,
      removed_by: actor.appUserId,
      account_id: null,
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where('organisation_id', '=', organisationId)
    .where('id', 'in', [...ids])
    .where('removed_at', 'is', null)
    .returning('id')
    .execute();
  const removedIds = removed.map(({ id }) => id);
  const [first] = removedIds;
  if (first) {
    await recordAudit(tx, {
      organisationId,
      actor,
      action: 'app_user.removed',
      ...(removedIds.length === 1 ? { subject: first } : {}),
      detail: { appUserIds: removedIds },
    });
  }
  return removedIds;
}

/** Brings removed app users back, without a sign-in. Answers who was; one audit event names them all. */
export async function restoreAppUsers(tx: Tx, actor: Actor, ids: readonly string[]): Promise<string[]> {
  const { organisationId } = actor;
  if (ids.length === 0) return [];
  const restored = await tx
    .updateTable('app_user')
    .set({ removed_at: null, removed_by: null, updated_at: sql<Date>`now()`, version: sql<number>`version + 1` })
    .where('organisation_id', '=', organisationId)
    .where('id', 'in', [...ids])
    .where('removed_at', 'is not', null)
    .returning('id')
    .execute();
  const restoredIds = restored.map(({ id }) => id);
  if (restoredIds.length > 0) {
    const detail = { appUserIds: restoredIds };
    await recordAudit(tx, { organisationId, actor, action: 'app_user.restored', detail });
  }
  return restoredIds;
}
