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
  const people = isOpen
    ? t(($) => $.shell.progress.people, { count: read })
    : t(($) => $.shell.progress.peopleOf, { read, expected });
  return (
    <div className={classes.progress}>
      <div className={classes.progressText}>
        <strong>{label}</strong>
        {note !== undefined && <span>{note}</span>}
      </div>
      <progress
        className={classes.bar}
        aria-label={label}
        aria-valuetext={people}
        {...(isOpen ? {} : { max: expected, value: Math.min(read, expected) })}
      />
      <div className={classes.progressText}>
        <span>{people}</span>
      </div>
    </div>
  );
}
