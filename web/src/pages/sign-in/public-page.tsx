// The frame of the pages that one sees without being signed in: the mark, the content, the languages. Also for the connect pages.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../../../../src/contract/common.ts';
import { speak } from '../../language.ts';
import { titleOf } from '../../ui/title.ts';
import { Mark } from '../shell/brand.tsx';
import { ReadOnlyNotice } from '../shell/read-only-notice.tsx';
import classes from './sign-in.module.css';

const languages: readonly (readonly [Language, 'swedish' | 'english'])[] = [
  ['sv', 'swedish'],
  ['en', 'english'],
];

export function PublicPage({ title, width = 400, children }: { title: string; width?: number; children: ReactNode }) {
  const { t, i18n } = useTranslation();
  return (
    <main className={classes.page}>
      <title>{titleOf(title)}</title>
      <div className={classes.column} style={{ maxWidth: width }}>
        <div>
          <div className={classes.brand}>
            <Mark size={28} />
            Samsyn
          </div>
          <p className={classes.tagline}>{t(($) => $.signIn.tagline)}</p>
        </div>
        <ReadOnlyNotice />
        {children}
        <fieldset className={classes.languages}>
          <legend>{t(($) => $.shell.account.language)}</legend>
          {languages.map(([language, name]) => (
            <button
              key={language}
              type="button"
              lang={language}
              aria-pressed={i18n.language === language}
              onClick={() => void speak(language)}
            >
              {t(($) => $.shell.account[name])}
            </button>
          ))}
        </fieldset>
      </div>
    </main>
  );
}
