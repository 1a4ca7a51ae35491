// What there is to take back of a run, a deed or an earlier undo: fields, links and created users, each as it is now and as it would
// be. What somebody has changed since is marked, and is left alone unless it is asked for.
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { UndoKind } from '../contract/api-undo.ts';
import { AppError } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';

export interface UndoTarget {
  organisationId: string;
  /** Of links: the connection that is not off; null when there is none, and then links are left alone. */
  connectionId: string | null;
  kind: UndoKind;
  id: string;
  appUserId: string | null;
  /** Beside fields. */
  pairs: readonly { objectId: string; appUserId: string; want: 'linked' | 'unlinked' }[];
  users: readonly { appUserId: string; want: 'removed' | 'present' }[];
}

const pairsSchema = z.array(
  z.object({ objectId: z.string(), appUserId: z.string(), fromObjectId: z.string().optional() }),
);
/** What an undo has done beside fields: kept in undo.done, so that it can be taken back itself. */
export const doneSchema = z.object({
  fields: z.number(),
  linked: pairsSchema,
  unlinked: pairsSchema,
  removed: z.array(z.string()),
  restored: z.array(z.string()),
});
export type Done = z.infer<typeof doneSchema>;

/** Throws not_found: no such run, or no deed that can be taken back. */
export async function findTarget(
  tx: Tx,
  of: Pick<UndoTarget, 'organisationId' | 'connectionId' | 'kind' | 'id' | 'appUserId'>,
): Promise<UndoTarget> {
  const { pairs, users } = await besideFields(tx, of);
  const isMeant = ({ appUserId }: { appUserId: string }) => of.appUserId === null || of.appUserId === appUserId;
  return { ...of, pairs: pairs.filter(isMeant), users: users.filter(isMeant) };
}

async function besideFields(
  tx: Tx,
  { organisationId, kind, id }: Pick<UndoTarget, 'organisationId' | 'kind' | 'id'>,
): Promise<Pick<UndoTarget, 'pairs' | 'users'>> {
  if (kind === 'run') {
    const run = await tx
      .selectFrom('sync_run')
      .select('id')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', id)
      .where('trigger', '<>', 'preview')
      .executeTakeFirst();
    if (!run) throw new AppError('not_found');
    return { pairs: [], users: [] };
  }
  if (kind === 'undo') {
    const row = await tx
      .selectFrom('undo')
      .select('done')
      .where('organisation_id', '=', organisationId)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw new AppError('not_found');
    const done = doneSchema.parse(row.done);
    return {
      pairs: [
        ...done.linked.map((pair) => ({ ...pair, want: 'unlinked' as const })),
        ...done.unlinked.map((pair) => ({ ...pair, want: 'linked' as const })),
      ],
      users: [
        ...done.removed.map((appUserId) => ({ appUserId, want: 'present' as const })),
        ...done.restored.map((appUserId) => ({ appUserId, want: 'removed' as const })),
      ],
    };
  }
  const deed = await tx
    .selectFrom('audit_event')
    .select(['action', 'detail'])
    .where('organisation_id', '=', organisationId)
    .where('id', '=', id)
    .executeTakeFirst();
  const pairs = pairsSchema.safeParse(deed?.detail['pairs']);
  if (!deed || !pairs.success) throw new AppError('not_found');
  switch (deed.action) {
    case 'link.created':
      return { pairs: pairs.data.map((pair) => ({ ...pair, want: 'unlinked' })), users: [] };
    case 'link.removed':
      return { pairs: pairs.data.map((pair) => ({ ...pair, want: 'linked' })), users: [] };
    case 'link.moved':
      return {
        pairs: pairs.data.flatMap(({ objectId, appUserId, fromObjectId = '' }) => [
          { objectId, appUserId, want: 'unlinked' as const },
          { objectId: fromObjectId, appUserId, want: 'linked' as const },
        ]),
        users: [],
      };
    case 'app_user.created_from_entra':
      // With the user its link goes.
      return { pairs: [], users: pairs.data.map(({ appUserId }) => ({ appUserId, want: 'removed' })) };
    default:
      throw new AppError('not_found');
  }
}

