// The proof that a tenant gave its consent: an app-only token for it, its own name, and one row read with each permission. After
// consent this waits for Microsoft, minutes at times; it goes on behind the pages that ask for it, and after a restart the next
// page that asks takes it up again. Only a proof makes a connection.
import { present } from '../base/assert.ts';
import { AppError, type ErrorCode } from '../contract/errors.ts';
import { isMailRecipient } from '../contract/field-value.ts';
import { inOrganisation } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import type { TenantInfo } from '../graph/organisation.ts';
import type { UserItem } from '../graph/users.ts';
import { connectTenant } from './connected.ts';
import type { ConnectionDeps } from './deps.ts';
import { failFlow, type FlowRow } from './flow.ts';

// Spreading takes seconds to two minutes as far as anybody has reported (graph-protocol 3.6).
const spreadMinutesMax = 5;
const firstWaitMs = 1_000;
const longestWaitMs = 15_000;
// A person is looking at the page.
const waitSecondsMax = 20;

/** Whether the permissions are there now. Only a clear no counts as one: trouble on the way is thrown. */
export async function isGranted(
  deps: Pick<ConnectionDeps, 'graph'>,
  tenantId: string,
  signerOid: string,
): Promise<{ granted: boolean; tenant: TenantInfo | null }> {
  deps.graph.forget(tenantId);
  try {
    return { granted: true, tenant: (await readProof(deps, tenantId, signerOid, waitSecondsMax)).tenant };
  } catch (error) {
    if (error instanceof GraphFailure && error.reaction === 'reconsent') return { granted: false, tenant: null };
    throw error;
  } finally {
    // A poor token must not outlive the consent that is about to be given.
    deps.graph.forget(tenantId);
  }
}

/** Throws GraphFailure while a permission is missing, and connect_guest when the signer does not belong to the tenant. */
async function readProof(
  deps: Pick<ConnectionDeps, 'graph'>,
  tenantId: string,
  signerOid: string,
  waitMax: number,
  signal?: AbortSignal,
): Promise<{ tenant: TenantInfo; signer: UserItem }> {
  const reader = deps.graph.reader(tenantId, { waitSecondsMax: waitMax, ...(signal ? { signal } : {}) });
  const tenant = await reader.getOrganisation();
  await reader.probe();
  const signer = (await reader.lookUpUsers([signerOid])).get(signerOid);
  if (signer?.state !== 'present') throw new AppError('connect_not_proved');
  if (signer.user.userType?.toLowerCase() === 'guest') throw new AppError('connect_guest');
  return { tenant, signer: signer.user };
}

// One mail each for one connection: nobody's directory makes a flood of it.
const mailboxesMax = 5;

/**
 * Whom to tell on the tenant's side (T3): who signed, and the tenant's technical contacts where Microsoft says them. Only single mailboxes in
 * domains that the tenant has proved to be its own (T18): a directory can name any address, also a stranger's.
 */
export function mailboxesOf(tenant: TenantInfo, signer: Pick<UserItem, 'mail' | 'userPrincipalName'>): string[] {
  const own = (address: string | null | undefined): address is string =>
    typeof address === 'string' && isMailRecipient(address) && tenant.domains.includes(domainOf(address));
  const signers = [signer.mail, signer.userPrincipalName].find(own);
  const all = [...(signers === undefined ? [] : [signers]), ...tenant.technicalMails.filter(own)];
  const isFirst = (address: string, index: number) =>
    all.findIndex((other) => other.toLowerCase() === address.toLowerCase()) === index;
  return all.filter(isFirst).slice(0, mailboxesMax);
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

export interface Prover {
  /** Takes up the proofs of the organisation that are due and not under way here. Returns at once. */
  resume(organisationId: string): Promise<void>;
  /** When nothing that was taken up here is under way any more. */
  settled(): Promise<void>;
  /** Ends what is under way and waits for it. What was not proved goes on after the next start. */
  stop(): Promise<void>;
}

export function createProver(deps: ConnectionDeps): Prover {
  const underWay = new Map<string, Promise<void>>();
  const stopped = new AbortController();

  return {
    async resume(organisationId) {
      if (stopped.signal.aborted) return;
      const due = await inOrganisation(
        deps.db,
        organisationId,
        (tx) =>
          tx
            .selectFrom('connect_flow')
            .selectAll()
            .where('organisation_id', '=', organisationId)
            .where('step', '=', 'proving')
            .execute(),
        { readOnly: true },
      );
      for (const flow of due) {
        if (underWay.has(flow.id)) continue;
        const proof = prove(deps, flow, stopped.signal)
          .catch((error: unknown) => {
            if (!stopped.signal.aborted)
              deps.log.error('A proof of consent broke off', { organisation: organisationId, error });
          })
          .finally(() => underWay.delete(flow.id));
        underWay.set(flow.id, proof);
      }
    },
    async settled() {
      await Promise.all(underWay.values());
    },
    async stop() {
      stopped.abort();
      await Promise.all(underWay.values());
    },
  };
}

async function prove(deps: ConnectionDeps, flow: FlowRow, signal: AbortSignal): Promise<void> {
  const tenantId = present(flow.tenant_id, 'a flow under proof has a tenant');
  const signerOid = present(flow.signer_oid, 'a flow under proof has a signer');
  const since = present(flow.proving_since, 'a flow under proof says since when');
  const untilMs = since.getTime() + spreadMinutesMax * 60_000;
  for (let tries = 0; ; tries += 1) {
    deps.graph.forget(tenantId);
    try {
      const { tenant, signer } = await readProof(deps, tenantId, signerOid, waitSecondsMax, signal);
      await connectTenant(deps, flow, tenant, mailboxesOf(tenant, signer));
      return;
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** tries);
      // What the operator approves was proved before: a consent that is missing then has been withdrawn.
      const isWithdrawn = flow.approved_at !== null && error instanceof GraphFailure && error.reaction === 'reconsent';
      if (isPassing(error) && !isWithdrawn && deps.clock.now().getTime() + waitMs < untilMs) {
        await deps.clock.sleep(waitMs, signal);
        continue;
      }
      await failFlow(deps, flow, failureOf(error));
      if (!(error instanceof AppError) && !(error instanceof GraphFailure)) throw error;
      return;
    }
  }
}

/** In the minutes after consent every refusal can be Microsoft's own delay, and everything that passes may pass. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof GraphFailure &&
    (error.reaction === 'reconsent' || error.reaction === 'retry' || error.reaction === 'wait')
  );
}

function failureOf(error: unknown): { code: ErrorCode; graphRequestId?: string | null } {
  if (error instanceof AppError) return { code: error.code };
  if (!(error instanceof GraphFailure)) return { code: 'internal' };
  const missing = error.code === 'graph_permission_missing' || error.code === 'graph_consent_revoked';
  return { code: missing ? 'connect_permission_missing' : error.code, graphRequestId: error.requestId };
}
