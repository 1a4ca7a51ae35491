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
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';

const looks = {
  queued: { tone: 'info', icon: IconProgress },
  running: { tone: 'info', icon: IconProgress },
  ok: { tone: 'ok', icon: IconCheck },
  held: { tone: 'hold', icon: IconHandStop },
  retrying: { tone: 'hold', icon: IconRefresh },
  failed: { tone: 'bad', icon: IconExclamationCircle },
  superseded: { tone: 'hold', icon: IconAlertTriangle },
} as const;

export function RunState({ run: { state, error } }: { run: Run }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = looks[state];
  return (
    <div className={classes.state}>
      <Tag tone={tone} icon={<Icon size={14} stroke={1.8} aria-hidden />}>
        {t(($) => $.runs.states[state])}
      </Tag>
      {error !== null && <span className={classes.quiet}>{t(($) => $.errors[error.code].title)}</span>}
    </div>
  );
}
