// Marking Entra users as ignored, and taking the mark away. The mark is by tenant and object id: it survives renames, leaving
// and coming back, and turning the sync off and on (I9).
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { recordAudit } from '../audit/record.ts';
import type { BulkResult } from '../contract/api-review.ts';
import type { Database } from '../db/pool.ts';
import { decide } from './connected.ts';

/** Linked people cannot be ignored (I10): they are refused as already_linked. */
export async function ignore(
  deps: { db: Database },
  actor: Actor,
  input: { objectIds: readonly string[]; reason?: string | undefined },
): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const { rows } = await sql<{ object_id: string }>`
      insert into ignored (organisation_id, tenant_id, object_id, reason, ignored_by)
      select d.organisation_id, ${of.tenantId}::uuid, d.object_id, ${input.reason ?? null}, ${actor.appUserId}::uuid
      from directory_user d
      where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId}
        and d.object_id = any(${[...input.objectIds]}::uuid[]) and d.deleted_at is null
        and not exists (select from link l
          where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)
      on conflict do nothing
      returning object_id
    `.execute(tx);
    const done = new Set(rows.map((row) => row.object_id));
    if (done.size > 0) {
      const detail = { objectIds: [...done], reason: input.reason ?? null };
      await recordAudit(tx, { organisationId: of.organisationId, actor, action: 'person.ignored', detail });
    }
    const refused = input.objectIds.filter((id) => !done.has(id));
    const linked = await tx
      .selectFrom('link')
      .select('object_id')
      .where('organisation_id', '=', of.organisationId)
      .where('connection_id', '=', of.connectionId)
      .where('object_id', 'in', [...input.objectIds])
      .execute();
    const linkedIds = new Set(linked.map((row) => row.object_id));
    return {
      done: done.size,
      refused: refused.map((id) => ({ id, name: '', code: linkedIds.has(id) ? 'already_linked' : 'not_available' })),
    };
  });
}

/** Puts people back on the lists of those who can be linked or created. */
export async function restore(
  deps: { db: Database },
  actor: Actor,
  input: { objectIds: readonly string[] },
): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const rows = await tx
      .deleteFrom('ignored')
      .where('organisation_id', '=', of.organisationId)
      .where('tenant_id', '=', of.tenantId)
      .where('object_id', 'in', [...input.objectIds])
      .returning('object_id')
      .execute();
    const done = new Set(rows.map((row) => row.object_id));
    if (done.size > 0) {
      const detail = { objectIds: [...done] };
      await recordAudit(tx, { organisationId: of.organisationId, actor, action: 'person.restored', detail });
    }
    const refused = input.objectIds
      .filter((id) => !done.has(id))
      .map((id) => ({ id, name: '', code: 'not_available' }));
    return { done: done.size, refused };
  });
}
