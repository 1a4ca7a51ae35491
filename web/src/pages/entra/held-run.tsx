// The page of a run that is held: why, what is held and what is done already, and the rows, on which a person decides one by one,
// several at once, or all.
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Held } from '../../../../src/contract/api-held.ts';
import type { Run } from '../../../../src/contract/api-runs.ts';
import { refresh } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { useSelection } from '../../table/use-selection.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Figure } from '../../ui/figure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Say } from '../../ui/say.tsx';
import classes from './entra.module.css';
import { HeldActions } from './held-actions.tsx';
import { HeldDialog } from './held-dialog.tsx';
import { useDecide, type Decision } from './held-decide.ts';
import { heldOf, useHeld } from './held-of-run.ts';
import { HeldRefused } from './held-refused.tsx';
import { HeldRows, useHeldFilter, useHeldRows } from './held-rows.tsx';
import { HeldWhy } from './held-why.tsx';
import looks from './trust.module.css';
import { useKnownRows } from './use-known-rows.ts';

interface HeldRunProps {
  organisationId: string;
  run: Run;
  title: string;
  lead: ReactNode;
  /** Fields that have changed, with those that were approved since. */
  changed: number;
  /** What it did already, below what waits. */
  children: ReactNode;
}

export function HeldRun(props: HeldRunProps) {
  const { organisationId, title, lead } = props;
  const found = useHeld(organisationId);
  if (found.data !== undefined) return <Decide {...props} held={heldOf(props.run, found.data.held)} />;
  return (
    <>
      <PageHeader title={title} lead={lead} />
      {found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <Loading />}
    </>
  );
}

function Decide({ organisationId, run, title, lead, changed, children, held }: HeldRunProps & { held: Held | null }) {
  const queryClient = useQueryClient();
  const filter = useHeldFilter(held);
  const pages = useHeldRows(organisationId, filter);
  const selection = useSelection();
  const known = useKnownRows(pages.data?.rows, (row) => row.key);
  const chosen = [...selection.ids].flatMap((key) => known.get(key) ?? []);
  const [asked, setAsked] = useState<Decision | null>(null);
  const deciding = useDecide(organisationId, (decision) => {
    setAsked(null);
    if ('all' in decision) selection.clear();
    else for (const { key } of decision.rows) if (selection.has(key)) selection.toggle(key);
  });
  const { current } = deciding;
  const isSingle = deciding.isPending && asked === null && current !== null && 'rows' in current;
  const close = () => {
    setAsked(null);
    // Refused: what the page shows is older than what the server knows.
    if (deciding.error !== null) void refresh(queryClient, organisationId);
    deciding.reset();
  };
  return (
    <>
      <PageHeader
        title={title}
        lead={lead}
        actions={
          <HeldActions
            held={held}
            isDismissed={filter.kind === 'dismissed'}
            chosen={chosen}
            onAsk={(decision) => {
              deciding.reset();
              setAsked(decision);
            }}
          />
        }
      />
      <div className={`${classes.stack} ${classes.below}`}>
        {held === null ? <Over organisationId={organisationId} /> : <Why organisationId={organisationId} held={held} />}
        <Figures organisationId={organisationId} held={held} run={run} changed={changed} />
        {deciding.error !== null && asked === null && <ErrorState error={deciding.error} />}
        {deciding.result !== undefined && deciding.result.refused.length > 0 && (
          <HeldRefused result={deciding.result} onClose={deciding.reset} />
        )}
        <HeldRows
          organisationId={organisationId}
          held={held}
          filter={filter}
          pages={pages}
          selection={selection}
          busyKey={isSingle ? (current.rows[0]?.key ?? null) : null}
          onDecide={deciding.decide}
        />
        {children}
      </div>
      {asked !== null && (
        <HeldDialog
          decision={asked}
          busy={deciding.isPending}
          error={deciding.error}
          onConfirm={deciding.decide}
          onClose={close}
        />
      )}
    </>
  );
}

function Why({ organisationId, held }: { organisationId: string; held: Held }) {
  const { t } = useTranslation();
  return (
    <Say
      tone="hold"
      title={t(($) => $.held.title)}
      action={
        <LinkButton to={paths.entraLimits(organisationId)} size="xs" variant="default">
          {t(($) => $.preview.held.limits)}
        </LinkButton>
      }
    >
      <HeldWhy organisationId={organisationId} why={held.why} />
      <p>{t(($) => $.held.notDone)}</p>
    </Say>
  );
}

/** Nothing waits any more. */
function Over({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  return (
    <Say
      tone="ok"
      title={t(($) => $.held.over.title)}
      action={
        <LinkButton to={paths.entraUsers(organisationId, 'gone')} size="xs" variant="default">
          {t(($) => $.held.over.gone)}
        </LinkButton>
      }
    >
      {t(($) => $.held.over.text)}
    </Say>
  );
}

interface FiguresProps {
  organisationId: string;
  held: Held | null;
  run: Run;
  /** Fields that have changed, with those that were approved since. */
  changed: number;
}

function Figures({ organisationId, held, run, changed }: FiguresProps) {
  const { t } = useTranslation();
  const { counts } = run;
  const page = paths.entraRun(organisationId, run.id);
  return (
    <ul className={`${classes.figures} ${looks.figures}`} aria-label={t(($) => $.held.figures)}>
      {held !== null && (held.absences > 0 || held.changes === 0) && (
        <li>
          <Figure
            value={held.absences}
            label={t(($) => $.held.figure.absences)}
            to={`${page}?kind=absence`}
            tone="hold"
            keepScroll
          />
        </li>
      )}
      {held !== null && held.changes > 0 && (
        <li>
          <Figure
            value={held.changes}
            label={t(($) => $.held.figure.changes)}
            to={`${page}?kind=change`}
            tone="hold"
            keepScroll
          />
        </li>
      )}
      <li>
        <Figure value={changed} label={t(($) => $.held.figure.applied, { count: changed })} />
      </li>
      <li>
        <Figure
          value={counts.newPeople}
          label={t(($) => $.held.figure.new, { count: counts.newPeople })}
          to={paths.entraUsers(organisationId, 'available')}
        />
      </li>
      <li>
        <Figure value={counts.issues} label={t(($) => $.held.figure.issues)} />
      </li>
    </ul>
  );
}
