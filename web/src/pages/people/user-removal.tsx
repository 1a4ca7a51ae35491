// Removing an app user: always a person's decision, named and confirmed.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { removeAppUser, type AppUser } from '../../../../src/contract/api-people.ts';
import { useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import classes from './people.module.css';

export function UserRemoval({ organisationId, user }: { organisationId: string; user: AppUser }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [isOpen, dialog] = useDisclosure(false);
  const isSelf = useMembership().appUserId === user.id;
  const name = user.displayName;
  const remove = useCall(removeAppUser, {
    onSuccess: async () => {
      dialog.close();
      tell(t(($) => $.people.user.remove.done, { name }));
      await navigate({ to: paths.users(organisationId), replace: true, ignoreBlocker: true });
    },
  });
  return (
    <Sheet title={t(($) => $.people.user.remove.title)} lead={t(($) => $.people.user.remove.lead)}>
      <DisabledReason reason={isSelf ? t(($) => $.people.user.remove.self) : undefined}>
        <Button variant="outline" color="brick" size="xs" onClick={dialog.open}>
          {t(($) => $.people.user.remove.button)}
        </Button>
      </DisabledReason>
      <ConfirmDialog
        opened={isOpen}
        onClose={dialog.close}
        title={t(($) => $.people.user.remove.confirm, { name })}
        confirm={t(($) => $.people.user.remove.confirmButton, { count: 1 })}
        onConfirm={() => remove.mutate({ params: { organisationId, id: user.id } })}
        undo={t(($) => $.people.user.remove.undo)}
        busy={remove.isPending}
        error={remove.error}
        danger
      >
        <p className={classes.small}>{t(($) => $.people.user.remove.lead)}</p>
      </ConfirmDialog>
    </Sheet>
  );
}
