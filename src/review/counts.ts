// How many people stand on each list: what *Översikt* shows and the chips of *Hantera användare*.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { reviewCountsSchema } from '../contract/api-review.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import { requireConnected } from './connected.ts';
import { withReturning } from './returning.ts';
import { appOnly, conditionOf, everybody, withCandidates } from './sources.ts';

export type ReviewCounts = z.infer<typeof reviewCountsSchema>;

/** All in one snapshot. Throws not_connected. */
export async function getReviewCounts(deps: { db: Database }, actor: Actor): Promise<ReviewCounts> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      const { rows } = await sql<
        Record<
          'linked' | 'available' | 'ignored' | 'gone' | 'people' | 'suggested' | 'app_only' | 'returned',
          string
        > & {
          read: boolean;
        }
      >`
        ${withCandidates(of)}, ${withReturning(of)}
        select
          count(*) filter (where ${conditionOf('linked')}) as linked,
          count(*) filter (where ${conditionOf('available')}) as available,
          count(*) filter (where ${conditionOf('ignored')}) as ignored,
          count(*) filter (where ${conditionOf('gone')}) as gone,
          count(*) filter (where d.deleted_at is null and d.in_scope) as people,
          count(*) filter (where ${conditionOf('suggested')}) as suggested,
          (select count(*) from ${appOnly(of)}) as app_only,
          (select count(distinct r.object_id) from returning_pair r) as returned,
          exists (select from mirror_state m where m.organisation_id = ${of.organisationId} and m.connection_id = ${of.connectionId}) as read
        from ${everybody(of)}
      `.execute(tx);
      const row = rows[0];
      return {
        linked: Number(row?.linked ?? 0),
        suggested: Number(row?.suggested ?? 0),
        available: Number(row?.available ?? 0),
        ignored: Number(row?.ignored ?? 0),
        gone: Number(row?.gone ?? 0),
        app_only: Number(row?.app_only ?? 0),
        returning: Number(row?.returned ?? 0),
        people: row?.read ? Number(row.people) : null,
      };
    },
    { readOnly: true, joinsWholeTables: true },
  );
}
