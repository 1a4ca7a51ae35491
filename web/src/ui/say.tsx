// A banner that says the state in words: with an icon, a bold title, what it means, and the next step.
import { IconAlertTriangle, IconCircleCheck, IconExclamationCircle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { iconProps } from './icon.ts';
import classes from './ui.module.css';

export type Tone = 'ok' | 'hold' | 'info' | 'bad';

const icons = { ok: IconCircleCheck, hold: IconAlertTriangle, info: IconInfoCircle, bad: IconExclamationCircle };

interface SayProps {
  tone: Tone;
  title: string;
  /** The banner is the page: its title is the page's. */
  isPage?: boolean;
  children?: ReactNode;
  action?: ReactNode;
  /** Announced at once by screen readers: for what follows on something one did. */
  live?: boolean;
}

export function Say({ tone, title, isPage = false, children, action, live = false }: SayProps) {
  const Icon = icons[tone];
  const role = live ? { role: tone === 'bad' ? 'alert' : 'status' } : {};
  return (
    <div className={`${classes.say} ${classes[tone]}`} {...role}>
      <Icon {...iconProps} size={20} />
      <div className={classes.sayText}>
        {isPage ? <h1>{title}</h1> : <strong>{title}</strong>}
        {children !== undefined && <div className={classes.sayBody}>{children}</div>}
        {action !== undefined && <div className={classes.sayAction}>{action}</div>}
      </div>
    </div>
  );
}
