// How things stand, in words: what is wrong and what to do about it, or when all was last in step; and who waits for a decision.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Connection } from '../../../../src/contract/api-connection.ts';
import type { z } from 'zod';
import { getReviewCounts, type reviewCountsSchema } from '../../../../src/contract/api-review.ts';
import type { Run } from '../../../../src/contract/api-runs.ts';
import type { ErrorCode } from '../../../../src/contract/errors.ts';
import { routeQuery } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { useFormat } from '../../ui/format.ts';
import { Say } from '../../ui/say.tsx';
import { Expiry } from './expiry.tsx';
import { GoneGroups } from './gone-groups.tsx';
import { HeldBanner } from './held-banner.tsx';
import { isOpenRun } from './latest-run.ts';
import { RunCause } from './run-cause.tsx';
import { TurnOffButton } from './turn-off.tsx';
import { useRunWords } from './run-words.ts';

type ReviewCounts = z.infer<typeof reviewCountsSchema>;

interface OverviewStateProps {
  organisationId: string;
  connection: Connection;
  run: Run | null | undefined;
}

export function OverviewState(props: OverviewStateProps) {
  return (
    <>
      <GoneGroups organisationId={props.organisationId} connection={props.connection} />
      <HeldBanner organisationId={props.organisationId} />
      <State {...props} />
      <Expiry connection={props.connection} />
      <Decide organisationId={props.organisationId} />
    </>
  );
}

function State({ organisationId, connection, run }: OverviewStateProps) {
  if (connection.status === 'blocked' && connection.trouble !== null) {
    return <Blocked organisationId={organisationId} connection={connection} trouble={connection.trouble} />;
  }
  if (run === undefined || isOpenRun(run)) return null;
  if (run === null) return <NeverRun connection={connection} />;
  if (run.state === 'ok' || run.state === 'held')
    return <InStep organisationId={organisationId} connection={connection} run={run} />;
  return <Failed organisationId={organisationId} run={run} />;
}

// Consent is given by connecting again, or in Microsoft's own pages.
const needsConsent: ReadonlySet<ErrorCode> = new Set(['graph_consent_revoked', 'graph_permission_missing']);

interface BlockedProps {
  organisationId: string;
  connection: Connection;
  trouble: NonNullable<Connection['trouble']>;
}

function Blocked({ organisationId, connection, trouble }: BlockedProps) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { code, since, graphRequestId } = trouble;
  return (
    <Say
      tone="bad"
      title={t(($) => $.overview.state.blocked.title, { title: t(($) => $.errors[code].title) })}
      {...(needsConsent.has(code) && {
        action: (
          <LinkButton to={paths.entraConnect(organisationId)} size="xs">
            {t(($) => $.overview.state.blocked.again)}
          </LinkButton>
        ),
      })}
      {...(code === 'graph_tenant_gone' && {
        action: (
          <>
            <TurnOffButton {...{ organisationId, connection }} label={t(($) => $.overview.off.button)} />
            <TurnOffButton {...{ organisationId, connection }} label={t(($) => $.overview.state.blocked.another)} />
          </>
        ),
      })}
    >
      <RunCause code={code} graphRequestId={graphRequestId}>
        <p>
          {code === 'graph_tenant_gone'
            ? t(($) => $.overview.state.blocked.weekly)
            : t(($) => $.overview.state.blocked.how)}{' '}
          {t(($) => $.overview.state.blocked.since, { moment: moment(since) })}
        </p>
      </RunCause>
    </Say>
  );
}

function NeverRun({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  return (
    <Say tone="info" title={t(($) => $.overview.state.never.title)}>
      {connection.nextRunAt === null
        ? t(($) => $.overview.state.never.manual)
        : t(($) => $.overview.state.never.daily, { moment: moment(connection.nextRunAt) })}
    </Say>
  );
}

function InStep({ organisationId, connection, run }: { organisationId: string; connection: Connection; run: Run }) {
  const { t } = useTranslation();
  const { okWords } = useRunWords();
  const counts = useQuery(routeQuery(getReviewCounts, { params: { organisationId } })).data;
  const { issues } = run.counts;
  const start = startOf(counts);
  const isWhole = run.state === 'ok' && connection.goneGroups.every(({ backAt }) => backAt !== null);
  const inStep = isWhole ? t(($) => $.overview.state.ok.title) : t(($) => $.overview.state.ok.titleExcept);
  const title = start === null ? inStep : t(($) => $.overview.state.ok.titleFirst);
  return (
    <Say
      tone="ok"
      title={title}
      {...(start === null && issues === 0
        ? {}
        : {
            action: (
              <>
                {start !== null && (
                  <LinkButton to={paths.entraUsers(organisationId, start)} size="xs" variant="default">
                    {start === 'suggested'
                      ? t(($) => $.review.empty.toSuggested)
                      : t(($) => $.review.empty.toAvailable)}
                  </LinkButton>
                )}
                {issues > 0 && (
                  <LinkButton to={paths.entraRun(organisationId, run.id)} size="xs" variant="default">
                    {t(($) => $.overview.state.ok.showIssues)}
                  </LinkButton>
                )}
              </>
            ),
          })}
    >
      {okWords(run)} {issues > 0 && t(($) => $.overview.state.ok.issues, { count: issues })}
    </Say>
  );
}

/** As long as nobody is linked: the list to begin with. */
function startOf(counts: ReviewCounts | undefined): 'suggested' | 'available' | null {
  if (counts === undefined || counts.linked > 0) return null;
  if (counts.suggested > 0) return 'suggested';
  return counts.available > 0 ? 'available' : null;
}

function Failed({ organisationId, run }: { organisationId: string; run: Run }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { code, ...cause } = run.error ?? {
    code: 'internal' as const,
    detail: null,
    graphRequestId: null,
    clientRequestId: null,
  };
  const isFailed = run.state !== 'superseded';
  return (
    <Say
      tone={run.state === 'failed' ? 'bad' : 'hold'}
      title={
        isFailed
          ? t(($) => $.overview.state.failed.title, { title: t(($) => $.errors[code].title) })
          : t(($) => $.overview.state.superseded.title)
      }
      action={
        <>
          {code === 'run_scope_group_hidden' && (
            <LinkButton to={paths.entraGroups(organisationId)} size="xs">
              {t(($) => $.overview.state.failed.toGroups)}
            </LinkButton>
          )}
          <LinkButton to={paths.entraRun(organisationId, run.id)} size="xs" variant="default">
            {t(($) => $.overview.state.failed.open)}
          </LinkButton>
        </>
      }
    >
      <RunCause code={code} {...cause}>
        <p>
          {t(($) => $.overview.state.failed.when, { moment: moment(run.finishedAt ?? run.createdAt) })}
          {run.retryAt !== null && ` ${t(($) => $.runs.run.retryAt, { moment: moment(run.retryAt) })}`}
        </p>
      </RunCause>
    </Say>
  );
}

function Decide({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const gone = useQuery(routeQuery(getReviewCounts, { params: { organisationId } })).data?.gone ?? 0;
  if (gone === 0) return null;
  return (
    <Say
      tone="hold"
      title={t(($) => $.overview.decide.title, { count: gone })}
      action={
        <LinkButton to={paths.entraUsers(organisationId, 'gone')} size="xs" variant="default">
          {t(($) => $.overview.decide.button)}
        </LinkButton>
      }
    >
      {t(($) => $.overview.decide.text)}
    </Say>
  );
}
