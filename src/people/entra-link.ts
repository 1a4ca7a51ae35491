// What an app user's link to Entra means for its fields. Reads the tables of connection, review and mirror; writes none.
import { sql } from 'kysely';
import { targetFieldSchema, type TargetField } from '../contract/settings.ts';
import type { Tx } from '../db/transaction.ts';
import { isExcepted } from './list-exceptions.ts';

export interface EntraLink {
  displayName: string;
  userPrincipalName: string;
  /** When the mirror was last read; null before the first run. */
  syncedAt: Date | null;
  /** Coupled to an attribute. */
  mappedFields: TargetField[];
  /** Of these, those that the next run would write over: nobody edits them by hand. Empty for somebody who is gone. */
  followedFields: TargetField[];
}

/** Undefined without a link, and while the connection is off. */
export async function findEntraLink(tx: Tx, organisationId: string, appUserId: string): Promise<EntraLink | null> {
  const row = await tx
    .selectFrom('link as l')
    .innerJoin('connection as c', (join) =>
      join.onRef('c.organisation_id', '=', 'l.organisation_id').onRef('c.id', '=', 'l.connection_id'),
    )
    .leftJoin('directory_user as d', (join) =>
      join
        .onRef('d.organisation_id', '=', 'l.organisation_id')
        .onRef('d.connection_id', '=', 'l.connection_id')
        .onRef('d.object_id', '=', 'l.object_id'),
    )
    .leftJoin('mirror_state as s', (join) =>
      join.onRef('s.organisation_id', '=', 'l.organisation_id').onRef('s.connection_id', '=', 'l.connection_id'),
    )
    .select((eb) => [
      'd.display_name',
      'd.user_principal_name',
      's.read_at',
      sql<boolean>`d.in_scope and d.deleted_at is null`.as('isPresent'),
      eb
        .selectFrom('attribute_mapping as m')
        .select(
          sql<
            { target: string; write: string; excepted: boolean }[]
          >`jsonb_agg(jsonb_build_object('target', m.target, 'write', m.write_rule, 'excepted',
              ${isExcepted(organisationId, { appUserId: sql`${appUserId}`, field: sql`m.target` })}) order by m.position)`.as(
            'mappings',
          ),
        )
        .whereRef('m.organisation_id', '=', 'l.organisation_id')
        .whereRef('m.connection_id', '=', 'l.connection_id')
        .as('mappings'),
    ])
    .where('l.organisation_id', '=', organisationId)
    .where('l.app_user_id', '=', appUserId)
    .where('c.status', '<>', 'off')
    .executeTakeFirst();
  if (!row) return null;
  const mappings = row.mappings ?? [];
  return {
    displayName: row.display_name ?? '',
    userPrincipalName: row.user_principal_name ?? '',
    syncedAt: row.read_at,
    mappedFields: targets(mappings),
    // A field that is only filled when empty stays the person's own, as one with an exception does.
    followedFields: row.isPresent
      ? targets(mappings.filter(({ write, excepted }) => write === 'always' && !excepted))
      : [],
  };
}

function targets(mappings: readonly { target: string }[]): TargetField[] {
  return mappings.flatMap(({ target }) => targetFieldSchema.safeParse(target).data ?? []);
}
