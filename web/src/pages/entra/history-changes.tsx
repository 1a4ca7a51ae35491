// The changes of *Historik*: person, field, before → after, why and by whom; searched, filtered, and exported as they are filtered.
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { exportChanges, listChanges, type HistoryChange } from '../../../../src/contract/api-history.ts';
import { listRuns } from '../../../../src/contract/api-runs.ts';
import { appFields, targetFieldSchema, type TargetField } from '../../../../src/contract/settings.ts';
import { whoWords } from '../../../../src/i18n/history-words.ts';
import { useDownload } from '../../api/download.ts';
import { routePages } from '../../api/queries.ts';
import { useCustomFields, useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Person } from '../../ui/person.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import entra from './entra.module.css';
import { FileExport } from './file-export.tsx';
import { Choice, HistoryFilters, useHistoryFilter } from './history-filters.tsx';
import classes from './history.module.css';

export function HistoryChanges({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const [search, setSearch] = useSearchParam('q');
  const [fieldText, setField] = useSearchParam('field');
  const [runId, setRun] = useSearchParam('run');
  const [appUserId] = useSearchParam('person');
  const common = useHistoryFilter();
  const field = targetFieldSchema.safeParse(fieldText).data;
  const filter = {
    ...(search === '' ? {} : { search }),
    ...(field === undefined ? {} : { field }),
    ...(runId === '' ? {} : { runId }),
    ...(appUserId === '' ? {} : { appUserId }),
    ...common.filter,
  };
  const params = { organisationId };
  const pages = useInfiniteQuery(routePages(listChanges, { params, query: filter }));
  const runs = useInfiniteQuery(routePages(listRuns, { params, query: {} })).data?.rows ?? [];
  const file = useDownload(exportChanges);
  const density = useDensity();
  const label = useFieldLabel(organisationId);
  const custom = useCustomFields(organisationId);
  const { data } = pages;
  const isFiltered = Object.keys(filter).length > 0;
  const fields: TargetField[] = [...appFields, ...custom.map(({ key }) => key)];
  const runChoices = runs.map((run) => ({ value: run.id, label: moment(run.createdAt) }));
  // One that a link leads to may be older than those that are listed.
  if (runId !== '' && !runs.some(({ id }) => id === runId)) {
    runChoices.push({ value: runId, label: t(($) => $.history.filter.aRun) });
  }
  return (
    <Sheet flush>
      <p className={classes.lead}>{t(($) => $.history.changes.lead)}</p>
      <HistoryFilters organisationId={organisationId} filter={common} isFiltered={isFiltered}>
        <Choice
          label={t(($) => $.history.filter.field)}
          all={t(($) => $.history.filter.allFields)}
          data={fields.map((one) => ({ value: one, label: label(one) }))}
          value={[fieldText, setField]}
        />
        <Choice
          label={t(($) => $.history.filter.run)}
          all={t(($) => $.history.filter.allRuns)}
          data={runChoices}
          value={[runId, setRun]}
        />
      </HistoryFilters>
      <ListBar
        search={{
          label: t(($) => $.history.changes.search),
          placeholder: t(($) => $.history.changes.searchHint),
          value: search,
          onSearch: setSearch,
          wide: true,
        }}
        filters={<OnlyPerson appUserId={appUserId} rows={data?.rows} />}
        count={
          data === undefined
            ? undefined
            : data.totalIsCapped
              ? t(($) => $.history.changes.countMany, { count: data.total })
              : t(($) => $.history.changes.count, { count: data.total })
        }
        density={density}
        actions={
          <FileExport
            isPending={file.isPending}
            onExport={(body, answer) => file.mutate({ params, body: { ...body, ...filter } }, answer)}
          />
        }
      />
      <ListTable
        label={t(($) => $.history.changes.list)}
        pages={pages}
        columns={useColumns(organisationId, label)}
        idOf={(row) => row.id}
        nameOf={(row) => row.person.displayName}
        search={search}
        density={density[0]}
        cards="labelled"
        empty={
          <EmptyState
            icon={IconHistory}
            title={isFiltered ? t(($) => $.history.changes.empty.filtered) : t(($) => $.history.changes.empty.title)}
          >
            {isFiltered ? t(($) => $.history.changes.empty.filteredNext) : t(($) => $.history.changes.empty.next)}
          </EmptyState>
        }
      />
    </Sheet>
  );
}

/** That a link has narrowed the list down to one person. */
function OnlyPerson({ appUserId, rows }: { appUserId: string; rows: readonly HistoryChange[] | undefined }) {
  const { t } = useTranslation();
  const name = rows?.find(({ person }) => person.id === appUserId)?.person.displayName;
  return name === undefined ? null : <Tag>{t(($) => $.history.filter.person, { name })}</Tag>;
}

function useColumns(organisationId: string, label: (field: TargetField) => string): Column<HistoryChange>[] {
  const { t } = useTranslation();
  return [
    { key: 'when', header: t(($) => $.history.changes.when), render: (row) => <Moment at={row.at} /> },
    {
      key: 'person',
      header: t(($) => $.history.changes.person),
      render: ({ person }) => (
        <Person
          name={person.displayName}
          id={person.id}
          avatar={false}
          {...(person.removed ? { line: t(($) => $.history.changes.removed) } : {})}
        >
          {person.removed ? (
            person.displayName
          ) : (
            <AppLink to={paths.user(organisationId, person.id)} className={entra.plain}>
              {person.displayName}
            </AppLink>
          )}
        </Person>
      ),
    },
    { key: 'field', header: t(($) => $.history.changes.field), render: (row) => label(row.field) },
    {
      key: 'change',
      header: t(($) => $.history.changes.change),
      render: (row) => <BeforeAfter before={row.before} after={row.after} />,
    },
    {
      key: 'why',
      header: t(($) => $.history.changes.why),
      render: ({ cause, run }) => {
        const words = t(($) => $.history.cause[cause]);
        return run === null ? words : <AppLink to={paths.entraRun(organisationId, run.id)}>{words}</AppLink>;
      },
    },
    { key: 'who', header: t(($) => $.history.changes.who), render: (row) => whoWords(t, row) },
  ];
}
