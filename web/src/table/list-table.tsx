// A list that the server sorts and searches: rows by keyset pages, read on as one scrolls, with selection and row actions.
import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { useFormat } from '../ui/format.ts';
import { LoadMore } from '../ui/load-more.tsx';
import { Loading } from '../ui/loading.tsx';
import { ScreenReader } from '../ui/screen-reader.tsx';
import classes from './list-table.module.css';
import type { Density } from './use-density.ts';
import type { Selection } from './use-selection.ts';

export interface Column<T> {
  key: string;
  header: string;
  /** The header is only said, not shown: columns of buttons. */
  headerHidden?: boolean;
  render: (row: T) => ReactNode;
  align?: 'number' | 'end';
  /** Left out on a narrow screen. */
  optional?: boolean;
}

/** What useInfiniteQuery(routePages(…)) gives. */
export interface Pages<T> {
  data: { rows: T[]; total: number; totalIsCapped: boolean } | undefined;
  error: unknown;
  isPlaceholderData: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

interface ListTableProps<T> {
  /** The accessible name: "Användare". */
  label: string;
  pages: Pages<T>;
  columns: readonly Column<T>[];
  idOf: (row: T) => string;
  nameOf: (row: T) => string;
  search?: string;
  selection?: Selection;
  density?: Density;
  /** Rows become cards on a narrow screen; `labelled` when their values do not speak for themselves. */
  cards?: boolean | 'labelled';
  /** Rows that cannot be chosen. */
  isSelectable?: (row: T) => boolean;
  isCurrent?: (row: T) => boolean;
  /** Shown when there is nothing, without a search. */
  empty: ReactNode;
}

export function ListTable<T>(props: ListTableProps<T>) {
  const { label, pages, columns, idOf, search = '', selection, density = 'comfortable', cards = false, empty } = props;
  const { t } = useTranslation();
  const { data } = pages;
  if (data === undefined) {
    return pages.error === null || pages.error === undefined ? (
      <Loading />
    ) : (
      <div className={classes.bar}>
        <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
      </div>
    );
  }
  if (data.rows.length === 0) {
    if (search === '') return empty;
    return (
      <EmptyState title={t(($) => $.shell.list.nothingFound, { search })}>
        {t(($) => $.shell.list.nothingFoundNext)}
      </EmptyState>
    );
  }
  return (
    <>
      <div className={classes.scroll}>
        <table
          className={[
            classes.table,
            ...(pages.isPlaceholderData ? [classes.stale] : []),
            ...(cards === false ? [] : [classes.cards]),
            ...(cards === 'labelled' ? [classes.labelled] : []),
          ].join(' ')}
          aria-label={label}
          aria-busy={pages.isPlaceholderData}
          data-density={density}
        >
          <thead>
            <tr>
              {selection !== undefined && (
                <th scope="col" className={classes.check} data-label={t(($) => $.shell.list.selectAll)}>
                  <SelectAll
                    rows={data.rows.filter(props.isSelectable ?? (() => true)).map(idOf)}
                    selection={selection}
                  />
                </th>
              )}
              {columns.map((column) => (
                <th key={column.key} scope="col" className={classOf(column)}>
                  {column.headerHidden === true ? <ScreenReader>{column.header}</ScreenReader> : column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <Row key={idOf(row)} row={row} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      <LoadMore hasMore={pages.hasNextPage} busy={pages.isFetchingNextPage} onMore={() => void pages.fetchNextPage()} />
      <ListCount shown={data.rows.length} total={data.total} capped={data.totalIsCapped} />
    </>
  );
}

function Row<T>({ row, columns, idOf, nameOf, selection, isSelectable, isCurrent }: ListTableProps<T> & { row: T }) {
  const { t } = useTranslation();
  const id = idOf(row);
  const isOn = selection?.has(id) === true || isCurrent?.(row) === true;
  return (
    <tr {...(isOn ? { 'data-selected': true } : {})}>
      {selection !== undefined && (
        <td className={classes.check}>
          {(isSelectable === undefined || isSelectable(row)) && (
            <Checkbox
              size="xs"
              aria-label={t(($) => $.shell.list.select, { name: nameOf(row) })}
              checked={selection.has(id)}
              onChange={() => selection.toggle(id)}
            />
          )}
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.key}
          className={classOf(column)}
          {...(column.headerHidden === true ? {} : { 'data-label': column.header })}
        >
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}

function SelectAll({ rows, selection }: { rows: readonly string[]; selection: Selection }) {
  const { t } = useTranslation();
  const chosen = rows.filter((id) => selection.has(id)).length;
  return (
    <Checkbox
      size="xs"
      aria-label={t(($) => $.shell.list.selectAll)}
      checked={rows.length > 0 && chosen === rows.length}
      indeterminate={chosen > 0 && chosen < rows.length}
      onChange={() => selection.toggleAll(rows)}
    />
  );
}

/** Said, not shown: the bar above shows the number. */
function ListCount({ shown, total, capped }: { shown: number; total: number; capped: boolean }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const words = capped ? t(($) => $.shell.list.moreThan, { count: total }) : number(total);
  return <ScreenReader live>{t(($) => $.shell.list.shown, { shown, total: words })}</ScreenReader>;
}

function classOf<T>(column: Column<T>): string {
  const align = column.align === undefined ? '' : classes[column.align];
  return `${align ?? ''} ${column.optional === true ? (classes.optional ?? '') : ''}`;
}
