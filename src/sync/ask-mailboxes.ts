// The end of a run that is there for everybody to see already: who of the new and changed is a mailbox of nobody's. Whatever goes
// wrong here is left to the next run, and no failure of this one.
import { sql } from 'kysely';
import { inOrganisation } from '../db/transaction.ts';
import { readMailboxes } from '../mirror/mailboxes.ts';
import { assertLease, type Lease } from './lease.ts';
import type { RunDeps } from './run-deps.ts';

interface Asking {
  tenantId: string;
  signal: AbortSignal;
  /** Throws when the sync was turned off. */
  before: () => Promise<void>;
}

// Nobody waits for it, but the connection is held meanwhile.
const waitSecondsMax = 60;

export async function askMailboxes(deps: RunDeps, lease: Lease, asking: Asking): Promise<void> {
  const { organisationId, connectionId, runId } = lease;
  const log = deps.log.with({ organisation: organisationId, run: runId });
  const { tenantId, signal, before } = asking;
  const reader = deps.graph.reader(tenantId, { signal, before, waitSecondsMax });
  try {
    const assertHeld = (tx: Parameters<typeof assertLease>[0]) => assertLease(tx, lease);
    const read = await readMailboxes(deps, { organisationId, connectionId, reader, assertHeld });
    if (read > 0) log.info('Mailboxes read', { connection: connectionId, count: read });
  } catch (error) {
    log.warn('Not all mailboxes could be read; the next run goes on', { connection: connectionId, error });
  }
  await countRequests(deps, lease, reader.requests).catch((error: unknown) =>
    log.warn('The requests for mailboxes could not be counted', { connection: connectionId, error }),
  );
}

async function countRequests(deps: RunDeps, { organisationId, runId }: Lease, requests: number): Promise<void> {
  if (requests === 0) return;
  await inOrganisation(
    deps.db,
    organisationId,
    (tx) =>
      sql`
        update sync_run set counts = counts || jsonb_build_object('requests', (counts ->> 'requests')::integer + ${requests}::integer)
        where organisation_id = ${organisationId} and id = ${runId}
      `.execute(tx),
    { role: 'samsyn_sync' },
  );
}
