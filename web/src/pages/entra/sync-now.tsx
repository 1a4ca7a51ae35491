// *Synkronisera nu*: starts a run, or says why it cannot; and tells when a run that one has seen going on has ended.
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { listRuns, startRun } from '../../../../src/contract/api-runs.ts';
import { useCall } from '../../api/queries.ts';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { useErrorWords } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { tell } from '../../ui/told.ts';
import { isOpenRun, useLatestRun, useRunEnd } from './latest-run.ts';
import { useRunWords } from './run-words.ts';

export function SyncNow({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const run = useLatestRun(organisationId);
  const { endedWords } = useRunWords();
  const errorWords = useErrorWords();
  useRunEnd(organisationId, run, (ended) => tell(endedWords(ended)));
  const start = useCall(startRun, {
    refreshes: [listRuns],
    onSuccess: () => tell(t(($) => $.overview.started)),
  });
  const begin = () =>
    start.mutate(
      { params: { organisationId } },
      {
        onError: (error) => {
          const { title, next } = errorWords(error);
          tell(`${title} ${next}`);
        },
      },
    );
  return (
    <DisabledReason reason={isOpenRun(run) ? t(($) => $.overview.running) : undefined}>
      <Button leftSection={<IconRefresh {...iconProps} />} loading={start.isPending} onClick={begin}>
        {t(($) => $.overview.syncNow)}
      </Button>
    </DisabledReason>
  );
}
