// Saving the four steps. Each save marks its step as done and raises the version of the settings, so that a run under way notices;
// a connection is active once all four are done. Groups and fields take effect with the next run.
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import { isMailRecipient } from '../contract/field-value.ts';
import { AppError, type ErrorCode } from '../contract/errors.ts';
import {
  defaultMappings,
  steps,
  type FieldsSettings,
  type GroupsSettings,
  type NoticesSettings,
  type ScheduleSettings,
  type Step,
} from '../contract/settings.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection, requireConnection, type ConnectionRow } from './find-connection.ts';
import { stepsOf } from './get-settings.ts';
import { listGoneGroups } from './gone-groups.ts';

interface Saved {
  stepsDone: Step[];
}

// A page is waiting; two hundred groups are ten batches at most a few seconds each.
const waitSecondsMax = 10;

export async function saveGroups(deps: ConnectionDeps, actor: Actor, input: GroupsSettings): Promise<Saved> {
  const { organisationId } = actor;
  const ids = new Set(input.scope === 'groups' ? input.groups.map((group) => group.id.toLowerCase()) : []);
  if (input.scope === 'groups' && ids.size === 0) throw new AppError('groups_empty');
  const connection = await inOrganisation(deps.db, organisationId, (tx) => findConnection(tx, organisationId), {
    readOnly: true,
  });
  if (!connection) throw new AppError('not_connected');
  const groups = await findAll(deps, connection, [...ids]);
  return save(deps, actor, 'groups', async (tx, row) => {
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
    const { scope, includeGuests, includeDisabled } = input;
    await setColumns(tx, row, { scope, include_guests: includeGuests, include_disabled: includeDisabled });
    return { scope, groupIds: [...ids], includeGuests, includeDisabled };
  });
}

/** With the names that Microsoft has for them now, not those that the browser sent. One that is held as gone may stay chosen (F8). */
async function findAll(
  deps: ConnectionDeps,
  row: ConnectionRow,
  ids: string[],
): Promise<{ id: string; name: string }[]> {
  const reader = deps.graph.reader(row.tenant_id, { waitSecondsMax });
  const of = { organisationId: row.organisation_id, connectionId: row.id };
  const gone = await inOrganisation(deps.db, of.organisationId, (tx) => listGoneGroups(tx, of), { readOnly: true });
  const groups: { id: string; name: string }[] = [];
  for (const id of ids) {
    const group = (await reader.getGroup(id)) ?? gone.find((one) => one.id === id);
    if (!group) throw new AppError('group_unknown', { params: { id } });
    groups.push({ id: group.id, name: group.name.slice(0, 256) });
  }
  return groups;
}

export async function saveFields(deps: ConnectionDeps, actor: Actor, input: FieldsSettings): Promise<Saved> {
  const { organisationId } = actor;
  const { mappings } = input;
  const targets = new Set(mappings.map((mapping) => mapping.target));
  if (targets.size !== mappings.length)
    throw fieldError('field_mapped_twice', twice(mappings.map((mapping) => mapping.target)));
  for (const { source, target } of defaultMappings) {
    const chosen = mappings.find((mapping) => mapping.target === target);
    // The four stand always; how they write may be chosen.
    if (chosen?.source !== source) throw fieldError('default_field_required', target);
  }
  return save(deps, actor, 'fields', async (tx, row) => {
    await requireCustomFields(tx, organisationId, [...targets]);
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

async function requireCustomFields(tx: Tx, organisationId: string, targets: string[]): Promise<void> {
  const keys = targets.filter((target) => target.startsWith('custom:')).map((target) => target.slice('custom:'.length));
  if (keys.length === 0) return;
  const rows = await tx
    .selectFrom('custom_field')
    .select('key')
    .where('organisation_id', '=', organisationId)
    .where('key', 'in', keys)
    .execute();
  const known = new Set(rows.map((row) => row.key));
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) throw fieldError('field_unknown', `custom:${unknown}`);
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
  return save(deps, actor, 'notices', async (tx, row) => {
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
  return save(deps, actor, 'schedule', async (tx, row) => {
    await setColumns(tx, row, { mode: input.mode });
    return { mode: input.mode };
  });
}

/** One transaction a save. The night is set afterwards: it must never run on settings that were rolled back. */
async function save(
  deps: ConnectionDeps,
  actor: Actor,
  step: Step,
  write: (tx: Tx, row: ConnectionRow) => Promise<Record<string, unknown>>,
): Promise<Saved> {
  const { organisationId } = actor;
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const row = await requireConnection(tx, organisationId);
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

const twice = (values: string[]): string => values.find((value, index) => values.indexOf(value) !== index) ?? '';

function fieldError(code: ErrorCode, field: string): AppError {
  return new AppError(code, { params: { field }, fields: [{ path: `mappings.${field}`, message: code }] });
}
