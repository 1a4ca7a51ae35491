// Why a run or the connection stands still: what to do next, what it is about, and Microsoft's number to quote.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '../../../../src/contract/errors.ts';
import classes from './entra.module.css';

interface RunCauseProps {
  code: ErrorCode;
  detail?: string | null;
  graphRequestId: string | null;
  /** Ours: of a request that was never answered. */
  clientRequestId?: string | null;
  /** Between the next step and the numbers. */
  children?: ReactNode;
}

export function RunCause({ code, detail = null, graphRequestId, clientRequestId = null, children }: RunCauseProps) {
  const { t } = useTranslation();
  // Of this cause the detail is a name that an administrator knows, and belongs into the sentence.
  const group = code === 'run_scope_group_hidden' ? detail : null;
  const quoted = group === null ? detail : null;
  return (
    <>
      {group !== null && <p>{t(($) => $.overview.state.failed.group, { group })}</p>}
      <p>{t(($) => $.errors[code].next)}</p>
      {children}
      {(quoted !== null || graphRequestId !== null || clientRequestId !== null) && (
        <p className={classes.quote}>
          {quoted !== null && (
            <span>
              {t(($) => $.runs.run.detail)} <code>{quoted}</code>
            </span>
          )}
          {clientRequestId !== null && (
            <span>
              {t(($) => $.runs.run.clientRequestId)} <code>{clientRequestId}</code>
            </span>
          )}
          {graphRequestId !== null && (
            <span>
              {t(($) => $.shell.error.graphRequestId)} <code>{graphRequestId}</code>
            </span>
          )}
        </p>
      )}
    </>
  );
}
