// The columns of each review list.
import { useTranslation } from 'react-i18next';
import type { ReviewRow } from '../../../../src/contract/api-review.ts';
import type { ReviewList } from '../../../../src/contract/situations.ts';
import type { Column } from '../../table/list-table.tsx';
import { useFormat } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Tag } from '../../ui/tag.tsx';
import { capital } from './run-words.ts';
import classes from './entra.module.css';
import { RowDeeds, type Ask } from './review-row.tsx';
import { AppPerson, Candidates, DirectoryPerson, Why } from './review-people.tsx';

interface ColumnsOf {
  organisationId: string;
  list: ReviewList;
  isKept: boolean;
  busyId: string | null;
  onAsk: Ask;
}

export function useReviewColumns({ organisationId, list, isKept, busyId, onAsk }: ColumnsOf): Column<ReviewRow>[] {
  const { t } = useTranslation();
  const { date } = useFormat();
  const person: Column<ReviewRow> = {
    key: 'person',
    header: t(($) => $.review.column.person),
    render: (row) => <DirectoryPerson row={row} />,
  };
  const app: Column<ReviewRow> = {
    key: 'app',
    header: t(($) => $.review.column.app),
    render: (row) => row.appUser !== null && <AppPerson organisationId={organisationId} appUser={row.appUser} />,
  };
  const deeds: Column<ReviewRow> = {
    key: 'actions',
    header: t(($) => $.review.column.actions),
    headerHidden: true,
    align: 'end',
    render: (row) => <RowDeeds list={list} isKept={isKept} row={row} busyId={busyId} onAsk={onAsk} />,
  };
  switch (list) {
    case 'linked':
      return [
        person,
        app,
        {
          key: 'since',
          header: t(($) => $.review.column.linkedAt),
          optional: true,
          render: (row) => row.linkedAt !== null && <time dateTime={row.linkedAt}>{date(row.linkedAt)}</time>,
        },
        deeds,
      ];
    case 'suggested':
      return [
        person,
        {
          key: 'app',
          header: t(($) => $.review.column.app),
          render: (row) => <Candidates organisationId={organisationId} row={row} />,
        },
        { key: 'why', header: t(($) => $.review.column.why), render: (row) => <Why row={row} /> },
        deeds,
      ];
    case 'available':
      return [
        person,
        {
          key: 'title',
          header: t(($) => $.review.column.title),
          optional: true,
          render: (row) => row.person?.jobTitle,
        },
        {
          key: 'department',
          header: t(($) => $.review.column.department),
          optional: true,
          render: (row) => row.person?.department,
        },
        deeds,
      ];
    case 'ignored':
      return [
        person,
        {
          key: 'reason',
          header: t(($) => $.review.column.reason),
          render: ({ ignored }) =>
            ignored?.reason ?? <span className={classes.quiet}>{t(($) => $.review.noReason)}</span>,
        },
        {
          key: 'since',
          header: t(($) => $.review.column.ignoredAt),
          optional: true,
          render: ({ ignored }) =>
            ignored !== null && (
              <>
                <Moment at={ignored.at} />
                {ignored.by !== null && ` ${t(($) => $.review.ignoredBy, { name: ignored.by })}`}
              </>
            ),
        },
        deeds,
      ];
    case 'gone':
      return [
        // The reason says what a mark would.
        { ...person, render: (row) => <DirectoryPerson row={row} marks={false} /> },
        { ...app, optional: true },
        { key: 'reason', header: t(($) => $.review.column.reason), render: (row) => <GoneReason row={row} /> },
        deeds,
      ];
    case 'app_only':
      return [
        {
          ...app,
          render: (row) =>
            row.appUser !== null && <AppPerson organisationId={organisationId} appUser={row.appUser} avatar />,
        },
        deeds,
      ];
  }
}

/** Why the person is gone, what shows it, since when, and that somebody chose to keep the user. */
function GoneReason({ row: { gone } }: { row: ReviewRow }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const evidenceOf = useEvidence();
  if (gone === null) return null;
  const isDeleted = gone.reason === 'deleted' || gone.reason === 'purged';
  return (
    <div className={classes.evidence}>
      <Tag tone={isDeleted ? 'bad' : 'hold'}>{t(($) => $.review.gone[gone.reason])}</Tag>
      <span>{capital(evidenceOf(gone))}</span>
      <span className={classes.quiet}>
        {t(($) => $.review.gone.since, { time: moment(gone.since) })}
        {gone.keptAt !== null && ` ${t(($) => $.review.gone.kept, { time: moment(gone.keptAt) })}`}
      </span>
    </div>
  );
}

function useEvidence(): (gone: NonNullable<ReviewRow['gone']>) => string {
  const { t } = useTranslation();
  return ({ evidence, reason }) => {
    if (evidence === 'deleted_items' || evidence === 'not_found') return t(($) => $.review.gone.evidence[evidence]);
    if (reason === 'left_groups' || reason === 'disabled' || reason === 'guest') {
      return t(($) => $.review.gone.evidence[reason]);
    }
    return t(($) => $.review.gone.evidence.not_found);
  };
}
