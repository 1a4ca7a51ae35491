// The way out for mail: one SMTP server, by nodemailer. Addresses were checked when they were entered; here they are handed over
// as objects and as the envelope, so that nothing in them is read as a second recipient (T18).
import nodemailer from 'nodemailer';
import { isMailRecipient } from '../contract/field-value.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Stays the same when a mail is tried again, so that a recipient's server can tell (F61). */
  messageId: string;
}

/** `refused`: the server said no to this mail; `unreachable`: it could not be asked; `not_configured`: there is no server. */
export type MailFailure = 'refused' | 'unreachable' | 'not_configured' | 'address';

export class MailError extends Error {
  override readonly name = 'MailError';
  readonly failure: MailFailure;
  /** What the server said, for the administrator; null when it said nothing. */
  readonly answer: string | null;
  constructor(failure: MailFailure, answer: string | null, options?: ErrorOptions) {
    super(`Mail failed: ${failure}`, options);
    this.failure = failure;
    this.answer = answer;
  }
}

export interface Transport {
  /** False when no server is configured: every send then fails with not_configured. */
  isConfigured: boolean;
  /** Throws MailError. */
  send(mail: Mail): Promise<void>;
  /** Connects, greets and signs in, and sends nothing. Throws MailError. */
  check(): Promise<void>;
  close(): void;
}

const connectWithinMs = 10_000;
const answerWithinMs = 30_000;
const answerMax = 300;

export function createTransport(options: { smtpUrl: string | undefined; from: string | undefined }): Transport {
  const { smtpUrl, from } = options;
  if (smtpUrl === undefined || from === undefined) {
    const fail = () => Promise.reject(new MailError('not_configured', null));
    return { isConfigured: false, send: fail, check: fail, close: () => undefined };
  }
  const smtp = nodemailer.createTransport({
    url: smtpUrl,
    connectionTimeout: connectWithinMs,
    greetingTimeout: connectWithinMs,
    socketTimeout: answerWithinMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const sender = addressOf(from);
  const secrets = secretsOf(new URL(smtpUrl));
  return {
    isConfigured: true,
    async send({ to, subject, text, html, messageId }) {
      if (!isMailRecipient(to)) throw new MailError('address', null);
      try {
        await smtp.sendMail({
          from,
          to: { name: '', address: to },
          envelope: { from: sender, to: [to] },
          subject,
          text,
          html,
          messageId,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw toMailError(error, secrets);
      }
    },
    async check() {
      try {
        await smtp.verify();
      } catch (error) {
        throw toMailError(error, secrets);
      }
    },
    close: () => smtp.close(),
  };
}

const addressOf = (from: string): string => /<([^<>]+)>$/.exec(from)?.[1] ?? from;

/** The password as it may come back: as it is, and as it was sent by AUTH LOGIN and AUTH PLAIN. */
function secretsOf({ username, password }: URL): string[] {
  if (password === '') return [];
  const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  return [secret, ...[secret, `\0${user}\0${secret}`].map((text) => Buffer.from(text).toString('base64'))];
}

/** Of what the server said, an administrator sees all but the operator's password, which some servers say back. */
function toMailError(error: unknown, secrets: readonly string[]): MailError {
  const isAnswer = error instanceof Error && 'responseCode' in error && 'response' in error;
  const said = isAnswer ? String(error.response) : error instanceof Error ? error.message : null;
  const shown = said === null ? null : secrets.reduce((text, secret) => text.replaceAll(secret, '***'), said);
  return new MailError(isAnswer ? 'refused' : 'unreachable', shown?.slice(0, answerMax) ?? null, { cause: error });
}
