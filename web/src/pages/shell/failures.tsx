// Pages that are not there, and pages that could not be shown.
import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { IconMoodConfuzed } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../../api/api-error.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorIds, useErrorWords } from '../../ui/error-state.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      isPage
      icon={IconMoodConfuzed}
      title={t(($) => $.shell.error.pageNotFound.title)}
      action={
        <LinkButton to={paths.home()} variant="default">
          {t(($) => $.shell.error.pageNotFound.home)}
        </LinkButton>
      }
    >
      {t(($) => $.shell.error.pageNotFound.next)}
    </EmptyState>
  );
}

/** Around all: the server cannot be reached, or the page failed. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const words = useErrorWords()(error);
  const retry = isApiError(error) ? reset : () => window.location.reload();
  return (
    <div role="alert">
      <EmptyState
        isPage
        icon={IconMoodConfuzed}
        title={words.title}
        action={<Button onClick={retry}>{t(($) => $.shell.action.retry)}</Button>}
      >
        {words.next}
      </EmptyState>
      <ErrorIds error={error} />
    </div>
  );
}
