// How far a run has come: people read of those expected, and only then a bar.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './ui.module.css';

interface ProgressProps {
  /** The phase: "Läser personer". */
  label: string;
  read: number;
  expected: number | null;
  /** Beside the number: what is left, or that Microsoft asks us to wait. */
  note?: ReactNode;
}

export function Progress({ label, read, expected, note }: ProgressProps) {
  const { t } = useTranslation();
  const isOpen = expected === null || expected === 0;
  const share = isOpen ? 0 : Math.min(1, read / expected);
  const people = isOpen
    ? t(($) => $.shell.progress.people, { count: read })
    : t(($) => $.shell.progress.peopleOf, { read, expected });
  return (
    <div className={classes.progress}>
      <div className={classes.progressText}>
        <strong>{label}</strong>
        {note !== undefined && <span>{note}</span>}
      </div>
      <div
        className={classes.progressTrack}
        role="progressbar"
        aria-label={label}
        aria-valuetext={people}
        {...(isOpen ? {} : { 'aria-valuemin': 0, 'aria-valuemax': expected, 'aria-valuenow': read })}
      >
        <i
          className={`${classes.progressFill} ${isOpen ? classes.progressOpen : ''}`}
          {...(isOpen ? {} : { style: { width: `${share * 100}%` } })}
        />
      </div>
      <div className={classes.progressText}>
        <span>{people}</span>
      </div>
    </div>
  );
}
