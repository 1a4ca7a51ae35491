// Many app users at once, from values that were read elsewhere. Nobody of them can sign in until somebody gives them a sign-in.
import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

export interface NewAppUser {
  id: string;
  /** Values by target field; empty ones absent. */
  fields: Record<string, string>;
}

/** Creates the app users, each first value with its line of history. One statement however many they are. */
export async function createAppUsers(
  tx: Tx,
  input: { organisationId: string; actorId: string; users: readonly NewAppUser[] },
): Promise<void> {
  if (input.users.length === 0) return;
  await sql`
    with created as (
      insert into app_user (organisation_id, id, fields, created_by)
      select ${input.organisationId}::uuid, r.id, r.fields, ${input.actorId}::uuid
      from jsonb_to_recordset(${JSON.stringify(input.users)}::jsonb) as r (id uuid, fields jsonb)
      returning id, fields
    )
    insert into field_change (organisation_id, app_user_id, field, before, after, actor_id)
    select ${input.organisationId}::uuid, c.id, f.key, null, f.value, ${input.actorId}::uuid
    from created c cross join lateral jsonb_each_text(c.fields) as f (key, value)
  `.execute(tx);
}
