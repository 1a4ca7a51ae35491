import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { accountFilters, type AccountFilter } from '../contract/account-marks.ts';
import { outsideOrganisation } from '../db/transaction.ts';
import { mailboxPurposes } from '../graph/mailboxes.ts';
import { markAccount, type AccountFacts } from '../reconcile/account-marks.ts';
import { isAmongAccounts } from './account-filter.ts';

const { db } = await useDatabase();

/** Who bears the mark, or none: without an address one is a person all the same. */
function isAmong(filter: AccountFilter, facts: AccountFacts): boolean {
  const marks = markAccount(facts).map(({ mark }) => mark);
  return filter === 'person' ? marks.every((mark) => mark === 'no_mail') : marks.includes(filter);
}

/** Every combination of what a directory can say. */
function everything(): AccountFacts[] {
  const all: AccountFacts[] = [];
  for (const userType of ['Member', 'Guest'])
    for (const accountEnabled of [true, false])
      for (const mail of ['a@example.se', null])
        for (const licensed of [true, false, null])
          for (const resourceAccount of [true, false])
            for (const invitation of ['PendingAcceptance', 'Accepted', null])
              for (const mailboxPurpose of [...mailboxPurposes, null])
                all.push({ userType, accountEnabled, mail, licensed, resourceAccount, invitation, mailboxPurpose });
  return all;
}

describe('narrowing a list down to a kind of account', () => {
  test.each(accountFilters)('%s finds exactly who bears the mark', async (filter) => {
    const facts = everything();
    expect(facts).toHaveLength(1008);
    const rows = facts.map((one, index) => ({ ...one, index }));
    const found = await outsideOrganisation(db, 'no rows of anybody are read', async (tx) => {
      const result = await sql<{ index: number }>`
        select d.index
        from (
          select r.index, r."userType" as user_type, r."accountEnabled" as account_enabled, r.mail, r.licensed,
            r."resourceAccount" as resource_account, r."mailboxPurpose" as mailbox_purpose
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (index integer, "userType" text, "accountEnabled" boolean,
            mail text, licensed boolean, "resourceAccount" boolean, "mailboxPurpose" text)
        ) d
        where ${isAmongAccounts(filter)}
        order by d.index
      `.execute(tx);
      return result.rows.map((row) => row.index);
    });
    const expected = rows.filter((one) => isAmong(filter, one)).map(({ index }) => index);
    expect(expected.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
  });
});
