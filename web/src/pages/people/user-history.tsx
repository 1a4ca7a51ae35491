// What changed on an app user, field by field: before and after, when and by whom.
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { listAppUserHistory } from '../../../../src/contract/api-people.ts';
import { routePages, type RowOf } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Sheet } from '../../ui/sheet.tsx';

type Change = RowOf<typeof listAppUserHistory>;

export function UserHistory({ organisationId, userId }: { organisationId: string; userId: string }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const pages = useInfiniteQuery(routePages(listAppUserHistory, { params: { organisationId, id: userId } }));
  const columns: Column<Change>[] = [
    { key: 'when', header: t(($) => $.people.user.history.when), render: (row) => <Moment at={row.at} /> },
    { key: 'field', header: t(($) => $.people.user.history.field), render: (row) => label(row.field) },
    {
      key: 'change',
      header: t(($) => $.people.user.history.change),
      render: (row) => <BeforeAfter before={row.before} after={row.after} />,
    },
    {
      key: 'who',
      header: t(($) => $.people.user.history.who),
      render: (row) => <Who organisationId={organisationId} change={row} />,
    },
    {
      key: 'undo',
      header: t(($) => $.shell.list.actions),
      headerHidden: true,
      align: 'end',
      render: (row) =>
        row.runId !== null && (
          <LinkButton
            to={paths.entraUndo(organisationId, 'run', row.runId, userId)}
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={`${t(($) => $.undo.buttonDeed)}: ${label(row.field)}`}
          >
            {t(($) => $.undo.buttonDeed)}
          </LinkButton>
        ),
    },
  ];
  return (
    <Sheet
      flush
      title={t(($) => $.people.user.history.title)}
      lead={t(($) => $.people.user.history.lead)}
      actions={
        <LinkButton to={paths.entraHistory(organisationId, { person: userId })} size="xs" variant="subtle" color="gray">
          {t(($) => $.history.open)}
        </LinkButton>
      }
    >
      <ListTable
        label={t(($) => $.people.user.history.list)}
        pages={pages}
        columns={columns}
        idOf={(row) => row.id}
        nameOf={(row) => label(row.field)}
        density="compact"
        cards
        empty={<EmptyState icon={IconHistory} title={t(($) => $.people.user.history.empty)} />}
      />
    </Sheet>
  );
}

function Who({ organisationId, change }: { organisationId: string; change: Change }) {
  const { t } = useTranslation();
  if (change.source === 'person') return change.actorName ?? t(($) => $.people.user.history.unknown);
  const words = t(($) => $.people.user.history.sync);
  if (change.runId === null) return words;
  return <AppLink to={paths.entraRun(organisationId, change.runId)}>{words}</AppLink>;
}
