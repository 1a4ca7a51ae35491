// Deciding about app users whose Entra users are gone: keep or remove, by a person and never by a sync.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { recordAudit } from '../audit/record.ts';
import type { BulkResult } from '../contract/api-review.ts';
import type { Database } from '../db/pool.ts';
import type { Tx } from '../db/transaction.ts';
import { removeAppUsers } from '../people/remove-app-users.ts';
import { decide, type Connected } from './connected.ts';
import { deleteLinks } from './link.ts';

interface Input {
  appUserIds: readonly string[];
}

/** The app user stays, and leaves the list. The link lives on: if the person comes back in Entra, the fields follow again. */
export function keep(deps: { db: Database }, actor: Actor, input: Input): Promise<BulkResult> {
  return setKept(deps, actor, input, true);
}

/** Puts kept app users back on the list. */
export function unkeep(deps: { db: Database }, actor: Actor, input: Input): Promise<BulkResult> {
  return setKept(deps, actor, input, false);
}

async function setKept(deps: { db: Database }, actor: Actor, input: Input, kept: boolean): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const gone = await lockGone(tx, of, input.appUserIds);
    const ids = [...gone.keys()];
    if (ids.length > 0) {
      await tx
        .updateTable('link')
        .set({ kept_at: kept ? sql<Date>`now()` : null, kept_by: kept ? actor.appUserId : null })
        .where('organisation_id', '=', of.organisationId)
        .where('connection_id', '=', of.connectionId)
        .where('app_user_id', 'in', ids)
        .execute();
      const action = kept ? 'app_user.kept' : 'app_user.unkept';
      await recordAudit(tx, { organisationId: of.organisationId, actor, action, detail: { appUserIds: ids } });
    }
    return { done: ids.length, refused: refuse(input.appUserIds, gone) };
  });
}

/** Removes app users from the app, and their links. Who still exists in Entra, or has come back, is refused as not_gone. */
export async function remove(deps: { db: Database }, actor: Actor, input: Input): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const gone = await lockGone(tx, of, input.appUserIds);
    const ids = [...gone.keys()];
    await removeAppUsers(tx, actor, ids);
    // Also of whom somebody has removed in another way meanwhile: nobody is left to decide about.
    if (ids.length > 0) await deleteLinks(tx, of, ids);
    return { done: ids.length, refused: refuse(input.appUserIds, gone) };
  });
}

function refuse(asked: readonly string[], gone: ReadonlyMap<string, string>): BulkResult['refused'] {
  return asked.filter((id) => !gone.has(id)).map((id) => ({ id, name: '', code: 'not_gone' }));
}

/** Which of the app users are on the list now, by name; the links are locked until the decision is written. */
async function lockGone(tx: Tx, of: Connected, appUserIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ app_user_id: string; display_name: string }>`
    select l.app_user_id, d.display_name
    from link l
    join directory_user d on d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
    where l.organisation_id = ${of.organisationId} and l.connection_id = ${of.connectionId}
      and l.app_user_id = any(${[...appUserIds]}::uuid[]) and not (d.deleted_at is null and d.in_scope)
    order by l.app_user_id
    for update of l
  `.execute(tx);
  return new Map(rows.map((row) => [row.app_user_id, row.display_name]));
}
