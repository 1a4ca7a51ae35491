// App users who can be told of changes, to choose from.
import { sql } from 'kysely';
import type { Actor } from '../base/actor.ts';
import { inOrganisation } from '../db/transaction.ts';
import type { ConnectionDeps } from './deps.ts';

export interface RecipientChoice {
  id: string;
  displayName: string;
  email: string | null;
}

const shownMax = 20;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By text, or the named ones (also for showing what was chosen earlier). */
export async function listRecipientChoices(
  deps: ConnectionDeps,
  actor: Actor,
  input: { search?: string | undefined; ids?: string | undefined },
): Promise<RecipientChoice[]> {
  const { organisationId } = actor;
  const ids = input.ids?.split(',').filter((id) => uuid.test(id));
  const rows = await inOrganisation(
    deps.db,
    organisationId,
    (tx) => {
      let query = tx
        .selectFrom('app_user')
        .select(['id', 'display_name', 'sign_in_email', sql<string | null>`fields ->> 'email'`.as('email')])
        .where('organisation_id', '=', organisationId)
        .where('removed_at', 'is', null);
      if (ids) query = query.where('id', 'in', ids.length === 0 ? [actor.organisationId] : ids);
      if (input.search) query = query.where(sql<boolean>`search_text like ${holding(input.search)}`);
      return query
        .orderBy('display_name')
        .orderBy('id')
        .limit(ids ? Math.max(1, ids.length) : shownMax)
        .execute();
    },
    { readOnly: true },
  );
  return rows.map((row) => ({ id: row.id, displayName: row.display_name, email: row.email ?? row.sign_in_email }));
}

/** Compared as search_text was made, with the signs of LIKE taken literally. */
function holding(text: string) {
  return sql<string>`'%' || regexp_replace(search_key(${text}), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;
}
