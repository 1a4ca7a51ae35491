// Asks before something that matters: names what it does and to how many, and says whether it can be undone.
import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';
import { ErrorState } from './error-state.tsx';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  /** The question: "Ta bort Åsa Öberg?" */
  title: string;
  children: ReactNode;
  /** What the button does, to how many: "Ta bort 3 användare". */
  confirm: string;
  onConfirm: () => void;
  /** `true` and `false` are said in standard words; a text says how. */
  undo: boolean | string;
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, children, confirm, onConfirm, undo, danger = false, busy = false, error } = props;
  const { t } = useTranslation();
  const undoWords =
    typeof undo === 'string' ? undo : undo ? t(($) => $.shell.confirm.canUndo) : t(($) => $.shell.confirm.cannotUndo);
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Stack gap="md">
        <div>{children}</div>
        <Text size="sm" c="dimmed">
          {undoWords}
        </Text>
        {error !== undefined && error !== null && <ErrorState error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t(($) => $.shell.action.cancel)}
          </Button>
          <Button color={danger ? 'brick' : 'fjord'} loading={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
