// The links of the last thirty days: what became of each, until when it is good, and the button that revokes it.
import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import {
  IconBan,
  IconCircleCheck,
  IconClockOff,
  IconCircleX,
  IconEye,
  IconLink,
  type TablerIcon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listConnectLinks, revokeConnectLink } from '../../../../src/contract/api-connection.ts';
import type { Output } from '../../api/client.ts';
import { useCall } from '../../api/queries.ts';
import { ListTable } from '../../table/list-table.tsx';
import { onePage } from '../../table/one-page.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useFormat } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { tell } from '../../ui/told.ts';
import classes from './connect.module.css';

type Links = Output<typeof listConnectLinks>;
type Link = Links['items'][number];

/** Somebody may still use it. */
export function isOpen({ state }: Link): boolean {
  return state === 'created' || state === 'opened';
}

interface ConnectLinksProps {
  organisationId: string;
  links: UseQueryResult<Links>;
}

export function ConnectLinks({ organisationId, links }: ConnectLinksProps) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const [revoking, setRevoking] = useState<Link | null>(null);
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
            key: 'revoke',
            header: t(($) => $.connect.link.revoke),
            headerHidden: true,
            align: 'end',
            render: (link) =>
              isOpen(link) && (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t(($) => $.connect.link.revokeOf, { time: moment(link.createdAt) })}
                  onClick={() => setRevoking(link)}
                >
                  {t(($) => $.connect.link.revoke)}
                </Button>
              ),
          },
        ]}
      />
      {revoking !== null && (
        <RevokeDialog organisationId={organisationId} link={revoking} onClose={() => setRevoking(null)} />
      )}
    </Sheet>
  );
}

const looks: Record<Link['state'], { tone: 'plain' | 'ok' | 'bad' | 'info'; icon: TablerIcon }> = {
  created: { tone: 'info', icon: IconLink },
  opened: { tone: 'info', icon: IconEye },
  declined: { tone: 'bad', icon: IconCircleX },
  used: { tone: 'ok', icon: IconCircleCheck },
  expired: { tone: 'plain', icon: IconClockOff },
  revoked: { tone: 'plain', icon: IconBan },
};

function State({ link }: { link: Link }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = looks[link.state];
  const since = { opened: link.openedAt, declined: link.declinedAt, used: link.usedAt };
  const at = link.state in since ? since[link.state as keyof typeof since] : null; // just looked up
  return (
    <>
      <Tag tone={tone} icon={<Icon size={14} stroke={1.8} aria-hidden />}>
        {link.state === 'used' && link.usedBy !== null
          ? t(($) => $.connect.link.states.usedBy, { name: link.usedBy })
          : t(($) => $.connect.link.states[link.state])}
      </Tag>
      {at !== null && (
        <span className={classes.state}>
          <Moment at={at} />
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
