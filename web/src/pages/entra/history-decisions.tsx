// The decisions of *Historik*: who did what, to whom, and what it changed.
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  decisionGroups,
  decisionGroupSchema,
  exportDecisions,
  listDecisions,
  type Decision,
} from '../../../../src/contract/api-history.ts';
import { aboutWords, actionWords, detailWords } from '../../../../src/i18n/history-words.ts';
import { useDownload } from '../../api/download.ts';
import { routePages } from '../../api/queries.ts';
import { useCustomFields } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { FileExport } from './file-export.tsx';
import { Choice, HistoryFilters, useHistoryFilter } from './history-filters.tsx';
import classes from './history.module.css';

export function HistoryDecisions({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const [groupText, setGroup] = useSearchParam('group');
  const common = useHistoryFilter();
  const group = decisionGroupSchema.safeParse(groupText).data;
  const filter = { ...(group === undefined ? {} : { group }), ...common.filter };
  const params = { organisationId };
  const pages = useInfiniteQuery(routePages(listDecisions, { params, query: filter }));
  const file = useDownload(exportDecisions);
  const density = useDensity();
  const { data } = pages;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Sheet flush>
      <p className={classes.lead}>{t(($) => $.history.decisions.lead)}</p>
      <HistoryFilters organisationId={organisationId} filter={common} isFiltered={isFiltered}>
        <Choice
          label={t(($) => $.history.filter.group)}
          all={t(($) => $.history.filter.allGroups)}
          data={decisionGroups.map((one) => ({ value: one, label: t(($) => $.history.group[one]) }))}
          value={[groupText, setGroup]}
        />
      </HistoryFilters>
      <ListBar
        count={
          data === undefined
            ? undefined
            : data.totalIsCapped
              ? t(($) => $.history.decisions.countMany, { count: data.total })
              : t(($) => $.history.decisions.count, { count: data.total })
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
        label={t(($) => $.history.decisions.list)}
        pages={pages}
        columns={useColumns(organisationId)}
        idOf={(row) => row.id}
        nameOf={(row) => actionWords(t, row.action)}
        density={density[0]}
        cards="labelled"
        empty={
          <EmptyState
            icon={IconHistory}
            title={isFiltered ? t(($) => $.history.changes.empty.filtered) : t(($) => $.history.decisions.empty.title)}
          >
            {isFiltered ? t(($) => $.history.changes.empty.filteredNext) : t(($) => $.history.decisions.empty.next)}
          </EmptyState>
        }
      />
    </Sheet>
  );
}

// Deeds that src/sync/undo-target.ts takes back.
const undoable: ReadonlySet<string> = new Set(['link.created', 'link.removed', 'app_user.created_from_entra']);

function useColumns(organisationId: string): Column<Decision>[] {
  const { t } = useTranslation();
  const labels = new Map<string, string>(useCustomFields(organisationId).map(({ key, label }) => [key, label]));
  return [
    { key: 'when', header: t(($) => $.history.decisions.when), render: (row) => <Moment at={row.at} /> },
    { key: 'who', header: t(($) => $.history.decisions.who), render: (row) => row.actorName },
    {
      key: 'what',
      header: t(($) => $.history.decisions.what),
      render: ({ action, runId }) => {
        const words = actionWords(t, action);
        return runId === null ? words : <AppLink to={paths.entraRun(organisationId, runId)}>{words}</AppLink>;
      },
    },
    { key: 'about', header: t(($) => $.history.decisions.about), render: (row) => aboutWords(t, row) },
    {
      key: 'detail',
      header: t(($) => $.history.decisions.detail),
      render: (row) => (
        <div className={classes.detail}>
          {detailWords(t, row, labels).map((line) => (
            <span key={line}>{line}</span>
          ))}
        </div>
      ),
    },
    {
      key: 'undo',
      header: t(($) => $.shell.list.actions),
      headerHidden: true,
      align: 'end',
      render: (row) =>
        undoable.has(row.action) && (
          <LinkButton
            to={paths.entraUndo(organisationId, 'deed', row.id)}
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={`${t(($) => $.undo.buttonDeed)}: ${actionWords(t, row.action)}`}
          >
            {t(($) => $.undo.buttonDeed)}
          </LinkButton>
        ),
    },
  ];
}
