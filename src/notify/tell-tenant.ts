// The two letters of connecting to people outside the app: the reminder to a colleague, which goes out at once because the address in it is
// kept nowhere, and word to the tenant's side that a connection was made, which waits in the outbox as all other mail.
import { newId } from '../base/ids.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import { writeReminderMail, type Reminder } from '../mail/connect-mail.ts';
import { MailError } from '../mail/transport.ts';
import { getOrganisation } from '../people/organisations.ts';
import { queueMails, type OutboxDeps } from './outbox.ts';
import type { SendDeps } from './send-due.ts';

/** One mail to each of `recipients`, when the caller's transaction commits. */
export async function mailTenant(
  deps: OutboxDeps,
  tx: Tx,
  letter: {
    organisationId: string;
    tenantName: string;
    signerName: string;
    asker: { name: string; email: string | null };
    recipients: readonly string[];
  },
): Promise<void> {
  const { organisationId, recipients, tenantName, signerName, asker } = letter;
  const message = { toTenant: { tenantName, signerName, asker } };
  await queueMails(
    deps,
    tx,
    organisationId,
    recipients.map((recipient) => ({ recipient, message })),
  );
}

/** False when the mail server did not take it, or there is none. */
export async function mailReminder(
  { db, log, publicUrl, transport }: Pick<SendDeps, 'db' | 'log' | 'publicUrl' | 'transport'>,
  { organisationId, email, ...reminder }: Reminder & { organisationId: string; email: string },
): Promise<boolean> {
  const { language, timeZone } = await inOrganisation(db, organisationId, (tx) => getOrganisation(tx, organisationId), {
    readOnly: true,
  });
  const written = await writeReminderMail(reminder, { language, timeZone });
  try {
    await transport.send({ to: email, messageId: `<${newId()}@${new URL(publicUrl).hostname}>`, ...written });
    return true;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    log.warn('A reminder was not sent', { organisation: organisationId, code: error.failure });
    return false;
  }
}
