// That something is held, wherever an administrator comes by: how much, since when, and the way to decide.
import { useTranslation } from 'react-i18next';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { useFormat } from '../../ui/format.ts';
import { Say } from '../../ui/say.tsx';
import { useHeld } from './held-of-run.ts';
import { capital } from './run-words.ts';

export function HeldBanner({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const { list, moment } = useFormat();
  const held = useHeld(organisationId).data?.held;
  if (held === undefined || held === null) return null;
  const what = [
    ...(held.absences > 0 ? [t(($) => $.held.banner.absences, { count: held.absences })] : []),
    ...(held.changes > 0 ? [t(($) => $.held.banner.changes, { count: held.changes })] : []),
  ];
  return (
    <Say
      tone="hold"
      title={t(($) => $.held.title)}
      action={
        <LinkButton to={paths.entraRun(organisationId, held.runId)} size="xs">
          {t(($) => $.held.banner.open)}
        </LinkButton>
      }
    >
      {t(($) => $.held.banner.text, { what: capital(list(what)) })}{' '}
      {t(($) => $.held.banner.since, { moment: moment(held.since) })}
    </Say>
  );
}
