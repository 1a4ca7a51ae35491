// One run: how it went, what it arrived at, what it changed field by field, and what it could not take care of.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { getRun, listRunChanges, type Run } from '../../../../src/contract/api-runs.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership, useParam } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Figure } from '../../ui/figure.tsx';
import { useFormat } from '../../ui/format.ts';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Say } from '../../ui/say.tsx';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './entra.module.css';
import { HeldRun } from './held-run.tsx';
import { isOpenRun, runMilliseconds, useRunEnd } from './latest-run.ts';
import { RunCause } from './run-cause.tsx';
import { RunChanges } from './run-changes.tsx';
import { RunIssues } from './run-issues.tsx';
import { RunProgress } from './run-progress.tsx';

const pollMilliseconds = 1000;

export function EntraRun() {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { id: organisationId } = useMembership();
  const id = useParam('runId');
  const run = useQuery({
    ...routeQuery(getRun, { params: { organisationId, id } }),
    refetchInterval: ({ state }) => isOpenRun(state.data) && pollMilliseconds,
  });
  useRunEnd(organisationId, run.data);
  const title = run.data === undefined ? '…' : t(($) => $.runs.run.title, { moment: moment(run.data.createdAt) });
  const crumbs = usePeopleCrumbs(
    { label: t(($) => $.settings.title), to: paths.entraOverview(organisationId) },
    { label: t(($) => $.runs.title), to: paths.entraRuns(organisationId) },
    { label: title },
  );
  return (
    <>
      <Crumbs items={crumbs} />
      {run.isPending && <Loading />}
      {run.isError && run.data === undefined && <ErrorState error={run.error} onRetry={() => void run.refetch()} />}
      {run.data !== undefined && <Found organisationId={organisationId} run={run.data} title={title} />}
    </>
  );
}

function Found({ organisationId, run, title }: { organisationId: string; run: Run; title: string }) {
  const lead = <Lead run={run} />;
  if (run.trigger === 'preview') return <Navigate to={paths.entraPreview(organisationId, run.id)} replace />;
  if (run.state === 'held') return <Held organisationId={organisationId} run={run} title={title} lead={lead} />;
  return (
    <>
      <PageHeader
        title={title}
        lead={lead}
        {...(run.state === 'ok' ? { actions: <UndoRun organisationId={organisationId} run={run} /> } : {})}
      />
      <Content organisationId={organisationId} run={run} />
    </>
  );
}

interface HeldProps {
  organisationId: string;
  run: Run;
  title: string;
  lead: ReactNode;
}

function Held({ organisationId, run, title, lead }: HeldProps) {
  const { t } = useTranslation();
  const params = { organisationId, id: run.id };
  const listed = useQuery(routeQuery(listRunChanges, { params, query: { limit: 1 } })).data;
  const changed = Math.max(run.counts.changedFields, listed?.total ?? 0);
  return (
    <HeldRun organisationId={organisationId} run={run} title={title} lead={lead} changed={changed}>
      {run.counts.issues > 0 && <RunIssues organisationId={organisationId} runId={run.id} />}
      {changed > 0 && (
        <RunChanges
          organisationId={organisationId}
          runId={run.id}
          actions={
            <LinkButton to={paths.entraUndo(organisationId, 'run', run.id)} variant="default" size="xs">
              {t(($) => $.undo.button)}
            </LinkButton>
          }
        />
      )}
    </HeldRun>
  );
}

function UndoRun({ organisationId, run }: { organisationId: string; run: Run }) {
  const { t } = useTranslation();
  const label = t(($) => $.undo.button);
  if (run.counts.changedFields === 0) {
    return (
      <DisabledReason reason={t(($) => $.undo.buttonNothing)}>
        <Button variant="default">{label}</Button>
      </DisabledReason>
    );
  }
  return (
    <LinkButton to={paths.entraUndo(organisationId, 'run', run.id)} variant="default">
      {label}
    </LinkButton>
  );
}

