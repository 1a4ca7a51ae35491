// Chosen groups that are gone from Entra: since when, how many would leave the scope with them, and the two ways: to wait, or to take
// the group out of the choice. One that is back says so until the next run.
import { useTranslation } from 'react-i18next';
import type { Connection, GoneGroup } from '../../../../src/contract/api-connection.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { useFormat } from '../../ui/format.ts';
import { Say } from '../../ui/say.tsx';

export function GoneGroups({ organisationId, connection }: { organisationId: string; connection: Connection }) {
  return connection.goneGroups.map((group) =>
    group.backAt === null ? (
      <Gone key={group.id} organisationId={organisationId} group={group} />
    ) : (
      <Back key={group.id} name={group.name} backAt={group.backAt} />
    ),
  );
}

function Gone({ organisationId, group: { name, since, leaving } }: { organisationId: string; group: GoneGroup }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  return (
    <Say
      tone="hold"
      title={t(($) => $.overview.state.groupGone.title, { group: name })}
      action={
        <LinkButton to={paths.entraGroups(organisationId)} size="xs" variant="default">
          {t(($) => $.overview.state.failed.toGroups)}
        </LinkButton>
      }
    >
      <p>
        {t(($) => $.overview.state.groupGone.since, { moment: moment(since) })}{' '}
        {leaving === 0
          ? t(($) => $.overview.state.groupGone.leavingNone)
          : t(($) => $.overview.state.groupGone.leaving, { count: leaving })}
      </p>
      <p>{t(($) => $.overview.state.groupGone.wait)}</p>
      <p>
        {leaving === 0 ? t(($) => $.overview.state.groupGone.removeNone) : t(($) => $.overview.state.groupGone.remove)}
      </p>
    </Say>
  );
}

function Back({ name, backAt }: { name: string; backAt: string }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  return (
    <Say tone="ok" title={t(($) => $.overview.state.groupBack.title, { group: name })}>
      {t(($) => $.overview.state.groupBack.text, { moment: moment(backAt) })}
    </Say>
  );
}
