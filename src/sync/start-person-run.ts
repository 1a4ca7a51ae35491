// Begins a sync of one person, and shows it step by step: who is meant is found by object id or by app user, in the mirror or not yet.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { newId } from '../base/ids.ts';
import { personRunSchema, personStepsSchema, type PersonRun } from '../contract/api-person-run.ts';
import { AppError } from '../contract/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { findConnection } from '../connection/find-connection.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { getWhy } from '../review/why.ts';
import { enqueueRun } from './enqueue-run.ts';
import { getRun } from './list-runs.ts';
import { endDeadRun, insertRun, type StartDeps } from './start-run.ts';

type Whom = { objectId: string } | { appUserId: string };

/** Throws not_connected, steps_missing, run_open; not_found for an app user without a link, not_available before the first run. */
export async function startPersonRun(deps: StartDeps, actor: Actor, whom: Whom): Promise<PersonRun> {
  const { organisationId } = actor;
  const runId = newId();
  await inOrganisation(deps.db, organisationId, async (tx) => {
    const connection = await findConnection(tx, organisationId);
    if (!connection) throw new AppError('not_connected');
    if (connection.status === 'configuring') throw new AppError('steps_missing');
    const key = { organisationId, connectionId: connection.id };
    const subject = await findSubject(tx, key, whom);
    await endDeadRun(deps, tx, key);
    const requestedBy = actor.appUserId;
    const inserted = await insertRun(tx, { ...key, runId, trigger: 'person', requestedBy, localDate: null, subject });
    if (!inserted) throw new AppError('run_open');
    const detail = { objectIds: [subject.objectId] };
    await recordAudit(tx, { organisationId, actor, action: 'person_run.started', subject: runId, detail });
    await enqueueRun(deps.jobs, tx, { organisationId, runId });
  });
  return getPersonRun(deps, actor, { id: runId });
}

async function findSubject(
  tx: Tx,
  { organisationId, connectionId }: { organisationId: string; connectionId: string },
  whom: Whom,
): Promise<{ objectId: string; name: string }> {
  const { rows: read } = await sql`
    select from mirror_state where organisation_id = ${organisationId} and connection_id = ${connectionId}
  `.execute(tx);
  // What one person means for the scope and for the brake is known only beside everybody.
  if (read.length === 0) throw new AppError('not_available');
  const objectId = 'objectId' in whom ? whom.objectId : null;
  const { rows } =
    'appUserId' in whom
      ? await sql<{ object_id: string; name: string }>`
          select l.object_id, coalesce(d.display_name, '') as name
          from link l
          left join directory_user d
            on d.organisation_id = l.organisation_id and d.connection_id = l.connection_id and d.object_id = l.object_id
          where l.organisation_id = ${organisationId} and l.connection_id = ${connectionId} and l.app_user_id = ${whom.appUserId}
        `.execute(tx)
      : await sql<{ object_id: string; name: string }>`
          select object_id, display_name as name from directory_user
          where organisation_id = ${organisationId} and connection_id = ${connectionId} and object_id = ${whom.objectId}
        `.execute(tx);
  const [row] = rows;
  if (row) return { objectId: row.object_id, name: row.name };
  // Nobody has read them yet: Entra is asked.
  if (objectId !== null) return { objectId, name: '' };
  throw new AppError('not_found');
}

/** Throws not_found. */
export async function getPersonRun(deps: { db: Database }, actor: Actor, { id }: { id: string }): Promise<PersonRun> {
  const run = await getRun(deps, actor, { id });
  const { organisationId } = actor;
  const found = await inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const { rows } = await sql<Found>`
        select r.subject_id, r.subject_name, r.steps, l.app_user_id,
          (select coalesce(jsonb_agg(jsonb_build_object('field', c.field, 'before', c.before, 'after', c.after) order by c.id), '[]')
            from field_change c where c.organisation_id = r.organisation_id and c.run_id = r.id) as changes,
          (select coalesce(jsonb_agg(h.field order by h.field), '[]') from held_change h
            where h.organisation_id = l.organisation_id and h.connection_id = l.connection_id and h.app_user_id = l.app_user_id
              and h.decision is distinct from 'dismissed') as held,
          (select coalesce(jsonb_agg(jsonb_build_object('code', i.code, 'field', i.field, 'otherName', i.other_name) order by i.id), '[]')
            from run_issue i where i.organisation_id = r.organisation_id and i.run_id = r.id) as issues
        from sync_run r
        left join link l on l.organisation_id = r.organisation_id and l.connection_id = r.connection_id and l.object_id = r.subject_id
        where r.organisation_id = ${organisationId} and r.id = ${id} and r.trigger = 'person'
      `.execute(tx);
      return rows[0];
    },
    { readOnly: true },
  );
  if (!found?.subject_id) throw new AppError('not_found');
  const why = await getWhy(deps, actor, { id: found.subject_id }).catch((error: unknown) => {
    // Turned off since, or never read: the run says what it did all the same.
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'not_connected')) return null;
    throw error;
  });
  return personRunSchema.parse({
    run,
    objectId: found.subject_id,
    displayName: why?.person.displayName ?? found.subject_name ?? '',
    appUserId: found.app_user_id,
    steps: personStepsSchema.parse(found.steps ?? { entra: null, groups: null }),
    why,
    changes: found.changes,
    heldFields: found.held,
    issues: found.issues,
  });
}

interface Found {
  subject_id: string | null;
  subject_name: string | null;
  steps: unknown;
  app_user_id: string | null;
  changes: unknown;
  held: unknown;
  issues: unknown;
}
