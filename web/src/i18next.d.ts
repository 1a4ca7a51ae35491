// Types the keys of `t($ => $.contacts.title)` by the Swedish catalogue.
import 'i18next';
import type { sv } from '../../src/i18n/sv.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    enableSelector: true;
    resources: { translation: typeof sv };
  }
}