const column = { run: sql`c.run_id`, deed: sql`c.deed_id`, undo: sql`c.undo_id` } as const;

/**
 * `what, key, app_user_id, object_id, display_name, search_text, field, now, back, state`: 'clean', 'changed' since, or 'undone' (it is
 * already as it would be). A run's own value is the last that it wrote; what it would be put back to is what it first replaced (I23).
 */
export function undoRows(target: UndoTarget): RawBuilder<unknown> {
  const { organisationId, appUserId } = target;
  // Of a created user the fields go with the user.
  const gone = target.users.filter(({ want }) => want === 'removed').map((user) => user.appUserId);
  const back = target.users.filter(({ want }) => want === 'present').map((user) => user.appUserId);
  return sql`
    select 'field' as what, 'f:' || w.app_user_id || ':' || w.field as key, w.app_user_id, null::uuid as object_id,
      a.display_name::text, a.search_text, w.field, a.fields ->> w.field as now, w.back,
      case when a.fields ->> w.field is not distinct from w.back then 'undone'
        when a.fields ->> w.field is not distinct from w.after then 'clean' else 'changed' end as state
    from (
      select c.app_user_id, c.field, (array_agg(c.before order by c.id))[1] as back, (array_agg(c.after order by c.id desc))[1] as after
      from field_change c
      where c.organisation_id = ${organisationId} and ${column[target.kind]} = ${target.id}
        and (${appUserId}::uuid is null or c.app_user_id = ${appUserId}) and not c.app_user_id = any(${gone}::uuid[])
      group by c.app_user_id, c.field
    ) w
    join app_user a on a.organisation_id = ${organisationId} and a.id = w.app_user_id and a.removed_at is null
    union all
    select 'link', 'l:' || p."objectId" || ':' || p."appUserId", p."appUserId", p."objectId", a.display_name::text, a.search_text,
      null, null, null,
      case when (l.object_id is not null) = (p.want = 'linked') then 'undone'
        when p.want = 'unlinked' or other.object_id is null and (a.removed_at is null or a.id = any(${back}::uuid[])) then 'clean' else 'changed' end
    from jsonb_to_recordset(${JSON.stringify(target.pairs)}::jsonb) as p ("objectId" uuid, "appUserId" uuid, want text)
    join app_user a on a.organisation_id = ${organisationId} and a.id = p."appUserId"
    left join link l on l.organisation_id = ${organisationId} and l.connection_id = ${target.connectionId}
      and l.object_id = p."objectId" and l.app_user_id = p."appUserId"
    left join lateral (
      select o.object_id from link o
      where o.organisation_id = ${organisationId} and o.connection_id = ${target.connectionId}
        and (o.object_id = p."objectId" or o.app_user_id = p."appUserId")
        -- A link that was moved makes room for the one that it came from.
        and not exists (select from jsonb_to_recordset(${JSON.stringify(target.pairs)}::jsonb) as u ("objectId" uuid, "appUserId" uuid, want text)
          where u.want = 'unlinked' and u."objectId" = o.object_id and u."appUserId" = o.app_user_id)
      limit 1) other on true
    where ${target.connectionId}::uuid is not null
    union all
    select 'created_user', 'u:' || p."appUserId", p."appUserId", null, a.display_name::text, a.search_text, null, null, null,
      case when (a.removed_at is not null) = (p.want = 'removed') then 'undone'
        when p.want = 'present' or a.account_id is null and a.sign_in_email is null and not exists (
          select from field_change c where c.organisation_id = a.organisation_id and c.app_user_id = a.id and c.at > a.created_at
            and c.run_id is null) then 'clean'
        else 'changed' end
    from jsonb_to_recordset(${JSON.stringify(target.users)}::jsonb) as p ("appUserId" uuid, want text)
    join app_user a on a.organisation_id = ${organisationId} and a.id = p."appUserId"`;
}
