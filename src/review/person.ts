// A directory user as the review lists show it.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { directoryPersonSchema } from '../contract/api-review.ts';
import { markAccount } from '../reconcile/account-marks.ts';

export interface PersonRow {
  display_name: string;
  mail: string | null;
  user_principal_name: string;
  job_title: string | null;
  department: string | null;
  account_enabled: boolean;
  user_type: string;
  licensed: boolean | null;
  resource_account: boolean;
  invitation: string | null;
  mailbox_purpose: string | null;
}

export const personColumns = sql`
  d.object_id, d.display_name, d.mail, d.user_principal_name, d.attributes ->> 'jobTitle' as job_title,
  d.attributes ->> 'department' as department, d.account_enabled, d.user_type,
  d.licensed, d.resource_account, d.invitation, d.mailbox_purpose`;

export function presentPerson(row: PersonRow & { object_id: string }): z.infer<typeof directoryPersonSchema> {
  return {
    id: row.object_id,
    displayName: row.display_name,
    mail: row.mail,
    userPrincipalName: row.user_principal_name,
    jobTitle: row.job_title,
    department: row.department,
    marks: markAccount({
      userType: row.user_type,
      accountEnabled: row.account_enabled,
      mail: row.mail,
      licensed: row.licensed,
      resourceAccount: row.resource_account,
      invitation: row.invitation,
      mailboxPurpose: row.mailbox_purpose,
    }),
  };
}
