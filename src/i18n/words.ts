// The catalogues for what the server writes, mails and files: the same library and the same words as in the web app.
import { createInstance, type i18n, type TFunction } from 'i18next';
import type { Language } from '../contract/common.ts';
import { resources } from './resources.ts';

let catalogues: Promise<i18n> | undefined;

/** Values are put in as they are: whoever writes HTML escapes the whole. */
export async function wordsIn(language: Language): Promise<TFunction> {
  catalogues ??= load();
  return (await catalogues).getFixedT(language);
}

async function load(): Promise<i18n> {
  const instance = createInstance();
  await instance.init({
    resources,
    fallbackLng: false,
    interpolation: { escapeValue: false },
  });
  return instance;
}
