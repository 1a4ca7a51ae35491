// The head of a page: one title, one sentence that says what it is for, and what one can do.
import type { ReactNode } from 'react';
import { titleOf } from './title.ts';
import classes from './ui.module.css';

interface PageHeaderProps {
  title: string;
  lead?: ReactNode;
  /** The primary action last. */
  actions?: ReactNode;
}

export function PageHeader({ title, lead, actions }: PageHeaderProps) {
  return (
    <header className={classes.head}>
      <title>{titleOf(title)}</title>
      <div className={classes.headText}>
        <h1>{title}</h1>
        {lead !== undefined && <p className={classes.lead}>{lead}</p>}
      </div>
      {actions !== undefined && <div className={classes.do}>{actions}</div>}
    </header>
  );
}
