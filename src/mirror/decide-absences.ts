// What a person decides about held absences, as far as the mirror keeps it.
import { sql } from 'kysely';
import { AppError } from '../contract/errors.ts';
import type { Tx } from '../db/transaction.ts';
import type { MirrorKey } from './state.ts';

/** Waits for a run that is just switching, and moves the generation by `by` (I13). Throws not_available before the first run. */
export async function moveGeneration(tx: Tx, key: MirrorKey, by: 0 | 1): Promise<number> {
  const { rows } = await sql<{ generation: string }>`
    update mirror_state set generation = generation + ${by}
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId}
    returning generation
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new AppError('not_available');
  return Number(row.generation);
}

/** Marks held people; those who are not held are left alone. */
export async function decideAbsences(
  tx: Tx,
  key: MirrorKey,
  input: { objectIds: readonly string[]; decision: 'waiting' | 'dismissed'; by: string; generation: number },
): Promise<void> {
  if (input.objectIds.length === 0) return;
  await sql`
    update directory_user set held_decision = ${input.decision}, held_decided_by = ${input.by}, held_decided_at = now(),
      -- Whoever is dismissed follows again, with what they missed meanwhile.
      generation = ${input.generation}
    where organisation_id = ${key.organisationId} and connection_id = ${key.connectionId} and held_reason is not null
      and object_id = any(${[...input.objectIds]}::uuid[])
  `.execute(tx);
}
