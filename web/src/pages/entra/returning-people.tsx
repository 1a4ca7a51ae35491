// People who have come back under a new entry: whose link may move, and the one click that moves it.
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listReturning, moveLinks, type Returning } from '../../../../src/contract/api-review.ts';
import { errorCodes } from '../../../../src/contract/errors.ts';
import { routePages, useCall } from '../../api/queries.ts';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { Person } from '../../ui/person.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { tell } from '../../ui/told.ts';
import { AppPerson } from './review-people.tsx';
import looks from './trust.module.css';

export function ReturningPeople({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const { date } = useFormat();
  const pages = useInfiniteQuery(routePages(listReturning, { params: { organisationId }, query: {} }));
  const move = useCall(moveLinks, {
    onSuccess: ({ done }) => {
      if (done > 0) tell(t(($) => $.review.returning.moved));
    },
  });
  const [refused] = move.data?.refused ?? [];
  const code = errorCodes.find((one) => one === refused?.code);
  const isBusy = (row: Returning) => move.isPending && move.variables.body.pairs[0]?.objectId === row.person.id;
  const columns: Column<Returning>[] = [
    {
      key: 'person',
      header: t(($) => $.review.returning.person),
      render: ({ person }) => (
        <Person name={person.displayName} id={person.id} line={person.mail ?? person.userPrincipalName} />
      ),
    },
    {
      key: 'app',
      header: t(($) => $.review.returning.appUser),
      render: ({ appUser }) => <AppPerson organisationId={organisationId} appUser={appUser} />,
    },
    {
      key: 'why',
      header: t(($) => $.review.column.why),
      render: ({ reasons, from }) => (
        <span className={looks.clash}>
          <span className={looks.reasons}>
            {reasons.map((reason) => (
              <Tag key={reason}>{t(($) => $.review.reason[reason])}</Tag>
            ))}
          </span>
          <span className={looks.aside}>
            {t(($) => $.review.returning.from, {
              name: from.displayName,
              reason: t(($) => $.review.gone[from.reason]),
              date: date(from.since),
            })}
          </span>
        </span>
      ),
    },
    {
      key: 'actions',
      header: t(($) => $.review.column.actions),
      render: (row) => (
        <Button
          size="xs"
          variant="default"
          loading={isBusy(row)}
          aria-label={t(($) => $.review.action.of, {
            action: t(($) => $.review.returning.move),
            name: row.person.displayName,
          })}
          onClick={() =>
            move.mutate({
              params: { organisationId },
              body: { pairs: [{ objectId: row.person.id, appUserId: row.appUser.id }] },
            })
          }
        >
          {t(($) => $.review.returning.move)}
        </Button>
      ),
    },
  ];
  if ((pages.data?.rows.length ?? 0) === 0 && code === undefined) return null;
  return (
    <Sheet flush title={t(($) => $.review.returning.title)} lead={t(($) => $.review.returning.lead)}>
      {move.isError && <ErrorState error={move.error} />}
      {code !== undefined && (
        <Say tone="hold" title={t(($) => $.errors[code].title)} live>
          {t(($) => $.errors[code].next)}
        </Say>
      )}
      <ListTable
        label={t(($) => $.review.returning.title)}
        pages={pages}
        columns={columns}
        idOf={(row) => `${row.person.id} ${row.appUser.id}`}
        nameOf={(row) => row.person.displayName}
        density="compact"
        cards
        empty={null}
      />
    </Sheet>
  );
}
