// What went wrong, what to do next, and the ids to quote. `error` is whatever a query or a mutation failed with.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../api/api-error.ts';
import { Say } from './say.tsx';
import classes from './ui.module.css';

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  /** The message is the page: its title is the page's. */
  isPage?: boolean;
}

export function ErrorState({ error, onRetry, isPage = false }: ErrorStateProps) {
  const { t } = useTranslation();
  const words = useErrorWords()(error);
  return (
    <Say
      tone="bad"
      title={words.title}
      isPage={isPage}
      live
      {...(onRetry === undefined
        ? {}
        : {
            action: (
              <Button size="xs" variant="default" onClick={onRetry}>
                {t(($) => $.shell.action.retry)}
              </Button>
            ),
          })}
    >
      {words.next}
      <ErrorIds error={error} />
    </Say>
  );
}

export function ErrorIds({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!isApiError(error) || (error.requestId === undefined && error.graphRequestId === undefined)) return null;
  // An ordinary refusal needs no number to quote.
  if (error.graphRequestId === undefined && error.status < 500) return null;
  return (
    <div className={classes.ids}>
      {error.requestId !== undefined && (
        <span>
          {t(($) => $.shell.error.requestId)} <code>{error.requestId}</code>
        </span>
      )}
      {error.graphRequestId !== undefined && (
        <span>
          {t(($) => $.shell.error.graphRequestId)} <code>{error.graphRequestId}</code>
        </span>
      )}
    </div>
  );
}

/** `words(error)`: title and next step in the interface's language. */
export function useErrorWords(): (error: unknown) => { title: string; next: string } {
  const { t } = useTranslation();
  return (error) => {
    if (!isApiError(error))
      return { title: t(($) => $.shell.error.crashed.title), next: t(($) => $.shell.error.crashed.next) };
    const { code } = error;
    if (code === 'unreachable' || code === 'unreadable') {
      return { title: t(($) => $.shell.error[code].title), next: t(($) => $.shell.error[code].next) };
    }
    return { title: t(($) => $.errors[code].title), next: t(($) => $.errors[code].next) };
  };
}
