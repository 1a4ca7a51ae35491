// What a run changed, person by person and field by field: before → after.
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { exportRunChanges } from '../../../../src/contract/api-history.ts';
import { listRunChanges } from '../../../../src/contract/api-runs.ts';
import { useDownload } from '../../api/download.ts';
import { routePages, type RowOf } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Person } from '../../ui/person.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';
import { FileExport } from './file-export.tsx';

type Change = RowOf<typeof listRunChanges>;

interface RunChangesProps {
  organisationId: string;
  runId: string;
  actions?: ReactNode;
}

export function RunChanges({ organisationId, runId, actions }: RunChangesProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParam('q');
  const density = useDensity();
  const label = useFieldLabel(organisationId);
  const query = search === '' ? {} : { search };
  const pages = useInfiniteQuery(routePages(listRunChanges, { params: { organisationId, id: runId }, query }));
  const file = useDownload(exportRunChanges);
  const { data } = pages;
  const columns: Column<Change>[] = [
    {
      key: 'person',
      header: t(($) => $.runs.run.changes.person),
      render: (row) => (
        <Person name={row.displayName} id={row.appUserId}>
          <AppLink to={paths.user(organisationId, row.appUserId)} className={classes.plain}>
            {row.displayName}
          </AppLink>
        </Person>
      ),
    },
    { key: 'field', header: t(($) => $.runs.run.changes.field), render: (row) => label(row.field) },
    {
      key: 'change',
      header: t(($) => $.runs.run.changes.change),
      render: (row) => <BeforeAfter before={row.before} after={row.after} />,
    },
    {
      key: 'actions',
      header: t(($) => $.shell.list.actions),
      headerHidden: true,
      align: 'end',
      render: (row) => (
        <LinkButton
          to={paths.entraUndo(organisationId, 'run', runId, row.appUserId)}
          size="xs"
          variant="subtle"
          color="gray"
          aria-label={t(($) => $.undo.buttonPersonOf, { name: row.displayName })}
        >
          {t(($) => $.undo.buttonDeed)}
        </LinkButton>
      ),
    },
  ];
  return (
    <Sheet flush title={t(($) => $.runs.run.changes.title)} {...(actions === undefined ? {} : { actions })}>
      <ListBar
        search={{
          label: t(($) => $.runs.run.changes.search),
          placeholder: t(($) => $.runs.run.changes.searchHint),
          value: search,
          onSearch: setSearch,
        }}
        count={
          data === undefined
            ? undefined
            : data.totalIsCapped
              ? t(($) => $.runs.run.changes.countMany, { count: data.total })
              : t(($) => $.runs.run.changes.count, { count: data.total })
        }
        density={density}
        actions={
          <FileExport
            isPending={file.isPending}
            onExport={(body, answer) =>
              file.mutate({ params: { organisationId, id: runId }, body: { ...body, ...query } }, answer)
            }
          />
        }
      />
      <ListTable
        label={t(($) => $.runs.run.changes.list)}
        pages={pages}
        columns={columns}
        idOf={(row) => row.id}
        nameOf={(row) => row.displayName}
        search={search}
        density={density[0]}
        cards
        empty={
          <EmptyState icon={IconHistory} title={t(($) => $.runs.run.changes.empty.title)}>
            {t(($) => $.runs.run.changes.empty.next)}
          </EmptyState>
        }
      />
    </Sheet>
  );
}
