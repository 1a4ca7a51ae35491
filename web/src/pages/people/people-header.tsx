// The head of *Användare & Team*: its three parts, and the way to Entra ID.
import { useQuery } from '@tanstack/react-query';
import { IconPlugConnected, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { getConnection } from '../../../../src/contract/api-connection.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { iconProps } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { TabLinks } from '../../ui/tab-links.tsx';
import { Crumbs, type Crumb } from '../shell/crumbs.tsx';

export function PeopleHeader() {
  const { t } = useTranslation();
  const { id, name } = useMembership();
  return (
    <>
      <Crumbs items={usePeopleCrumbs()} />
      <PageHeader title={t(($) => $.people.title)} lead={t(($) => $.people.lead, { name })} actions={<EntraEntry />} />
      <TabLinks
        label={t(($) => $.people.tabs.label)}
        tabs={[
          { to: paths.users(id), label: t(($) => $.people.tabs.users) },
          { to: paths.teams(id), label: t(($) => $.people.tabs.teams) },
          { to: paths.customFields(id), label: t(($) => $.people.tabs.fields) },
        ]}
      />
    </>
  );
}

/** The button while there is no connection, the link once there is one. */
function EntraEntry() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const { data } = useQuery(routeQuery(getConnection, { params: { organisationId } }));
  if (data === undefined) return null;
  if (data.connection === null) {
    return (
      <LinkButton to={paths.entraConnect(organisationId)} leftSection={<IconPlugConnected {...iconProps} />}>
        {t(($) => $.people.connect)}
      </LinkButton>
    );
  }
  const to =
    data.connection.status === 'configuring' ? paths.entraSetup(organisationId) : paths.entraOverview(organisationId);
  return (
    <LinkButton to={to} variant="default" leftSection={<IconRefresh {...iconProps} />}>
      {t(($) => $.people.entraSync)}
    </LinkButton>
  );
}

/** Inställningar › organisation › Användare & Team, and what follows. Also for the pages of Entra ID. */
export function usePeopleCrumbs(...below: readonly Crumb[]): Crumb[] {
  const { t } = useTranslation();
  const { id, name } = useMembership();
  return [
    { label: t(($) => $.people.settings.title), to: paths.settings() },
    { label: name, to: paths.organisation(id) },
    { label: t(($) => $.people.title), to: paths.users(id) },
    ...below,
  ];
}
