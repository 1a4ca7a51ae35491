// What a night does beside its run. A connection that is synced by hand is probed, so that consent that was withdrawn is noticed
// without a run, and trouble that has passed is taken away. And of every connection it is told in time that the credentials run out.
import { clearTrouble, isLeftAlone, markTrouble } from '../connection/health.ts';
import { AppError, blockingCodes } from '../contract/errors.ts';
import { findConnection, requireOn, type ConnectionRow } from '../connection/find-connection.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { GraphFailure } from '../graph/failures.ts';
import { tellOfExpiry, tellOfTrouble } from '../notify/tell-of-connection.ts';
import { alarmOperator } from './alarm.ts';
import type { RunDeps } from './run-deps.ts';

interface Night {
  organisationId: string;
  connectionId: string;
}

/** Once for each day of warning, however many nights look. */
export async function warnOfExpiry(
  deps: Pick<RunDeps, 'db' | 'clock' | 'jobs' | 'log'> & { credentialExpiresAt?: Date | undefined },
  night: Night,
): Promise<void> {
  const { credentialExpiresAt: expiresAt } = deps;
  if (expiresAt === undefined) return;
  await inOrganisation(deps.db, night.organisationId, async (tx) => {
    if ((await lockConnection(tx, night)) === null) return;
    const isTold = await tellOfExpiry(deps, tx, { ...night, expiresAt });
    if (isTold) deps.log.info('Told that the credentials run out', { organisation: night.organisationId });
  });
}

// A night has many connections; who is throttled or away is asked again the next.
const waitSecondsMax = 30;

/** One token and one row with each permission, of a connection that is synced by hand. */
export async function probeConnection(deps: RunDeps, night: Night, signal: AbortSignal): Promise<void> {
  const { organisationId, connectionId } = night;
  const asked = await inOrganisation(deps.db, organisationId, (tx) => findConnection(tx, organisationId), {
    readOnly: true,
  });
  if (!asked || asked.id !== connectionId || asked.status === 'configuring' || asked.mode !== 'manual') return;
  if (isLeftAlone(asked, deps.clock.now())) return;
  const failure = await probe(deps, asked, signal);
  if (failure === 'unknown') return;
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const now = await lockConnection(tx, night);
    // Turned off or connected again meanwhile: what was asked is no longer about it.
    if (now === null || now.consented_at.getTime() !== asked.consented_at.getTime()) return;
    if (failure === null) {
      const isCleared = await clearTrouble(tx, night);
      if (isCleared) deps.log.info('The connection works again', { organisation: organisationId });
      return;
    }
    const { code, requestId: graphRequestId } = failure;
    const isNew = await markTrouble(tx, { ...night, code, graphRequestId, now: deps.clock.now() });
    if (isNew) await tellOfTrouble(deps, tx, { ...night, code });
  });
}

/** What a person has to end; null when all is well; 'unknown' when Microsoft did not answer, which may pass. */
async function probe(
  deps: RunDeps,
  connection: ConnectionRow,
  signal: AbortSignal,
): Promise<GraphFailure | null | 'unknown'> {
  const { organisation_id: organisationId, tenant_id: tenantId } = connection;
  // A token from before the consent was withdrawn would still be taken for up to an hour.
  deps.graph.forget(tenantId);
  try {
    const before = () => requireOn(deps, connection);
    await deps.graph.reader(tenantId, { signal, waitSecondsMax, before }).probe();
    return null;
  } catch (error) {
    // Turned off while it was asked: nobody wants to know any more.
    if (error instanceof AppError && error.code === 'not_connected') return 'unknown';
    if (!(error instanceof GraphFailure)) throw error;
    const { code } = error;
    deps.log.warn('The probe of a connection failed', { organisation: organisationId, code });
    alarmOperator(deps.log, error, { organisation: organisationId });
    return blockingCodes.has(code) ? error : 'unknown';
  }
}

/** Held until the transaction ends, so that two that look at once tell once. Null when it is off, or another one. */
async function lockConnection(tx: Tx, { organisationId, connectionId }: Night): Promise<{ consented_at: Date } | null> {
  const row = await tx
    .selectFrom('connection')
    .select('consented_at')
    .where('organisation_id', '=', organisationId)
    .where('id', '=', connectionId)
    .where('status', '<>', 'off')
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}
