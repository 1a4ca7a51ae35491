// *Körningar*: every sync, latest first, each leading to what it did. Readable also after the sync was turned off.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { getConnection } from '../../../../src/contract/api-connection.ts';
import { listRuns, type Run } from '../../../../src/contract/api-runs.ts';
import { routePages, routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { EntraFrame } from './entra-frame.tsx';
import classes from './entra.module.css';
import { isOpenRun, isSync, runMilliseconds, useLatestRun } from './latest-run.ts';
import { RunProgress } from './run-progress.tsx';
import { RunState } from './run-state.tsx';
import { SyncButton, SyncNow } from './sync-now.tsx';

export function EntraRuns() {
  const { id: organisationId } = useMembership();
  const known = useQuery(routeQuery(getConnection, { params: { organisationId } })).data;
  const connection = known?.connection;
  const canSync = connection?.status === 'active' || connection?.status === 'blocked';
  return (
    <EntraFrame isHistory actions={canSync && <SyncNow organisationId={organisationId} />}>
      <Runs organisationId={organisationId} canSync={canSync} offSince={known?.earlier?.turnedOffAt ?? null} />
    </EntraFrame>
  );
}

interface RunsProps {
  organisationId: string;
  canSync: boolean;
  offSince: string | null;
}

function Runs({ organisationId, canSync, offSince }: RunsProps) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const latest = useLatestRun(organisationId);
  const density = useDensity();
  const pages = useInfiniteQuery(routePages(listRuns, { params: { organisationId }, query: {} }));
  const { data } = pages;
  return (
    <div className={classes.stack}>
      {isOpenRun(latest) && <RunProgress run={latest} />}
      {offSince !== null && (
        <Say
          tone="info"
          title={t(($) => $.runs.off.title, { moment: moment(offSince) })}
          action={
            <LinkButton to={paths.entraConnect(organisationId)} size="xs" variant="default">
              {t(($) => $.people.connect)}
            </LinkButton>
          }
        >
          {t(($) => $.runs.off.text)}
        </Say>
      )}
      <Sheet flush>
        <ListBar
          filters={<p className={classes.small}>{t(($) => $.runs.lead)}</p>}
          count={
            data === undefined
              ? undefined
              : data.totalIsCapped
                ? t(($) => $.runs.countMany, { count: data.total })
                : t(($) => $.runs.count, { count: data.total })
          }
          density={density}
        />
        <ListTable
          label={t(($) => $.runs.list)}
          pages={pages}
          columns={useColumns(organisationId, latest)}
          idOf={(run) => run.id}
          nameOf={(run) => run.createdAt}
          density={density[0]}
          empty={
            <EmptyState
              icon={IconHistory}
              title={t(($) => $.runs.empty.title)}
              {...(canSync ? { action: <SyncButton organisationId={organisationId} /> } : {})}
            >
              {t(($) => $.runs.empty.next)}
            </EmptyState>
          }
        />
      </Sheet>
    </div>
  );
}

/** `latest` is asked for every second: its row shows what is true now. */
function useColumns(organisationId: string, latest: Run | null | undefined): Column<Run>[] {
  const { t } = useTranslation();
  const { number, duration, moment } = useFormat();
  const now = (run: Run) => (latest?.id === run.id ? latest : run);
  const counted = (run: Run, count: number) => {
    const { state } = now(run);
    return isSync(run) && (state === 'ok' || state === 'held') ? number(count) : '–';
  };
  return [
    {
      key: 'when',
      header: t(($) => $.runs.when),
      render: (run) => (
        <AppLink
          to={paths.entraRun(organisationId, run.id)}
          className={classes.when}
          aria-label={t(($) => $.runs.open, { moment: moment(run.createdAt) })}
        >
          <Moment at={run.createdAt} />
        </AppLink>
      ),
    },
    { key: 'state', header: t(($) => $.runs.state), render: (run) => <RunState run={now(run)} /> },
    {
      key: 'trigger',
      header: t(($) => $.runs.trigger),
      optional: true,
      render: (run) =>
        run.trigger === 'manual' && run.requestedBy !== null
          ? t(($) => $.runs.triggerBy, { name: run.requestedBy })
          : t(($) => $.runs.triggers[run.trigger]),
    },
    {
      key: 'mode',
      header: t(($) => $.runs.mode),
      optional: true,
      render: (run) => {
        const { mode } = now(run);
        return mode !== null && t(($) => $.runs.modes[mode]);
      },
    },
    {
      key: 'people',
      header: t(($) => $.runs.people),
      align: 'number',
      optional: true,
      render: (run) => counted(run, now(run).counts.people),
    },
    {
      key: 'changes',
      header: t(($) => $.runs.changes),
      align: 'number',
      optional: true,
      render: (run) => counted(run, now(run).counts.changedFields),
    },
    {
      key: 'gone',
      header: t(($) => $.runs.gone),
      align: 'number',
      optional: true,
      render: (run) => counted(run, now(run).counts.gone),
    },
    {
      key: 'duration',
      header: t(($) => $.runs.duration),
      align: 'end',
      optional: true,
      render: (run) => {
        const milliseconds = runMilliseconds(now(run));
        return milliseconds !== null && duration(milliseconds);
      },
    },
  ];
}
