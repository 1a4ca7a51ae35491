// Saving settings can approve the plan that a preview of exactly these settings has shown (F43): the run that carries them out passes
// the brake if its plan is still the same, and is weighed as any other if not.
import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { draftSchema, type Draft } from '../contract/api-preview.ts';
import { AppError } from '../contract/errors.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { ConnectionRow } from './find-connection.ts';

/** What the administrator saw. */
export interface Approves {
  previewId: string;
  hash: string;
}
export interface Approval extends Approves {
  /** What is being saved. */
  draft: Draft;
}

/**
 * To be called before the settings are written. Throws plan_changed when the preview was of other settings, or was worked out beside
 * settings that somebody has changed since.
 */
export async function approvePlan(tx: Tx, actor: Actor, row: ConnectionRow, approval: Approval): Promise<void> {
  const { organisationId } = actor;
  const preview = await tx
    .selectFrom('sync_run')
    .select(['plan_hash', 'draft', 'settings_version'])
    .where('organisation_id', '=', organisationId)
    .where('id', '=', approval.previewId)
    .where('connection_id', '=', row.id)
    .where('trigger', '=', 'preview')
    .where('state', '=', 'ok')
    .executeTakeFirst();
  const isSame =
    preview !== undefined &&
    preview.plan_hash === approval.hash &&
    preview.settings_version === row.settings_version &&
    isDeepStrictEqual(inOneOrder(draftSchema.parse(preview.draft ?? {})), inOneOrder(approval.draft));
  if (!isSame) throw new AppError('plan_changed');
  await tx
    .insertInto('plan_approval')
    .values({
      organisation_id: organisationId,
      id: newId(),
      connection_id: row.id,
      preview_run_id: approval.previewId,
      plan_hash: approval.hash,
      settings_version: row.settings_version + 1,
      approved_by: actor.appUserId,
    })
    .execute();
  await recordAudit(tx, {
    organisationId,
    actor,
    action: 'plan.approved',
    subject: approval.previewId,
    detail: { hash: approval.hash },
  });
}

/** A group's name may have changed in Entra since, and their order means nothing. */
function inOneOrder({ groups, fields }: Draft) {
  return {
    ...(groups && { groups: { ...groups, groups: groups.groups.map(({ id }) => id).toSorted() } }),
    ...(fields && { fields }),
  };
}
