// App users: the users of the business app. Made, changed and removed by people; a sync only writes fields (apply-fields.ts).
// Removing sets a date: nobody here is ever deleted.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { AppUser, createAppUser as createRoute, updateAppUser as updateRoute } from '../contract/api-people.ts';
import { AppError } from '../contract/errors.ts';
import type { Permission } from '../contract/permissions.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { endSessionsOf } from './accounts.ts';
import { protectLastAdministrator } from './administrators.ts';
import { requireKnownFields } from './custom-fields.ts';
import { findEntraLink } from './entra-link.ts';
import { cleanFields, requireName, type FieldChanges } from './field-changes.ts';
import { readAppUser } from './read-app-user.ts';
import { setTeams } from './teams.ts';

interface Deps {
  db: Database;
}

export interface NewAppUser {
  organisationId: string;
  id?: string;
  /** Values by target field; empty ones absent. */
  fields: Record<string, string>;
  permissions?: readonly Permission[];
  /** Who signs in as this user, and by which address. */
  accountId?: string;
  signInEmail?: string;
  /** Null: the server itself. */
  actor: Pick<Actor, 'appUserId' | 'requestId'> | null;
}

/** The row and a line of history for each first value. Trusts its input. Answers the id. */
export async function insertAppUser(tx: Tx, input: NewAppUser): Promise<string> {
  const { organisationId, id = newId(), fields, permissions = [], accountId, signInEmail, actor } = input;
  await tx
    .insertInto('app_user')
    .values({
      organisation_id: organisationId,
      id,
      fields: JSON.stringify(fields),
      permissions: [...permissions],
      account_id: accountId ?? null,
      sign_in_email: signInEmail ?? null,
      created_by: actor?.appUserId ?? null,
    })
    .execute();
  await recordChanges(tx, { organisationId, appUserId: id, actor, before: {}, after: fields });
  return id;
}

export async function createAppUser(
  { db }: Deps,
  actor: Actor,
  { fields: given, permissions, teamIds }: z.output<typeof createRoute.body>,
): Promise<AppUser> {
  const { organisationId } = actor;
  const fields = applyTo({}, cleanFields(given));
  requireName(fields);
  return inOrganisation(db, organisationId, async (tx) => {
    await requireKnownFields(tx, organisationId, Object.keys(fields));
    const id = await insertAppUser(tx, { organisationId, fields, permissions: unique(permissions), actor });
    await setTeams(tx, { organisationId, appUserId: id, teamIds });
    await recordAudit(tx, {
      organisationId,
      actor,
      action: 'app_user.created',
      subject: id,
      detail: { fields: Object.keys(fields), permissions, teamIds },
    });
    return readAppUser(tx, organisationId, id);
  });
}

/** All or nothing. A page that was read before somebody else's change is refused. */
export async function updateAppUser(
  { db }: Deps,
  actor: Actor,
  { id, version, fields: given, permissions, teamIds }: { id: string } & z.output<typeof updateRoute.body>,
): Promise<AppUser> {
  const { organisationId } = actor;
  const wished = cleanFields(given ?? {});
  return inOrganisation(db, organisationId, async (tx) => {
    if (permissions && !permissions.includes('users_and_teams'))
      await protectLastAdministrator(tx, organisationId, [id]);
    const row = await lockAppUser(tx, organisationId, id);
    if (row.version !== version) throw new AppError('stale_version');

    const before = row.fields;
    const after = applyTo(before, wished);
    const changed = Object.keys(wished).filter((field) => before[field] !== after[field]);
    if (changed.length > 0) {
      await requireKnownFields(
        tx,
        organisationId,
        changed.filter((field) => after[field] !== undefined),
      );
      await refuseFollowed(tx, { organisationId, appUserId: id, changed });
      requireName(after);
    }
    const teamsChanged = teamIds ? await setTeams(tx, { organisationId, appUserId: id, teamIds }) : false;
    const rights = permissions && unique(permissions);
    const rightsChanged = rights !== undefined && rights.join() !== row.permissions.toSorted().join();
    if (changed.length === 0 && !teamsChanged && !rightsChanged) return readAppUser(tx, organisationId, id);

    await tx
      .updateTable('app_user')
      .set({
        fields: JSON.stringify(after),
        ...(rights ? { permissions: rights } : {}),
        updated_at: sql<Date>`now()`,
        version: row.version + 1,
      })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', id)
      .execute();
    // New rights begin with a new session (T22): one that somebody else has planted or taken gains nothing.
    const gains = rights?.some((right) => !row.permissions.includes(right)) ?? false;
    if (gains && row.account_id) await endSessionsOf(tx, row.account_id);
    await recordChanges(tx, { organisationId, appUserId: id, actor, before, after });
    await recordAudit(tx, {
      organisationId,
      actor,
      action: 'app_user.updated',
      subject: id,
      detail: {
        fields: changed,
        ...(rightsChanged ? { permissions: { before: row.permissions, after: rights } } : {}),
        ...(teamsChanged ? { teamIds } : {}),
      },
    });
    return readAppUser(tx, organisationId, id);
  });
}

async function lockAppUser(
  tx: Tx,
  organisationId: string,
  id: string,
): Promise<{ fields: Record<string, string>; permissions: string[]; version: number; account_id: string | null }> {
  const row = await tx
    .selectFrom('app_user')
    .select(['fields', 'permissions', 'version', 'account_id'])
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new AppError('not_found');
  return row;
}

/** What follows Entra would be written over by the next run: it is changed in Entra. */
async function refuseFollowed(
  tx: Tx,
  { organisationId, appUserId, changed }: { organisationId: string; appUserId: string; changed: readonly string[] },
): Promise<void> {
  const link = await findEntraLink(tx, organisationId, appUserId);
  const refused = changed.filter((field) => link?.followedFields.some((followed) => followed === field));
  if (refused.length > 0) {
    throw new AppError('invalid_input', {
      fields: refused.map((field) => ({ path: `fields.${field}`, message: 'synced' })),
    });
  }
}

function applyTo(before: Readonly<Record<string, string>>, changes: FieldChanges): Record<string, string> {
  const entries = Object.entries({ ...before, ...changes });
  return Object.fromEntries(entries.flatMap(([field, value]) => (value === null ? [] : [[field, value]])));
}

async function recordChanges(
  tx: Tx,
  input: {
    organisationId: string;
    appUserId: string;
    actor: Pick<Actor, 'appUserId' | 'requestId'> | null;
    before: Readonly<Record<string, string>>;
    after: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { organisationId, appUserId, actor, before, after } = input;
  const rows = unique([...Object.keys(before), ...Object.keys(after)])
    .filter((field) => before[field] !== after[field])
    .map((field) => ({
      organisation_id: organisationId,
      app_user_id: appUserId,
      field,
      before: before[field] ?? null,
      after: after[field] ?? null,
      actor_id: actor?.appUserId ?? null,
      request_id: actor?.requestId ?? null,
    }));
  if (rows.length > 0) await tx.insertInto('field_change').values(rows).execute();
}

function unique<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1));
}
