// Begins a preview: a run that changes nothing, also with settings that nobody has saved. They are looked through first, as when they
// are saved.
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import type { Draft } from '../contract/api-preview.ts';
import type { Run } from '../contract/api-runs.ts';
import { AppError } from '../contract/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { checkDraft } from '../connection/check-draft.ts';
import type { ConnectionDeps } from '../connection/deps.ts';
import { findConnection } from '../connection/find-connection.ts';
import { inOrganisation } from '../db/transaction.ts';
import { enqueueRun } from './enqueue-run.ts';
import { getRun } from './list-runs.ts';
import { endDeadRun, insertRun, type StartDeps } from './start-run.ts';

/** Throws not_connected, steps_missing, run_open, and what saving the settings would throw. */
export async function startPreview(
  deps: StartDeps & Pick<ConnectionDeps, 'graph'>,
  actor: Actor,
  input: { draft?: Draft | undefined },
): Promise<Run> {
  const { organisationId } = actor;
  const draft = input.draft === undefined ? null : await checkDraft(deps, actor, input.draft);
  const runId = newId();
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const connection = await findConnection(tx, organisationId);
    if (!connection) throw new AppError('not_connected');
    if (connection.status === 'configuring') throw new AppError('steps_missing');
    const key = { organisationId, connectionId: connection.id };
    await endDeadRun(deps, tx, key);
    const requestedBy = actor.appUserId;
    const inserted = await insertRun(tx, { ...key, runId, trigger: 'preview', requestedBy, localDate: null, draft });
    if (!inserted) throw new AppError('run_open');
    await recordAudit(tx, { organisationId, actor, action: 'preview.started', subject: runId });
    await enqueueRun(deps.jobs, tx, { organisationId, runId });
  });
  return getRun(deps, actor, { id: runId });
}
