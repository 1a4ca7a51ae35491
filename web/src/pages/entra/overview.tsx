// *Översikt*: the state in plain words, how many stand on each list, the runs, when it runs, the connection, and turning off.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getConnection, type Connection } from '../../../../src/contract/api-connection.ts';
import { getReviewCounts } from '../../../../src/contract/api-review.ts';
import { reviewLists } from '../../../../src/contract/situations.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Figure } from '../../ui/figure.tsx';
import { ConnectionFacts } from './connection-facts.tsx';
import { EntraFrame } from './entra-frame.tsx';
import classes from './entra.module.css';
import { isOpenRun, useLatestRun } from './latest-run.ts';
import { OverviewState } from './overview-state.tsx';
import { PreviewButton } from './preview-button.tsx';
import { RunChart } from './run-chart.tsx';
import { RunProgress } from './run-progress.tsx';
import { SyncNow } from './sync-now.tsx';
import { TurnOff } from './turn-off.tsx';
import { WhenItRuns } from './when-it-runs.tsx';

export function EntraOverview() {
  const { id: organisationId } = useMembership();
  const connection = useQuery(routeQuery(getConnection, { params: { organisationId } })).data?.connection;
  return (
    <EntraFrame
      actions={
        <>
          <PreviewButton organisationId={organisationId} />
          <SyncNow organisationId={organisationId} />
        </>
      }
    >
      {connection !== undefined && connection !== null && (
        <Overview organisationId={organisationId} connection={connection} />
      )}
    </EntraFrame>
  );
}

function Overview({ organisationId, connection }: { organisationId: string; connection: Connection }) {
  const run = useLatestRun(organisationId);
  return (
    <div className={classes.stack}>
      {isOpenRun(run) && <RunProgress run={run} />}
      <OverviewState organisationId={organisationId} connection={connection} run={run} />
      <Figures organisationId={organisationId} />
      <div className={classes.columns}>
        <RunChart organisationId={organisationId} />
        <WhenItRuns organisationId={organisationId} connection={connection} />
      </div>
      <div className={classes.columns}>
        <ConnectionFacts connection={connection} />
        <TurnOff organisationId={organisationId} connection={connection} />
      </div>
    </div>
  );
}

/** Every situation, each leading to its list. */
function Figures({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const counts = useQuery(routeQuery(getReviewCounts, { params: { organisationId } }));
  if (counts.isError && counts.data === undefined) {
    return <ErrorState error={counts.error} onRetry={() => void counts.refetch()} />;
  }
  const { data } = counts;
  const isRead = data !== undefined && data.people !== null;
  return (
    <ul className={classes.figures} aria-label={t(($) => $.overview.figures)}>
      {reviewLists.map((list) => (
        <li key={list}>
          <Figure
            // Before the first run nobody knows how many there are in Entra ID; app users are known anyway.
            value={data !== undefined && (isRead || list === 'app_only') ? data[list] : null}
            label={t(($) => $.review.list[list])}
            to={paths.entraUsers(organisationId, list)}
            {...(list === 'gone' ? { tone: 'hold' as const } : {})}
          />
        </li>
      ))}
    </ul>
  );
}
