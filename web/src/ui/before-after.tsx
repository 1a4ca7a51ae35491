// A change: before → after, readable without seeing the strike.
import { useTranslation } from 'react-i18next';
import classes from './ui.module.css';

export function BeforeAfter({ before, after }: { before: string | null; after: string | null }) {
  const { t } = useTranslation();
  const empty = <span className={classes.emptyValue}>{t(($) => $.shell.change.empty)}</span>;
  return (
    <span>
      <span className={classes.screenReader}>{t(($) => $.shell.change.from)} </span>
      {before === null || before === '' ? empty : <del className={classes.was}>{before}</del>}
      <span className={classes.arrow} aria-hidden>
        →
      </span>
      <span className={classes.screenReader}> {t(($) => $.shell.change.to)} </span>
      {after === null || after === '' ? empty : <span className={classes.now}>{after}</span>}
    </span>
  );
}
