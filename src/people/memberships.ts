// Which organisations an account belongs to, and as whom: the one look across the wall between organisations.
import type { Permission } from '../contract/permissions.ts';
import type { Language } from '../contract/common.ts';
import type { Database } from '../db/pool.ts';
import { outsideOrganisation } from '../db/transaction.ts';
import { knownPermissions } from './known-permissions.ts';

export interface Membership {
  organisationId: string;
  organisationName: string;
  language: Language;
  appUserId: string;
  displayName: string;
  permissions: Permission[];
}

/** Guarantee: only rows that carry this account and are not removed (policy own_membership), by the organisation's name. */
export async function listMemberships(db: Database, accountId: string): Promise<Membership[]> {
  const rows = await outsideOrganisation(
    db,
    'which organisations an account belongs to',
    (tx) =>
      tx
        .selectFrom('app_user as a')
        .innerJoin('organisation as o', 'o.id', 'a.organisation_id')
        .select(['o.id', 'o.name', 'o.language', 'a.id as appUserId', 'a.display_name', 'a.permissions'])
        .where('a.account_id', '=', accountId)
        .where('a.removed_at', 'is', null)
        .orderBy('o.name')
        .orderBy('o.id')
        .execute(),
    { readOnly: true, account: accountId },
  );
  return rows.map((row) => ({
    organisationId: row.id,
    organisationName: row.name,
    language: row.language === 'en' ? 'en' : 'sv',
    appUserId: row.appUserId,
    displayName: row.display_name,
    permissions: knownPermissions(row.permissions),
  }));
}
