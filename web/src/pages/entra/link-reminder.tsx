// The one reminder of a link: where to, and what it does to the link that was sent before.
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { listConnectLinks, remindConnectLink, type ConnectLink } from '../../../../src/contract/api-connection.ts';
import { isMailRecipient } from '../../../../src/contract/field-value.ts';
import { isApiError } from '../../api/api-error.ts';
import { useCall } from '../../api/queries.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { tell } from '../../ui/told.ts';

interface ReminderProps {
  organisationId: string;
  link: ConnectLink;
  onClose: () => void;
}

export function LinkReminder({ organisationId, link, onClose }: ReminderProps) {
  const { t } = useTranslation();
  const [email, setEmail] = useState('');
  const [isTried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const remind = useCall(remindConnectLink, {
    refreshes: [listConnectLinks],
    onSuccess: () => {
      tell(t(($) => $.connect.link.reminder.sent));
      onClose();
    },
  });
  const isWrong = !isMailRecipient(email.trim());
  const isRefused = isApiError(remind.error, 'invalid_input') || isApiError(remind.error, 'email_invalid');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isWrong) field.current?.focus();
    else remind.mutate({ params: { organisationId, id: link.id }, body: { email: email.trim() } });
  };
  return (
    <Dialog opened onClose={onClose} title={t(($) => $.connect.link.reminder.title)}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <div>{t(($) => $.connect.link.reminder.text)}</div>
          <TextInput
            type="email"
            label={t(($) => $.connect.link.reminder.email)}
            ref={field}
            data-autofocus
            autoComplete="off"
            maxLength={254}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={(isTried && isWrong) || isRefused ? t(($) => $.connect.link.reminder.emailWrong) : null}
          />
          {remind.isError && !isRefused && <ErrorState error={remind.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t(($) => $.shell.action.cancel)}
            </Button>
            <Button type="submit" loading={remind.isPending}>
              {t(($) => $.connect.link.reminder.send)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
