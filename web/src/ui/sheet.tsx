// A white card with a hairline, for what belongs together.
import { useId, type ReactNode } from 'react';
import classes from './ui.module.css';

interface SheetProps {
  title?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Tables go to the edge: no padding. */
  flush?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}

export function Sheet({ title, lead, actions, flush = false, className = '', children }: SheetProps) {
  const id = useId();
  return (
    <section
      className={`${classes.sheet} ${flush ? '' : classes.pad} ${className}`}
      {...(title === undefined ? {} : { 'aria-labelledby': id })}
    >
      {title !== undefined && (
        <div className={`${classes.sheetHead} ${flush ? classes.pad : ''}`}>
          <div>
            <h2 id={id}>{title}</h2>
            {lead !== undefined && <p className={classes.sheetLead}>{lead}</p>}
          </div>
          {actions !== undefined && <div className={classes.do}>{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
