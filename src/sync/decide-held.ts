// A person decides about what a run held: approve, wait, or dismiss; some rows, or all that wait. Approved is done at once, in one
// transaction that moves the mirror's generation, so a run that reads meanwhile begins again.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { decideHeld as route } from '../contract/api-held.ts';
import type { BulkResult } from '../contract/api-review.ts';
import { AppError } from '../contract/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { findConnection } from '../connection/find-connection.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { applyAbsences, purgeTombstones } from '../mirror/absence.ts';
import { decideAbsences, moveGeneration } from '../mirror/decide-absences.ts';
import { applyFields } from '../people/apply-fields.ts';
import { hashHeld, heldRows } from './held.ts';

type Input = z.output<typeof route.body>;

interface OfConnection {
  organisationId: string;
  connectionId: string;
}

interface Row {
  kind: 'absence' | 'change';
  key: string;
  object_id: string | null;
  app_user_id: string | null;
  display_name: string;
  field: string | null;
  before: string | null;
  after: string | null;
  run_id: string;
}

/**
 * Refused are rows that wait no longer (`not_available`), and approved changes of a field that somebody changed since it was held
 * (`stale_version`): these stay held. Throws not_connected, and stale_version when all were meant and they are others now.
 */
export async function decideHeld(deps: { db: Database }, actor: Actor, input: Input): Promise<BulkResult> {
  const { organisationId } = actor;
  return inOrganisation(
    deps.db,
    organisationId,
    async (tx) => {
      const connection = await findConnection(tx, organisationId);
      if (!connection) throw new AppError('not_connected');
      const of = { organisationId, connectionId: connection.id };
      // Also keeps a run from switching until this is written.
      await moveGeneration(tx, of, 0);
      const rows = await findRows(tx, of, input);
      const done =
        input.decision === 'approve'
          ? await approve(tx, of, actor, rows)
          : await mark(tx, of, actor, rows, input.decision);
      const keys = Array.isArray(input.rows) ? input.rows : rows.map(({ key }) => key);
      await recordAudit(tx, {
        organisationId,
        actor,
        action: `held.${pastTense[input.decision]}`,
        subject: of.connectionId,
        detail: { rows: [...done], ...('all' in input.rows ? { hash: input.rows.all } : {}) },
      });
      return {
        done: done.size,
        refused: explain(
          keys.filter((key) => !done.has(key)),
          rows,
        ),
      };
    },
    { role: 'samsyn_sync', joinsWholeTables: true },
  );
}

const pastTense = { approve: 'approved', wait: 'waited', dismiss: 'dismissed' } as const;

async function findRows(tx: Tx, of: OfConnection, { rows, decision }: Input): Promise<Row[]> {
  if (!Array.isArray(rows) && (await hashHeld(tx, of)) !== rows.all) throw new AppError('stale_version');
  const keys = Array.isArray(rows) ? rows : null;
  // Dismissed ones are named, never meant by all; taking them up again is the only thing that is done with them.
  const found = await sql<Row>`
    select r.* from (${heldRows(of)}) r
    where case when ${keys === null} then r.decision is distinct from 'dismissed' else r.key = any(${keys ?? []}::text[]) end
      and (${decision === 'wait'} or r.decision is distinct from 'dismissed')
    order by r.key
  `.execute(tx);
  return found.rows;
}

async function approve(tx: Tx, of: OfConnection, actor: Actor, rows: readonly Row[]): Promise<ReadonlySet<string>> {
  const absent = rows.flatMap(({ object_id: id }) => (id === null ? [] : [id]));
  if (absent.length > 0) {
    const generation = await moveGeneration(tx, of, 1);
    await applyAbsences(tx, of, { generation, which: sql`d.object_id = any(${absent}::uuid[])` });
    await purgeTombstones(tx, of);
  }
  const changes = rows.filter(({ kind }) => kind === 'change');
  const { written } = await applyFields(tx, {
    organisationId: of.organisationId,
    actorId: actor.appUserId,
    requestId: actor.requestId,
    changes: changes.map((row) => ({
      appUserId: row.app_user_id ?? '',
      field: row.field ?? '',
      before: row.before,
      after: row.after,
      runId: row.run_id,
    })),
  });
  const done = new Set(
    rows
      .filter((row) => row.kind === 'absence' || written.has(`${row.app_user_id} ${row.field}`))
      .map(({ key }) => key),
  );
  const gone = changes.filter(({ key }) => done.has(key));
  await sql`
    delete from held_change h
    using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as r (app_user_id uuid, field text)
    where h.organisation_id = ${of.organisationId} and h.connection_id = ${of.connectionId}
      and h.app_user_id = r.app_user_id and h.field = r.field
  `.execute(tx);
  return done;
}

async function mark(
  tx: Tx,
  of: OfConnection,
  actor: Actor,
  rows: readonly Row[],
  decision: 'wait' | 'dismiss',
): Promise<ReadonlySet<string>> {
  const word = decision === 'wait' ? 'waiting' : 'dismissed';
  const objectIds = rows.flatMap(({ object_id: id }) => (id === null ? [] : [id]));
  if (objectIds.length > 0) {
    const generation = await moveGeneration(tx, of, 1);
    await decideAbsences(tx, of, { objectIds, decision: word, by: actor.appUserId, generation });
  }
  const changes = rows.filter(({ kind }) => kind === 'change');
  await sql`
    update held_change h set decision = ${word}, decided_by = ${actor.appUserId}, decided_at = now()
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as r (app_user_id uuid, field text)
    where h.organisation_id = ${of.organisationId} and h.connection_id = ${of.connectionId}
      and h.app_user_id = r.app_user_id and h.field = r.field
  `.execute(tx);
  return new Set(rows.map(({ key }) => key));
}

/** A row that was found and not done was changed since; one that was not found waits no longer. */
function explain(keys: readonly string[], rows: readonly Row[]): BulkResult['refused'] {
  return keys.map((key) => {
    const row = rows.find((one) => one.key === key);
    const id = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(key)?.[0] ?? nobody;
    return { id, name: row?.display_name ?? '', code: row ? 'stale_version' : 'not_available' };
  });
}

const nobody = '00000000-0000-0000-0000-000000000000';
