// A person: initials in one of four tints, the name, and a second line.
import type { ReactNode } from 'react';
import classes from './ui.module.css';

interface PersonProps {
  name: string;
  line?: ReactNode;
  /** What the tint is drawn from, so that it stays through a change of name. */
  id?: string;
  large?: boolean;
  avatar?: boolean;
  /** The name may be a link or hold marks; `name` gives the initials. */
  children?: ReactNode;
}

export function Person({ name, line, id = name, large = false, avatar = true, children }: PersonProps) {
  return (
    <div className={`${classes.person} ${large ? classes.large : ''}`}>
      {avatar && <span className={`${classes.avatar} ${tintOf(id)}`} data-initials={initialsOf(name)} aria-hidden />}
      <div className={classes.personText}>
        <span className={classes.personName}>{children ?? name}</span>
        {line !== undefined && line !== null && line !== '' && <span className={classes.personLine}>{line}</span>}
      </div>
    </div>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /^\p{L}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /^./u.exec(word ?? '')?.[0] ?? '',
  );
  return letters.join('').toLocaleUpperCase('sv') || '?';
}

const tints = ['', classes.tint1, classes.tint2, classes.tint3];

function tintOf(id: string): string {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return tints[sum % tints.length] ?? '';
}
