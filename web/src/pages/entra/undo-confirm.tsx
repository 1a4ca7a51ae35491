// The button that takes back, with how many, and the question before it.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { undo, type UndoKind, type UndoPlan } from '../../../../src/contract/api-undo.ts';
import type { Output } from '../../api/client.ts';
import { useCall } from '../../api/queries.ts';
import type { Selection } from '../../table/use-selection.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import classes from './entra.module.css';
import type { Undoing } from './undoing.ts';

interface UndoConfirmProps {
  undoing: Undoing;
  plan: UndoPlan;
  chosen: Selection;
  onDone: (result: Output<typeof undo>) => void;
}

export function UndoConfirm({ undoing, plan, chosen, onDone }: UndoConfirmProps) {
  const { t } = useTranslation();
  const { organisationId, kind, id, appUserId } = undoing;
  const [isOpen, dialog] = useDisclosure(false);
  const send = useCall(undo, {
    onSuccess: (result) => {
      dialog.close();
      onDone(result);
    },
  });
  const total = plan.fields + plan.links + plan.createdUsers;
  const left = plan.changedSince - chosen.count;
  const count = total - left;
  const reason = total === 0 ? t(($) => $.undo.nothing) : count === 0 ? t(($) => $.undo.nothingChosen) : undefined;
  const body = { overwrite: [...chosen.ids], ...(appUserId === null ? {} : { appUserId }) };
  return (
    <>
      <DisabledReason reason={reason}>
        <Button
          onClick={() => {
            send.reset();
            dialog.open();
          }}
        >
          {count === 0 ? t(($) => $.undo.buttonDeed) : t(($) => $.undo.confirm, { count })}
        </Button>
      </DisabledReason>
      {isOpen && (
        <ConfirmDialog
          opened
          onClose={dialog.close}
          title={t(($) => $.undo.dialog.title, { count })}
          confirm={t(($) => $.undo.confirm, { count })}
          undo={t(($) => $.undo.dialog.undo)}
          danger={plan.createdUsers > 0 && kind !== 'undo'}
          busy={send.isPending}
          error={send.error}
          onConfirm={() => send.mutate({ params: { organisationId, kind, id }, body })}
        >
          <div className={classes.dialogText}>
            {left === 0 && <What kind={kind} plan={plan} />}
            {chosen.count > 0 && <p>{t(($) => $.undo.dialog.overwrite, { count: chosen.count })}</p>}
            {left > 0 && <p>{t(($) => $.undo.dialog.left, { count: left })}</p>}
            <p>{t(($) => $.undo.stays.title)}</p>
          </div>
        </ConfirmDialog>
      )}
    </>
  );
}

function What({ kind, plan: { fields, links, createdUsers } }: { kind: UndoKind; plan: UndoPlan }) {
  const { t } = useTranslation();
  return (
    <p className={classes.strong}>
      {fields > 0 && t(($) => $.undo.dialog.fields, { count: fields })}{' '}
      {links > 0 && t(($) => $.undo.dialog.links, { count: links })}{' '}
      {createdUsers > 0 && t(($) => $.undo.dialog[kind === 'undo' ? 'users' : 'createdUsers'], { count: createdUsers })}
    </p>
  );
}
