// Tabs that are links: each has an address of its own.
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { AppLink } from './app-link.tsx';
import { useFormat } from './format.ts';
import classes from './ui.module.css';

export interface TabLink {
  to: string;
  label: string;
  count?: number | undefined;
  /** Also current on the pages below. */
  deep?: boolean;
}

export function TabLinks({ label, tabs }: { label: string; tabs: readonly TabLink[] }) {
  const { pathname } = useLocation();
  const { number } = useFormat();
  const counts = tabs.map(({ count }) => count ?? '').join();
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the tabs scroll sideways: the current one is shown.
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current === null || current === null || current === undefined) return;
    const end = current.offsetLeft + current.offsetWidth - nav.current.offsetLeft;
    if (end > nav.current.clientWidth) nav.current.scrollLeft = end - nav.current.clientWidth;
  }, [pathname, counts]);
  return (
    <nav ref={nav} aria-label={label} className={classes.tabs}>
      {tabs.map(({ to, label: text, count, deep = false }) => {
        const address = to.split('?')[0] ?? to;
        const isCurrent = pathname === address || (deep && pathname.startsWith(`${address}/`));
        return (
          <AppLink key={to} to={to} className={classes.tab} {...(isCurrent ? { 'aria-current': 'page' as const } : {})}>
            {text} {count !== undefined && <span>{number(count)}</span>}
          </AppLink>
        );
      })}
    </nav>
  );
}
