// What will be here, and the one next step.
import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ui.module.css';

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: TablerIcon;
}

export function EmptyState({ title, children, action, icon: Icon }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {Icon !== undefined && <Icon size={28} stroke={1.4} aria-hidden />}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <div className={classes.emptyAction}>{action}</div>}
    </div>
  );
}
