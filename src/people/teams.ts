// Teams of app users.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { teamSchema } from '../contract/api-people.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { isPlainText } from '../contract/field-value.ts';

interface Deps {
  db: Database;
}

export type Team = z.infer<typeof teamSchema>;

export async function listTeams({ db }: Deps, actor: Actor): Promise<{ items: Team[] }> {
  const items = await inOrganisation(db, actor.organisationId, (tx) => teamsOf(tx, actor.organisationId).execute(), {
    readOnly: true,
  });
  return { items };
}

export async function createTeam({ db }: Deps, actor: Actor, { name }: { name: string }): Promise<Team> {
  const { organisationId } = actor;
  requirePlainName(name);
  return inOrganisation(db, organisationId, async (tx) => {
    const id = newId();
    const inserted = await tx
      .insertInto('team')
      .values({ organisation_id: organisationId, id, name })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    if (inserted.length === 0) throw new AppError('name_taken');
    await recordAudit(tx, { organisationId, actor, action: 'team.created', subject: id, detail: { name } });
    return { id, name, members: 0 };
  });
}

export async function updateTeam(
  { db }: Deps,
  actor: Actor,
  { id, name, memberIds }: { id: string; name?: string | undefined; memberIds?: string[] | undefined },
): Promise<Team> {
  const { organisationId } = actor;
  if (name !== undefined) requirePlainName(name);
  return inOrganisation(db, organisationId, async (tx) => {
    const before = await lockTeam(tx, organisationId, id);
    if (name !== undefined && name !== before.name) await rename(tx, { organisationId, id, name });
    if (memberIds) await setMembers(tx, { organisationId, teamId: id, memberIds });
    await recordAudit(tx, {
      organisationId,
      actor,
      action: 'team.updated',
      subject: id,
      detail: {
        ...(name !== undefined ? { name: { before: before.name, after: name } } : {}),
        ...(memberIds ? { memberIds } : {}),
      },
    });
    return teamsOf(tx, organisationId).where('t.id', '=', id).executeTakeFirstOrThrow();
  });
}

export async function deleteTeam({ db }: Deps, actor: Actor, { id }: { id: string }): Promise<void> {
  const { organisationId } = actor;
  await inOrganisation(db, organisationId, async (tx) => {
    const { name } = await lockTeam(tx, organisationId, id);
    await tx.deleteFrom('team').where('organisation_id', '=', organisationId).where('id', '=', id).execute();
    await recordAudit(tx, { organisationId, actor, action: 'team.deleted', subject: id, detail: { name } });
  });
}

export async function listTeamMembers(
  { db }: Deps,
  actor: Actor,
  { id }: { id: string },
): Promise<{ items: { id: string; displayName: string }[] }> {
  const { organisationId } = actor;
  return inOrganisation(
    db,
    organisationId,
    async (tx) => {
      const team = await teamsOf(tx, organisationId).where('t.id', '=', id).executeTakeFirst();
      if (!team) throw new AppError('not_found');
      const items = await tx
        .selectFrom('team_member as m')
        .innerJoin('app_user as a', (join) =>
          join.onRef('a.organisation_id', '=', 'm.organisation_id').onRef('a.id', '=', 'm.app_user_id'),
        )
        .select(['a.id', 'a.display_name as displayName'])
        .where('m.organisation_id', '=', organisationId)
        .where('m.team_id', '=', id)
        .where('a.removed_at', 'is', null)
        .orderBy('a.display_name')
        .orderBy('a.id')
        .execute();
      return { items };
    },
    { readOnly: true },
  );
}

/** Makes these the teams of one app user. Answers whether anything changed. */
export async function setTeams(
  tx: Tx,
  { organisationId, appUserId, teamIds }: { organisationId: string; appUserId: string; teamIds: readonly string[] },
): Promise<boolean> {
  const wished = [...new Set(teamIds)];
  if (wished.length > 0) {
    const known = await teamsOf(tx, organisationId).where('t.id', 'in', wished).execute();
    if (known.length < wished.length) throw unknown('teamIds');
  }
  const left = await tx
    .deleteFrom('team_member')
    .where('organisation_id', '=', organisationId)
    .where('app_user_id', '=', appUserId)
    .where((eb) => eb.not(eb('team_id', '=', eb.fn.any(eb.val(wished)))))
    .returning('team_id')
    .execute();
  const joined = await insertMembers(
    tx,
    wished.map((teamId) => ({ organisationId, teamId, appUserId })),
  );
  return left.length + joined > 0;
}

async function setMembers(
  tx: Tx,
  { organisationId, teamId, memberIds }: { organisationId: string; teamId: string; memberIds: readonly string[] },
): Promise<void> {
  const wished = [...new Set(memberIds)];
  const known = await tx
    .selectFrom('app_user')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('organisation_id', '=', organisationId)
    .where('removed_at', 'is', null)
    .where((eb) => eb('id', '=', eb.fn.any(eb.val(wished))))
    .executeTakeFirstOrThrow();
  if (Number(known.count) < wished.length) throw unknown('memberIds');
  await tx
    .deleteFrom('team_member')
    .where('organisation_id', '=', organisationId)
    .where('team_id', '=', teamId)
    .where((eb) => eb.not(eb('app_user_id', '=', eb.fn.any(eb.val(wished)))))
    .execute();
  await insertMembers(
    tx,
    wished.map((appUserId) => ({ organisationId, teamId, appUserId })),
  );
}

/** Answers how many were not there yet. */
async function insertMembers(
  tx: Tx,
  rows: readonly { organisationId: string; teamId: string; appUserId: string }[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rows: inserted } = await sql`
    insert into team_member (organisation_id, team_id, app_user_id)
    select r."organisationId", r."teamId", r."appUserId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("organisationId" uuid, "teamId" uuid, "appUserId" uuid)
    on conflict do nothing
    returning team_id
  `.execute(tx);
  return inserted.length;
}

async function rename(
  tx: Tx,
  { organisationId, id, name }: { organisationId: string; id: string; name: string },
): Promise<void> {
  await tx
    .updateTable('team')
    .set({ name })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .execute()
    .catch((error: unknown) => {
      // The unique index decides, also between two who take the same name at once.
      const isTaken = error instanceof Error && 'code' in error && error.code === '23505';
      throw isTaken ? new AppError('name_taken', { cause: error }) : error;
    });
}

async function lockTeam(tx: Tx, organisationId: string, id: string): Promise<{ name: string }> {
  const team = await tx
    .selectFrom('team')
    .select('name')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!team) throw new AppError('not_found');
  return team;
}

/** By name, with how many are in each. */
function teamsOf(tx: Tx, organisationId: string) {
  return tx
    .selectFrom('team as t')
    .select([
      't.id',
      't.name',
      sql<number>`(
        select count(*)::int from team_member m join app_user a on a.organisation_id = m.organisation_id and a.id = m.app_user_id
        where m.organisation_id = t.organisation_id and m.team_id = t.id and a.removed_at is null)`.as('members'),
    ])
    .where('t.organisation_id', '=', organisationId)
    .orderBy('t.name')
    .orderBy('t.id');
}

function requirePlainName(name: string): void {
  if (!isPlainText(name))
    throw new AppError('invalid_input', { fields: [{ path: 'name', message: 'control_characters' }] });
}

function unknown(path: string): AppError {
  return new AppError('invalid_input', { fields: [{ path, message: 'unknown' }] });
}
