// What will be here, and the one next step.
import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { titleOf } from './title.ts';
import classes from './ui.module.css';

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: TablerIcon;
  /** Nothing else is on the page: its title is the page's. */
  isPage?: boolean;
}

export function EmptyState({ title, children, action, icon: Icon, isPage = false }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {Icon !== undefined && <Icon size={28} stroke={1.4} aria-hidden />}
      {isPage ? (
        <>
          <title>{titleOf(title)}</title>
          <h1>{title}</h1>
        </>
      ) : (
        <h2>{title}</h2>
      )}
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={classes.emptyAction}>{action}</div>}
    </div>
  );
}