/** Who started it, how long it took, how many it went through, and what that asked of Microsoft. */
function Lead({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { duration } = useFormat();
  const trigger =
    run.trigger === 'manual' && run.requestedBy !== null
      ? t(($) => $.runs.triggerBy, { name: run.requestedBy })
      : t(($) => $.runs.triggers[run.trigger]);
  const isDone = run.state === 'ok' || run.state === 'held';
  const parts = [
    `${trigger}.`,
    t(($) => $.runs.run.lead[run.state], { duration: duration(runMilliseconds(run) ?? 0) }),
    ...(run.attempt > 1 ? [t(($) => $.runs.run.attempt, { count: run.attempt })] : []),
    ...(!isDone && run.counts.requests > 0 ? [t(($) => $.runs.run.requests, { count: run.counts.requests })] : []),
    ...(run.counts.tries > 1 ? [t(($) => $.runs.run.tries, { count: run.counts.tries })] : []),
    ...(isDone
      ? [
          t(($) => $.runs.run.read, { count: run.counts.people }),
          t(($) => $.runs.run.requests, { count: run.counts.requests }),
        ]
      : []),
  ];
  return parts.join(' ');
}

function Content({ organisationId, run }: { organisationId: string; run: Run }) {
  const { t } = useTranslation();
  if (isOpenRun(run)) {
    return (
      <div className={`${classes.stack} ${classes.below}`}>
        <RunProgress run={run} />
      </div>
    );
  }
  if (run.state !== 'ok') return <Stopped run={run} />;
  return (
    <div className={`${classes.stack} ${classes.below}`}>
      {isNothing(run) && (
        <Say tone="ok" title={t(($) => $.runs.run.okNothing.title)}>
          {t(($) => $.runs.run.okNothing.text)}
        </Say>
      )}
      <Ended run={run} />
      <Figures organisationId={organisationId} run={run} />
      {run.counts.issues > 0 && <RunIssues organisationId={organisationId} runId={run.id} />}
      <RunChanges organisationId={organisationId} runId={run.id} />
    </div>
  );
}

/** Held before, and taken back by the directory. */
function Ended({ run: { counts } }: { run: Run }) {
  const { t } = useTranslation();
  if (counts.holdsEnded === 0) return null;
  return <Say tone="ok" title={t(($) => $.held.ended, { count: counts.holdsEnded })} />;
}

const unknownCause = { code: 'internal', detail: null, graphRequestId: null, clientRequestId: null } as const;

/** A run that did not get to its end has changed nothing: why it ended is all there is. */
function Stopped({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { code, ...cause } = run.error ?? unknownCause;
  return (
    <div className={`${classes.stack} ${classes.below}`}>
      <Say tone={run.state === 'failed' ? 'bad' : 'hold'} title={t(($) => $.errors[code].title)}>
        <RunCause code={code} {...cause}>
          {run.retryAt !== null && <p>{t(($) => $.runs.run.retryAt, { moment: moment(run.retryAt) })}</p>}
        </RunCause>
      </Say>
    </div>
  );
}

function Figures({ organisationId, run: { counts } }: { organisationId: string; run: Run }) {
  const { t } = useTranslation();
  const list = (name: 'available' | 'gone' | 'linked') => paths.entraUsers(organisationId, name);
  return (
    <ul className={classes.figures} aria-label={t(($) => $.runs.run.figures)}>
      <li>
        <Figure value={counts.people} label={t(($) => $.runs.run.people)} />
      </li>
      <li>
        <Figure value={counts.newPeople} label={t(($) => $.runs.run.newPeople)} to={list('available')} />
      </li>
      <li>
        <Figure value={counts.changedUsers} label={t(($) => $.runs.run.changedUsers)} />
      </li>
      <li>
        <Figure value={counts.changedFields} label={t(($) => $.runs.run.changedFields)} />
      </li>
      <li>
        <Figure value={counts.gone} label={t(($) => $.runs.run.gone)} to={list('gone')} tone="hold" />
      </li>
      <li>
        <Figure value={counts.returned} label={t(($) => $.runs.run.returned)} to={list('linked')} />
      </li>
    </ul>
  );
}

function isNothing({ counts: { changedFields, gone, issues, holdsEnded } }: Run): boolean {
  return changedFields + gone + issues + holdsEnded === 0;
}
