// *Notifikationer*: the inbox. Each notification leads to what it is about, and is read by being opened.
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  IconAlertTriangle,
  IconClockExclamation,
  IconClockOff,
  IconHandStop,
  IconHourglass,
  IconBell,
  IconLink,
  IconPencil,
  IconPlugConnectedX,
  IconPower,
  IconUserMinus,
  IconUserPlus,
  type TablerIcon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import {
  countUnread,
  listNotifications,
  markRead,
  type Notification,
  type NotificationKind,
} from '../../../../src/contract/api-notifications.ts';
import { routePages, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './notifications.module.css';
import { addressOfTarget, wordsOf } from './words.ts';

const looks: Record<NotificationKind, [icon: TablerIcon, tone: string | undefined]> = {
  new_people: [IconUserPlus, classes.info],
  changed: [IconPencil, undefined],
  gone: [IconUserMinus, classes.hold],
  group_gone: [IconAlertTriangle, classes.hold],
  group_back: [IconLink, classes.ok],
  run_held: [IconHandStop, classes.hold],
  hold_ended: [IconHandStop, classes.ok],
  run_failed: [IconAlertTriangle, classes.bad],
  sync_degraded: [IconAlertTriangle, classes.bad],
  connection_trouble: [IconPlugConnectedX, classes.bad],
  credential_expires: [IconClockExclamation, classes.hold],
  connected: [IconLink, classes.ok],
  connect_link_opened: [IconLink, classes.info],
  connect_link_declined: [IconLink, classes.hold],
  connect_link_waiting: [IconHourglass, classes.hold],
  connect_link_expired: [IconClockOff, classes.hold],
  connect_link_revoked: [IconLink, undefined],
  connect_awaits_operator: [IconHourglass, classes.info],
  connect_refused: [IconPlugConnectedX, classes.bad],
  turned_off: [IconPower, undefined],
};

export function NotificationsPage() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const params = { organisationId };
  const pages = useInfiniteQuery({
    ...routePages(listNotifications, { params }),
    refetchInterval: 30_000,
    refetchOnWindowFocus: 'always',
  });
  const read = useCall(markRead, { refreshes: [listNotifications, countUnread] });
  const rows = pages.data?.rows ?? [];
  const hasUnread = rows.some((row) => row.readAt === null);
  return (
    <>
      <PageHeader
        title={t(($) => $.notifications.title)}
        lead={t(($) => $.notifications.lead)}
        actions={
          rows.length > 0 && (
            <DisabledReason reason={hasUnread ? undefined : t(($) => $.notifications.markAllDisabled)}>
              <Button variant="default" loading={read.isPending} onClick={() => read.mutate({ params, body: {} })}>
                {t(($) => $.notifications.markAll)}
              </Button>
            </DisabledReason>
          )
        }
      />
      <div style={{ marginTop: 20 }}>
        {read.isError && <ErrorState error={read.error} />}
        {pages.isPending && <Loading />}
        {pages.isError && <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />}
        {pages.data !== undefined && (
          <Sheet flush>
            {rows.length === 0 ? (
              <EmptyState icon={IconBell} title={t(($) => $.notifications.empty.title)}>
                {t(($) => $.notifications.empty.next)}
              </EmptyState>
            ) : (
              <ul className={classes.list} aria-label={t(($) => $.notifications.list)}>
                {rows.map((row) => (
                  <Item
                    key={row.id}
                    row={row}
                    organisationId={organisationId}
                    onOpen={() => row.readAt === null && read.mutate({ params, body: { ids: [row.id] } })}
                  />
                ))}
              </ul>
            )}
            <LoadMore
              hasMore={pages.hasNextPage}
              busy={pages.isFetchingNextPage}
              onMore={() => void pages.fetchNextPage()}
            />
          </Sheet>
        )}
      </div>
    </>
  );
}

function Item({ row, organisationId, onOpen }: { row: Notification; organisationId: string; onOpen: () => void }) {
  const { t } = useTranslation();
  const { title, text } = wordsOf(t, row);
  const [Icon, tone] = looks[row.kind];
  const isUnread = row.readAt === null;
  return (
    <li className={`${classes.item} ${isUnread ? classes.unread : ''}`}>
      <span className={classes.dot} />
      <span className={`${classes.icon} ${tone ?? ''}`}>
        <Icon {...iconProps} />
      </span>
      <div>
        <AppLink to={addressOfTarget(organisationId, row)} className={classes.title} onClick={onOpen}>
          {isUnread && <ScreenReader>{t(($) => $.notifications.unread)}: </ScreenReader>}
          {title}
        </AppLink>
        {text !== undefined && <p className={classes.text}>{text}</p>}
      </div>
      <span className={classes.when}>
        <Moment at={row.createdAt} />
      </span>
    </li>
  );
}
