// Connecting, first half: the person signs in at Microsoft, and only the checked id_token says who and of which tenant
// (graph-protocol 3.5). The administrator signs in as such; a colleague by a link that this browser has opened.
import type { Actor } from '../base/actor.ts';
import { assert } from '../base/assert.ts';
import type { Sealer } from '../base/seal.ts';
import { AppError, type ErrorCode } from '../contract/errors.ts';
import { inOrganisation } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import { SignInRefused, type SignedInPerson } from '../graph/sign-in.ts';
import { getAsker, requireUsableLink } from './connect-link.ts';
import type { ConnectionDeps } from './deps.ts';
import { requireConnectable } from './find-connection.ts';
import {
  failFlow,
  flowMinutes,
  hasDoubled,
  insertFlow,
  isSettled,
  minutesFrom,
  newState,
  onlyValue,
  settledSteps,
  takeState,
  withFlow,
  type FindSigned,
  type FlowRow,
} from './flow.ts';
import { noteWaiting } from './link-life.ts';
import { isGranted } from './prove.ts';

/** Roles that may grant application permissions of Graph to everybody (graph-protocol 3.4). */
const consentRoles = new Set(['62e90394-69f5-4237-9190-012177145e10', 'e8611ab8-c189-46e8-94e1-60213ab1f814']);
/** Where all personal accounts live: nobody's organisation. */
const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** The administrator's own way. The cookie binds what follows to this browser. */
export async function startSignIn(
  deps: ConnectionDeps,
  actor: Actor,
): Promise<{ redirectUrl: string; cookie: string }> {
  const { organisationId } = actor;
  const now = deps.clock.now();
  const { flowId, cookie } = await inOrganisation(deps.db, organisationId, async (tx) => {
    await requireConnectable(tx, organisationId, null);
    return insertFlow(tx, { organisationId, askedBy: actor.appUserId, linkId: null, step: 'sign_in', now });
  });
  return { redirectUrl: await goToSignIn(deps, { organisationId, flowId }), cookie };
}

/** The colleague's way, also again after a failure, as long as the link is good. */
export async function startLinkSignIn(deps: ConnectionDeps, cookie: string | null): Promise<{ redirectUrl: string }> {
  const flow = await withFlow(deps, cookie, async (tx, found) => {
    if (!found.connect_link_id || isSettled(found)) {
      throw new AppError('connect_flow_missing');
    }
    await requireUsableLink(tx, found.organisation_id, { id: found.connect_link_id }, deps.clock.now());
    await requireConnectable(tx, found.organisation_id, null);
    return found;
  });
  return { redirectUrl: await goToSignIn(deps, { organisationId: flow.organisation_id, flowId: flow.id }) };
}

async function goToSignIn(deps: ConnectionDeps, of: { organisationId: string; flowId: string }): Promise<string> {
  const { organisationId, flowId } = of;
  const state = newState(organisationId, deps.clock.now());
  const begun = await deps.graph.signIn.start({
    redirectUri: signInUri(deps),
    state: state.text,
    prompt: 'select_account',
  });
  const sealed = JSON.stringify({ state: state.text, nonce: begun.nonce, verifier: begun.verifier });
  await inOrganisation(deps.db, organisationId, (tx) =>
    tx
      .updateTable('connect_flow')
      .set({
        step: 'sign_in',
        ...state.columns,
        expires_at: minutesFrom(deps.clock.now(), flowMinutes),
        sealed_sign_in: deps.sealer.seal(sealed, sealContext(organisationId, flowId)),
        // Of an earlier try.
        tenant_id: null,
        tenant_domain: null,
        tenant_domains: [],
        tenant_name: null,
        signer_oid: null,
        signer_name: null,
        signer_may_consent: null,
        granted_before: null,
        confirmed_at: null,
        approval_asked_at: null,
        approved_at: null,
        error_code: null,
        error_request_id: null,
      })
      .where('organisation_id', '=', organisationId)
      .where('id', '=', flowId)
      .where('step', 'not in', settledSteps)
      .execute(),
  );
  return begun.redirectUrl;
}

/**
 * The person is back from the sign-in. A callback that does not belong to this browser, or was there before, changes nothing.
 */
export async function finishSignIn(
  deps: ConnectionDeps,
  input: { query: URLSearchParams; cookie: string | null; findSigned: FindSigned },
): Promise<void> {
  const { query, cookie } = input;
  if (hasDoubled(query)) return;
  const state = onlyValue(query, 'state');
  const error = onlyValue(query, 'error');
  if (error === null && onlyValue(query, 'code') === null) return;
  const flow = await takeState(deps, { cookie, state, step: 'sign_in' });
  if (!flow || state === null) return;
  await orFail(deps, flow, async () => {
    await requireAsker(deps, flow, input.findSigned);
    if (error !== null) throw new AppError(signInError(error, onlyValue(query, 'error_subcode')));
    const { nonce, verifier } = openSignIn(deps.sealer, flow);
    const person = await deps.graph.signIn.finish({ redirectUri: signInUri(deps), query, state, nonce, verifier });
    await setSigner(deps, flow, person);
  });
}

