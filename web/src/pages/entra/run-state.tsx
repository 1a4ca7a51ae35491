// The state of a run in a word; of one that failed, also why.
import {
  IconAlertTriangle,
  IconCheck,
  IconExclamationCircle,
  IconHandStop,
  IconProgress,
  IconRefresh,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Run } from '../../../../src/contract/api-runs.ts';
import { useMembership } from '../../api/session.ts';
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';
import { heldOf, useHeld } from './held-of-run.ts';

const looks = {
  queued: { tone: 'info', icon: IconProgress },
  running: { tone: 'info', icon: IconProgress },
  ok: { tone: 'ok', icon: IconCheck },
  held: { tone: 'hold', icon: IconHandStop },
  retrying: { tone: 'hold', icon: IconRefresh },
  failed: { tone: 'bad', icon: IconExclamationCircle },
  superseded: { tone: 'hold', icon: IconAlertTriangle },
} as const;

export function RunState({ run }: { run: Run }) {
  const { state, error } = run;
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const held = useHeld(organisationId).data?.held;
  const isSettled = state === 'held' && held !== undefined && heldOf(run, held) === null;
  const { tone, icon: Icon } = looks[isSettled ? 'ok' : state];
  return (
    <div className={classes.state}>
      <Tag tone={tone} icon={<Icon size={14} stroke={1.8} aria-hidden />}>
        {isSettled ? t(($) => $.held.over.state) : t(($) => $.runs.states[state])}
      </Tag>
      {error !== null && <span className={classes.quiet}>{t(($) => $.errors[error.code].title)}</span>}
    </div>
  );
}
