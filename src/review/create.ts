// App users made from Entra users, one or many, each linked from the start. Nobody of them can sign in by it.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import { findFieldProblem } from '../contract/field-value.ts';
import type { BulkResult } from '../contract/api-review.ts';
import type { Database } from '../db/pool.ts';
import { createAppUsers } from '../people/create-many.ts';
import { planFields } from '../reconcile/mapping.ts';
import { decide } from './connected.ts';
import { insertLinks } from './link.ts';
import { listMappingsOf } from './mappings.ts';

interface FreeRow {
  object_id: string;
  display_name: string;
  attributes: Record<string, string>;
  manager: string | null;
}

/** Creates app users for those who are in scope, not linked and not ignored; the others are refused as not_available. */
export async function createFromDirectory(
  deps: { db: Database },
  actor: Actor,
  input: { objectIds: readonly string[] },
): Promise<BulkResult> {
  return decide(deps, actor, async (tx, of) => {
    const mappings = await listMappingsOf(tx, of);
    const { rows } = await sql<FreeRow>`
      select d.object_id, d.display_name, d.attributes, case when m.deleted_at is null then m.display_name end as manager
      from directory_user d
      left join directory_user m on m.organisation_id = d.organisation_id and m.connection_id = d.connection_id and m.object_id = d.manager_id
      where d.organisation_id = ${of.organisationId} and d.connection_id = ${of.connectionId}
        and d.object_id = any(${[...input.objectIds]}::uuid[]) and d.deleted_at is null and d.in_scope
        and not exists (select from link l
          where l.organisation_id = d.organisation_id and l.connection_id = d.connection_id and l.object_id = d.object_id)
        and not exists (select from ignored i
          where i.organisation_id = d.organisation_id and i.tenant_id = ${of.tenantId} and i.object_id = d.object_id)
    `.execute(tx);
    const made = rows.map((row) => {
      const source = row.manager === null ? row.attributes : { ...row.attributes, manager: row.manager };
      const values = planFields(mappings, source, {}).changes.map((change) => [change.field, change.after ?? '']);
      // Without a name nobody finds them again, so it comes along even if it is not coupled.
      const name =
        findFieldProblem('displayName', row.display_name) === undefined ? { displayName: row.display_name } : {};
      return { objectId: row.object_id, id: newId(), fields: { ...name, ...Object.fromEntries(values) } };
    });
    await createAppUsers(tx, {
      organisationId: of.organisationId,
      actorId: actor.appUserId,
      users: made.map(({ id, fields }) => ({ id, fields })),
    });
    const pairs = made.map(({ objectId, id }) => ({ objectId, appUserId: id }));
    await insertLinks(tx, of, actor, pairs);
    if (pairs.length > 0) {
      await recordAudit(tx, {
        organisationId: of.organisationId,
        actor,
        action: 'app_user.created_from_entra',
        detail: { pairs },
      });
    }
    const done = new Set(pairs.map((pair) => pair.objectId));
    const refused = input.objectIds
      .filter((id) => !done.has(id))
      .map((id) => ({ id, name: '', code: 'not_available' }));
    return { done: pairs.length, refused };
  });
}
