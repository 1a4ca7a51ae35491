// *Kontakter*: colleagues and their contact cards, for everybody in the organisation.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import type { contactRowSchema, ContactCard } from '../contract/api-people.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { AppError } from '../contract/errors.ts';
import type { Database } from '../db/pool.ts';
import { inOrganisation } from '../db/transaction.ts';
import { customFieldsOf } from './custom-fields.ts';
import { findEntraLink } from './entra-link.ts';
import { afterName, countLimit, matchesSearch, toPage } from './search.ts';

interface Deps {
  db: Database;
}

type ContactRow = z.infer<typeof contactRowSchema>;

/** Guarantee: each contact is on exactly one page, whatever their names, as long as nobody is renamed meanwhile. */
export async function listContacts({ db }: Deps, actor: Actor, query: PageQuery): Promise<Page<ContactRow>> {
  return inOrganisation(
    db,
    actor.organisationId,
    async (tx) => {
      const found = tx
        .selectFrom('app_user as a')
        .where('a.organisation_id', '=', actor.organisationId)
        .where('a.removed_at', 'is', null)
        .where((eb) => matchesSearch(eb.ref('a.search_text'), query.search));
      const rows = await found
        .select((eb) => [
          'a.id',
          'a.display_name as displayName',
          eb.ref('a.fields', '->>').key('jobTitle').as('jobTitle'),
          eb.ref('a.fields', '->>').key('department').as('department'),
          eb.ref('a.fields', '->>').key('email').as('email'),
          sql<string | null>`coalesce(a.fields ->> 'phone', a.fields ->> 'mobile')`.as('phone'),
        ])
        .where((eb) => afterName({ name: eb.ref('a.display_name'), id: eb.ref('a.id') }, query.after))
        .orderBy('a.display_name')
        .orderBy('a.id')
        .limit(query.limit + 1)
        .execute();
      const counted = await tx
        .selectFrom(found.select('a.id').limit(countLimit).as('some'))
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      return toPage(rows, {
        limit: query.limit,
        count: Number(counted.count),
        keyOf: (row) => [row.displayName, row.id],
        toItem: (row) => row,
      });
    },
    { readOnly: true },
  );
}

export async function getContact({ db }: Deps, actor: Actor, { id }: { id: string }): Promise<ContactCard> {
  const { organisationId } = actor;
  return inOrganisation(
    db,
    organisationId,
    async (tx) => {
      const row = await tx
        .selectFrom('app_user')
        .select(['id', 'display_name', 'fields'])
        .where('organisation_id', '=', organisationId)
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .executeTakeFirst();
      if (!row) throw new AppError('not_found');
      const teams = await tx
        .selectFrom('team_member as m')
        .innerJoin('team as t', (join) =>
          join.onRef('t.organisation_id', '=', 'm.organisation_id').onRef('t.id', '=', 'm.team_id'),
        )
        .select('t.name')
        .where('m.organisation_id', '=', organisationId)
        .where('m.app_user_id', '=', id)
        .orderBy('t.name')
        .execute();
      const custom = await customFieldsOf(tx, organisationId);
      const link = await findEntraLink(tx, organisationId, id);
      return {
        id: row.id,
        displayName: row.display_name,
        fields: row.fields,
        customFields: custom.flatMap(({ key, label }) => {
          const value = row.fields[`custom:${key}`];
          return value ? [{ key, label, value }] : [];
        }),
        teams: teams.map(({ name }) => name),
        entra: link && { syncedAt: link.syncedAt?.toISOString() ?? null, fields: link.mappedFields },
      };
    },
    { readOnly: true },
  );
}
