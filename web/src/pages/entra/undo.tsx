// *Ångra*: what would be put back of a run, a deed or an earlier undoing, what has changed since, and the way to do it. For all, or
// for one person only.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getAppUser } from '../../../../src/contract/api-people.ts';
import { getRun } from '../../../../src/contract/api-runs.ts';
import {
  getUndoPlan,
  undoKindSchema,
  type undo,
  type UndoKind,
  type UndoPlan,
} from '../../../../src/contract/api-undo.ts';
import type { Output } from '../../api/client.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership, useParam } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { useSelection } from '../../table/use-selection.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Figure } from '../../ui/figure.tsx';
import { useFormat } from '../../ui/format.ts';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Say } from '../../ui/say.tsx';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { NotFound } from '../shell/failures.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './entra.module.css';
import { UndoConfirm } from './undo-confirm.tsx';
import { UndoDone } from './undo-done.tsx';
import { UndoRows } from './undo-rows.tsx';
import looks from './trust.module.css';
import type { Undoing } from './undoing.ts';

export function EntraUndo() {
  const { id: organisationId } = useMembership();
  const kind = undoKindSchema.safeParse(useParam('undoKind'));
  const id = useParam('undoId');
  const [user] = useSearchParam('user');
  if (!kind.success) return <NotFound />;
  const undoing = { organisationId, kind: kind.data, id, appUserId: user === '' ? null : user };
  return <Page key={`${kind.data} ${id} ${user}`} {...undoing} />;
}

function Page(undoing: Undoing) {
  const { t } = useTranslation();
  const { organisationId, kind, id, appUserId } = undoing;
  const plan = useQuery(
    routeQuery(getUndoPlan, {
      params: { organisationId, kind, id },
      query: appUserId === null ? {} : { appUserId },
    }),
  );
  const title = useTitle(undoing);
  const crumbs = usePeopleCrumbs(
    { label: t(($) => $.settings.title), to: paths.entraOverview(organisationId) },
    kind === 'run'
      ? { label: t(($) => $.runs.title), to: paths.entraRuns(organisationId) }
      : { label: t(($) => $.history.title), to: paths.entraDecisions(organisationId) },
    { label: title },
  );
  return (
    <>
      <Crumbs items={crumbs} />
      {plan.isPending && <Loading />}
      {plan.isError && plan.data === undefined && (
        <ErrorState error={plan.error} onRetry={() => void plan.refetch()} isPage />
      )}
      {plan.data !== undefined && <Content undoing={undoing} plan={plan.data} title={title} />}
    </>
  );
}

function useTitle({ organisationId, kind, id }: Undoing): string {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const run = useQuery({ ...routeQuery(getRun, { params: { organisationId, id } }), enabled: kind === 'run' }).data;
  if (kind !== 'run') return t(($) => $.undo.title[kind]);
  return run === undefined ? '…' : t(($) => $.undo.titleRun, { moment: moment(run.createdAt) });
}

function Content({ undoing, plan, title }: { undoing: Undoing; plan: UndoPlan; title: string }) {
  const { t } = useTranslation();
  // Which of the rows that have changed since are to be put back all the same.
  const chosen = useSelection();
  const [done, setDone] = useState<Output<typeof undo> | null>(null);
  return (
    <>
      <PageHeader
        title={title}
        {...(done === null ? { lead: <Lead undoing={undoing} /> } : {})}
        actions={
          done === null && (
            <UndoConfirm
              undoing={undoing}
              plan={plan}
              chosen={chosen}
              onDone={(result) => {
                chosen.clear();
                setDone(result);
              }}
            />
          )
        }
      />
      <div className={`${classes.stack} ${classes.below}`}>
        {done !== null && <UndoDone undoing={undoing} result={done} onShowLeft={() => setDone(null)} />}
        {done === null && plan.last !== null && <Last undoing={undoing} last={plan.last} />}
        {done === null && plan.changedSince > 0 && (
          <Say tone="hold" title={t(($) => $.undo.since.title, { count: plan.changedSince })}>
            {t(($) => $.undo.since.text)}
          </Say>
        )}
        {done === null && <Figures kind={undoing.kind} plan={plan} />}
        {done === null && <UndoRows undoing={undoing} chosen={chosen} />}
        <Say tone="info" title={t(($) => $.undo.stays.title)}>
          {t(($) => $.undo.stays.text)}
        </Say>
      </div>
    </>
  );
}

function Lead({ undoing: { organisationId, kind, id, appUserId } }: { undoing: Undoing }) {
  const { t } = useTranslation();
  const user = useQuery({
    ...routeQuery(getAppUser, { params: { organisationId, id: appUserId ?? '' } }),
    enabled: appUserId !== null,
  }).data;
  return (
    <>
      {t(($) => $.undo.lead[kind])}{' '}
      {appUserId !== null && (
        <>
          {user !== undefined && t(($) => $.undo.onlyPerson, { name: user.displayName })}{' '}
          <AppLink to={paths.entraUndo(organisationId, kind, id)}>{t(($) => $.undo.everybody)}</AppLink>
        </>
      )}
    </>
  );
}

function Last({ undoing, last }: { undoing: Undoing; last: NonNullable<UndoPlan['last']> }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const { organisationId, appUserId } = undoing;
  const at = moment(last.at);
  return (
    <Say
      tone="info"
      title={t(($) => $.undo.last.title)}
      action={
        <LinkButton
          to={paths.entraUndo(organisationId, 'undo', last.undoId, appUserId ?? undefined)}
          size="xs"
          variant="default"
        >
          {t(($) => $.undo.last.open)}
        </LinkButton>
      }
    >
      {last.by === null
        ? t(($) => $.undo.last.textNobody, { moment: at })
        : t(($) => $.undo.last.text, { name: last.by, moment: at })}
    </Say>
  );
}

function Figures({ kind, plan }: { kind: UndoKind; plan: UndoPlan }) {
  const { t } = useTranslation();
  const { fields, links, createdUsers, changedSince, undone } = plan;
  return (
    <ul className={`${classes.figures} ${looks.figures}`} aria-label={t(($) => $.undo.figures)}>
      {(fields > 0 || links + createdUsers === 0) && (
        <li>
          <Figure value={fields} label={t(($) => $.undo.figure.fields, { count: fields })} />
        </li>
      )}
      {links > 0 && (
        <li>
          <Figure value={links} label={t(($) => $.undo.figure.links, { count: links })} />
        </li>
      )}
      {createdUsers > 0 && (
        <li>
          <Figure
            value={createdUsers}
            label={t(($) => $.undo.figure[kind === 'undo' ? 'users' : 'createdUsers'], { count: createdUsers })}
          />
        </li>
      )}
      <li>
        <Figure value={changedSince} label={t(($) => $.undo.figure.changedSince)} tone="hold" />
      </li>
      <li>
        <Figure value={undone} label={t(($) => $.undo.figure.undone)} />
      </li>
    </ul>
  );
}
