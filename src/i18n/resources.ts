// Both catalogues as i18next takes them, for the web app and for mails, and the type of their keys: `t(($) => $.contacts.title)`.
import 'i18next';
import { en } from './en.ts';
import { sv } from './sv.ts';

export const resources = { sv: { translation: sv }, en: { translation: en } } as const;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    enableSelector: true;
    resources: { translation: typeof sv };
  }
}
