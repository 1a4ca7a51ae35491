// The columns of the held rows, with the decision on each.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { HeldRow } from '../../../../src/contract/api-held.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import type { Column } from '../../table/list-table.tsx';
import { AppLink } from '../../ui/app-link.tsx';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { useFormat } from '../../ui/format.ts';
import { Person } from '../../ui/person.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';
import type { Decision, DecisionName } from './held-decide.ts';
import looks from './trust.module.css';

interface ColumnsOf {
  organisationId: string;
  isDismissed: boolean;
  busyKey: string | null;
  onDecide: (decision: Decision) => void;
}

export function useHeldColumns({ organisationId, isDismissed, busyKey, onDecide }: ColumnsOf): Column<HeldRow>[] {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  return [
    {
      key: 'person',
      header: t(($) => $.held.column.person),
      render: (row) => (
        <Person
          name={row.displayName}
          line={row.appUserId === null ? t(($) => $.held.notLinked) : row.email}
          id={row.appUserId ?? row.key}
        >
          {row.appUserId === null ? (
            row.displayName
          ) : (
            <AppLink to={paths.user(organisationId, row.appUserId)} className={classes.plain}>
              {row.displayName}
            </AppLink>
          )}
        </Person>
      ),
    },
    {
      key: 'what',
      header: t(($) => $.held.column.what),
      render: (row) => (row.field === null ? <Reason row={row} /> : label(row.field)),
    },
    {
      key: 'evidence',
      header: t(($) => $.held.column.evidence),
      render: (row) => (
        <div className={looks.evidence}>
          {row.field === null ? <Evidence row={row} /> : <BeforeAfter before={row.before} after={row.after} />}
          <Decided row={row} />
        </div>
      ),
    },
    {
      key: 'actions',
      header: t(($) => $.held.column.actions),
      headerHidden: true,
      align: 'end',
      render: (row) => (
        <RowDecisions
          row={row}
          field={row.field === null ? null : label(row.field)}
          isDismissed={isDismissed}
          isBusy={busyKey === row.key}
          onDecide={onDecide}
        />
      ),
    },
  ];
}

function Reason({ row: { reason } }: { row: HeldRow }) {
  const { t } = useTranslation();
  if (reason === null) return null;
  const isDeleted = reason === 'deleted' || reason === 'purged';
  return <Tag tone={isDeleted ? 'bad' : 'hold'}>{t(($) => $.review.gone[reason])}</Tag>;
}

/** What shows it, and since when. */
function Evidence({ row: { evidence, reason, since } }: { row: HeldRow }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const time = moment(since);
  if (evidence === 'deleted_items' || evidence === 'not_found') return t(($) => $.held.evidence[evidence], { time });
  if (reason === 'left_groups' || reason === 'disabled' || reason === 'guest') {
    return t(($) => $.held.evidence[reason], { time });
  }
  return t(($) => $.held.evidence.not_found, { time });
}

function Decided({ row: { decision, decidedBy, decidedAt } }: { row: HeldRow }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  if (decision === null) return null;
  return (
    <span className={looks.decided}>
      <Tag>{t(($) => $.held.decided[decision])}</Tag>{' '}
      {decidedBy !== null && decidedAt !== null && (
        <span>{t(($) => $.held.decided.by, { name: decidedBy, moment: moment(decidedAt) })}</span>
      )}
    </span>
  );
}

interface RowDecisionsProps {
  row: HeldRow;
  field: string | null;
  isDismissed: boolean;
  isBusy: boolean;
  onDecide: (decision: Decision) => void;
}

function RowDecisions({ row, field, isDismissed, isBusy, onDecide }: RowDecisionsProps) {
  const { t } = useTranslation();
  const button = (what: DecisionName, isMain = false) => {
    const action = t(($) => $.held.action[what]);
    const name = row.displayName;
    return (
      <Button
        size="xs"
        variant={isMain ? 'default' : 'subtle'}
        color={isMain ? 'fjord' : 'gray'}
        loading={isMain && isBusy}
        aria-label={
          field === null
            ? t(($) => $.held.action.of, { action, name })
            : t(($) => $.held.action.ofField, { action, name, field })
        }
        onClick={() => onDecide({ what, rows: [row] })}
      >
        {action}
      </Button>
    );
  };
  if (isDismissed) return <div className={classes.deeds}>{button('again', true)}</div>;
  return (
    <div className={classes.deeds}>
      {button('approve', true)}
      {/* Waiting already: nothing more to say. */}
      {row.decision === null && button('wait')}
      {button('dismiss')}
    </div>
  );
}
