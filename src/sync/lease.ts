// One run per connection (R5). The lease row says who may commit; its fence grows with each holder, so a worker that was only
// paused, and wakes up after another took over, is refused. Time comes from the database alone (F53).
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';

export interface LeaseKey {
  organisationId: string;
  connectionId: string;
  runId: string;
}
export interface Lease extends LeaseKey {
  fence: number;
}

// Long enough for a slow page, short enough that a killed worker's run is taken over within a minute.
const leaseSeconds = 40;
const renewEveryMs = 10_000;

/** The lease is held by somebody else, or the connection was turned off: whatever was read is thrown away. */
export class LeaseLost extends Error {}

/** Somebody saved other settings while the run was reading: it begins again with them. */
export class SettingsChanged extends Error {}

/**
 * Takes the lease when it is free or has run out. Null: another worker holds it, or has locked it to commit. Never waits: the
 * last transaction of a run may take minutes.
 */
export async function takeLease(tx: Tx, key: LeaseKey): Promise<Lease | null> {
  const renewed = await sql<{ fence: string }>`
    update run_lease set
      fence = fence + 1, run_id = ${key.runId}, expires_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where (organisation_id, connection_id) in (
      select organisation_id, connection_id from run_lease
      where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId} and expires_at <= clock_timestamp()
      for update skip locked)
    returning fence
  `.execute(tx);
  const first = await sql<{ fence: string }>`
    insert into run_lease (organisation_id, connection_id, fence, run_id, expires_at)
    values (${key.organisationId}, ${key.connectionId}, 1, ${key.runId}, clock_timestamp() + make_interval(secs => ${leaseSeconds}))
    on conflict do nothing
    returning fence
  `.execute(tx);
  const row = renewed.rows[0] ?? first.rows[0];
  return row ? { ...key, fence: Number(row.fence) } : null;
}

/** Whether the connection's lease is held by anybody now. */
export async function isLeaseHeld(tx: Tx, key: Omit<LeaseKey, 'runId'>): Promise<boolean> {
  const { rows } = await sql`
    select from run_lease
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId} and expires_at > clock_timestamp()
  `.execute(tx);
  return rows.length > 0;
}

/** Locks the lease until the end of the transaction. Throws LeaseLost when it is no longer ours (I22). */
export async function assertLease(tx: Tx, lease: Lease): Promise<void> {
  const { rows } = await sql`
    select from run_lease
    where organisation_id = ${lease.organisationId} and connection_id = ${lease.connectionId}
      and fence = ${lease.fence} and expires_at > clock_timestamp()
    for update
  `.execute(tx);
  if (rows.length === 0) throw new LeaseLost();
}

async function renew(tx: Tx, lease: Lease): Promise<boolean> {
  const { rows } = await sql`
    update run_lease set expires_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where organisation_id = ${lease.organisationId} and connection_id = ${lease.connectionId} and fence = ${lease.fence}
      and expires_at > clock_timestamp()
    returning 1
  `.execute(tx);
  return rows.length > 0;
}

/** Lets the next worker in at once. */
export async function releaseLease(tx: Tx, lease: Lease): Promise<void> {
  await sql`
    update run_lease set expires_at = clock_timestamp()
    where organisation_id = ${lease.organisationId} and connection_id = ${lease.connectionId} and fence = ${lease.fence}
  `.execute(tx);
}

/** Renews the lease while `work` goes on; aborts the work when it is lost or `signal` says so. */
export async function whileHolding<T>(
  deps: { db: Database; clock: Clock },
  lease: Lease,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const done = new AbortController();
  const either = AbortSignal.any([signal, lost.signal]);
  const renewing = (async () => {
    for (;;) {
      await deps.clock.sleep(renewEveryMs, done.signal);
      // The database may be away for a moment: the lease then runs out by itself, and the last transaction finds out.
      const held = await inOrganisation(deps.db, lease.organisationId, (tx) => renew(tx, lease)).catch(() => true);
      if (!held) return lost.abort(new LeaseLost());
    }
  })().catch(() => undefined); // sleep ends by abort when the work is done
  try {
    return await work(either);
  } finally {
    done.abort();
    await renewing;
  }
}
