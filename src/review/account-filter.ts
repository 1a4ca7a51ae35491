// The condition of a filter by kind of account, as SQL. What it finds is exactly who bears the mark (reconcile/account-marks.ts):
// account-filter.test.ts compares the two over every combination of facts.
import { sql, type RawBuilder } from 'kysely';
import type { AccountFilter } from '../contract/account-marks.ts';

const isGuest = sql`d.user_type = 'Guest'`;
const isNobodys = sql`(d.resource_account or coalesce(d.mailbox_purpose in ('shared', 'room', 'equipment'), false))`;
const isUnlicensed = sql`(d.licensed is false and not ${isGuest} and not ${isNobodys})`;
const isLikeShared = sql`(d.mailbox_purpose is null and not d.resource_account and not ${isGuest} and not d.account_enabled
  and d.licensed is false and d.mail is not null)`;

export function isAmongAccounts(filter: AccountFilter | undefined): RawBuilder<unknown> {
  switch (filter) {
    case undefined:
      return sql`true`;
    case 'person':
      return sql`(d.account_enabled and not ${isGuest} and not ${isNobodys} and not ${isUnlicensed})`;
    case 'guest':
      return isGuest;
    case 'disabled':
      return sql`not d.account_enabled`;
    case 'unlicensed':
      return isUnlicensed;
    case 'shared':
    case 'room':
    case 'equipment':
      return sql`d.mailbox_purpose = ${filter}`;
    case 'resource':
      return sql`d.resource_account`;
    case 'perhaps_shared':
      return isLikeShared;
  }
}
