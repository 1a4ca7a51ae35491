// *Ångra*: a run, a deed or an earlier undo is taken back in one transaction. What was put back stays: the value that it replaced is
// dismissed, so that no run writes it again as long as Entra says the same (docs/decisions/0028).
import { sql, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import type { undo as route, UndoKind, UndoPlan, UndoRow } from '../contract/api-undo.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { targetFieldSchema } from '../contract/settings.ts';
import { recordAudit } from '../audit/record.ts';
import { findConnection } from '../connection/find-connection.ts';
import type { Database } from '../db/pool.ts';
import { decodeCursor } from '../db/cursor.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { applySelected } from '../people/apply-fields.ts';
import { removeAppUsers, restoreAppUsers } from '../people/remove-app-users.ts';
import { countLimit, matchesSearch, toPage } from '../people/search.ts';
import { lockDecisions } from '../review/connected.ts';
import { deleteLinks, insertLinks } from '../review/link.ts';
import { findTarget, undoRows, type Done, type UndoTarget } from './undo-target.ts';

interface Deps {
  db: Database;
}
interface Of {
  kind: UndoKind;
  id: string;
  appUserId?: string | undefined;
}

/** Throws not_found. */
export async function getUndoPlan(deps: Deps, actor: Actor, of: Of): Promise<UndoPlan> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const target = await targetOf(tx, actor, of);
      const { rows } = await sql<{ what: UndoRow['what']; state: string; rows: string }>`
        select r.what, r.state, count(*) as rows from (${undoRows(target)}) r group by 1, 2
      `.execute(tx);
      const count = (matches: (row: { what: string; state: string }) => boolean) =>
        rows.filter(matches).reduce((sum, row) => sum + Number(row.rows), 0);
      const open = (what: UndoRow['what']) => count((row) => row.what === what && row.state !== 'undone');
      return {
        fields: open('field'),
        links: open('link'),
        createdUsers: open('created_user'),
        changedSince: count(({ state }) => state === 'changed'),
        undone: count(({ state }) => state === 'undone'),
        last: await findLast(tx, actor, of),
      };
    },
    { readOnly: true, joinsWholeTables: true },
  );
}

async function targetOf(tx: Tx, { organisationId }: Actor, { kind, id, appUserId }: Of): Promise<UndoTarget> {
  const connection = await findConnection(tx, organisationId);
  const connectionId = connection?.id ?? null;
  return findTarget(tx, { organisationId, connectionId, kind, id, appUserId: appUserId ?? null });
}

async function findLast(tx: Tx, { organisationId }: Actor, { kind, id, appUserId }: Of): Promise<UndoPlan['last']> {
  const { rows } = await sql<{ id: string; undone_at: Date; by: string | null }>`
    select u.id, u.undone_at, a.display_name as by
    from undo u
    left join app_user a on a.organisation_id = u.organisation_id and a.id = u.undone_by
    where u.organisation_id = ${organisationId} and u.of_kind = ${kind} and u.of_id = ${id}
      and (u.app_user_id is null or ${appUserId ?? null}::uuid is null or u.app_user_id = ${appUserId ?? null})
    order by u.undone_at desc, u.id desc limit 1
  `.execute(tx);
  const [row] = rows;
  return row ? { at: row.undone_at.toISOString(), by: row.by, undoId: row.id } : null;
}

interface Row {
  what: UndoRow['what'];
  key: string;
  app_user_id: string;
  object_id: string | null;
  display_name: string;
  field: string | null;
  now: string | null;
  back: string | null;
  state: 'clean' | 'changed' | 'undone';
}

/** What was changed since first, then by name. Throws not_found. */
export async function listUndoRows(deps: Deps, actor: Actor, input: PageQuery & Of): Promise<Page<UndoRow>> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const target = await targetOf(tx, actor, input);
      const after = input.after === undefined ? null : decodeCursor(input.after, 3);
      const found = sql`
        from (${undoRows(target)}) r
        where r.state <> 'undone' and ${matchesSearch(sql.ref<string>('r.search_text'), input.search)}`;
      const { rows } = await sql<Row & { total: string }>`
        select r.*, (select count(*) from (select ${found} limit ${countLimit}) counted) as total
        ${found} and (${after === null} or (r.state <> 'changed', r.display_name collate "sv-x-icu", r.key)
          > (${after?.[0] === 'true'}, ${after?.[1] ?? ''}, ${after?.[2] ?? ''}))
        order by r.state <> 'changed', r.display_name collate "sv-x-icu", r.key
        limit ${input.limit + 1}
      `.execute(tx);
      return toPage(rows, {
        limit: input.limit,
        count: Number(rows[0]?.total ?? 0),
        keyOf: (row) => [String(row.state !== 'changed'), row.display_name, row.key],
        toItem: (row) => ({
          key: row.key,
          what: row.what,
          appUserId: row.app_user_id,
          displayName: row.display_name,
          field: row.field === null ? null : targetFieldSchema.parse(row.field),
          now: row.now,
          back: row.back,
          changedSince: row.state === 'changed',
        }),
      });
    },
    { readOnly: true, joinsWholeTables: true },
  );
}

