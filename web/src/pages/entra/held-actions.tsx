// What can be decided at once: about the chosen rows, or about all that wait.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Held, HeldRow } from '../../../../src/contract/api-held.ts';
import type { Decision, DecisionName } from './held-decide.ts';

interface HeldActionsProps {
  held: Held | null;
  isDismissed: boolean;
  chosen: readonly HeldRow[];
  onAsk: (decision: Decision) => void;
}

export function HeldActions({ held, isDismissed, chosen, onAsk }: HeldActionsProps) {
  const { t } = useTranslation();
  const count = chosen.length;
  const button = (what: DecisionName, decision: Decision, label: string) => (
    <Button
      key={what}
      variant={what === 'approve' || what === 'again' ? 'filled' : 'default'}
      onClick={() => onAsk(decision)}
    >
      {label}
    </Button>
  );
  if (count > 0) {
    const names: readonly DecisionName[] = isDismissed ? ['again'] : ['wait', 'dismiss', 'approve'];
    return names.map((what) =>
      button(
        what,
        { what, rows: chosen },
        t(($) => $.held.many[what], { count }),
      ),
    );
  }
  if (isDismissed || held === null) return null;
  const { hash, absences, changes } = held;
  return (['wait', 'dismiss', 'approve'] as const).map((what) =>
    button(
      what,
      { what, all: { hash, absences, changes } },
      t(($) => $.held.all[what], { count: absences + changes }),
    ),
  );
}
