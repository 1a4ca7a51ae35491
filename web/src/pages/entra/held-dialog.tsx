// Asks before a decision about several held rows: what it does and to how many, and how it is taken back.
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import classes from './entra.module.css';
import { countOf, type Decision } from './held-decide.ts';

interface HeldDialogProps {
  decision: Decision;
  busy: boolean;
  error: unknown;
  onConfirm: (decision: Decision) => void;
  onClose: () => void;
}

export function HeldDialog({ decision, busy, error, onConfirm, onClose }: HeldDialogProps) {
  const { t } = useTranslation();
  const { what } = decision;
  const { count, absences, changes } = countOf(decision);
  const undo =
    what !== 'approve'
      ? t(($) => $.held.dialog[what].undo)
      : [
          ...(changes > 0 ? [t(($) => $.held.dialog.approve.undoChanges)] : []),
          ...(absences > 0 ? [t(($) => $.held.dialog.approve.undoAbsences)] : []),
        ].join(' ');
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(($) => $.held.dialog[what].title, { count })}
      confirm={t(($) => $.held.dialog[what].confirm, { count })}
      undo={undo}
      busy={busy}
      error={error}
      onConfirm={() => onConfirm(decision)}
    >
      <div className={classes.dialogText}>
        {what === 'approve' ? (
          <>
            {absences > 0 && <p>{t(($) => $.held.dialog.approve.absences, { count: absences })}</p>}
            {changes > 0 && <p>{t(($) => $.held.dialog.approve.changes, { count: changes })}</p>}
          </>
        ) : (
          <p>{t(($) => $.held.dialog[what].text)}</p>
        )}
      </div>
    </ConfirmDialog>
  );
}
