// Turning the sync off: a status and nothing else. App users, links, ignored marks, history and settings stay (I29); the token
// leaves the memory, and no request goes to Microsoft any more (I30).
import type { Actor } from '../base/actor.ts';
import { recordAudit } from '../audit/record.ts';
import { inOrganisation } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnection } from './find-connection.ts';

export async function turnOff(deps: ConnectionDeps, actor: Actor): Promise<void> {
  const { organisationId } = actor;
  const tenantId = await inOrganisation(deps.db, organisationId, async (tx) => {
    const row = await requireConnection(tx, organisationId);
    await tx
      .updateTable('connection')
      .set({ status: 'off', turned_off_at: deps.clock.now(), turned_off_by: actor.appUserId })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', row.id)
      .execute();
    await recordAudit(tx, { organisationId, actor, action: 'connection.turned_off', subject: row.id });
    await deps.tell(tx, {
      organisationId,
      kind: 'turned_off',
      params: { person: actor.name, tenant: row.tenant_name },
      target: 'overview',
      recipients: 'administrators',
    });
    await deps.schedule(tx, organisationId, row.id, null);
    return row.tenant_id;
  });
  deps.graph.forget(tenantId);
}
