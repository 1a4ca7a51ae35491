// *Användare*: the app users of the organisation.
import { Select } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { listAppUsers, listTeams } from '../../../../src/contract/api-people.ts';
import { routePages, routeQuery, type RowOf } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ListBar } from '../../table/list-bar.tsx';
import { ListTable, type Column } from '../../table/list-table.tsx';
import { useDensity } from '../../table/use-density.ts';
import { AppLink, LinkButton } from '../../ui/app-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Person } from '../../ui/person.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import { PeopleHeader } from './people-header.tsx';
import classes from './people.module.css';

type UserRow = RowOf<typeof listAppUsers>;

export function Users() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const [search, setSearch] = useSearchParam('q');
  const [teamId, setTeamId] = useSearchParam('team');
  const density = useDensity();
  const query = { ...(search === '' ? {} : { search }), ...(teamId === '' ? {} : { teamId }) };
  const pages = useInfiniteQuery(routePages(listAppUsers, { params: { organisationId }, query }));
  const { data } = pages;
  const add = (
    <LinkButton to={paths.newUser(organisationId)} size="xs" leftSection={<IconPlus {...iconProps} />}>
      {t(($) => $.people.users.add)}
    </LinkButton>
  );
  return (
    <>
      <PeopleHeader />
      <Sheet flush>
        <ListBar
          search={{
            label: t(($) => $.people.users.search),
            placeholder: t(($) => $.people.users.searchHint),
            value: search,
            onSearch: setSearch,
          }}
          filters={<TeamFilter organisationId={organisationId} value={teamId} onChange={setTeamId} />}
          count={
            data === undefined
              ? undefined
              : data.totalIsCapped
                ? t(($) => $.shell.list.moreThan, { count: data.total })
                : t(($) => $.people.users.shown, { count: data.total })
          }
          density={density}
          actions={add}
        />
        <ListTable
          label={t(($) => $.people.users.list)}
          pages={pages}
          columns={useColumns(organisationId)}
          idOf={(row) => row.id}
          nameOf={(row) => row.displayName}
          search={search}
          density={density[0]}
          cards
          empty={
            <EmptyState icon={IconUsers} title={t(($) => $.people.users.empty.title)} action={add}>
              {t(($) => $.people.users.empty.next)}
            </EmptyState>
          }
        />
      </Sheet>
    </>
  );
}

function TeamFilter({
  organisationId,
  value,
  onChange,
}: {
  organisationId: string;
  value: string;
  onChange: (id: string) => void;
}) {
  const { t } = useTranslation();
  const { data } = useQuery(routeQuery(listTeams, { params: { organisationId } }));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Select
      aria-label={t(($) => $.people.users.team)}
      placeholder={t(($) => $.people.users.allTeams)}
      data={data.items.map(({ id, name }) => ({ value: id, label: name }))}
      value={value === '' ? null : value}
      onChange={(chosen) => onChange(chosen ?? '')}
      clearable
      w={180}
    />
  );
}

function useColumns(organisationId: string): Column<UserRow>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'name',
      header: t(($) => $.people.users.name),
      render: (row) => (
        <Person name={row.displayName} id={row.id} line={row.email}>
          <AppLink to={paths.user(organisationId, row.id)} className={classes.link}>
            {row.displayName}
          </AppLink>
        </Person>
      ),
    },
    {
      key: 'permissions',
      header: t(($) => $.people.users.permissions),
      render: (row) =>
        row.permissions.length === 0 ? (
          <span className={classes.quiet}>{t(($) => $.people.permission.none)}</span>
        ) : (
          row.permissions.map((permission) => (
            <Tag key={permission} tone="fjord">
              {t(($) => $.people.permission[permission])}
            </Tag>
          ))
        ),
    },
    {
      key: 'teams',
      header: t(($) => $.people.users.teams),
      optional: true,
      render: (row) => (
        <span className={classes.tags}>
          {row.teams.map((team) => (
            <Tag key={team}>{team}</Tag>
          ))}
        </span>
      ),
    },
    {
      key: 'sign-in',
      header: t(($) => $.people.users.signIn),
      optional: true,
      render: (row) => row.signInEmail ?? <span className={classes.quiet}>{t(($) => $.people.users.noSignIn)}</span>,
    },
    {
      key: 'entra',
      header: t(($) => $.people.users.entra),
      optional: true,
      render: (row) =>
        row.linked ? (
          <Tag tone="ok">{t(($) => $.people.users.linked)}</Tag>
        ) : (
          <span className={classes.quiet}>{t(($) => $.people.users.notLinked)}</span>
        ),
    },
  ];
}
