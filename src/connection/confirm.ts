// Connecting, second half: the person has signed in, is told which tenant will be tied to which organisation and says so, goes to
// Microsoft's consent page for exactly that tenant, and comes back. What the way back says only starts the proof (T1, T3).
import { present } from '../base/assert.ts';
import { recordAudit } from '../audit/record.ts';
import type { ConnectFlow } from '../contract/api-connection.ts';
import { AppError, errorStatus, type ErrorCode } from '../contract/errors.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { domainOf, orFail, requireAsker } from './connect.ts';
import { getAsker, requireUsableLink } from './connect-link.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnectable } from './find-connection.ts';
import {
  failFlow,
  findFlow,
  hasDoubled,
  minutesFrom,
  newState,
  onlyValue,
  takeState,
  withFlow,
  isSettled,
  type FindSigned,
  type FlowRow,
} from './flow.ts';
import { noteWaiting } from './link-life.ts';
import { isGranted, type Prover } from './prove.ts';
import { readSecret } from './secrets.ts';

export type ConfirmDeps = ConnectionDeps & { prover: Prover };

/** What the browser with this cookie is in the middle of. */
export async function getConnectFlow(deps: ConfirmDeps, cookie: string | null): Promise<ConnectFlow> {
  const found = await withFlow(deps, cookie, async (tx, flow) => {
    const { step } = flow;
    if (step === 'opened' || step === 'sign_in') throw new AppError('connect_flow_missing');
    const { organisationName, nameMustBeTyped } = await getAskedFor(tx, flow);
    return { flow, organisationName, nameMustBeTyped };
  });
  const { flow } = found;
  // After a restart nothing else would take the proof up again.
  if (flow.step === 'proving') await deps.prover.resume(flow.organisation_id);
  return {
    step: flow.step as ConnectFlow['step'], // the others were refused above
    error: flow.step === 'failed' ? { code: codeOf(flow.error_code), graphRequestId: flow.error_request_id } : null,
    organisationId: flow.organisation_id,
    organisationName: found.organisationName,
    tenantId: flow.tenant_id,
    tenantName: flow.tenant_name,
    tenantDomain: flow.tenant_domain,
    signerName: flow.signer_name,
    signerMayConsent: flow.signer_may_consent,
    nameMustBeTyped: found.nameMustBeTyped,
    byLink: flow.connect_link_id !== null,
  };
}

function codeOf(code: string | null): ErrorCode {
  return code !== null && Object.hasOwn(errorStatus, code) ? (code as ErrorCode) : 'connect_failed'; // just looked up
}

/** An asker of another domain than the tenant's own: the name of the organisation has to be typed, so that nobody clicks it away. */
async function getAskedFor(tx: Tx, flow: FlowRow): Promise<{ organisationName: string; nameMustBeTyped: boolean }> {
  const row = await tx
    .selectFrom('organisation as o')
    .leftJoin('app_user as a', (join) => join.onRef('a.organisation_id', '=', 'o.id').on('a.id', '=', flow.asked_by))
    .select(['o.name', 'a.sign_in_email'])
    .where('o.id', '=', flow.organisation_id)
    .executeTakeFirstOrThrow();
  const asker = domainOf(row.sign_in_email ?? null);
  const own = new Set([...flow.tenant_domains, ...(flow.tenant_domain ? [flow.tenant_domain] : [])]);
  return { organisationName: row.name, nameMustBeTyped: asker === null || !own.has(asker) };
}

/** “Connect tenant X to organisation Y”: leads on to Microsoft's consent page. */
export async function confirmConnectFlow(
  deps: ConfirmDeps,
  input: { cookie: string | null; typedName: string | undefined; findSigned: FindSigned },
): Promise<{ redirectUrl: string }> {
  const { flow, organisationName, tenantId, signerOid } = await withFlow(deps, input.cookie, async (tx, found) => {
    requireConfirmable(found);
    const asked = await getAskedFor(tx, found);
    if (asked.nameMustBeTyped && plain(input.typedName ?? '') !== plain(asked.organisationName)) {
      throw new AppError('invalid_input', { fields: [{ path: 'typedName', message: 'the name of the organisation' }] });
    }
    await requireConnectable(tx, found.organisation_id, found.tenant_id);
    return {
      flow: found,
      organisationName: asked.organisationName,
      tenantId: present(found.tenant_id, 'a flow to confirm has a tenant'),
      signerOid: present(found.signer_oid, 'a flow to confirm has a signer'),
    };
  });
  await requireAsker(deps, flow, input.findSigned);
  // Looked at once more: between the sign-in and now somebody else may have consented, and this person would profit by it.
  const before = await isGranted(deps, tenantId, signerOid);
  if (before.granted && flow.signer_may_consent !== true) {
    await failFlow(deps, flow, { code: 'connect_not_proved' });
    throw new AppError('connect_not_proved');
  }
  const state = newState(flow.organisation_id, deps.clock.now());
  await withFlow(deps, input.cookie, async (tx, found) => {
    requireConfirmable(found);
    if (found.tenant_id !== tenantId) throw new AppError('connect_flow_missing');
    const now = deps.clock.now();
    // The link's time counts here: whoever goes to Microsoft in time may come back.
    if (found.connect_link_id) await requireUsableLink(tx, found.organisation_id, { id: found.connect_link_id }, now);
    await tx
      .updateTable('connect_flow')
      .set({ step: 'consent', confirmed_at: now, granted_before: before.granted, ...state.columns })
      .where('organisation_id', '=', found.organisation_id)
      .where('id', '=', found.id)
      .execute();
    await recordAudit(tx, {
      organisationId: found.organisation_id,
      actor: null,
      actorName: found.signer_name ?? 'unknown',
      action: 'connection.confirmed',
      subject: found.id,
      // Both sides, as the page named them.
      detail: {
        tenantId,
        tenantDomain: found.tenant_domain,
        organisation: organisationName,
        signerOid,
        askedBy: found.asked_by,
        byLink: found.connect_link_id !== null,
      },
    });
  });
  return { redirectUrl: deps.graph.consentUrl({ tenantId, redirectUri: consentUri(deps), state: state.text }) };
}

