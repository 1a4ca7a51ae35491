// Below an organisation's address: one belongs to it, and times are said in its zone.
import { Outlet } from '@tanstack/react-router';
import { IconLock } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { may, rememberOrganisation, useMaybeParam, useOrganisation, useSession } from '../../api/session.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { TimeZoneContext } from '../../ui/format.ts';
import { NotFound } from './failures.tsx';

export function OrganisationLayout() {
  const organisationId = useMaybeParam('organisationId') ?? '';
  const isMember = useSession().organisations.some((one) => one.id === organisationId);
  const zone = useOrganisation(isMember ? organisationId : undefined)?.timeZone;
  useEffect(() => {
    if (isMember) rememberOrganisation(organisationId);
  }, [isMember, organisationId]);
  if (!isMember) return <NotFound />;
  return (
    <TimeZoneContext value={zone}>
      <Outlet />
    </TimeZoneContext>
  );
}

/** The same for the settings, which take the permission Användare & Team. */
export function SettingsLayout() {
  const { t } = useTranslation();
  const organisationId = useMaybeParam('organisationId');
  const membership = useSession().organisations.find((one) => one.id === organisationId);
  if (membership !== undefined && !may(membership, 'users_and_teams')) {
    return (
      <EmptyState isPage icon={IconLock} title={t(($) => $.people.settings.forbidden.title)}>
        {t(($) => $.people.settings.forbidden.next, { name: membership.name })}
      </EmptyState>
    );
  }
  return <OrganisationLayout />;
}
