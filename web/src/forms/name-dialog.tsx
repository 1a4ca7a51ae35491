// Asks for one short text, a name.
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState } from '../ui/error-state.tsx';

interface NameFormProps {
  label: string;
  hint?: string;
  /** Said when it is empty. */
  missing: string;
  lengthMax: number;
  initial?: string;
  submit: string;
  busy: boolean;
  error: unknown;
  onSubmit: (name: string) => void;
  onClose: () => void;
}

export function NameDialog({ opened, title, ...form }: NameFormProps & { opened: boolean; title: string }) {
  return (
    <Dialog opened={opened} onClose={form.onClose} title={title}>
      {opened && <NameForm {...form} />}
    </Dialog>
  );
}

function NameForm({
  label,
  hint,
  missing,
  lengthMax,
  initial = '',
  submit,
  busy,
  error,
  onSubmit,
  onClose,
}: NameFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(initial);
  const [isTried, setIsTried] = useState(false);
  const trimmed = name.trim();
  const send = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (trimmed !== '') onSubmit(trimmed);
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {error !== null && error !== undefined && <ErrorState error={error} />}
        <TextInput
          label={label}
          {...(hint === undefined ? {} : { description: hint })}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={lengthMax}
          error={isTried && trimmed === '' ? missing : null}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t(($) => $.shell.action.cancel)}
          </Button>
          <Button type="submit" loading={busy}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
