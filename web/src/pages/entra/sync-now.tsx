// *Synkronisera nu*: starts a run, or says why it cannot; and tells when a run that one has seen going on has ended.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { listRuns, startRun } from '../../../../src/contract/api-runs.ts';
import { refresh, useCall } from '../../api/queries.ts';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { useErrorWords } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { tell, tellProblem } from '../../ui/told.ts';
import { isOpenRun, useLatestRun, useRunEnd } from './latest-run.ts';
import { useRunWords } from './run-words.ts';

/** Once on a page, in its head. */
export function SyncNow({ organisationId }: { organisationId: string }) {
  const { endedWords } = useRunWords();
  useRunEnd(organisationId, useLatestRun(organisationId), (ended) => tell(endedWords(ended)));
  return <SyncButton organisationId={organisationId} />;
}

export function SyncButton({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const run = useLatestRun(organisationId);
  const tellTrouble = useRunTrouble(organisationId);
  const start = useCall(startRun, {
    refreshes: [listRuns],
    onSuccess: () => tell(t(($) => $.overview.started)),
  });
  return (
    <DisabledReason reason={isOpenRun(run) ? t(($) => $.overview.running) : undefined}>
      <Button
        leftSection={<IconRefresh {...iconProps} />}
        loading={start.isPending}
        onClick={() => start.mutate({ params: { organisationId } }, { onError: tellTrouble })}
      >
        {t(($) => $.overview.syncNow)}
      </Button>
    </DisabledReason>
  );
}

/** Says why a run could not start. */
export function useRunTrouble(organisationId: string): (error: Error) => void {
  const queryClient = useQueryClient();
  const errorWords = useErrorWords();
  return (error) => {
    const { title, next } = errorWords(error);
    tellProblem(`${title} ${next}`);
    // What the page shows is older than what the server knows.
    void refresh(queryClient, organisationId);
  };
}
