// From when on a run is held: the product's own limits, or those that an organisation has set for its connection.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { brakeLimitsSchema, defaultBrakeLimits, type BrakeLimits } from '../contract/brake.ts';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { requireConnection } from './find-connection.ts';

export interface KnownLimits {
  limits: BrakeLimits;
  isDefault: boolean;
}

export async function findBrakeLimits(
  tx: Tx,
  of: { organisationId: string; connectionId: string },
): Promise<KnownLimits> {
  const row = await tx
    .selectFrom('brake_limit')
    .select('limits')
    .where('organisation_id', '=', of.organisationId)
    .where('connection_id', '=', of.connectionId)
    .executeTakeFirst();
  if (!row) return { limits: defaultBrakeLimits, isDefault: true };
  return { limits: brakeLimitsSchema.parse(row.limits), isDefault: false };
}

/** Throws not_connected. */
export async function getBrakeLimits(deps: { db: Database }, actor: Actor): Promise<KnownLimits> {
  return inOrganisation(deps.db, actor.organisationId, async (tx) => {
    const { id } = await requireConnection(tx, actor.organisationId, 'read');
    return findBrakeLimits(tx, { organisationId: actor.organisationId, connectionId: id });
  });
}

/** They hold from the next run on. Throws not_connected. */
export async function saveBrakeLimits(deps: { db: Database }, actor: Actor, limits: BrakeLimits): Promise<KnownLimits> {
  const { organisationId } = actor;
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const { id } = await requireConnection(tx, organisationId);
    const values = { limits: JSON.stringify(limits), saved_by: actor.appUserId };
    await tx
      .insertInto('brake_limit')
      .values({ organisation_id: organisationId, connection_id: id, ...values })
      .onConflict((oc) =>
        oc.columns(['organisation_id', 'connection_id']).doUpdateSet({ ...values, saved_at: sql`now()` }),
      )
      .execute();
    await recordAudit(tx, { organisationId, actor, action: 'settings.limits_saved', subject: id, detail: { limits } });
    return findBrakeLimits(tx, { organisationId, connectionId: id });
  });
}
