// Whom somebody can be linked to by hand: the two searches of the dialogs, each of at most 20 rows.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { appPersonSchema, directoryPersonSchema } from '../contract/api-review.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import { matchesSearch } from '../people/search.ts';
import { requireConnected } from './connected.ts';
import { personColumns, presentPerson, type PersonRow } from './person.ts';
import { appOnly, everybody } from './sources.ts';

const choicesMax = 20;

interface SearchInput {
  search?: string | undefined;
}

/** App users without a link, by name. */
export async function searchAppUsers(
  deps: { db: Database },
  actor: Actor,
  input: SearchInput,
): Promise<{ items: z.infer<typeof appPersonSchema>[] }> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      const { rows } = await sql<{ id: string; displayName: string; email: string | null }>`
        select a.id, a.display_name as "displayName", coalesce(a.fields ->> 'email', a.sign_in_email) as email
        from ${appOnly(of)} and ${matchesSearch(sql.ref<string>('a.search_text'), input.search)}
        order by a.display_name, a.id limit ${choicesMax}
      `.execute(tx);
      return { items: rows };
    },
    { readOnly: true, joinsWholeTables: true },
  );
}

/** Directory users who are in scope, not linked and not ignored, by name. */
export async function searchDirectory(
  deps: { db: Database },
  actor: Actor,
  input: SearchInput,
): Promise<{ items: z.infer<typeof directoryPersonSchema>[] }> {
  return inOrganisation(
    deps.db,
    actor.organisationId,
    async (tx) => {
      const of = await requireConnected(tx, actor.organisationId);
      const { rows } = await sql<PersonRow & { object_id: string }>`
        select ${personColumns}
        from ${everybody(of)} and d.deleted_at is null and d.in_scope and l.app_user_id is null and i.object_id is null
          and ${matchesSearch(sql.ref<string>('d.search_text'), input.search)}
        order by d.display_name, d.object_id limit ${choicesMax}
      `.execute(tx);
      return { items: rows.map(presentPerson) };
    },
    { readOnly: true, joinsWholeTables: true },
  );
}
