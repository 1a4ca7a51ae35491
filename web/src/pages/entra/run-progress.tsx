// A run while it goes on: the phase, the people read of those expected, and until when Microsoft asks us to wait.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '../../../../src/contract/api-runs.ts';
import { useMaybeParam, useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { useFormat } from '../../ui/format.ts';
import { Progress } from '../../ui/progress.tsx';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';

export function RunProgress({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { peopleRead, peopleExpected, groupsRead, turn } = run.progress;
  const { id: organisationId } = useMembership();
  const shownId = useMaybeParam('previewId');
  const isPreview = run.trigger === 'preview';
  const at = run.state === 'queued' ? 'queued' : run.phase;
  const phase = isPreview ? t(($) => $.preview.running.phase[at]) : t(($) => $.overview.phase[at]);
  const wait = useWait(run);
  const groups = groupsRead > 0 ? t(($) => $.overview.groupsRead, { count: groupsRead }) : undefined;
  // Only reading has a number to reach; what follows takes a moment whose length nobody knows.
  const expected = run.phase === 'pull' ? peopleExpected : null;
  const left = expected === null ? 0 : Math.max(0, expected - peopleRead);
  const remains = left > 0 ? t(($) => $.overview.left, { count: left }) : undefined;
  return (
    <Sheet
      title={isPreview ? t(($) => $.preview.running.title) : t(($) => $.overview.state.running.title)}
      lead={isPreview ? t(($) => $.preview.running.leave) : t(($) => $.overview.state.running.leave)}
      {...(isPreview && shownId !== run.id
        ? {
            actions: (
              <LinkButton to={paths.entraPreview(organisationId, run.id)} size="xs" variant="default">
                {t(($) => $.preview.running.open)}
              </LinkButton>
            ),
          }
        : {})}
    >
      <Progress label={phase} read={peopleRead} expected={expected} note={wait ?? remains ?? groups} />
      <ScreenReader live>
        {wait === undefined ? phase : `${phase}. ${t(($) => $.overview.state.waitingShort)}`}
      </ScreenReader>
      {turn !== null && <p className={classes.small}>{t(($) => $.overview.turn[turn.kind])}</p>}
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
