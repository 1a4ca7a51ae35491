// *Team*: create, rename, choose members, delete.
import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup, IconUsersPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteTeam, listTeams } from '../../../../src/contract/api-people.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { onePage } from '../../table/one-page.ts';
import { RowActions } from '../../table/row-actions.tsx';
import { AppLink } from '../../ui/app-link.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { PeopleHeader } from './people-header.tsx';
import classes from './people.module.css';
import type { Team } from './team.ts';
import { TeamMembersDialog } from './team-members-dialog.tsx';
import { TeamNameDialog } from './team-name-dialog.tsx';

interface Opened {
  what: 'rename' | 'members' | 'remove';
  team: Team;
}

export function Teams() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const teams = useQuery(routeQuery(listTeams, { params: { organisationId } }));
  const [isAdding, adding] = useDisclosure(false);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const add = (
    <Button size="xs" leftSection={<IconPlus {...iconProps} />} onClick={adding.open}>
      {t(($) => $.people.teams.add)}
    </Button>
  );
  return (
    <>
      <PeopleHeader />
      <Sheet flush>
        <ListBar filters={<p className={classes.small}>{t(($) => $.people.teams.lead)}</p>} actions={add} />
        <ListTable
          label={t(($) => $.people.teams.list)}
          pages={onePage(teams)}
          columns={useColumns(organisationId, setOpened)}
          idOf={(row) => row.id}
          nameOf={(row) => row.name}
          empty={
            <EmptyState icon={IconUsersGroup} title={t(($) => $.people.teams.empty.title)} action={add}>
              {t(($) => $.people.teams.empty.next)}
            </EmptyState>
          }
        />
      </Sheet>
      <TeamNameDialog organisationId={organisationId} team={null} opened={isAdding} onClose={adding.close} />
      {opened?.what === 'rename' && (
        <TeamNameDialog organisationId={organisationId} team={opened.team} opened onClose={close} />
      )}
      {opened?.what === 'members' && (
        <TeamMembersDialog organisationId={organisationId} team={opened.team} onClose={close} />
      )}
      {opened?.what === 'remove' && <RemoveDialog organisationId={organisationId} team={opened.team} onClose={close} />}
    </>
  );
}

function useColumns(organisationId: string, onOpen: (opened: Opened) => void): Column<Team>[] {
  const { t } = useTranslation();
  return [
    { key: 'name', header: t(($) => $.people.teams.name), render: (team) => <strong>{team.name}</strong> },
    {
      key: 'members',
      header: t(($) => $.people.teams.members),
      render: (team) => (
        <AppLink to={`${paths.users(organisationId)}?team=${team.id}`}>
          {t(($) => $.people.teams.membersCount, { count: team.members })}
          <ScreenReader>: {team.name}</ScreenReader>
        </AppLink>
      ),
    },
    {
      key: 'actions',
      header: t(($) => $.shell.list.actions),
      headerHidden: true,
      align: 'end',
      render: (team) => (
        <RowActions name={team.name}>
          <Menu.Item leftSection={<IconUsersPlus {...iconProps} />} onClick={() => onOpen({ what: 'members', team })}>
            {t(($) => $.people.teams.editMembers)}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil {...iconProps} />} onClick={() => onOpen({ what: 'rename', team })}>
            {t(($) => $.people.teams.rename)}
          </Menu.Item>
          <Menu.Item
            color="brick"
            leftSection={<IconTrash {...iconProps} />}
            onClick={() => onOpen({ what: 'remove', team })}
          >
            {t(($) => $.people.teams.remove)}
          </Menu.Item>
        </RowActions>
      ),
    },
  ];
}

function RemoveDialog({ organisationId, team, onClose }: { organisationId: string; team: Team; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useCall(deleteTeam, {
    onSuccess: () => {
      tell(t(($) => $.people.teams.removed, { name: team.name }));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t(($) => $.people.teams.removeTitle, { name: team.name })}
      confirm={t(($) => $.people.teams.remove)}
      onConfirm={() => remove.mutate({ params: { organisationId, id: team.id } })}
      undo={false}
      busy={remove.isPending}
      error={remove.error}
      danger
    >
      <p className={classes.small}>{t(($) => $.people.teams.removeText, { count: team.members })}</p>
    </ConfirmDialog>
  );
}
