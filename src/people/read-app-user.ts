// App users as administrators see them: the list, the whole user, and what changed on it.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { AppUser, appUserRowSchema, listAppUserHistory as historyRoute } from '../contract/api-people.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { AppError } from '../contract/errors.ts';
import { targetFieldSchema } from '../contract/settings.ts';
import type { Database } from '../db/pool.ts';
import { decodeCursor, numberOfCursor } from '../db/cursor.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { findEntraLink } from './entra-link.ts';
import { listExceptions } from './list-exceptions.ts';
import { knownPermissions } from './known-permissions.ts';
import { afterName, countLimit, matchesSearch, toPage } from './search.ts';

interface Deps {
  db: Database;
}

type AppUserRow = z.infer<typeof appUserRowSchema>;
type HistoryRow = z.infer<typeof historyRoute.response>['items'][number];

export async function listAppUsers(
  { db }: Deps,
  actor: Actor,
  query: PageQuery & { teamId?: string | undefined },
): Promise<Page<AppUserRow>> {
  return inOrganisation(
    db,
    actor.organisationId,
    async (tx) => {
      const { teamId } = query;
      const present = presentAppUsers(tx, actor.organisationId).where((eb) =>
        matchesSearch(eb.ref('a.search_text'), query.search),
      );
      const found = teamId
        ? present.where((eb) =>
            eb.exists(
              eb
                .selectFrom('team_member as m')
                .whereRef('m.organisation_id', '=', 'a.organisation_id')
                .whereRef('m.app_user_id', '=', 'a.id')
                .where('m.team_id', '=', teamId),
            ),
          )
        : present;
      const rows = await withTeams(found)
        .where((eb) => afterName({ name: eb.ref('a.display_name'), id: eb.ref('a.id') }, query.after))
        .orderBy('a.display_name')
        .orderBy('a.id')
        .limit(query.limit + 1)
        .execute();
      const counted = await tx
        .selectFrom(found.select('a.id').limit(countLimit).as('some'))
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      return toPage(rows, {
        limit: query.limit,
        count: Number(counted.count),
        keyOf: (row) => [row.display_name, row.id],
        toItem: asRow,
      });
    },
    { readOnly: true },
  );
}

export async function getAppUser({ db }: Deps, actor: Actor, { id }: { id: string }): Promise<AppUser> {
  return inOrganisation(db, actor.organisationId, (tx) => readAppUser(tx, actor.organisationId, id), {
    readOnly: true,
  });
}

export async function readAppUser(tx: Tx, organisationId: string, id: string): Promise<AppUser> {
  const row = await withTeams(presentAppUsers(tx, organisationId).where('a.id', '=', id)).executeTakeFirst();
  if (!row) throw new AppError('not_found');
  const link = await findEntraLink(tx, organisationId, id);
  return {
    ...asRow(row),
    fields: row.fields,
    teamIds: row.teams.map((team) => team.id),
    syncedFields: link?.followedFields ?? [],
    coupledFields: link?.mappedFields ?? [],
    exceptions: await listExceptions(tx, organisationId, id),
    entra: link && { displayName: link.displayName, userPrincipalName: link.userPrincipalName },
    version: row.version,
    createdAt: row.created_at.toISOString(),
  };
}

/** Latest first. Also of somebody who was removed: what happened stays readable. */
export async function listAppUserHistory(
  { db }: Deps,
  actor: Actor,
  { id, after, limit }: { id: string; after?: string | undefined; limit: number },
): Promise<Page<HistoryRow>> {
  const { organisationId } = actor;
  return inOrganisation(
    db,
    organisationId,
    async (tx) => {
      const user = await tx
        .selectFrom('app_user')
        .select('id')
        .where('organisation_id', '=', organisationId)
        .where('id', '=', id)
        .executeTakeFirst();
      if (!user) throw new AppError('not_found');
      const found = tx
        .selectFrom('field_change as f')
        .where('f.organisation_id', '=', organisationId)
        .where('f.app_user_id', '=', id);
      const rows = await (
        after === undefined ? found : found.where('f.id', '<', numberOfCursor(decodeCursor(after, 1)[0]))
      )
        .leftJoin('app_user as by', (join) =>
          join.onRef('by.organisation_id', '=', 'f.organisation_id').onRef('by.id', '=', 'f.actor_id'),
        )
        .select(['f.id', 'f.at', 'f.field', 'f.before', 'f.after', 'f.run_id', 'by.display_name as actorName'])
        .orderBy('f.id', 'desc')
        .limit(limit + 1)
        .execute();
      const counted = await tx
        .selectFrom(found.select('f.id').limit(countLimit).as('some'))
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      return toPage(rows, {
        limit,
        count: Number(counted.count),
        keyOf: (row) => [row.id],
        toItem: (row) => ({
          id: row.id,
          at: row.at.toISOString(),
          field: targetFieldSchema.parse(row.field),
          before: row.before,
          after: row.after,
          source: row.run_id ? 'sync' : 'person',
          actorName: row.actorName,
          runId: row.run_id,
        }),
      });
    },
    { readOnly: true },
  );
}

function presentAppUsers(tx: Tx, organisationId: string) {
  return tx
    .selectFrom('app_user as a')
    .where('a.organisation_id', '=', organisationId)
    .where('a.removed_at', 'is', null);
}

function withTeams(found: ReturnType<typeof presentAppUsers>) {
  return found.select((eb) => [
    'a.id',
    'a.display_name',
    'a.fields',
    'a.sign_in_email',
    'a.account_id',
    'a.permissions',
    'a.version',
    'a.created_at',
    sql<{ id: string; name: string }[]>`coalesce((
      select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by t.name, t.id)
      from team_member m join team t on t.organisation_id = m.organisation_id and t.id = m.team_id
      where m.organisation_id = a.organisation_id and m.app_user_id = a.id), '[]')`.as('teams'),
    eb
      .exists(
        eb
          .selectFrom('link as l')
          .innerJoin('connection as c', (join) =>
            join.onRef('c.organisation_id', '=', 'l.organisation_id').onRef('c.id', '=', 'l.connection_id'),
          )
          .whereRef('l.organisation_id', '=', 'a.organisation_id')
          .whereRef('l.app_user_id', '=', 'a.id')
          .where('c.status', '<>', 'off'),
      )
      .as('linked'),
  ]);
}

type Selected = Awaited<ReturnType<ReturnType<typeof withTeams>['executeTakeFirstOrThrow']>>;

function asRow(row: Selected): AppUserRow {
  return {
    id: row.id,
    displayName: row.display_name,
    email: row.fields['email'] ?? null,
    signInEmail: row.account_id ? row.sign_in_email : null,
    permissions: knownPermissions(row.permissions),
    linked: Boolean(row.linked),
    teams: row.teams.map((team) => team.name),
  };
}
