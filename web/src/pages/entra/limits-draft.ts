// The limits while they are being edited: shares in per cent, what is wrong with them, and what they mean in words.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getReviewCounts } from '../../../../src/contract/api-review.ts';
import { defaultBrakeLimits, type BrakeLimits } from '../../../../src/contract/brake.ts';
import { routeQuery } from '../../api/queries.ts';

export type LimitName = keyof BrakeLimits;
/** What each limit is made of, in the order in which one reads it. */
export const limitKeys = {
  gone: ['gone.count', 'gone.share', 'gone.max'],
  remaining: ['remaining.share'],
  changed: ['changed.count', 'changed.share'],
  emptied: ['emptied.count', 'emptied.share'],
} as const;
export type LimitKey = (typeof limitKeys)[LimitName][number];
/** As a number input gives it: text while it is no number. Shares in per cent. */
export type LimitsDraft = Record<LimitKey, number | string>;
export type Problem = 'count' | 'share' | 'below';

const countMax = 1_000_000;

export function draftOf({ gone, remaining, changed, emptied }: BrakeLimits): LimitsDraft {
  return {
    'gone.count': gone.count,
    'gone.share': percentOf(gone.share),
    'gone.max': gone.max,
    'remaining.share': percentOf(remaining.share),
    'changed.count': changed.count,
    'changed.share': percentOf(changed.share),
    'emptied.count': emptied.count,
    'emptied.share': percentOf(emptied.share),
  };
}

/** Of a draft without problems. */
export function limitsOf(draft: LimitsDraft): BrakeLimits {
  const share = (key: LimitKey) => Math.round(Number(draft[key]) * 10) / 1000;
  return {
    gone: { count: Number(draft['gone.count']), share: share('gone.share'), max: Number(draft['gone.max']) },
    remaining: { share: share('remaining.share') },
    changed: { count: Number(draft['changed.count']), share: share('changed.share') },
    emptied: { count: Number(draft['emptied.count']), share: share('emptied.share') },
  };
}

/** Saved ones may be the product's own, too. */
export function isDefaultLimits(limits: BrakeLimits): boolean {
  return isSameDraft(draftOf(limits), draftOf(defaultBrakeLimits));
}

const allKeys: readonly LimitKey[] = Object.values(limitKeys).flat();

export function isSameDraft(one: LimitsDraft, other: LimitsDraft): boolean {
  return allKeys.every((key) => one[key] === other[key]);
}

export function isWholeDraft(draft: LimitsDraft): boolean {
  return allKeys.every((key) => problemOf(draft, key) === undefined);
}

export const isShare = (key: LimitKey): boolean => key.endsWith('.share');

export function problemOf(draft: LimitsDraft, key: LimitKey): Problem | undefined {
  const value = draft[key] === '' ? NaN : Number(draft[key]);
  if (isShare(key)) return value >= 0 && value <= 100 ? undefined : 'share';
  if (!Number.isInteger(value) || value < 0 || value > countMax) return 'count';
  return key === 'gone.max' && value < Number(draft['gone.count']) ? 'below' : undefined;
}

export function useLimitWords(organisationId: string) {
  const { t } = useTranslation();
  const counts = useQuery(routeQuery(getReviewCounts, { params: { organisationId } })).data;
  // As the brake counts: who is gone is linked until somebody decides.
  const linked = counts === undefined ? 0 : counts.linked + counts.gone;
  const percent = (share: number) => t(($) => $.held.limits.percent, { value: percentOf(share) });
  return {
    labelOf: (key: LimitKey): string => {
      if (key === 'gone.max') return t(($) => $.held.limits.part.max);
      if (key === 'remaining.share') return t(($) => $.held.limits.part.left);
      return isShare(key) ? t(($) => $.held.limits.part.share) : t(($) => $.held.limits.part.count);
    },
    problemWords: (problem: Problem, draft: LimitsDraft): string => {
      if (problem === 'share') return t(($) => $.held.limits.wrongShare);
      if (problem === 'count') return t(($) => $.held.limits.wrongCount, { max: countMax });
      return t(($) => $.held.limits.maxBelow, { count: Number(draft['gone.count']) });
    },
    /** "Stoppas vid fler än 5 personer, eller fler än 10 % av de kopplade. Med 11 902 kopplade …" */
    wordsOf: (name: LimitName, limits: BrakeLimits): string => {
      if (name === 'remaining') {
        return t(($) => $.held.limits.remaining.words, { share: percent(1 - limits.remaining.share) });
      }
      const { count, share } = limits[name];
      const words =
        name === 'gone'
          ? t(($) => $.held.limits.gone.words, { count, share: percent(share), max: limits.gone.max })
          : t(($) => $.held.limits[name].words, { count, share: percent(share) });
      if (linked === 0) return words;
      const most = name === 'gone' ? limits.gone.max : Infinity;
      // As the server counts; the small number takes care of binary fractions.
      const allowed = Math.min(most, Math.max(count, Math.floor(linked * share + 1e-9)));
      return `${words} ${t(($) => $.held.limits.example, { count: linked, allowed })}`;
    },
  };
}

function percentOf(share: number): number {
  return Math.round(share * 1000) / 10;
}
