// A short word about state or kind.
import type { ReactNode } from 'react';
import classes from './ui.module.css';

const tones = {
  plain: '',
  ok: classes.tagOk,
  hold: classes.tagHold,
  bad: classes.tagBad,
  info: classes.tagInfo,
  fjord: classes.tagFjord,
};

export function Tag({
  tone = 'plain',
  icon,
  children,
}: {
  tone?: keyof typeof tones;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <span className={`${classes.tag} ${tones[tone]}`}>
      {icon}
      {children}
    </span>
  );
}
