// Where the operator has said so, a consent that is proved waits for the operator before it becomes a connection (T3). Asked and answered
// here; the operator answers on the command line, and the proof is made once more before anything is connected.
import { present } from '../base/assert.ts';
import { recordAudit } from '../audit/record.ts';
import { AppError } from '../contract/errors.ts';
import { inOrganisation, outsideOrganisation, type Tx } from '../db/transaction.ts';
import type { TenantInfo } from '../graph/organisation.ts';
import type { ConnectionDeps } from './deps.ts';
import { flowMinutes, minutesFrom, type FlowRow } from './flow.ts';
import { hasNotEnded } from './link-life.ts';

// Longer than holidays; then it is begun anew.
const waitDays = 30;

/** In the transaction that would have connected. */
export async function awaitOperator(deps: ConnectionDeps, tx: Tx, flow: FlowRow, tenant: TenantInfo): Promise<void> {
  const organisationId = flow.organisation_id;
  const now = deps.clock.now();
  const signerName = present(flow.signer_name, 'a signer has a name');
  if (flow.connect_link_id) {
    const waiting = await tx
      .updateTable('connect_link')
      .set({ operator_asked_at: now, used_by_name: signerName })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', flow.connect_link_id)
      .where(hasNotEnded)
      .where('operator_asked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!waiting) throw new AppError('connect_link_invalid');
  }
  await tx
    .updateTable('connect_flow')
    .set({
      step: 'waiting',
      approval_asked_at: now,
      tenant_name: tenant.name,
      tenant_domains: tenant.domains,
      expires_at: minutesFrom(now, waitDays * 24 * 60),
    })
    .where('organisation_id', '=', organisationId)
    .where('id', '=', flow.id)
    .execute();
  await recordAudit(tx, {
    organisationId,
    actor: null,
    actorName: signerName,
    action: 'connection.awaits_approval',
    subject: flow.id,
    detail: { tenantId: tenant.id, signerOid: flow.signer_oid, askedBy: flow.asked_by },
  });
  await deps.tell(tx, {
    organisationId,
    kind: 'connect_awaits_operator',
    params: { tenant: tenant.name, person: signerName },
    target: 'connect',
    recipients: 'asker',
    askerId: flow.asked_by,
  });
  deps.log.warn('A connection waits for the approval of the operator', { organisation: organisationId });
}

export interface Awaiting {
  organisationId: string;
  flowId: string;
  organisationName: string;
  askedBy: { name: string; email: string | null };
  tenantId: string;
  tenantName: string;
  tenantDomains: string[];
  signerName: string;
  since: Date;
}

/** Of all organisations, the longest waiting first. Only for the operator. */
export async function listAwaiting(deps: Pick<ConnectionDeps, 'db' | 'clock'>): Promise<Awaiting[]> {
  const flows = await outsideOrganisation(
    deps.db,
    'the operator approves connections of all organisations',
    (tx) =>
      tx
        .selectFrom('connect_flow')
        .selectAll()
        .where('step', '=', 'waiting')
        .where('expires_at', '>', deps.clock.now())
        .orderBy('approval_asked_at')
        .orderBy('id')
        .execute(),
    { readOnly: true, operator: 'approvals' },
  );
  return Promise.all(flows.map((flow) => describe(deps, flow)));
}

async function describe({ db }: Pick<ConnectionDeps, 'db'>, flow: FlowRow): Promise<Awaiting> {
  const asked = await inOrganisation(
    db,
    flow.organisation_id,
    (tx) =>
      tx
        .selectFrom('organisation as o')
        .innerJoin('app_user as a', 'a.organisation_id', 'o.id')
        .select(['o.name', 'a.display_name', 'a.sign_in_email'])
        .where('o.id', '=', flow.organisation_id)
        .where('a.id', '=', flow.asked_by)
        .executeTakeFirstOrThrow(),
    { readOnly: true },
  );
  return {
    organisationId: flow.organisation_id,
    flowId: flow.id,
    organisationName: asked.name,
    askedBy: { name: asked.display_name, email: asked.sign_in_email },
    tenantId: present(flow.tenant_id, 'a flow that waits has a tenant'),
    tenantName: present(flow.tenant_name, 'a flow that waits has read the name of its tenant'),
    tenantDomains: flow.tenant_domains,
    signerName: present(flow.signer_name, 'a flow that waits has a signer'),
    since: present(flow.approval_asked_at, 'a flow that waits says since when'),
  };
}

/** The proof is to be made once more: whoever resumes it connects. False when it does not wait any more. */
export async function approveConnecting(
  deps: Pick<ConnectionDeps, 'db' | 'clock'>,
  { organisationId, flowId }: Pick<Awaiting, 'organisationId' | 'flowId'>,
): Promise<boolean> {
  const now = deps.clock.now();
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const approved = await tx
      .updateTable('connect_flow')
      .set({ step: 'proving', approved_at: now, proving_since: now, expires_at: minutesFrom(now, flowMinutes) })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', flowId)
      .where('step', '=', 'waiting')
      .where('expires_at', '>', now)
      .returning('tenant_id')
      .executeTakeFirst();
    if (!approved) return false;
    await recordAudit(tx, {
      organisationId,
      actor: null,
      actorName: 'operator',
      action: 'connection.approved',
      subject: flowId,
      detail: { tenantId: approved.tenant_id },
    });
    return true;
  });
}

/** Nothing is connected, and whoever asked is told. False when it does not wait any more. */
export async function refuseConnecting(
  deps: Pick<ConnectionDeps, 'db' | 'clock' | 'tell'>,
  { organisationId, flowId }: Pick<Awaiting, 'organisationId' | 'flowId'>,
): Promise<boolean> {
  const now = deps.clock.now();
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const refused = await tx
      .updateTable('connect_flow')
      .set({ step: 'failed', error_code: 'connect_refused' })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', flowId)
      .where('step', '=', 'waiting')
      .returningAll()
      .executeTakeFirst();
    if (!refused) return false;
    if (refused.connect_link_id)
      await tx
        .updateTable('connect_link')
        .set({ declined_at: now, declined_by: 'operator' })
        .where('organisation_id', '=', organisationId)
        .where('id', '=', refused.connect_link_id)
        .execute();
    await recordAudit(tx, {
      organisationId,
      actor: null,
      actorName: 'operator',
      action: 'connection.refused',
      subject: flowId,
      detail: { tenantId: refused.tenant_id },
    });
    await deps.tell(tx, {
      organisationId,
      kind: 'connect_refused',
      params: { tenant: refused.tenant_name ?? '' },
      target: 'connect',
      recipients: 'asker',
      askerId: refused.asked_by,
    });
    return true;
  });
}
