// What a person decides about held rows: one call, a word about it afterwards, and what was refused.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decideHeld, type HeldRow } from '../../../../src/contract/api-held.ts';
import type { BulkResult } from '../../../../src/contract/api-review.ts';
import { useCall } from '../../api/queries.ts';
import { tell } from '../../ui/told.ts';

/** `again`: dismissed rows wait for a decision as before. */
export type DecisionName = 'approve' | 'wait' | 'dismiss' | 'again';

/** About these rows, or about all that wait, as they were shown. */
export type Decision = { what: DecisionName } & (
  | { rows: readonly HeldRow[] }
  | { all: { hash: string; absences: number; changes: number } }
);

export interface Counted {
  count: number;
  absences: number;
  changes: number;
}

export function countOf(decision: Decision): Counted {
  if ('all' in decision) {
    const { absences, changes } = decision.all;
    return { count: absences + changes, absences, changes };
  }
  const absences = decision.rows.filter(({ kind }) => kind === 'absence').length;
  return { count: decision.rows.length, absences, changes: decision.rows.length - absences };
}

export interface Deciding {
  decide: (decision: Decision) => void;
  /** Under way, or the last one. */
  current: Decision | null;
  isPending: boolean;
  error: unknown;
  result: BulkResult | undefined;
  reset: () => void;
}

export function useDecide(organisationId: string, onDone: (decision: Decision) => void): Deciding {
  const { t } = useTranslation();
  const [current, setCurrent] = useState<Decision | null>(null);
  const sent = useCall(decideHeld);
  return {
    decide: (decision) => {
      setCurrent(decision);
      const { what } = decision;
      const body = {
        decision: what === 'again' ? ('wait' as const) : what,
        rows: 'all' in decision ? { all: decision.all.hash } : decision.rows.map(({ key }) => key),
      };
      sent.mutate(
        { params: { organisationId }, body },
        {
          onSuccess: ({ done }) => {
            if (done > 0) tell(t(($) => $.held.result[what], { count: done }));
            onDone(decision);
          },
        },
      );
    },
    current,
    isPending: sent.isPending,
    error: sent.error,
    result: sent.data,
    reset: sent.reset,
  };
}
