// Words for those who hear the page.
import type { ReactNode } from 'react';
import classes from './ui.module.css';

export function ScreenReader({ children, live = false }: { children: ReactNode; live?: boolean }) {
  return (
    <span className={classes.screenReader} {...(live ? { role: 'status' } : {})}>
      {children}
    </span>
  );
}
