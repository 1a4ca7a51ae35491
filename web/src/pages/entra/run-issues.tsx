// What a run could not take care of: values that do not fit, attributes that could not be read, groups that are gone.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listRunIssues } from '../../../../src/contract/api-runs.ts';
import { routePages, type RowOf } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import looks from './trust.module.css';

type Issue = RowOf<typeof listRunIssues>;

export function RunIssues({ organisationId, runId }: { organisationId: string; runId: string }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const pages = useInfiniteQuery(routePages(listRunIssues, { params: { organisationId, id: runId }, query: {} }));
  const columns: Column<Issue>[] = [
    { key: 'subject', header: t(($) => $.runs.run.issues.subject), render: (row) => row.subject },
    {
      key: 'field',
      header: t(($) => $.runs.run.issues.field),
      render: (row) => row.field !== null && label(row.field),
    },
    {
      key: 'problem',
      header: t(($) => $.runs.run.issues.problem),
      render: (row) => (
        <span className={looks.clash}>
          {t(($) => $.runs.run.issues.code[row.code])}
          {row.otherName !== null && (
            <span className={looks.aside}>{t(($) => $.runs.run.issues.sameAs, { name: row.otherName })}</span>
          )}
        </span>
      ),
    },
  ];
  return (
    <Sheet flush title={t(($) => $.runs.run.issues.title)} lead={t(($) => $.runs.run.issues.lead)}>
      <ListTable
        label={t(($) => $.runs.run.issues.list)}
        pages={pages}
        columns={columns}
        idOf={(row) => row.id}
        nameOf={(row) => row.subject}
        density="compact"
        cards
        empty={null}
      />
    </Sheet>
  );
}
