// The entries of the main menu: contacts, notifications with what is unread, and settings at the foot.
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { IconBell, IconSettings, IconUsers, type TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { countUnread } from '../../../../src/contract/api-notifications.ts';
import { routeQuery } from '../../api/queries.ts';
import { currentMembership, may, useMaybeParam, useSession } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { iconProps } from '../../ui/icon.ts';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { AccountMenu } from './account-menu.tsx';
import { OrganisationSwitch } from './organisation-switch.tsx';
import classes from './shell.module.css';

const pollMilliseconds = 30_000;

export function MenuEntries({ onNavigate }: { onNavigate?: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const membership = currentMembership(session, useMaybeParam('organisationId'));
  const mayOpenSettings = session.organisations.some((one) => may(one, 'users_and_teams'));
  return (
    <>
      <OrganisationSwitch />
      {membership !== undefined && (
        <>
          <Entry to={paths.contacts(membership.id)} icon={IconUsers} onClick={onNavigate}>
            {t(($) => $.shell.menu.contacts)}
          </Entry>
          <Entry to={paths.notifications(membership.id)} icon={IconBell} onClick={onNavigate}>
            {t(($) => $.shell.menu.notifications)}
            <UnreadBadge organisationId={membership.id} />
          </Entry>
        </>
      )}
      <div className={classes.push} />
      <AccountMenu />
      {mayOpenSettings && (
        <Entry to={paths.settings()} icon={IconSettings} onClick={onNavigate}>
          {t(($) => $.shell.menu.settings)}
        </Entry>
      )}
    </>
  );
}

interface EntryProps {
  to: string;
  icon: TablerIcon;
  onClick: (() => void) | undefined;
  children: ReactNode;
}

function Entry({ to, icon: Icon, onClick, children }: EntryProps) {
  const { pathname } = useLocation();
  const isCurrent = pathname === to || pathname.startsWith(`${to}/`);
  return (
    <AppLink
      to={to}
      className={classes.entry}
      onClick={onClick}
      {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
    >
      <Icon {...iconProps} />
      {children}
    </AppLink>
  );
}

function UnreadBadge({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    ...routeQuery(countUnread, { params: { organisationId } }),
    refetchInterval: pollMilliseconds,
    refetchOnWindowFocus: 'always',
  });
  const unread = data?.unread ?? 0;
  if (unread === 0) return null;
  return (
    <span className={classes.badge}>
      <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
      <ScreenReader> {t(($) => $.shell.menu.unread, { count: unread })}</ScreenReader>
    </span>
  );
}