async function setSigner(deps: ConnectionDeps, flow: FlowRow, person: SignedInPerson): Promise<void> {
  if (person.isGuest) throw new AppError('connect_guest');
  if (person.tenantId === personalTenant) throw new AppError('connect_failed');
  const mayConsent = person.wids.some((id) => consentRoles.has(id));
  const before = await isGranted(deps, person.tenantId, person.oid);
  // The page offers to go on all the same: roles that a token does not name may grant too.
  if (flow.connect_link_id && person.wids.length > 0 && !mayConsent)
    await noteWaiting(deps, flow.organisation_id, { linkId: flow.connect_link_id, person: person.name });
  // The permissions are there already, so nothing that follows could show that this person may give them (T2).
  if (before.granted && !mayConsent) throw new AppError('connect_not_proved');
  await inOrganisation(deps.db, flow.organisation_id, (tx) =>
    tx
      .updateTable('connect_flow')
      .set({
        step: 'confirm',
        sealed_sign_in: null,
        tenant_id: person.tenantId,
        tenant_domain: domainOf(person.userName),
        tenant_domains: before.tenant?.domains ?? [],
        tenant_name: before.tenant?.name ?? null,
        signer_oid: person.oid,
        signer_name: person.name,
        // Without any role in the token there is nothing to hint at.
        signer_may_consent: person.wids.length === 0 ? null : mayConsent,
        granted_before: before.granted,
      })
      .where('organisation_id', '=', flow.organisation_id)
      .where('id', '=', flow.id)
      .where('step', '=', 'sign_in')
      .execute(),
  );
}

/** Who asked must still be there and may still connect; in the own flow it is also who is signed in to the app here (T1). */
export async function requireAsker(deps: ConnectionDeps, flow: FlowRow, findSigned: FindSigned): Promise<void> {
  const now = deps.clock.now();
  await inOrganisation(deps.db, flow.organisation_id, async (tx) => {
    await getAsker(tx, flow.organisation_id, flow.asked_by);
    if (flow.connect_link_id) await requireUsableLink(tx, flow.organisation_id, { id: flow.connect_link_id }, now);
  });
  if (flow.connect_link_id) return;
  const signed = await findSigned(flow.organisation_id);
  if (signed?.appUserId !== flow.asked_by || !signed.permissions.includes('users_and_teams')) {
    throw new AppError('connect_flow_missing');
  }
}

/** Runs a step of a flow; what goes wrong is kept in the flow, where the page reads it. */
export async function orFail(deps: ConnectionDeps, flow: FlowRow, fn: () => Promise<void>): Promise<void> {
  try {
    await fn();
  } catch (error) {
    if (error instanceof AppError) await failFlow(deps, flow, { code: error.code });
    else if (error instanceof GraphFailure)
      await failFlow(deps, flow, { code: error.code, graphRequestId: error.requestId });
    else {
      const refused = error instanceof SignInRefused;
      deps.log[refused ? 'info' : 'error']('A step of connecting failed', {
        organisation: flow.organisation_id,
        error,
      });
      await failFlow(deps, flow, { code: refused ? 'connect_failed' : 'internal' });
    }
  }
}

function signInError(error: string, subcode: string | null): ErrorCode {
  if (error !== 'access_denied') return 'connect_failed';
  return subcode === 'cancel' ? 'connect_cancelled' : 'connect_declined';
}

function openSignIn(sealer: Sealer, flow: FlowRow): { nonce: string; verifier: string } {
  assert(flow.sealed_sign_in !== null, 'a sign-in under way has its nonce');
  const opened: unknown = JSON.parse(sealer.open(flow.sealed_sign_in, sealContext(flow.organisation_id, flow.id)));
  return opened as { nonce: string; verifier: string }; // sealed by goToSignIn
}

function sealContext(organisation: string, row: string) {
  return { organisation, table: 'connect_flow', column: 'sealed_sign_in', row };
}

const signInUri = (deps: ConnectionDeps): string => `${deps.publicUrl}/entra/callback`;

export function domainOf(address: string | null): string | null {
  const at = address?.lastIndexOf('@') ?? -1;
  const domain = address && at > 0 ? address.slice(at + 1).toLowerCase() : '';
  return domain === '' ? null : domain.slice(0, 253);
}