/** Also from the consent step: somebody who came back from Microsoft with the browser's button goes there again. */
function requireConfirmable(flow: FlowRow): void {
  if (flow.step !== 'confirm' && flow.step !== 'consent') throw new AppError('connect_flow_missing');
}

/** The person is back from the consent page. Nothing here is believed but that this browser was sent there. */
export async function finishConsent(
  deps: ConfirmDeps,
  input: { query: URLSearchParams; cookie: string | null; findSigned: FindSigned },
): Promise<void> {
  const { query, cookie } = input;
  if (hasDoubled(query)) return;
  const error = onlyValue(query, 'error');
  const tenant = onlyValue(query, 'tenant');
  if (error === null && tenant === null) return;
  const flow = await takeState(deps, { cookie, state: onlyValue(query, 'state'), step: 'consent' });
  if (!flow) return;
  await orFail(deps, flow, async () => {
    await requireConsentAsker(deps, flow, input.findSigned);
    // `admin_consent=True` comes with a refusal too: only the absence of an error counts (3.2).
    if (error !== null) {
      const code = consentError(error, onlyValue(query, 'error_subcode'));
      // Sent away by Microsoft (AADSTS90094), or into its workflow of approvals (90095): somebody else has to grant.
      if (code === 'connect_role_missing' && flow.connect_link_id)
        await noteWaiting(deps, flow.organisation_id, {
          linkId: flow.connect_link_id,
          person: present(flow.signer_name, 'a flow at consent has a signer'),
        });
      throw new AppError(code);
    }
    if (tenant?.toLowerCase() !== flow.tenant_id) throw new AppError('connect_tenant_mismatch');
    const now = deps.clock.now();
    await inOrganisation(deps.db, flow.organisation_id, (tx) =>
      tx
        .updateTable('connect_flow')
        .set({ step: 'proving', proving_since: now, expires_at: minutesFrom(now, 30) })
        .where('organisation_id', '=', flow.organisation_id)
        .where('id', '=', flow.id)
        .where('step', '=', 'consent')
        .execute(),
    );
    await deps.prover.resume(flow.organisation_id);
  });
}

/** As requireAsker, but for the link's time, which was compared when the person confirmed. */
async function requireConsentAsker(deps: ConfirmDeps, flow: FlowRow, findSigned: FindSigned): Promise<void> {
  if (!flow.connect_link_id) return requireAsker(deps, flow, findSigned);
  const linkId = flow.connect_link_id;
  const confirmedAt = present(flow.confirmed_at, 'a flow at consent was confirmed');
  await inOrganisation(deps.db, flow.organisation_id, async (tx) => {
    await getAsker(tx, flow.organisation_id, flow.asked_by);
    await requireUsableLink(tx, flow.organisation_id, { id: linkId }, confirmedAt);
  });
}

function consentError(error: string, subcode: string | null): ErrorCode {
  if (subcode === 'cancel') return 'connect_cancelled';
  if (error === 'consent_required' || error === 'permission_denied') return 'connect_declined';
  // Microsoft's own page has sent somebody away who may not consent.
  if (error === 'access_denied') return 'connect_role_missing';
  return 'connect_failed';
}

/** Leaves the connecting. What Microsoft is being asked for already goes its way. */
export async function cancelConnectFlow(deps: ConnectionDeps, cookie: string | null): Promise<void> {
  const secret = readSecret(cookie);
  if (!secret) return;
  const flow = await inOrganisation(deps.db, secret.organisationId, (tx) => findFlow(tx, cookie, deps.clock.now()));
  if (!flow || isSettled(flow)) return;
  await failFlow(deps, flow, { code: 'connect_cancelled' });
}

const plain = (name: string): string => name.normalize('NFC').trim().replace(/\s+/g, ' ');

const consentUri = (deps: ConnectionDeps): string => `${deps.publicUrl}/entra/consent`;
