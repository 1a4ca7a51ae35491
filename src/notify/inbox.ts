// *Notifikationer*: what an app user has been told, in the app. Written in the transaction that it tells of.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import {
  notificationKindSchema,
  notificationSchema,
  notificationTargetSchema,
  type Notification,
  type NotificationKind,
  type NotificationTarget,
} from '../contract/api-notifications.ts';
import type { Page } from '../contract/common.ts';
import { decodeCursor, encodeCursor, uuidOfCursor } from '../db/cursor.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';

interface Deps {
  db: Database;
}

export interface NewNotification {
  kind: NotificationKind;
  params: Record<string, string | number>;
  target: NotificationTarget;
  targetId: string | null;
}

/** The same to each of these app users; who was removed meanwhile is left out. */
export async function notifyAppUsers(
  tx: Tx,
  organisationId: string,
  appUserIds: readonly string[],
  notices: readonly NewNotification[],
): Promise<void> {
  const rows = appUserIds.flatMap((appUserId) => notices.map((notice) => ({ appUserId, id: newId(), ...notice })));
  if (rows.length === 0) return;
  await tx
    .insertInto('notification')
    .values(
      rows.map((row) => ({
        organisation_id: organisationId,
        id: row.id,
        app_user_id: row.appUserId,
        kind: row.kind,
        params: JSON.stringify(row.params),
        target: row.target,
        target_id: row.targetId,
      })),
    )
    .execute();
}

const totalMax = 1000;

/** Guarantee: only the actor's own. Ids grow with time, so the latest come first. */
export async function listNotifications(
  { db }: Deps,
  actor: Actor,
  query: { after?: string | undefined; limit: number },
): Promise<Page<Notification>> {
  const after = query.after === undefined ? undefined : uuidOfCursor(decodeCursor(query.after, 1)[0]);
  return inOrganisation(
    db,
    actor.organisationId,
    async (tx) => {
      const own = tx
        .selectFrom('notification')
        .where('organisation_id', '=', actor.organisationId)
        .where('app_user_id', '=', actor.appUserId);
      const rows = await own
        .selectAll()
        .$if(after !== undefined, (list) => list.where('id', '<', after ?? ''))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const counted = await tx
        .selectFrom(
          own
            .select('id')
            .limit(totalMax + 1)
            .as('some'),
        )
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: shown.map((row) => ({
          id: row.id,
          kind: notificationKindSchema.parse(row.kind),
          params: notificationSchema.shape.params.parse(row.params),
          target: notificationTargetSchema.parse(row.target),
          targetId: row.target_id,
          createdAt: row.created_at.toISOString(),
          readAt: row.read_at?.toISOString() ?? null,
        })),
        next: rows.length > query.limit && last ? encodeCursor([last.id]) : null,
        total: Math.min(Number(counted.count), totalMax),
        totalIsCapped: Number(counted.count) > totalMax,
      };
    },
    { readOnly: true },
  );
}

export async function countUnread({ db }: Deps, actor: Actor): Promise<{ unread: number }> {
  return inOrganisation(db, actor.organisationId, (tx) => unreadOf(tx, actor), { readOnly: true });
}

/** Without ids, all of them. Ids of others' notifications are passed over. */
export async function markRead(
  { db }: Deps,
  actor: Actor,
  { ids }: { ids?: string[] | undefined },
): Promise<{ unread: number }> {
  return inOrganisation(db, actor.organisationId, async (tx) => {
    if (ids === undefined || ids.length > 0) {
      await tx
        .updateTable('notification')
        .set({ read_at: sql`now()` })
        .where('organisation_id', '=', actor.organisationId)
        .where('app_user_id', '=', actor.appUserId)
        .where('read_at', 'is', null)
        .$if(ids !== undefined, (update) => update.where('id', 'in', ids ?? []))
        .execute();
    }
    return unreadOf(tx, actor);
  });
}

async function unreadOf(tx: Tx, actor: Actor): Promise<{ unread: number }> {
  const { unread } = await tx
    .selectFrom('notification')
    .select((eb) => eb.fn.countAll<string>().as('unread'))
    .where('organisation_id', '=', actor.organisationId)
    .where('app_user_id', '=', actor.appUserId)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { unread: Number(unread) };
}
