// Giving an app user a sign-in: a link by which the person chooses a password, shown this once.
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createPasswordLink, getAppUser, listAppUsers, type AppUser } from '../../../../src/contract/api-people.ts';
import { useCall } from '../../api/queries.ts';
import { CopyField } from '../../ui/copy-field.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './people.module.css';

export function UserSignIn({ organisationId, user }: { organisationId: string; user: AppUser }) {
  const { t } = useTranslation();
  const [isOpen, dialog] = useDisclosure(false);
  const { signInEmail } = user;
  return (
    <Sheet title={t(($) => $.people.user.signIn.title)}>
      <p className={classes.small}>
        {signInEmail === null
          ? t(($) => $.people.user.signIn.hasNot)
          : t(($) => $.people.user.signIn.has, { email: signInEmail })}
      </p>
      <Button className={classes.after ?? ''} variant="default" size="xs" onClick={dialog.open}>
        {signInEmail === null ? t(($) => $.people.user.signIn.give) : t(($) => $.people.user.signIn.renew)}
      </Button>
      <Dialog
        opened={isOpen}
        onClose={dialog.close}
        title={t(($) => $.people.user.signIn.give)}
        closeOnClickOutside={false}
      >
        {isOpen && <LinkForm organisationId={organisationId} user={user} onDone={dialog.close} />}
      </Dialog>
    </Sheet>
  );
}

function LinkForm({ organisationId, user, onDone }: { organisationId: string; user: AppUser; onDone: () => void }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const [signInEmail, setSignInEmail] = useState(user.signInEmail ?? user.email ?? '');
  const create = useCall(createPasswordLink, { refreshes: [getAppUser, listAppUsers] });
  const name = user.displayName;
  if (create.data !== undefined) {
    return (
      <Stack>
        <Say tone="ok" live title={t(($) => $.people.user.signIn.ready)}>
          {t(($) => $.people.user.signIn.readyText, { name, time: moment(create.data.expiresAt) })}
        </Say>
        <CopyField label={t(($) => $.people.user.signIn.link)} value={create.data.url} />
        <Group justify="flex-end">
          <Button onClick={onDone}>{t(($) => $.people.user.signIn.done)}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ params: { organisationId, id: user.id }, body: { signInEmail: signInEmail.trim() } });
      }}
    >
      <Stack>
        <p className={classes.small}>{t(($) => $.people.user.signIn.lead, { name })}</p>
        {create.isError && <ErrorState error={create.error} />}
        <TextInput
          label={t(($) => $.people.user.signIn.email)}
          type="email"
          maxLength={254}
          value={signInEmail}
          onChange={(event) => setSignInEmail(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            {t(($) => $.shell.action.cancel)}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t(($) => $.people.user.signIn.create)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
