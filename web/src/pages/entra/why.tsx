// *Varför är personen (inte) här?* Search for anybody in Entra ID, and see what decides where they stand.
import { useQuery } from '@tanstack/react-query';
import { IconUserQuestion } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { getWhy, searchWhy } from '../../../../src/contract/api-why.ts';
import { routeQuery, type RowOf } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Person } from '../../ui/person.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { EntraFrame } from './entra-frame.tsx';
import entra from './entra.module.css';
import classes from './history.module.css';
import { WhyAnswer } from './why-answer.tsx';
import { WhyUnread } from './why-unread.tsx';

export function EntraWhy() {
  const { id: organisationId } = useMembership();
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParam('q');
  const [id] = useSearchParam('id');
  return (
    <EntraFrame>
      <div className={entra.stack}>
        <Sheet title={t(($) => $.why.title)} lead={t(($) => $.why.lead)}>
          <SearchField
            label={t(($) => $.why.search)}
            placeholder={t(($) => $.why.searchHint)}
            value={search}
            onSearch={setSearch}
            className={classes.search}
          />
          {search !== '' && <Found organisationId={organisationId} search={search} current={id} />}
          {search === '' && id === '' && (
            <EmptyState icon={IconUserQuestion} title={t(($) => $.why.start.title)}>
              {t(($) => $.why.start.next)}
            </EmptyState>
          )}
        </Sheet>
        {id !== '' && <Answer organisationId={organisationId} id={id} />}
      </div>
    </EntraFrame>
  );
}

const shownMax = 20;

function Found({ organisationId, search, current }: { organisationId: string; search: string; current: string }) {
  const { t } = useTranslation();
  const found = useQuery({
    ...routeQuery(searchWhy, { params: { organisationId }, query: { search } }),
    placeholderData: (before: z.output<typeof searchWhy.response> | undefined) => before,
  });
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Loading />;
  const { items } = found.data;
  return (
    <>
      {items.length > 0 && (
        <ul className={classes.found} aria-label={t(($) => $.why.results)}>
          {items.map((row) => (
            <li key={row.person.id}>
              <AppLink
                to={paths.entraWhy(organisationId, { q: search, id: row.person.id })}
                replace
                keepScroll
                className={classes.hit}
                {...(row.person.id === current ? { 'aria-current': 'true' as const } : {})}
              >
                <Person
                  name={row.person.displayName}
                  id={row.person.id}
                  line={row.person.mail ?? row.person.userPrincipalName}
                />
                <Place row={row} />
              </AppLink>
            </li>
          ))}
        </ul>
      )}
      {items.length === shownMax && <p className={entra.small}>{t(($) => $.why.many, { count: shownMax })}</p>}
      {!found.isPlaceholderData && (
        <WhyUnread key={search} organisationId={organisationId} search={search} isAskedAtOnce={items.length === 0} />
      )}
    </>
  );
}

function Place({ row: { situation, inScope } }: { row: RowOf<typeof searchWhy> }) {
  const { t } = useTranslation();
  if (situation === null) return <Tag>{t(($) => $.why.place.out)}</Tag>;
  const tone = situation === 'linked' ? 'ok' : inScope && situation !== 'ignored' ? 'fjord' : 'plain';
  return <Tag tone={tone}>{t(($) => $.why.place[situation])}</Tag>;
}

function Answer({ organisationId, id }: { organisationId: string; id: string }) {
  const answer = useQuery(routeQuery(getWhy, { params: { organisationId, id } }));
  if (answer.isError && answer.data === undefined) {
    return <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />;
  }
  if (answer.data === undefined) return <Loading />;
  return <WhyAnswer organisationId={organisationId} why={answer.data} />;
}
