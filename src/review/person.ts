// A directory user as the review lists show it.
import { sql } from 'kysely';
import type { z } from 'zod';
import type { directoryPersonSchema } from '../contract/api-review.ts';

export interface PersonRow {
  display_name: string;
  mail: string | null;
  user_principal_name: string;
  job_title: string | null;
  department: string | null;
  account_enabled: boolean;
  user_type: string;
}

export const personColumns = sql`
  d.object_id, d.display_name, d.mail, d.user_principal_name, d.attributes ->> 'jobTitle' as job_title,
  d.attributes ->> 'department' as department, d.account_enabled, d.user_type`;

export function presentPerson(row: PersonRow & { object_id: string }): z.infer<typeof directoryPersonSchema> {
  const marks: z.infer<typeof directoryPersonSchema>['marks'] = [];
  if (row.user_type === 'Guest') marks.push('guest');
  if (!row.account_enabled) marks.push('disabled');
  if (row.mail === null) marks.push('no_mail');
  return {
    id: row.object_id,
    displayName: row.display_name,
    mail: row.mail,
    userPrincipalName: row.user_principal_name,
    jobTitle: row.job_title,
    department: row.department,
    marks,
  };
}
