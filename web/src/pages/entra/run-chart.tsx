// The last thirty runs as bars: changed values each, and the way to the run.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listRuns, type Run } from '../../../../src/contract/api-runs.ts';
import { routeQuery } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';
import { isOpenRun, isSync } from './latest-run.ts';

const runsMax = 30;
const labelledFrom = 12;

export function RunChart({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const runs = useQuery(routeQuery(listRuns, { params: { organisationId }, query: { limit: runsMax } }));
  const items = runs.data?.items.filter(isSync);
  return (
    <Sheet title={t(($) => $.overview.chart.title)}>
      {runs.isError && items === undefined && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {items !== undefined && items.length === 0 && <p className={classes.small}>{t(($) => $.overview.chart.empty)}</p>}
      {items !== undefined && items.length > 0 && <Bars organisationId={organisationId} runs={items.toReversed()} />}
    </Sheet>
  );
}

/** The oldest first, as time goes. */
function Bars({ organisationId, runs }: { organisationId: string; runs: readonly Run[] }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const most = Math.max(...runs.map((run) => run.counts.changedFields));
  const first = runs[0];
  const last = runs.at(-1);
  const wordsOf = (run: Run) => {
    const said = { moment: moment(run.createdAt) };
    if (isOpenRun(run)) return t(($) => $.overview.chart.barRunning, said);
    if (run.state === 'held') return t(($) => $.overview.chart.barHeld, { ...said, count: run.counts.changedFields });
    if (run.state !== 'ok') return t(($) => $.overview.chart.barFailed, said);
    return t(($) => $.overview.chart.bar, { ...said, count: run.counts.changedFields });
  };
  return (
    <>
      {most > 0 && <p className={classes.small}>{t(($) => $.overview.chart.most, { count: most })}</p>}
      <ol className={classes.bars}>
        {runs.map((run) => (
          <li key={run.id} title={wordsOf(run)}>
            <AppLink to={paths.entraRun(organisationId, run.id)} className={classes.barLink} aria-label={wordsOf(run)}>
              <span
                className={`${classes.bar} ${lookOf(run)}`}
                style={{ height: most === 0 ? 0 : `${(run.counts.changedFields / most) * 100}%` }}
              />
            </AppLink>
          </li>
        ))}
      </ol>
      {first !== undefined && last !== undefined && (
        <div className={classes.axis} aria-hidden>
          {/* Few bars stand at the right edge: the two ends would be one. */}
          <span>{runs.length >= labelledFrom && moment(first.createdAt)}</span>
          <span>{moment(last.createdAt)}</span>
        </div>
      )}
      <p className={`${classes.small} ${classes.hint}`}>{t(($) => $.overview.chart.hint)}</p>
      {runs.some((run) => run.state === 'failed' || run.state === 'retrying') && (
        <p className={classes.legend}>
          <span className={classes.legendMark} aria-hidden /> {t(($) => $.overview.chart.failedLegend)}
        </p>
      )}
      {runs.some((run) => run.state === 'held') && (
        <p className={classes.legend}>
          <span className={`${classes.legendMark} ${classes.barHeld}`} aria-hidden />{' '}
          {t(($) => $.overview.chart.heldLegend)}
        </p>
      )}
    </>
  );
}

function lookOf(run: Run): string {
  if (isOpenRun(run)) return classes.barOpen ?? '';
  if (run.state === 'held') return classes.barHeld ?? '';
  return run.state === 'ok' ? '' : (classes.barFailed ?? '');
}
