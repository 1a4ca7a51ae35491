// The lists of *Hantera användare*, each with how many are on it; and what stands there when nobody is.
import { IconUserCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { reviewCountsSchema } from '../../../../src/contract/api-review.ts';
import { reviewLists, type ReviewList } from '../../../../src/contract/situations.ts';
import { paths } from '../../paths.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useFormat } from '../../ui/format.ts';
import classes from './entra.module.css';
import { SyncButton } from './sync-now.tsx';

export type ReviewCounts = z.infer<typeof reviewCountsSchema>;

interface ListChipsProps {
  organisationId: string;
  current: ReviewList;
  counts: ReviewCounts | undefined;
  search: string;
}

/** The search goes along: where is this person? */
export function ListChips({ organisationId, current, counts, search }: ListChipsProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const suffix = search === '' ? '' : `&${new URLSearchParams({ q: search }).toString()}`;
  return (
    <nav aria-label={t(($) => $.review.lists)}>
      <ul className={classes.chips}>
        {reviewLists.map((list) => {
          // Before the first run nobody knows; app users are known anyway.
          const count = counts?.people === null && list !== 'app_only' ? undefined : counts?.[list];
          const isAsking = list === 'gone' && (count ?? 0) > 0;
          return (
            <li key={list}>
              <AppLink
                to={`${paths.entraUsers(organisationId, list)}${suffix}`}
                replace
                keepScroll
                className={`${classes.chip} ${isAsking ? classes.chipAsking : ''}`}
                {...(list === current ? { 'aria-current': 'page' as const } : {})}
              >
                {t(($) => $.review.list[list])} {count !== undefined && <span>{number(count)}</span>}
              </AppLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

interface ReviewEmptyProps {
  organisationId: string;
  list: ReviewList;
  isKept: boolean;
  counts: ReviewCounts | undefined;
}

export function ReviewEmpty({ organisationId, list, isKept, counts }: ReviewEmptyProps) {
  const { t } = useTranslation();
  if (counts?.people === null && list !== 'app_only') {
    return (
      <EmptyState
        icon={IconUserCheck}
        title={t(($) => $.review.empty.neverRun.title)}
        action={<SyncButton organisationId={organisationId} />}
      >
        {t(($) => $.review.empty.neverRun.next)}
      </EmptyState>
    );
  }
  const key = list === 'gone' && isKept ? 'kept' : list;
  const next = nextOf(list, counts);
  return (
    <EmptyState
      icon={IconUserCheck}
      title={t(($) => $.review.empty[key].title)}
      {...(next === null
        ? {}
        : {
            action: (
              <LinkButton to={paths.entraUsers(organisationId, next)} variant="default" size="xs">
                {next === 'suggested' ? t(($) => $.review.empty.toSuggested) : t(($) => $.review.empty.toAvailable)}
              </LinkButton>
            ),
          })}
    >
      {t(($) => $.review.empty[key].next)}
    </EmptyState>
  );
}

/** Where there is something to do. */
function nextOf(list: ReviewList, counts: ReviewCounts | undefined): 'suggested' | 'available' | null {
  if (list === 'linked' && (counts?.suggested ?? 0) > 0) return 'suggested';
  if (list !== 'available' && list !== 'app_only' && list !== 'gone' && (counts?.available ?? 0) > 0)
    return 'available';
  return null;
}

/** Where one begins who has not chosen a list: with what waits for a decision. */
export function firstList(counts: ReviewCounts): ReviewList {
  const waiting = (['gone', 'suggested', 'available'] as const).find((list) => counts[list] > 0);
  return waiting ?? 'linked';
}
