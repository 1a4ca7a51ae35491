// Asks before something is done to people of a list: what, to how many and whom, and how to undo it.
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useFormat } from '../../ui/format.ts';
import classes from './entra.module.css';
import { rowName, type Deed } from './review-deed.ts';

const namesMax = 5;

interface ReviewDialogProps {
  deed: Deed;
  /** How many of the chosen are left out, because they have several candidates. */
  skipped: number;
  busy: boolean;
  error: unknown;
  onConfirm: (deed: Deed) => void;
  onClose: () => void;
}

export function ReviewDialog({ deed, skipped, busy, error, onConfirm, onClose }: ReviewDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const { what, rows } = deed;
  const count = rows.length;
  const one = count === 1 ? rows[0] : undefined;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={
        one === undefined
          ? t(($) => $.review.dialog[what].title, { count })
          : t(($) => $.review.dialog[what].titleOne, { name: rowName(one) })
      }
      confirm={t(($) => $.review.actionMany[what], { count })}
      onConfirm={() => onConfirm(what === 'ignore' ? { ...deed, reason: reason.trim() } : deed)}
      undo={t(($) => $.review.dialog[what].undo)}
      danger={what === 'remove'}
      busy={busy}
      error={error}
    >
      <div className={classes.dialogText}>
        {one === undefined && <Names deed={deed} />}
        <p>{t(($) => $.review.dialog[what].text)}</p>
        {what === 'remove' && <p>{t(($) => $.review.dialog.remove.byYou)}</p>}
        {skipped > 0 && <p>{t(($) => $.review.linkSkips, { count: skipped })}</p>}
        {what === 'ignore' && (
          <TextInput
            label={t(($) => $.review.dialog.ignore.reason)}
            description={t(($) => $.review.dialog.ignore.reasonHint)}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={200}
            data-autofocus
          />
        )}
      </div>
    </ConfirmDialog>
  );
}

function Names({ deed: { rows } }: { deed: Deed }) {
  const { t } = useTranslation();
  const { list } = useFormat();
  const names = rows.slice(0, namesMax).map(rowName);
  const rest = rows.length - namesMax;
  return (
    <p className={classes.strong}>{list(rest > 0 ? [...names, t(($) => $.review.more, { count: rest })] : names)}</p>
  );
}
