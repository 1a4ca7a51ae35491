// *Spara och godkänn*: saves the draft that a preview was made from, and approves exactly its plan. When something has changed
// meanwhile, nothing is saved, and a new preview is offered.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { saveFields, saveGroups } from '../../../../src/contract/api-connection.ts';
import type { Draft, Preview } from '../../../../src/contract/api-preview.ts';
import { isApiError } from '../../api/api-error.ts';
import { useCall } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { useErrorWords } from '../../ui/error-state.tsx';
import { Say } from '../../ui/say.tsx';
import { tell } from '../../ui/told.ts';
import classes from './entra.module.css';
import { HeldWhy } from './held-why.tsx';
import { PreviewButton } from './preview-button.tsx';

interface Saving {
  organisationId: string;
  preview: Preview;
  isPending: boolean;
  error: unknown;
  isPlanChanged: boolean;
  save: () => void;
  reset: () => void;
}

export function useSavePreview(organisationId: string, preview: Preview): Saving {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { draft, hash, run } = preview;
  const onSuccess = async () => {
    tell(t(($) => $.preview.save.saved));
    await navigate({ to: paths.entraOverview(organisationId) });
  };
  const params = { organisationId };
  const fields = useCall(saveFields, { onSuccess });
  const groups = useCall(saveGroups, { onSuccess });
  const error = groups.error ?? fields.error;
  return {
    organisationId,
    preview,
    isPending: groups.isPending || fields.isPending,
    error,
    isPlanChanged: isApiError(error, 'plan_changed'),
    save: () => {
      if (hash === null) return;
      const approves = { previewId: run.id, hash };
      if (draft?.groups !== undefined) groups.mutate({ params, body: { ...draft.groups, approves } });
      else if (draft?.fields !== undefined) fields.mutate({ params, body: { ...draft.fields, approves } });
    },
    reset: () => {
      groups.reset();
      fields.reset();
    },
  };
}

export function SavePreview({ organisationId, preview, isPending, error, isPlanChanged, save, reset }: Saving) {
  const { t } = useTranslation();
  const [isOpen, dialog] = useDisclosure(false);
  const { counts, held } = preview;
  const reason =
    preview.hash === null
      ? t(($) => $.preview.save.failed)
      : preview.isCurrent && !isPlanChanged
        ? undefined
        : t(($) => $.preview.save.old);
  return (
    <>
      <DisabledReason reason={reason}>
        <Button
          onClick={() => {
            reset();
            dialog.open();
          }}
        >
          {t(($) => $.preview.save.button)}
        </Button>
      </DisabledReason>
      {isOpen && !isPlanChanged && (
        <ConfirmDialog
          opened
          onClose={dialog.close}
          title={t(($) => $.preview.save.title)}
          confirm={t(($) => $.preview.save.button)}
          undo={t(($) => $.preview.save.undo)}
          busy={isPending}
          error={error}
          onConfirm={save}
        >
          <div className={classes.dialogText}>
            {(counts.changed > 0 || counts.gone > 0) && (
              <p className={classes.strong}>
                {counts.changed > 0 && t(($) => $.preview.save.changed, { count: counts.changed })}{' '}
                {counts.gone > 0 && t(($) => $.preview.save.gone, { count: counts.gone })}
              </p>
            )}
            {held.length > 0 && <HeldWhy organisationId={organisationId} why={held} />}
            <p>{t(($) => $.preview.save.text)}</p>
          </div>
        </ConfirmDialog>
      )}
    </>
  );
}

interface PlanChangedProps {
  organisationId: string;
  draft: Draft | null;
  error: unknown;
}

export function PlanChanged({ organisationId, draft, error }: PlanChangedProps) {
  const { t } = useTranslation();
  const { title, next } = useErrorWords()(error);
  return (
    <Say
      tone="hold"
      title={title}
      live
      action={
        <PreviewButton
          organisationId={organisationId}
          draft={draft ?? undefined}
          label={t(($) => $.preview.again)}
          size="xs"
        />
      }
    >
      {next}
    </Say>
  );
}
