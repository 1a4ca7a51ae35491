// The columns of a preview's rows.
import { useTranslation } from 'react-i18next';
import type { Preview, PreviewRow } from '../../../../src/contract/api-preview.ts';
import { listRunIssues } from '../../../../src/contract/api-runs.ts';
import { goneReasons } from '../../../../src/contract/situations.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import type { Column } from '../../table/list-table.tsx';
import { AppLink } from '../../ui/app-link.tsx';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { Person } from '../../ui/person.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';
import looks from './trust.module.css';

const issueCodes = listRunIssues.response.shape.items.element.shape.code.options;

export function usePreviewColumns(organisationId: string, preview: Preview): Column<PreviewRow>[] {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const columns: Column<PreviewRow>[] = [
    {
      key: 'person',
      header: t(($) => $.preview.column.person),
      render: (row) => (
        <Person name={row.displayName} line={row.detail} id={row.appUserId ?? row.objectId ?? row.displayName}>
          {row.appUserId === null ? (
            row.displayName
          ) : (
            <AppLink to={paths.user(organisationId, row.appUserId)} className={classes.plain}>
              {row.displayName}
            </AppLink>
          )}
        </Person>
      ),
    },
    {
      key: 'what',
      header: t(($) => $.preview.column.what),
      render: (row) => (row.kind === 'changed' && row.field !== null ? label(row.field) : <What row={row} />),
    },
    {
      key: 'change',
      header: t(($) => $.preview.column.change),
      render: (row) => <Change row={row} />,
    },
  ];
  if (preview.held.length === 0) return columns;
  return [
    ...columns,
    {
      key: 'mark',
      header: t(($) => $.preview.column.mark),
      render: (row) => row.held && <Tag tone="hold">{t(($) => $.preview.wouldHold)}</Tag>,
    },
  ];
}

function What({ row: { kind } }: { row: PreviewRow }) {
  const { t } = useTranslation();
  if (kind === 'changed') return null;
  return t(($) => $.preview.what[kind]);
}

/** Before → after, or why. */
function Change({ row }: { row: PreviewRow }) {
  const { t } = useTranslation();
  switch (row.kind) {
    case 'changed':
      return <BeforeAfter before={row.before} after={row.after} />;
    case 'new':
      return <span className={looks.aside}>{t(($) => $.preview.what.newText)}</span>;
    case 'returned':
      return <span className={looks.aside}>{t(($) => $.preview.what.returnedText)}</span>;
    case 'gone': {
      const reason = goneReasons.find((one) => one === row.reason);
      if (reason === undefined) return null;
      const isDeleted = reason === 'deleted' || reason === 'purged';
      return <Tag tone={isDeleted ? 'bad' : 'hold'}>{t(($) => $.review.gone[reason])}</Tag>;
    }
    case 'clash': {
      const code = issueCodes.find((one) => one === row.reason);
      return (
        <span className={looks.clash}>
          {code !== undefined && t(($) => $.runs.run.issues.code[code])}
          {row.after !== null && (
            <span className={looks.aside}>{t(($) => $.runs.run.issues.sameAs, { name: row.after })}</span>
          )}
        </span>
      );
    }
  }
}
