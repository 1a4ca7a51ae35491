// Words for those who hear the page.
import type { ReactNode } from 'react';
import classes from './ui.module.css';

export function ScreenReader({ children, live = false }: { children: ReactNode; live?: boolean }) {
  if (live) return <output className={classes.screenReader}>{children}</output>;
  return <span className={classes.screenReader}>{children}</span>;
}
