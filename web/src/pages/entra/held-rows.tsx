// The held rows: to decide by kind, reason and field, and the dismissed ones apart, which can be taken up again.
import { Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { exportHeldRows, listHeldRows, type Held, type HeldRow } from '../../../../src/contract/api-held.ts';
import { selectionMax } from '../../../../src/contract/common.ts';
import type { TargetField } from '../../../../src/contract/settings.ts';
import { goneReasons } from '../../../../src/contract/situations.ts';
import { useDownload } from '../../api/download.ts';
import { routePages, routeQuery } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Pages } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import type { Selection } from '../../table/use-selection.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';
import { FileExport } from './file-export.tsx';
import { useHeldColumns } from './held-columns.tsx';
import type { Decision } from './held-decide.ts';

const kinds = ['all', 'absence', 'change', 'dismissed'] as const;
export type HeldKind = (typeof kinds)[number];

export interface HeldFilter {
  kind: HeldKind;
  reason: (typeof goneReasons)[number] | undefined;
  field: TargetField | undefined;
  search: string;
  setKind: (kind: HeldKind) => void;
  setReason: (reason: string) => void;
  setField: (field: string) => void;
  setSearch: (search: string) => void;
  /** As the routes take it. */
  query: {
    kind?: 'absence' | 'change';
    reason?: (typeof goneReasons)[number];
    field?: TargetField;
    dismissed: 'without' | 'only';
  };
}

/** Kept in the address. */
export function useHeldFilter(held: Held | null): HeldFilter {
  const [kindText, setKind] = useSearchParam('kind');
  const [reasonText, setReason] = useSearchParam('reason');
  const [fieldText, setField] = useSearchParam('field');
  // Beside the search among what the run did.
  const [search, setSearch] = useSearchParam('held');
  const kind = held === null ? 'dismissed' : (kinds.find((one) => one === kindText) ?? 'all');
  const reason = kind === 'change' ? undefined : goneReasons.find((one) => one === reasonText);
  const field = kind === 'absence' ? undefined : held?.fields.find((one) => one.field === fieldText)?.field;
  return {
    kind,
    reason,
    field,
    search,
    setKind,
    setReason,
    setField,
    setSearch,
    query: {
      ...(kind === 'absence' || kind === 'change' ? { kind } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(field === undefined ? {} : { field }),
      dismissed: kind === 'dismissed' ? 'only' : 'without',
    },
  };
}

export function useHeldRows(organisationId: string, { query, search }: HeldFilter) {
  return useInfiniteQuery(
    routePages(listHeldRows, {
      params: { organisationId },
      query: { ...query, ...(search === '' ? {} : { search }) },
    }),
  );
}

interface HeldRowsProps {
  organisationId: string;
  held: Held | null;
  filter: HeldFilter;
  pages: Pages<HeldRow>;
  selection: Selection;
  busyKey: string | null;
  onDecide: (decision: Decision) => void;
}

export function HeldRows({ organisationId, held, filter, pages, selection, busyKey, onDecide }: HeldRowsProps) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const density = useDensity();
  const { kind, search, reason, field } = filter;
  const params = { organisationId };
  const file = useDownload(exportHeldRows);
  const total = pages.data?.total;
  const columns = useHeldColumns({ organisationId, isDismissed: kind === 'dismissed', busyKey, onDecide });
  const waiting = held === null ? 0 : held.absences + held.changes;
  const empty = kind === 'dismissed' ? 'dismissed' : 'all';
  const dismissed = useDismissed(organisationId, held);
  if (held === null && dismissed === 0) return null;
  return (
    <>
      <Kinds
        held={held}
        dismissed={dismissed}
        current={kind}
        onChange={(next) => {
          selection.clear();
          filter.setKind(next);
        }}
      />
      <Sheet flush>
        <ListBar
          search={{
            label: t(($) => $.held.search),
            placeholder:
              kind === 'dismissed' ? t(($) => $.held.search) : t(($) => $.held.searchHint, { count: waiting }),
            value: search,
            onSearch: filter.setSearch,
          }}
          filters={
            <>
              {kind !== 'change' && (held === null || held.absences > 0) && (
                <Select
                  aria-label={t(($) => $.held.reason)}
                  placeholder={t(($) => $.held.allReasons)}
                  data={goneReasons.map((one) => ({ value: one, label: t(($) => $.review.gone[one]) }))}
                  value={reason ?? null}
                  onChange={(chosen) => filter.setReason(chosen ?? '')}
                  clearable
                  w={210}
                />
              )}
              {kind !== 'absence' && held !== null && held.fields.length > 0 && (
                <Select
                  aria-label={t(($) => $.held.field)}
                  placeholder={t(($) => $.held.allFields)}
                  data={held.fields.map((one) => ({ value: one.field, label: label(one.field) }))}
                  value={field ?? null}
                  onChange={(chosen) => filter.setField(chosen ?? '')}
                  clearable
                  w={180}
                />
              )}
            </>
          }
          count={
            total === undefined
              ? undefined
              : pages.data?.totalIsCapped === true
                ? t(($) => $.held.countMany, { count: total })
                : t(($) => $.held.count, { count: total })
          }
          density={density}
          selection={selection}
          actions={
            <FileExport
              isPending={file.isPending}
              onExport={(body, answer) => file.mutate({ params, query: filter.query, body }, answer)}
            />
          }
        />
        {selection.isFull && <p className={classes.full}>{t(($) => $.held.full, { count: selectionMax })}</p>}
        <ListTable
          label={t(($) => $.held.list)}
          pages={pages}
          columns={columns}
          idOf={(row) => row.key}
          nameOf={(row) => row.displayName}
          search={search}
          density={density[0]}
          selection={selection}
          cards
          empty={
            <EmptyState icon={IconCircleCheck} title={t(($) => $.held.empty[empty].title)}>
              {t(($) => $.held.empty[empty].next)}
            </EmptyState>
          }
        />
      </Sheet>
    </>
  );
}

/** Also when nothing waits any more. */
function useDismissed(organisationId: string, held: Held | null): number {
  const query = { dismissed: 'only', limit: 1 } as const;
  const rows = useQuery({
    ...routeQuery(listHeldRows, { params: { organisationId }, query }),
    enabled: held === null,
  });
  return held?.dismissed ?? rows.data?.total ?? 0;
}

interface KindsProps {
  held: Held | null;
  dismissed: number;
  current: HeldKind;
  onChange: (kind: HeldKind) => void;
}

/** Kinds of which there are none are left out. */
function Kinds({ held, dismissed, current, onChange }: KindsProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const counts = {
    all: (held?.absences ?? 0) + (held?.changes ?? 0),
    absence: held?.absences ?? 0,
    change: held?.changes ?? 0,
    dismissed,
  };
  const isMixed = counts.absence > 0 && counts.change > 0;
  const shown = kinds.filter((kind) => {
    if (kind === 'absence' || kind === 'change') return isMixed || kind === current;
    return kind === 'all' ? held !== null : dismissed > 0 || kind === current;
  });
  return (
    <ul className={classes.chips} aria-label={t(($) => $.held.kinds)}>
      {shown.map((kind) => (
        <li key={kind}>
          <button type="button" className={classes.chip} aria-pressed={kind === current} onClick={() => onChange(kind)}>
            {t(($) => $.held.kind[kind])} <span>{number(counts[kind])}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
