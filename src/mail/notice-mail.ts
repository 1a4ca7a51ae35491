// The mail that tells somebody outside the app what happened: one mail for all that one run has to say, as text and as HTML.
// Templates take text only; nothing from a directory comes into a header, an address or a link (T16, T18).
import type { TFunction } from 'i18next';
import type { NotificationKind, NotificationTarget } from '../contract/api-notifications.ts';
import type { Language } from '../contract/common.ts';
import { errorCodes } from '../contract/errors.ts';
import { addressOfTarget } from './addresses.ts';
import { layOut, type Letter } from './layout.ts';
import { wordsIn } from '../i18n/words.ts';

export interface Notice {
  kind: NotificationKind;
  params: Record<string, string | number>;
  target: NotificationTarget;
  targetId: string | null;
}

export interface MailOf {
  language: Language;
  organisation: { id: string; name: string };
  /** Origin by which people reach the app. */
  publicUrl: string;
}

export interface Written {
  subject: string;
  text: string;
  html: string;
}

export async function writeNoticeMail(notices: readonly Notice[], about: MailOf): Promise<Written> {
  const t = await wordsIn(about.language);
  const organisation = about.organisation.name;
  const sections = notices.map((notice) => ({
    ...wordsOf(t, notice),
    link: {
      label: t(($) => $.mail.open[notice.target]),
      address: addressOfTarget(about.publicUrl, about.organisation.id, notice),
    },
  }));
  const first = sections[0]?.title ?? '';
  const more = sections.length - 1;
  const letter: Letter = {
    language: about.language,
    greeting: t(($) => $.mail.greeting),
    lead: notices.every(({ kind }) => isOfConnection.has(kind))
      ? t(($) => $.mail.digest.leadConnection, { organisation })
      : t(($) => $.mail.digest.lead, { organisation }),
    sections,
    footer: t(($) => $.mail.footer, { organisation }),
  };
  const subject =
    more > 0
      ? t(($) => $.mail.digest.subjectMore, { first, count: more, organisation })
      : t(($) => $.mail.digest.subject, { first, organisation });
  return { subject: oneLine(subject), ...layOut(letter) };
}

// Told without a run as well.
const isOfConnection: ReadonlySet<NotificationKind> = new Set([
  'connection_trouble',
  'sync_degraded',
  'credential_expires',
]);

export async function writeTestMail(about: MailOf): Promise<Written> {
  const t = await wordsIn(about.language);
  const organisation = about.organisation.name;
  const letter: Letter = {
    language: about.language,
    greeting: t(($) => $.mail.greeting),
    lead: null,
    sections: [{ title: t(($) => $.mail.test.title), text: t(($) => $.mail.test.text, { organisation }), link: null }],
    footer: t(($) => $.mail.footer, { organisation }),
  };
  return { subject: oneLine(t(($) => $.mail.test.subject, { organisation })), ...layOut(letter) };
}

/** The same words as in the inbox of the app. */
function wordsOf(t: TFunction, { kind, params }: Notice): { title: string; text: string } {
  const count = Number(params['count'] ?? 0);
  switch (kind) {
    case 'new_people':
    case 'gone':
      return {
        title: t(($) => $.notifications.kind[kind].title, { count }),
        text: t(($) => $.notifications.kind[kind].text),
      };
    case 'changed':
      return {
        title: t(($) => $.notifications.kind.changed.title, { count: Number(params['people'] ?? 0) }),
        text: t(($) => $.notifications.kind.changed.text, { count: Number(params['fields'] ?? 0) }),
      };
    case 'group_gone':
    case 'group_back':
      return {
        title: t(($) => $.notifications.kind[kind].title),
        text: t(($) => $.notifications.kind[kind].text, { group: String(params['group'] ?? '') }),
      };
    case 'run_held':
    case 'hold_ended':
      return {
        title: t(($) => $.notifications.kind[kind].title, { count: Number(params['count'] ?? 0) }),
        text: t(($) => $.notifications.kind[kind].text),
      };
    case 'run_failed':
    case 'connection_trouble':
      return { title: t(($) => $.notifications.kind[kind].title), text: causeOf(t, params['code']) };
    case 'sync_degraded':
      return {
        title: t(($) => $.notifications.kind.sync_degraded.title, { count: Number(params['nights'] ?? 0) }),
        text: `${causeOf(t, params['code'])} ${t(($) => $.notifications.kind.sync_degraded.text)}`,
      };
    case 'credential_expires':
      return {
        title: t(($) => $.notifications.kind.credential_expires.title, { count: Number(params['days'] ?? 0) }),
        text: t(($) => $.notifications.kind.credential_expires.text, { date: String(params['date'] ?? '') }),
      };
    case 'connect_link_opened':
    case 'connect_link_declined':
    case 'connect_link_expired':
      return { title: t(($) => $.notifications.kind[kind].title), text: t(($) => $.notifications.kind[kind].text) };
    case 'connected':
    case 'connect_link_waiting':
    case 'connect_link_revoked':
    case 'connect_awaits_operator':
    case 'connect_refused':
      return {
        title: t(($) => $.notifications.kind[kind].title),
        text: t(($) => $.notifications.kind[kind].text, textParams(params)),
      };
    case 'turned_off':
      return {
        title: t(($) => $.notifications.kind.turned_off.title),
        text: t(($) => $.notifications.kind.turned_off.text, textParams(params)),
      };
  }
}

const textParams = (params: Notice['params']) => ({
  person: String(params['person'] ?? ''),
  tenant: String(params['tenant'] ?? ''),
});

function causeOf(t: TFunction, code: string | number | undefined): string {
  const known = errorCodes.find((one) => one === code) ?? 'internal';
  return `${t(($) => $.errors[known].title)} ${t(($) => $.errors[known].next)}`;
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
