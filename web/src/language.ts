// Which language the interface speaks: the account's, else the last one used in this browser, else the browser's, else Swedish.
import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../../src/contract/common.ts';
import { resources } from '../../src/i18n/resources.ts';
import { readStored, writeStored } from './stored.ts';

export const i18n = createInstance();

const storageKey = 'samsyn.language';

function languageAtStart(): Language {
  const stored = readStored(storageKey);
  if (stored === 'sv' || stored === 'en') return stored;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'sv';
}

export async function startLanguage(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18n.use(initReactI18next).init({
    lng: languageAtStart(),
    fallbackLng: 'sv',
    supportedLngs: ['sv', 'en'],
    resources,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
}

export async function speak(language: Language): Promise<void> {
  writeStored(storageKey, language);
  if (i18n.language !== language) await i18n.changeLanguage(language);
}
