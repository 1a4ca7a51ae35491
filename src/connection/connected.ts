// The end of connecting: one transaction writes the connection, uses up the link, and tells. Nothing in the app changes by it (H6).
// A connection whose consent was withdrawn is taken up again as it is, with its settings and links.
import { assert, present } from '../base/assert.ts';
import { newId } from '../base/ids.ts';
import { recordAudit } from '../audit/record.ts';
import { AppError } from '../contract/errors.ts';
import { entraPermissions } from '../contract/permissions.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { TenantInfo } from '../graph/organisation.ts';
import { awaitOperator } from './approval.ts';
import { getAsker } from './connect-link.ts';
import type { ConnectionDeps } from './deps.ts';
import { findConnection, requireConnectable } from './find-connection.ts';
import type { FlowRow } from './flow.ts';
import { hasNotEnded } from './link-life.ts';

/** Guarantee: one tenant, one organisation, whoever else tries at the same time (T4): the unique indexes decide. */
export async function connectTenant(
  deps: ConnectionDeps,
  proved: FlowRow,
  tenant: TenantInfo,
  mailboxes: readonly string[] = [],
): Promise<void> {
  try {
    await inOrganisation(deps.db, proved.organisation_id, (tx) => write(deps, tx, { proved, tenant, mailboxes }));
  } catch (error) {
    const taken = takenIndex(error);
    if (taken === 'connection_tenant') throw new AppError('tenant_taken', { cause: error });
    if (taken === 'connection_organisation') throw new AppError('already_connected', { cause: error });
    throw error;
  }
}

interface Proved {
  proved: FlowRow;
  tenant: TenantInfo;
  /** Of the tenant's side: who signed, and who is to be told of technical matters. */
  mailboxes: readonly string[];
}

async function write(deps: ConnectionDeps, tx: Tx, { proved, tenant, mailboxes }: Proved): Promise<void> {
  const organisationId = proved.organisation_id;
  const now = deps.clock.now();
  const flow = await tx
    .selectFrom('connect_flow')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('id', '=', proved.id)
    .forUpdate()
    .executeTakeFirst();
  // Another process was quicker, or it was given up meanwhile.
  if (flow?.step !== 'proving') return;
  assert(flow.tenant_id === tenant.id, 'the tenant that was proved is the one that was signed in to');
  assert(flow.confirmed_at !== null, 'somebody has confirmed which tenant belongs to which organisation');
  // A mere user of a tenant that gave its consent long ago shows nothing by signing in (T2). Nor does one whose roles are known not to
  // allow it, when the consent came in between: the way back from Microsoft's page can be forged, and somebody else has consented.
  const mayNot = flow.signer_may_consent === false;
  if (mayNot || (flow.granted_before !== false && flow.signer_may_consent !== true))
    throw new AppError('connect_not_proved');
  const { asker } = await getAsker(tx, organisationId, flow.asked_by);
  await requireConnectable(tx, organisationId, tenant.id);
  const blocked = await findConnection(tx, organisationId);
  // A connection that is taken up again was approved when it was made.
  if (deps.operatorApproves && !flow.approved_at && !blocked) return awaitOperator(deps, tx, flow, tenant);

  const signerName = present(flow.signer_name, 'a signer has a name');
  const signerOid = present(flow.signer_oid, 'a signer has an id');
  if (flow.connect_link_id) await spendLink(tx, flow, { signerName, signerOid, now });
  const connectionId = blocked?.id ?? newId();
  const consent = {
    tenant_name: tenant.name,
    tenant_domains: tenant.domains,
    consented_by_name: signerName,
    consented_by_oid: signerOid,
    consented_at: now,
    connected_by: flow.asked_by,
  };
  if (blocked) {
    const healthy = { status: 'active', trouble_code: null, trouble_since: null, trouble_request_id: null };
    await tx
      .updateTable('connection')
      .set({ ...consent, ...healthy })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', connectionId)
      .execute();
  } else {
    await tx
      .insertInto('connection')
      .values({
        ...consent,
        organisation_id: organisationId,
        id: connectionId,
        tenant_id: tenant.id,
        status: 'configuring',
      })
      .execute();
  }
  await tx
    .updateTable('connect_flow')
    .set({ step: 'connected', tenant_name: tenant.name, tenant_domains: tenant.domains })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', flow.id)
    .execute();
  await recordAudit(tx, {
    organisationId,
    actor: null,
    actorName: signerName,
    action: blocked ? 'connection.reconnected' : 'connection.connected',
    subject: connectionId,
    detail: {
      tenantId: tenant.id,
      signerOid,
      askedBy: flow.asked_by,
      byLink: flow.connect_link_id !== null,
      approved: flow.approved_at !== null,
      mailsToTenant: mailboxes.length,
    },
  });
  await deps.tell(tx, {
    organisationId,
    kind: 'connected',
    params: { tenant: tenant.name, person: signerName },
    target: 'overview',
    recipients: 'asker',
    askerId: flow.asked_by,
  });
  await deps.mailTenant(tx, { organisationId, tenantName: tenant.name, signerName, asker, recipients: mailboxes });
}

/** Guarantee: of several that open one link, one connects. Its time was compared when the person confirmed. */
async function spendLink(
  tx: Tx,
  flow: FlowRow,
  by: { signerName: string; signerOid: string; now: Date },
): Promise<void> {
  const spent = await tx
    .updateTable('connect_link')
    .set({
      used_at: by.now,
      used_by_name: by.signerName,
      used_by_oid: by.signerOid,
      // The proof has read a row with each.
      used_permissions: [...entraPermissions],
    })
    .where('organisation_id', '=', flow.organisation_id)
    .where('id', '=', present(flow.connect_link_id, 'a flow by link has a link'))
    .where(hasNotEnded)
    .returning('id')
    .executeTakeFirst();
  if (!spent) throw new AppError('connect_link_invalid');
}

function takenIndex(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== '23505' || !('constraint' in error))
    return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}
