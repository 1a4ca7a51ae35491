// Asks before one leaves a page with changes that are not saved.
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

export function LeaveGuard({ isChanged }: { isChanged: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    // The steps of a set-up are one page: `?step=` tells them apart.
    shouldBlockFn: ({ current, next }) =>
      isChanged && (current.pathname !== next.pathname || stepOf(current.search) !== stepOf(next.search)),
    enableBeforeUnload: isChanged,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
      title={t(($) => $.shell.leave.title)}
      confirm={t(($) => $.shell.leave.confirm)}
      undo={false}
      danger
    >
      {t(($) => $.shell.leave.text)}
    </ConfirmDialog>
  );
}

function stepOf(search: unknown): unknown {
  return typeof search === 'object' && search !== null && 'step' in search ? search.step : undefined;
}
