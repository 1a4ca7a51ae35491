// What the mailboxes of users are for: the only thing that tells shared, room and equipment mailboxes from people (8.6). Exchange
// keeps it, one request a user, by a permission of its own that an operator may leave out.
import { askEach, batchMax, type ItemAnswer } from './batch.ts';
import type { Client } from './client.ts';
import type { Cloud } from './cloud.ts';
import type { Members } from './parse.ts';

export const mailboxPurposes = ['user', 'linked', 'shared', 'room', 'equipment', 'others'] as const;
export type MailboxPurpose = (typeof mailboxPurposes)[number];

/** By id; null for who has no mailbox that can be asked. */
export type Purposes = Map<string, MailboxPurpose | null>;

/**
 * Asks for at most `batchMax` users in one request. Null: the permission MailboxSettings.Read is not granted, which is no failure.
 * https://learn.microsoft.com/graph/api/user-get-mailboxsettings
 */
export async function readPurposes(client: Client, cloud: Cloud, ids: readonly string[]): Promise<Purposes | null> {
  const wanted = ids.slice(0, batchMax).map((id) => id.toLowerCase());
  const answers = await askEach(client, cloud, {
    ids: wanted,
    path: (id) => `/users/${id}/mailboxSettings?$select=userPurpose`,
    // Without a mailbox Exchange says 404 in words of its own. A single mailbox can be kept from us by a policy of the tenant.
    isAnswer: ({ status }) => status === 404 || status === 403,
  });
  const all = [...answers.values()];
  if (all.length > 0 && all.every(({ status }) => status === 403)) return null;
  return new Map(all.map((answer) => [answer.id, purposeOf(answer)]));
}

function purposeOf({ status, body }: ItemAnswer): MailboxPurpose | null {
  return status === 200 && body !== null ? readPurpose(body) : null;
}

/** A kind that came after this was written is none of those that we know. */
function readPurpose(body: Members): MailboxPurpose {
  return mailboxPurposes.find((one) => one === body['userPurpose']) ?? 'others';
}
