// Every row of a preview: who, what, before → after or why, and whether the brake would hold it. By kind and field, searchable, as a file.
import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { IconEye } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  exportPreview,
  listPreviewRows,
  previewKinds,
  type Preview,
  type PreviewKind,
} from '../../../../src/contract/api-preview.ts';
import { useDownload } from '../../api/download.ts';
import { routePages } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';
import { FileExport } from './file-export.tsx';
import { usePreviewColumns } from './preview-columns.tsx';

export function PreviewRows({ organisationId, preview }: { organisationId: string; preview: Preview }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const [search, setSearch] = useSearchParam('q');
  const [kindText] = useSearchParam('kind');
  const [fieldText, setField] = useSearchParam('field');
  const density = useDensity();
  const kind = previewKinds.find((one) => one === kindText);
  // Only changes have fields.
  const field =
    kind === undefined || kind === 'changed' ? preview.fields.find((one) => one.field === fieldText)?.field : undefined;
  const params = { organisationId, id: preview.run.id };
  const file = useDownload(exportPreview);
  const filter = { ...(kind === undefined ? {} : { kind }), ...(field === undefined ? {} : { field }) };
  const query = { ...filter, ...(search === '' ? {} : { search }) };
  const pages = useInfiniteQuery(routePages(listPreviewRows, { params, query }));
  const { data } = pages;
  return (
    <>
      <Kinds organisationId={organisationId} preview={preview} current={kind} />
      <Sheet flush>
        <ListBar
          search={{
            label: t(($) => $.preview.search),
            placeholder: t(($) => $.preview.searchHint),
            value: search,
            onSearch: setSearch,
          }}
          filters={
            (kind === undefined || kind === 'changed') &&
            preview.fields.length > 0 && (
              <Select
                aria-label={t(($) => $.preview.field)}
                placeholder={t(($) => $.preview.allFields)}
                data={preview.fields.map((one) => ({ value: one.field, label: label(one.field) }))}
                value={field ?? null}
                onChange={(chosen) => setField(chosen ?? '')}
                clearable
                w={200}
              />
            )
          }
          count={
            data === undefined
              ? undefined
              : data.totalIsCapped
                ? t(($) => $.preview.countMany, { count: data.total })
                : t(($) => $.preview.count, { count: data.total })
          }
          density={density}
          actions={
            <FileExport
              isPending={file.isPending}
              onExport={(body, answer) => file.mutate({ params, query: filter, body }, answer)}
            />
          }
        />
        <ListTable
          label={t(($) => $.preview.list)}
          pages={pages}
          columns={usePreviewColumns(organisationId, preview)}
          idOf={(row) => row.id}
          nameOf={(row) => row.displayName}
          search={search}
          density={density[0]}
          cards
          empty={
            <EmptyState icon={IconEye} title={t(($) => $.preview.empty.title)}>
              {t(($) => $.preview.empty.next)}
            </EmptyState>
          }
        />
      </Sheet>
    </>
  );
}

interface KindsProps {
  organisationId: string;
  preview: Preview;
  current: PreviewKind | undefined;
}

function Kinds({ organisationId, preview: { counts, run }, current }: KindsProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const page = paths.entraPreview(organisationId, run.id);
  const all = previewKinds.reduce((sum, kind) => sum + counts[kind], 0);
  const chip = (kind: PreviewKind | 'all') => (
    <li key={kind}>
      <AppLink
        to={kind === 'all' ? page : `${page}?kind=${kind}`}
        replace
        keepScroll
        className={classes.chip}
        {...(kind === (current ?? 'all') ? { 'aria-current': 'page' as const } : {})}
      >
        {t(($) => $.preview.kind[kind])} <span>{number(kind === 'all' ? all : counts[kind])}</span>
      </AppLink>
    </li>
  );
  return (
    <nav aria-label={t(($) => $.preview.kinds)}>
      <ul className={classes.chips}>{(['all', ...previewKinds] as const).map(chip)}</ul>
    </nav>
  );
}
