// A button that cannot be used now says why: it stays reachable by keyboard, and the reason is its description.
import { Tooltip } from '@mantine/core';
import { cloneElement, useId, type MouseEvent, type ReactElement } from 'react';
import classes from './ui.module.css';

interface Disablable {
  onClick?: ((event: MouseEvent<HTMLButtonElement>) => void) | undefined;
  type?: 'button' | 'submit' | 'reset' | undefined;
  'aria-disabled'?: boolean;
  'aria-describedby'?: string;
}

interface DisabledReasonProps {
  /** Why the button cannot be used; undefined when it can. */
  reason: string | undefined;
  children: ReactElement<Disablable>;
}

export function DisabledReason({ reason, children }: DisabledReasonProps) {
  const id = useId();
  if (reason === undefined) return children;
  const button = cloneElement(children, {
    'aria-disabled': true,
    'aria-describedby': id,
    type: 'button',
    onClick: (event) => event.preventDefault(),
  });
  return (
    <>
      <Tooltip label={reason}>{button}</Tooltip>
      <span id={id} className={classes.screenReader}>
        {reason}
      </span>
    </>
  );
}
