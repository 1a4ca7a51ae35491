// *Förhandsgranska*: starts a preview of the saved settings, or of a draft, and leads to it.
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { startPreview, type Draft } from '../../../../src/contract/api-preview.ts';
import { listRuns } from '../../../../src/contract/api-runs.ts';
import { useCall } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { isOpenRun, useLatestRun } from './latest-run.ts';
import { useRunTrouble } from './sync-now.tsx';

interface PreviewButtonProps {
  organisationId: string;
  /** Settings that are not saved. */
  draft?: Draft | undefined;
  /** Why there is nothing to preview. */
  reason?: string | undefined;
  label?: string;
  size?: 'xs' | 'sm';
}

export function PreviewButton({ organisationId, draft, reason, label, size = 'sm' }: PreviewButtonProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const run = useLatestRun(organisationId);
  const tellTrouble = useRunTrouble(organisationId);
  const start = useCall(startPreview, {
    refreshes: [listRuns],
    // The preview keeps the draft, and leads back to it: nothing is lost by leaving.
    onSuccess: ({ id }) => navigate({ to: paths.entraPreview(organisationId, id), ignoreBlocker: true }),
  });
  const why = reason ?? (isOpenRun(run) ? t(($) => $.preview.buttonRunning) : undefined);
  const body = draft === undefined ? {} : { draft };
  return (
    <DisabledReason reason={why}>
      <Button
        variant="default"
        size={size}
        loading={start.isPending}
        onClick={() => start.mutate({ params: { organisationId }, body }, { onError: tellTrouble })}
      >
        {label ?? t(($) => $.preview.button)}
      </Button>
    </DisabledReason>
  );
}
