// Saving the four steps. Each save marks its step as done and raises the version of the settings, so that a run under way notices;
// a connection is active once all four are done. Groups and fields take effect with the next run.
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import { isMailRecipient } from '../contract/field-value.ts';
import { AppError } from '../contract/errors.ts';
import {
  steps,
  type FieldsSettings,
  type GroupsSettings,
  type NoticesSettings,
  type ScheduleSettings,
  type Step,
} from '../contract/settings.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { approvePlan, type Approval, type Approves } from './approve-plan.ts';
import { checkFormOfGroups, checkFormOfMappings, checkMappings, lookUpGroups } from './check-draft.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection, requireConnection, type ConnectionRow } from './find-connection.ts';
import { stepsOf } from './get-settings.ts';

interface Saved {
  stepsDone: Step[];
}

export async function saveGroups(
  deps: ConnectionDeps,
  actor: Actor,
  input: GroupsSettings & { approves?: Approves | undefined },
): Promise<Saved> {
  const { organisationId } = actor;
  checkFormOfGroups(input);
  const connection = await inOrganisation(deps.db, organisationId, (tx) => findConnection(tx, organisationId), {
    readOnly: true,
  });
  if (!connection) throw new AppError('not_connected');
  const groups = await lookUpGroups(deps, connection, input);
  const { scope, includeGuests, includeDisabled } = input;
  const settings = { scope, groups, includeGuests, includeDisabled };
  const approval = input.approves && { ...input.approves, draft: { groups: settings } };
  return save(deps, actor, { step: 'groups', approval }, async (tx, row) => {
    // Turned off and connected to another tenant meanwhile: the groups that were looked up are not its.
    if (row.id !== connection.id) throw new AppError('stale_version');
    await tx
      .deleteFrom('connection_group')
      .where('organisation_id', '=', organisationId)
      .where('connection_id', '=', row.id)
      .execute();
    if (groups.length > 0) {
      const rows = groups.map(({ id, name }) => ({
        organisation_id: organisationId,
        connection_id: row.id,
        group_id: id,
        name,
      }));
      await tx.insertInto('connection_group').values(rows).execute();
    }
    await setColumns(tx, row, { scope, include_guests: includeGuests, include_disabled: includeDisabled });
    return { scope, groupIds: groups.map(({ id }) => id), includeGuests, includeDisabled };
  });
}

export async function saveFields(
  deps: ConnectionDeps,
  actor: Actor,
  input: FieldsSettings & { approves?: Approves | undefined },
): Promise<Saved> {
  const { organisationId } = actor;
  const { mappings } = input;
  checkFormOfMappings(mappings);
  const approval = input.approves && { ...input.approves, draft: { fields: { mappings } } };
  return save(deps, actor, { step: 'fields', approval }, async (tx, row) => {
    await checkMappings(tx, organisationId, mappings);
    await tx
      .deleteFrom('attribute_mapping')
      .where('organisation_id', '=', organisationId)
      .where('connection_id', '=', row.id)
      .execute();
    await tx
      .insertInto('attribute_mapping')
      .values(
        mappings.map(({ source, target, write, empty }, position) => ({
          organisation_id: organisationId,
          connection_id: row.id,
          source,
          target,
          write_rule: write,
          empty_rule: empty,
          position,
        })),
      )
      .execute();
    return { mappings };
  });
}

export async function saveNotices(deps: ConnectionDeps, actor: Actor, input: NoticesSettings): Promise<Saved> {
  const { organisationId } = actor;
  const { recipients } = input;
  if (recipients.length === 0) throw new AppError('recipients_empty');
  const names = recipients.map((one) => ('email' in one ? one.email.toLowerCase() : one.appUserId));
  if (new Set(names).size !== names.length)
    throw new AppError('invalid_input', { fields: [{ path: 'recipients', message: 'twice' }] });
  for (const one of recipients) {
    if ('email' in one && !isMailRecipient(one.email))
      throw new AppError('email_invalid', { params: { email: one.email } });
  }
  return save(deps, actor, { step: 'notices' }, async (tx, row) => {
    const userIds = recipients.flatMap((one) => ('appUserId' in one ? [one.appUserId] : []));
    await requireAppUsers(tx, organisationId, userIds);
    await tx
      .deleteFrom('notice_recipient')
      .where('organisation_id', '=', organisationId)
      .where('connection_id', '=', row.id)
      .execute();
    await tx
      .insertInto('notice_recipient')
      .values(
        recipients.map((one, position) => ({
          organisation_id: organisationId,
          connection_id: row.id,
          id: newId(),
          app_user_id: 'appUserId' in one ? one.appUserId : null,
          email: 'email' in one ? one.email : null,
          kinds: [...new Set(one.kinds)],
          position,
        })),
      )
      .execute();
    return { appUserIds: userIds, emails: recipients.length - userIds.length };
  });
}

async function requireAppUsers(tx: Tx, organisationId: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const { known } = await tx
    .selectFrom('app_user')
    .select((eb) => eb.fn.countAll<string>().as('known'))
    .where('organisation_id', '=', organisationId)
    .where('id', 'in', ids)
    .where('removed_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(known) !== ids.length) throw new AppError('recipient_unknown');
}

export async function saveSchedule(deps: ConnectionDeps, actor: Actor, input: ScheduleSettings): Promise<Saved> {
  return save(deps, actor, { step: 'schedule' }, async (tx, row) => {
    await setColumns(tx, row, { mode: input.mode });
    return { mode: input.mode };
  });
}

/** One transaction a save. The night is set afterwards: it must never run on settings that were rolled back. */
async function save(
  deps: ConnectionDeps,
  actor: Actor,
  { step, approval }: { step: Step; approval?: Approval | undefined },
  write: (tx: Tx, row: ConnectionRow) => Promise<Record<string, unknown>>,
): Promise<Saved> {
  const { organisationId } = actor;
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const row = await requireConnection(tx, organisationId);
    if (approval) await approvePlan(tx, actor, row, approval);
    const detail = await write(tx, row);
    const stepsDone = stepsOf({ steps_done: [...row.steps_done, step] });
    const isComplete = stepsDone.length === steps.length;
    const after = await tx
      .updateTable('connection')
      .set({
        steps_done: stepsDone,
        settings_version: row.settings_version + 1,
        ...(isComplete && row.status === 'configuring' ? { status: 'active' } : {}),
      })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', row.id)
      .returning(['mode', 'status'])
      .executeTakeFirstOrThrow();
    await recordAudit(tx, { organisationId, actor, action: `settings.${step}_saved`, subject: row.id, detail });
    // Nothing runs at night before all is set.
    const mode = after.mode === 'daily' ? 'daily' : 'manual';
    await deps.schedule(tx, organisationId, row.id, isComplete ? mode : null);
    return { stepsDone };
  });
}

async function setColumns(
  tx: Tx,
  row: ConnectionRow,
  columns: { scope?: string; include_guests?: boolean; include_disabled?: boolean; mode?: string },
): Promise<void> {
  await tx
    .updateTable('connection')
    .set(columns)
    .where('organisation_id', '=', row.organisation_id)
    .where('id', '=', row.id)
    .execute();
}
