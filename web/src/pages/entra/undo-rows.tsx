// What would be put back, row by row: as it is now → as it would be. What has changed since comes first, and is left alone unless it
// is ticked.
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { listUndoRows, type UndoRow } from '../../../../src/contract/api-undo.ts';
import { routePages } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import type { Selection } from '../../table/use-selection.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Person } from '../../ui/person.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';
import looks from './trust.module.css';
import type { Undoing } from './undoing.ts';

export function UndoRows({ undoing, chosen }: { undoing: Undoing; chosen: Selection }) {
  const { t } = useTranslation();
  const { organisationId, kind, id, appUserId } = undoing;
  const [search, setSearch] = useSearchParam('q');
  const density = useDensity();
  const query = { ...(search === '' ? {} : { search }), ...(appUserId === null ? {} : { appUserId }) };
  const pages = useInfiniteQuery(routePages(listUndoRows, { params: { organisationId, kind, id }, query }));
  const { data } = pages;
  return (
    <Sheet flush>
      <ListBar
        search={{
          label: t(($) => $.undo.search),
          placeholder: t(($) => $.undo.searchHint),
          value: search,
          onSearch: setSearch,
        }}
        count={
          data === undefined
            ? undefined
            : data.totalIsCapped
              ? t(($) => $.undo.countMany, { count: data.total })
              : t(($) => $.undo.count, { count: data.total })
        }
        density={density}
        selection={chosen}
      />
      <ListTable
        label={t(($) => $.undo.list)}
        pages={pages}
        columns={useColumns(undoing, chosen)}
        idOf={(row) => row.key}
        nameOf={(row) => row.displayName}
        search={search}
        density={density[0]}
        cards
        {...(data?.rows.some(({ changedSince }) => changedSince) === true ? { selection: chosen } : {})}
        isSelectable={(row) => row.changedSince}
        empty={
          <EmptyState icon={IconArrowBackUp} title={t(($) => $.undo.empty.title)}>
            {t(($) => $.undo.empty.next)}
          </EmptyState>
        }
      />
    </Sheet>
  );
}

function useColumns({ organisationId, kind, id, appUserId }: Undoing, chosen: Selection): Column<UndoRow>[] {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  return [
    {
      key: 'person',
      header: t(($) => $.undo.column.person),
      render: (row) => (
        <Person name={row.displayName} id={row.appUserId}>
          <AppLink to={paths.user(organisationId, row.appUserId)} className={classes.plain}>
            {row.displayName}
          </AppLink>
        </Person>
      ),
    },
    {
      key: 'what',
      header: t(($) => $.undo.column.what),
      render: (row) =>
        row.field === null
          ? t(($) => $.undo.what[row.what === 'created_user' ? 'created_user' : 'link'])
          : label(row.field),
    },
    {
      key: 'change',
      header: t(($) => $.undo.column.change),
      render: (row) =>
        row.what === 'field' ? (
          <BeforeAfter before={row.now} after={row.back} />
        ) : (
          <span className={looks.aside}>
            {row.what === 'link'
              ? t(($) => $.undo.what.linkText)
              : t(($) => $.undo.what[kind === 'undo' ? 'againText' : 'createdText'])}
          </span>
        ),
    },
    {
      key: 'since',
      header: t(($) => $.undo.column.since),
      render: (row) =>
        row.changedSince && (
          <Tag tone={chosen.has(row.key) ? 'bad' : 'hold'}>
            {chosen.has(row.key) ? t(($) => $.undo.overwrite) : t(($) => $.undo.left)}
          </Tag>
        ),
    },
    ...(appUserId === null
      ? [
          {
            key: 'actions',
            header: t(($) => $.undo.column.actions),
            headerHidden: true,
            align: 'end' as const,
            render: (row: UndoRow) => (
              <LinkButton
                to={paths.entraUndo(organisationId, kind, id, row.appUserId)}
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={`${t(($) => $.undo.onlyThisShort)}: ${row.displayName}`}
              >
                {t(($) => $.undo.onlyThisShort)}
              </LinkButton>
            ),
          },
        ]
      : []),
  ];
}
