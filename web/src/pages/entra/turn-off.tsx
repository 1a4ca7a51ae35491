// *Stäng av synkroniseringen*: asked once more, with what stays and what stops. The page then gives way to connecting.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getConnection, turnOff, type Connection } from '../../../../src/contract/api-connection.ts';
import { useCall } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import classes from './entra.module.css';

interface TurnOffProps {
  organisationId: string;
  connection: Connection;
}

export function TurnOff(props: TurnOffProps) {
  const { t } = useTranslation();
  return (
    <Sheet title={t(($) => $.overview.off.title)}>
      <p className={classes.small}>{t(($) => $.overview.off.lead)}</p>
      <div className={classes.after}>
        <TurnOffButton {...props} label={t(($) => $.overview.off.button)} />
      </div>
    </Sheet>
  );
}

/** Once off, the page gives way to connecting: to another tenant as well as to the same. */
export function TurnOffButton({ organisationId, connection, label }: TurnOffProps & { label: string }) {
  const { t } = useTranslation();
  const [isOpen, dialog] = useDisclosure(false);
  const queryClient = useQueryClient();
  const off = useCall(turnOff, {
    // Then the page gives way. What else it shows would be refused: it is old, but not asked for again.
    refreshes: [getConnection],
    onSuccess: async () => {
      dialog.close();
      tell(t(($) => $.overview.off.done));
      await queryClient.invalidateQueries({ queryKey: [organisationId], refetchType: 'none' });
    },
  });
  const close = () => {
    off.reset();
    dialog.close();
  };
  return (
    <>
      <Button variant="outline" color="brick" size="xs" onClick={dialog.open}>
        {label}
      </Button>
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        title={t(($) => $.overview.off.dialog)}
        confirm={t(($) => $.overview.off.button)}
        onConfirm={() => off.mutate({ params: { organisationId } })}
        undo={t(($) => $.overview.off.undo)}
        busy={off.isPending}
        error={off.error}
        danger
      >
        <ul className={classes.keeps}>
          <li>{t(($) => $.overview.off.keeps)}</li>
          <li>{t(($) => $.overview.off.stops, { tenant: connection.tenantName })}</li>
          <li>{t(($) => $.overview.off.asks)}</li>
        </ul>
      </ConfirmDialog>
    </>
  );
}
