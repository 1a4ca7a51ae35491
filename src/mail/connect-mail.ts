// The two letters of connecting that go to people outside the app: a reminder with the link to a colleague, and to the tenant's side that a
// connection was made. As in all mails, names are text only, and every address in them is our own (T16, T18).
import type { Language } from '../contract/common.ts';
import { entraPermissions } from '../contract/permissions.ts';
import { layOut, type Letter } from './layout.ts';
import type { MailOf, Written } from './notice-mail.ts';
import { wordsIn } from '../i18n/words.ts';

interface Asker {
  name: string;
  email: string | null;
}

export interface Reminder {
  url: string;
  organisationName: string;
  asker: Asker;
  expiresAt: Date;
}

export async function writeReminderMail(
  { url, organisationName: organisation, asker, expiresAt }: Reminder,
  about: { language: Language; timeZone: string },
): Promise<Written> {
  const t = await wordsIn(about.language);
  const letter: Letter = {
    language: about.language,
    greeting: t(($) => $.mail.greeting),
    lead: t(($) => $.mail.reminder.lead, { person: personOf(asker), organisation }),
    sections: [
      {
        title: t(($) => $.mail.reminder.title),
        text: t(($) => $.mail.reminder.text, { time: timeIn(expiresAt, about) }),
        link: { label: t(($) => $.mail.reminder.open), address: url },
      },
      { title: t(($) => $.mail.reminder.unsureTitle), text: t(($) => $.mail.reminder.unsure), link: null },
    ],
    footer: t(($) => $.mail.reminder.footer, { person: asker.name, organisation }),
  };
  return { subject: oneLine(t(($) => $.mail.reminder.subject, { organisation })), ...layOut(letter) };
}

export async function writeTenantMail(
  { tenantName: tenant, signerName: signer, asker }: { tenantName: string; signerName: string; asker: Asker },
  about: MailOf,
): Promise<Written> {
  const t = await wordsIn(about.language);
  const organisation = about.organisation.name;
  const letter: Letter = {
    language: about.language,
    greeting: t(($) => $.mail.greeting),
    lead: t(($) => $.mail.toTenant.lead, { tenant, organisation }),
    sections: [
      {
        title: t(($) => $.mail.toTenant.whoTitle),
        text: t(($) => $.mail.toTenant.who, { person: personOf(asker), organisation, signer }),
        link: null,
      },
      {
        title: t(($) => $.mail.toTenant.whatTitle),
        text: t(($) => $.mail.toTenant.what, { permissions: entraPermissions.join(', ') }),
        link: null,
      },
      { title: t(($) => $.mail.toTenant.undoTitle), text: t(($) => $.mail.toTenant.undo), link: null },
    ],
    footer: t(($) => $.mail.toTenant.footer, { tenant, server: new URL(about.publicUrl).host }),
  };
  return { subject: oneLine(t(($) => $.mail.toTenant.subject, { tenant, organisation })), ...layOut(letter) };
}

const personOf = ({ name, email }: Asker): string => (email === null ? name : `${name} (${email})`);

function timeIn(at: Date, { language, timeZone }: { language: Language; timeZone: string }): string {
  const locale = language === 'en' ? 'en-GB' : 'sv-SE';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(at);
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
