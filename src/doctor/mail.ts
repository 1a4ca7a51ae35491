// The doctor's steps at the mail server: it is greeted and signed in to, and one test mail is sent to whoever is named.
import { newId } from '../base/ids.ts';
import type { Config } from '../config.ts';
import { createTransport, MailError } from '../mail/transport.ts';
import { failed, ok, skipped, type Finding, type Step } from './finding.ts';

export function mailSteps({ smtpUrl, mailFrom, publicUrl }: Config, mailTo: string | undefined): Step[] {
  const transport = createTransport({ smtpUrl, from: mailFrom });
  const server = smtpUrl === undefined ? '' : new URL(smtpUrl).host;
  let answers = false;

  async function sendTo(to: string): Promise<Finding> {
    const text = `This is a test mail from samsyn doctor at ${publicUrl}. Mail works.`;
    try {
      await transport.send({
        to,
        subject: 'Test mail from samsyn doctor',
        text: `${text}\n`,
        html: `<p>${text}</p>`,
        messageId: `<${newId()}@${new URL(publicUrl).hostname}>`,
      });
      return ok(`handed over for ${to}: see whether it arrives`);
    } catch (error) {
      return saidBy(error, server);
    } finally {
      transport.close();
    }
  }

  return [
    {
      name: 'mail server',
      async find() {
        if (!transport.isConfigured)
          return skipped('none is set, and no mail is sent: set SMTP_URL and SAMSYN_MAIL_FROM');
        try {
          await transport.check();
          answers = true;
          return ok(`${server} answers and lets us in`);
        } catch (error) {
          return saidBy(error, server);
        }
      },
    },
    {
      name: 'test mail',
      async find() {
        if (mailTo === undefined) return skipped('--mail-to ADDRESS sends one');
        return answers ? sendTo(mailTo) : skipped('needs the mail server');
      },
    },
  ];
}

function saidBy(error: unknown, server: string): Finding {
  if (!(error instanceof MailError)) throw error;
  const said = error.answer === null ? '' : ` (it said: ${error.answer.replace(/\s+/g, ' ')})`;
  if (error.failure === 'address')
    return failed('--mail-to is not an address that mail can be sent to: write it like anna@example.com');
  if (error.failure === 'refused')
    return failed(
      `${server} refused${said}: check user and password in SMTP_URL, and whether SAMSYN_MAIL_FROM may send there`,
    );
  return failed(
    `${server} does not answer as a mail server${said}: check host, port and smtp:// or smtps:// in SMTP_URL`,
  );
}
