// *Skicka testmejl*: one mail at once, and what the mail server said to it.
import { newId } from '../base/ids.ts';
import { inOrganisation } from '../db/transaction.ts';
import { writeTestMail } from '../mail/notice-mail.ts';
import { MailError } from '../mail/transport.ts';
import { getOrganisation } from '../people/organisations.ts';
import type { SendDeps } from './send-due.ts';

export async function sendTestMail(
  { db, log, publicUrl, transport }: Pick<SendDeps, 'db' | 'log' | 'publicUrl' | 'transport'>,
  organisationId: string,
  email: string,
): Promise<{ sent: boolean; error: string | null }> {
  const organisation = await inOrganisation(db, organisationId, (tx) => getOrganisation(tx, organisationId), {
    readOnly: true,
  });
  const written = await writeTestMail({ language: organisation.language, organisation, publicUrl });
  try {
    await transport.send({ to: email, messageId: `<${newId()}@${new URL(publicUrl).hostname}>`, ...written });
    return { sent: true, error: null };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    log.warn('A test mail was not sent', { organisation: organisationId, code: error.failure });
    return { sent: false, error: error.answer ?? error.failure };
  }
}
