// The links of the last thirty days: what became of each, until when it is good, and the button that revokes it.
import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import {
  IconBan,
  IconCircleCheck,
  IconClockOff,
  IconCircleX,
  IconEye,
  IconHourglass,
  IconLink,
  type TablerIcon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  listConnectLinks,
  revokeConnectLink,
  type ConnectLink as Link,
} from '../../../../src/contract/api-connection.ts';
import type { Output } from '../../api/client.ts';
import { useCall } from '../../api/queries.ts';
import { ListTable } from '../../table/list-table.tsx';
import { onePage } from '../../table/one-page.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { tell } from '../../ui/told.ts';
import classes from './connect.module.css';
import { LinkHistory } from './link-history.tsx';
import { LinkReminder } from './link-reminder.tsx';

type Links = Output<typeof listConnectLinks>;

/** Something may still come of it without anybody here doing anything. */
export const isWaitedFor = ({ isOpen, state }: Link): boolean => isOpen || state === 'waiting_operator';

interface ConnectLinksProps {
  organisationId: string;
  links: UseQueryResult<Links>;
}

export function ConnectLinks({ organisationId, links }: ConnectLinksProps) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const [acting, setActing] = useState<{ on: Link; by: 'revoke' | 'remind' | 'history' } | null>(null);
  const close = () => setActing(null);
  if (links.data?.items.length === 0) return null;
  return (
    <Sheet flush title={t(($) => $.connect.link.list)} lead={t(($) => $.connect.link.listLead)}>
      <ListTable
        label={t(($) => $.connect.link.list)}
        pages={onePage(links)}
        idOf={({ id }) => id}
        nameOf={({ createdAt }) => moment(createdAt)}
        empty={null}
        cards="labelled"
        columns={[
          { key: 'state', header: t(($) => $.connect.link.state), render: (link) => <State link={link} /> },
          {
            key: 'created',
            header: t(($) => $.connect.link.created),
            render: ({ createdAt }) => <Moment at={createdAt} />,
          },
          { key: 'by', header: t(($) => $.connect.link.by), render: ({ createdBy }) => createdBy, optional: true },
          {
            key: 'expires',
            header: t(($) => $.connect.link.expires),
            render: ({ expiresAt }) => <Moment at={expiresAt} />,
          },
          {
            key: 'actions',
            header: t(($) => $.shell.list.actions),
            headerHidden: true,
            align: 'end',
            render: (link) => (
              <Actions link={link} time={moment(link.createdAt)} act={(by) => setActing({ on: link, by })} />
            ),
          },
        ]}
      />
      {acting?.by === 'revoke' && <RevokeDialog organisationId={organisationId} link={acting.on} onClose={close} />}
      {acting?.by === 'remind' && <LinkReminder organisationId={organisationId} link={acting.on} onClose={close} />}
      {acting?.by === 'history' && (
        <Dialog opened onClose={close} title={t(($) => $.connect.link.history)}>
          <LinkHistory
            link={links.data?.items.find(({ id }) => id === acting.on.id) ?? acting.on}
            label={t(($) => $.connect.link.historyOf, { time: moment(acting.on.createdAt) })}
          />
        </Dialog>
      )}
    </Sheet>
  );
}

interface ActionsProps {
  link: Link;
  time: string;
  act: (by: 'revoke' | 'remind' | 'history') => void;
}

function Actions({ link, time, act }: ActionsProps) {
  const { t } = useTranslation();
  const button = { size: 'xs', variant: 'default' } as const;
  return (
    <div className={classes.actions}>
      <Button
        {...button}
        variant="subtle"
        aria-label={t(($) => $.connect.link.historyOf, { time })}
        onClick={() => act('history')}
      >
        {t(($) => $.connect.link.history)}
      </Button>
      {link.canRemind && (
        <Button {...button} aria-label={t(($) => $.connect.link.remindOf, { time })} onClick={() => act('remind')}>
          {t(($) => $.connect.link.remind)}
        </Button>
      )}
      {isWaitedFor(link) && (
        <Button {...button} aria-label={t(($) => $.connect.link.revokeOf, { time })} onClick={() => act('revoke')}>
          {t(($) => $.connect.link.revoke)}
        </Button>
      )}
    </div>
  );
}

const looks: Record<Link['state'], { tone: 'plain' | 'ok' | 'bad' | 'info' | 'hold'; icon: TablerIcon }> = {
  created: { tone: 'info', icon: IconLink },
  opened: { tone: 'info', icon: IconEye },
  waiting: { tone: 'hold', icon: IconHourglass },
  waiting_operator: { tone: 'hold', icon: IconHourglass },
  declined: { tone: 'bad', icon: IconCircleX },
  refused: { tone: 'bad', icon: IconCircleX },
  used: { tone: 'ok', icon: IconCircleCheck },
  expired: { tone: 'plain', icon: IconClockOff },
  revoked: { tone: 'plain', icon: IconBan },
};

function State({ link }: { link: Link }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = looks[link.state];
  // The time of creation has a column, and so has that of the end by itself.
  const since = link.events.find(({ kind }) => kind === link.state && kind !== 'created' && kind !== 'expired');
  return (
    <>
      <Tag tone={tone} icon={<Icon size={14} stroke={1.8} aria-hidden />}>
        {link.state === 'used' && since?.by
          ? t(($) => $.connect.link.states.usedBy, { name: since.by })
          : t(($) => $.connect.link.states[link.state])}
      </Tag>
      {since !== undefined && (
        <span className={classes.state}>
          <Moment at={since.at} />
        </span>
      )}
    </>
  );
}

function RevokeDialog({ organisationId, link, onClose }: { organisationId: string; link: Link; onClose: () => void }) {
  const { t } = useTranslation();
  const revoke = useCall(revokeConnectLink, {
    refreshes: [listConnectLinks],
    onSuccess: () => {
      tell(t(($) => $.connect.link.revoked));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(($) => $.connect.link.revokeTitle)}
      confirm={t(($) => $.connect.link.revokeConfirm)}
      onConfirm={() => revoke.mutate({ params: { organisationId, id: link.id } })}
      undo={false}
      busy={revoke.isPending}
      error={revoke.error}
      danger
    >
      {t(($) => $.connect.link.revokeText)}
    </ConfirmDialog>
  );
}