type Input = Of & Pick<z.output<typeof route.body>, 'overwrite'>;

/** Throws not_found, cannot_remove_self and last_administrator: then nothing is taken back. */
export async function undo(deps: Deps, actor: Actor, input: Input): Promise<z.output<typeof route.response>> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const target = await targetOf(tx, actor, input);
      if (target.connectionId !== null) await lockDecisions(tx, { organisationId, connectionId: target.connectionId });
      const undoId = newId();
      const chosen = sql`
        select r.* from (${undoRows(target)}) r
        where r.state = 'clean' or r.state = 'changed' and r.key = any(${input.overwrite}::text[])`;
      const left = await countLeftAlone(tx, target, input.overwrite);
      const others = await sql<Row>`select r.* from (${chosen}) r where r.what <> 'field'`.execute(tx);
      const fields = sql`
        select r.app_user_id, r.field, r.now as before, r.back as after, null::uuid as run_id from (${chosen}) r where r.what = 'field'`;
      await dismissReplaced(tx, actor, target, fields);
      const applied = await applySelected(tx, {
        organisationId,
        planned: fields,
        by: { actorId: actor.appUserId, requestId: actor.requestId, undoId },
      });
      const done = { fields: applied.fields, ...(await undoOthers(tx, actor, target, others.rows)) };
      await tx
        .insertInto('undo')
        .values({
          organisation_id: organisationId,
          id: undoId,
          of_kind: target.kind,
          of_id: target.id,
          app_user_id: target.appUserId,
          undone_by: actor.appUserId,
          done: JSON.stringify(done),
        })
        .execute();
      const subject = target.id;
      const detail = { kind: target.kind, undoId, fields: done.fields };
      await recordAudit(tx, { organisationId, actor, action: 'undo.done', subject, detail });
      return {
        undoId,
        fields: done.fields,
        links: done.linked.length + done.unlinked.length,
        createdUsers: done.removed.length + done.restored.length,
        leftAlone: left,
      };
    },
    { joinsWholeTables: true },
  );
}

async function countLeftAlone(tx: Tx, target: UndoTarget, overwrite: readonly string[]): Promise<number> {
  const { rows } = await sql<{ rows: string }>`
    select count(*) as rows from (${undoRows(target)}) r
    where r.state = 'changed' and not r.key = any(${[...overwrite]}::text[])
  `.execute(tx);
  return Number(rows[0]?.rows ?? 0);
}

/** Keeps runs from writing again what is taken back, for people who are linked. */
async function dismissReplaced(tx: Tx, actor: Actor, target: UndoTarget, fields: RawBuilder<unknown>): Promise<void> {
  if (target.connectionId === null) return;
  await sql`
    insert into held_change as h (organisation_id, connection_id, app_user_id, field, before, after, run_id, decision, decided_by, decided_at)
    select l.organisation_id, l.connection_id, u.app_user_id, u.field, u.after, u.before, ${target.id}::uuid, 'dismissed',
      ${actor.appUserId}::uuid, now()
    from (${fields}) u
    join link l on l.organisation_id = ${target.organisationId} and l.connection_id = ${target.connectionId} and l.app_user_id = u.app_user_id
    join attribute_mapping m on m.organisation_id = l.organisation_id and m.connection_id = l.connection_id and m.target = u.field
    on conflict (organisation_id, connection_id, app_user_id, field) do update set
      before = excluded.before, after = excluded.after, decision = 'dismissed', decided_by = excluded.decided_by, decided_at = now()
  `.execute(tx);
}

async function undoOthers(
  tx: Tx,
  actor: Actor,
  target: UndoTarget,
  rows: readonly Row[],
): Promise<Omit<Done, 'fields'>> {
  const keys = new Set(rows.map(({ key }) => key));
  const pairs = target.pairs.filter((pair) => keys.has(`l:${pair.objectId}:${pair.appUserId}`));
  const users = target.users.filter((user) => keys.has(`u:${user.appUserId}`));
  const ids = (want: 'removed' | 'present') => users.filter((user) => user.want === want).map((user) => user.appUserId);
  const restored = await restoreAppUsers(tx, actor, ids('present'));
  const removed = await removeAppUsers(tx, actor, ids('removed'));
  const { connectionId } = target;
  if (connectionId === null) return { linked: [], unlinked: [], removed, restored };
  const connection = await findConnection(tx, actor.organisationId);
  const of = { organisationId: actor.organisationId, connectionId, tenantId: connection?.tenant_id ?? '' };
  const without = [...removed, ...pairs.filter(({ want }) => want === 'unlinked').map(({ appUserId }) => appUserId)];
  const unlinked = without.length === 0 ? [] : await deleteLinks(tx, of, without);
  const linked = await insertLinks(
    tx,
    of,
    actor,
    pairs.filter(({ want }) => want === 'linked').map(({ objectId, appUserId }) => ({ objectId, appUserId })),
    { evenIfGone: true },
  );
  return { linked, unlinked, removed, restored };
}
