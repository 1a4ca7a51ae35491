// A run while it goes on: the phase, the people read of those expected, and until when Microsoft asks us to wait.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '../../../../src/contract/api-runs.ts';
import { useFormat } from '../../ui/format.ts';
import { Progress } from '../../ui/progress.tsx';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';

export function RunProgress({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { peopleRead, peopleExpected, groupsRead } = run.progress;
  const phase = t(($) => $.overview.phase[run.state === 'queued' ? 'queued' : run.phase]);
  const wait = useWait(run);
  const groups = groupsRead > 0 ? t(($) => $.overview.groupsRead, { count: groupsRead }) : undefined;
  // Only reading has a number to reach; what follows takes a moment whose length nobody knows.
  const expected = run.phase === 'pull' ? peopleExpected : null;
  return (
    <Sheet title={t(($) => $.overview.state.running.title)} lead={t(($) => $.overview.state.running.leave)}>
      <Progress label={phase} read={peopleRead} expected={expected} note={wait ?? groups} />
      <ScreenReader live>
        {wait === undefined ? phase : `${phase}. ${t(($) => $.overview.state.waitingShort)}`}
      </ScreenReader>
      {wait !== undefined && <p className={classes.small}>{t(($) => $.overview.state.waitingWhy)}</p>}
    </Sheet>
  );
}

function useWait({ waitingUntil }: Run): string | undefined {
  const { t } = useTranslation();
  const { time, duration } = useFormat();
  const now = useNow();
  if (waitingUntil === null) return undefined;
  const left = Date.parse(waitingUntil) - now;
  if (left <= 0) return undefined;
  return t(($) => $.overview.state.waiting, { time: time(waitingUntil), left: duration(left) });
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
