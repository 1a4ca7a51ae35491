// What a run amounts to, in a sentence or two.
import { useTranslation } from 'react-i18next';
import type { Run } from '../../../../src/contract/api-runs.ts';
import { useFormat } from '../../ui/format.ts';
import { runMilliseconds } from './latest-run.ts';

export function useRunWords() {
  const { t } = useTranslation();
  const { moment, duration } = useFormat();

  /** "I natt kl. 02.14 stämdes 12 486 personer av på 41 sekunder. 9 uppgifter ändrades, ingen försvann." */
  const okWords = (run: Run): string => {
    const { people } = run.counts;
    const read = t(($) => $.overview.state.ok.read, {
      count: people,
      moment: moment(run.finishedAt ?? run.createdAt),
      duration: duration(runMilliseconds(run) ?? 0),
    });
    return `${capital(read)} ${changedWords(run)}`;
  };

  const changedWords = ({ counts: { changedFields, gone } }: Run): string => {
    const changed =
      changedFields === 0
        ? t(($) => $.overview.state.ok.changedNone)
        : t(($) => $.overview.state.ok.changed, { count: changedFields });
    const lost =
      gone === 0 ? t(($) => $.overview.state.ok.goneNone) : t(($) => $.overview.state.ok.gone, { count: gone });
    return `${changed} ${lost}`;
  };

  /** For the moment in which it ends. */
  const endedWords = (run: Run): string => {
    if (run.state === 'held') return `${t(($) => $.overview.endedHeld)} ${changedWords(run)}`;
    if (run.state === 'ok') return `${t(($) => $.overview.ended)} ${changedWords(run)}`;
    const { code } = run.error ?? { code: 'internal' as const };
    const title = t(($) => $.errors[code].title);
    return run.state !== 'superseded'
      ? t(($) => $.overview.state.failed.title, { title })
      : t(($) => $.overview.state.superseded.title);
  };

  return { okWords, endedWords };
}

/** The first letter as at the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase('sv') + text.slice(1);
}
