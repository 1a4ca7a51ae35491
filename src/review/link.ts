// Linking and unlinking: always by a person, one or many at once (I7). Linked people's coupled fields follow Entra from the
// moment of linking, with the values of the present generation.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import type { BulkResult } from '../contract/api-review.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../db/pool.ts';
import type { Tx } from '../db/transaction.ts';
import { applyFields, type PlannedField } from '../people/apply-fields.ts';
import { planFields } from '../reconcile/mapping.ts';
import { decide, type Connected } from './connected.ts';
import { listMappingsOf } from './mappings.ts';

export interface Pair {
  objectId: string;
  appUserId: string;
}

/**
 * Links the pairs that can be linked and says why the others cannot: not_available (gone, out of scope or ignored),
 * already_linked, app_user_linked, not_found. Two who link the same person at once: one of them is refused (I6).
 */
export async function link(
  deps: { db: Database },
  actor: Actor,
  input: { pairs: readonly Pair[] },
): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const linked = await insertLinks(tx, of, actor, input.pairs);
    const deedId = newId();
    await applyNow(tx, of, { actor, deedId }, linked);
    if (linked.length > 0) {
      await recordAudit(tx, {
        organisationId: of.organisationId,
        id: deedId,
        actor,
        action: 'link.created',
        detail: { pairs: linked },
      });
    }
    const done = new Set(linked.map((pair) => `${pair.objectId} ${pair.appUserId}`));
    const refused = input.pairs.filter((pair) => !done.has(`${pair.objectId} ${pair.appUserId}`));
    return { done: linked.length, refused: await explain(tx, of, refused) };
  });
}

/** One statement: who is free on both sides, each side at most once. Shared with creating. */
export async function insertLinks(
  tx: Tx,
  of: Connected,
  actor: Actor,
  pairs: readonly Pair[],
  /** What is put back may be a link to somebody who is gone by now. */
  { evenIfGone = false }: { evenIfGone?: boolean } = {},
): Promise<Pair[]> {
  const { rows } = await sql<{ object_id: string; app_user_id: string }>`
    insert into link (organisation_id, connection_id, object_id, app_user_id, linked_by)
    select d.organisation_id, d.connection_id, d.object_id, a.id, ${actor.appUserId}::uuid
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as p ("objectId" uuid, "appUserId" uuid)
    join directory_user d on d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.object_id = p."objectId"
    join app_user a on a.organisation_id = d.organisation_id and a.id = p."appUserId"
    where (${evenIfGone} or d.deleted_at is null and d.in_scope) and a.removed_at is null
      and not exists (select from ignored i
        where i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id)
    order by d.object_id
    on conflict do nothing
    returning object_id, app_user_id
  `.execute(tx);
  return rows.map((row) => ({ objectId: row.object_id, appUserId: row.app_user_id }));
}

interface LinkedValues {
  app_user_id: string;
  fields: Record<string, string>;
  attributes: Record<string, string>;
  manager: string | null;
}

/** What Entra says now is written at once; a value that the app cannot hold is left for the next run to report. */
export async function applyNow(
  tx: Tx,
  of: Connected,
  { actor, deedId }: { actor: Actor; deedId: string },
  pairs: readonly Pair[],
): Promise<void> {
  if (pairs.length === 0) return;
  const mappings = await listMappingsOf(tx, of);
  const { rows } = await sql<LinkedValues>`
    select l.app_user_id, a.fields, d.attributes, case when m.deleted_at is null then m.display_name end as manager
    from link l
    join directory_user d on d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
    join app_user a on a.organisation_id = l.organisation_id and a.id = l.app_user_id
    left join directory_user m on m.organisation_id = d.organisation_id and m.connection_id = d.connection_id and m.object_id = d.manager_id
    where l.organisation_id = ${of.organisationId} and l.connection_id = ${of.connectionId}
      and l.app_user_id = any(${pairs.map((pair) => pair.appUserId)}::uuid[])
    for update of a
  `.execute(tx);
  const changes: PlannedField[] = [];
  for (const row of rows) {
    const source = row.manager === null ? row.attributes : { ...row.attributes, manager: row.manager };
    for (const change of planFields(mappings, source, row.fields).changes) {
      changes.push({ appUserId: row.app_user_id, ...change });
    }
  }
  await applyFields(tx, { organisationId: of.organisationId, actorId: actor.appUserId, deedId, changes });
}

/** Undoes links. The app users stay exactly as they are. */
export async function unlink(
  deps: { db: Database },
  actor: Actor,
  input: { appUserIds: readonly string[] },
): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const removed = await deleteLinks(tx, of, input.appUserIds);
    if (removed.length > 0) {
      await recordAudit(tx, {
        organisationId: of.organisationId,
        actor,
        action: 'link.removed',
        detail: { pairs: removed },
      });
    }
    const done = new Set(removed.map((pair) => pair.appUserId));
    const refused = input.appUserIds
      .filter((id) => !done.has(id))
      .map((id) => ({ id, name: '', code: 'not_available' }));
    return { done: removed.length, refused };
  });
}

export async function deleteLinks(tx: Tx, of: Connected, appUserIds: readonly string[]): Promise<Pair[]> {
  const rows = await tx
    .deleteFrom('link')
    .where('organisation_id', '=', of.organisationId)
    .where('connection_id', '=', of.connectionId)
    .where('app_user_id', 'in', [...appUserIds])
    .returning(['object_id', 'app_user_id'])
    .execute();
  return rows.map((row) => ({ objectId: row.object_id, appUserId: row.app_user_id }));
}

/** Why pairs were refused, from the facts as they are now (F66). */
async function explain(tx: Tx, of: Connected, pairs: readonly Pair[]): Promise<BulkResult['refused']> {
  if (pairs.length === 0) return [];
  const { rows } = await sql<{ id: string; name: string | null; code: string }>`
    select p."objectId" as id, d.display_name as name,
      case
        when d.object_id is null or a.id is null or a.removed_at is not null then 'not_found'
        when lo.object_id is not null then 'already_linked'
        when la.app_user_id is not null then 'app_user_linked'
        else 'not_available'
      end as code
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as p ("objectId" uuid, "appUserId" uuid)
    left join directory_user d on d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId} and d.object_id = p."objectId"
    left join app_user a on a.organisation_id = ${of.organisationId} and a.id = p."appUserId"
    left join link lo on lo.organisation_id = ${of.organisationId} and lo.connection_id = ${of.connectionId} and lo.object_id = p."objectId"
    left join link la on la.organisation_id = ${of.organisationId} and la.connection_id = ${of.connectionId} and la.app_user_id = p."appUserId"
  `.execute(tx);
  return rows.map((row) => ({ id: row.id, name: row.name ?? '', code: row.code }));
}
