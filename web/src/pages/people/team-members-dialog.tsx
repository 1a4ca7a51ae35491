// Who is in a team: search app users to add, take members out, save all at once.
import { ActionIcon, Button, Group, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listAppUsers, listTeamMembers, updateTeam } from '../../../../src/contract/api-people.ts';
import { routePages, routeQuery, useCall } from '../../api/queries.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { focusNeighbour } from '../../ui/focus-neighbour.ts';
import { Loading } from '../../ui/loading.tsx';
import { Person } from '../../ui/person.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { tell } from '../../ui/told.ts';
import classes from './people.module.css';
import type { Team } from './team.ts';

interface Member {
  id: string;
  displayName: string;
}
interface DialogProps {
  organisationId: string;
  team: Team;
  onClose: () => void;
}
const suggestionsMax = 8;

export function TeamMembersDialog(props: DialogProps) {
  const { t } = useTranslation();
  const { organisationId, team, onClose } = props;
  // Members are set as a whole: what is edited must be what is saved now.
  const members = useQuery({
    ...routeQuery(listTeamMembers, { params: { organisationId, id: team.id } }),
    gcTime: 0,
    staleTime: Infinity,
  });
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={t(($) => $.people.teams.membersTitle, { name: team.name })}
      closeOnClickOutside={false}
    >
      {members.isPending && <Loading />}
      {members.isError && <ErrorState error={members.error} onRetry={() => void members.refetch()} />}
      {members.data !== undefined && <MembersForm {...props} saved={members.data.items} />}
    </Dialog>
  );
}

function MembersForm({ organisationId, team, onClose, saved }: DialogProps & { saved: readonly Member[] }) {
  const { t } = useTranslation();
  const [members, setMembers] = useState(saved);
  const [search, setSearch] = useState('');
  const save = useCall(updateTeam, {
    onSuccess: () => {
      tell(t(($) => $.people.teams.saved));
      onClose();
    },
  });
  const isChanged = members.length !== saved.length || members.some(({ id }) => !saved.some((one) => one.id === id));
  const memberIds = members.map(({ id }) => id);
  return (
    <Stack>
      {save.isError && <ErrorState error={save.error} />}
      <div>
        <SearchField label={t(($) => $.people.teams.searchPeople)} value={search} onSearch={setSearch} first />
        {search !== '' && (
          <Suggestions
            organisationId={organisationId}
            search={search}
            taken={memberIds}
            onAdd={(one) => setMembers([one, ...members])}
          />
        )}
      </div>
      <div>
        <strong className={classes.small}>{t(($) => $.people.teams.membersCount, { count: members.length })}</strong>
        {members.length === 0 && <p className={classes.quiet}>{t(($) => $.people.teams.noMembers)}</p>}
        <ul className={classes.members} aria-label={t(($) => $.people.teams.members)}>
          {members.map(({ id, displayName }) => (
            <li key={id}>
              <Person name={displayName} id={id} />
              <ActionIcon
                color="gray"
                aria-label={t(($) => $.people.teams.removeMember, { name: displayName })}
                data-row-action
                onClick={(event) => {
                  focusNeighbour(event.currentTarget);
                  setMembers(members.filter((one) => one.id !== id));
                }}
              >
                <IconX size={16} stroke={1.6} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      </div>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t(($) => $.shell.action.cancel)}
        </Button>
        <DisabledReason reason={isChanged ? undefined : t(($) => $.people.user.nothingChanged)}>
          <Button
            loading={save.isPending}
            onClick={() => save.mutate({ params: { organisationId, id: team.id }, body: { memberIds } })}
          >
            {t(($) => $.shell.action.save)}
          </Button>
        </DisabledReason>
      </Group>
    </Stack>
  );
}

interface SuggestionsProps {
  organisationId: string;
  search: string;
  taken: readonly string[];
  onAdd: (member: Member) => void;
}

function Suggestions({ organisationId, search, taken, onAdd }: SuggestionsProps) {
  const { t } = useTranslation();
  const found = useInfiniteQuery(routePages(listAppUsers, { params: { organisationId }, query: { search } }));
  if (found.isError) return <ErrorState error={found.error} />;
  if (found.data === undefined) return <Loading />;
  const rows = found.data.rows.filter(({ id }) => !taken.includes(id)).slice(0, suggestionsMax);
  if (rows.length === 0) return <p className={classes.quiet}>{t(($) => $.people.teams.noMatches)}</p>;
  return (
    <ul className={classes.members} aria-label={t(($) => $.people.teams.searchPeople)}>
      {rows.map((row) => (
        <li key={row.id}>
          <Person name={row.displayName} id={row.id} line={row.email} />
          <ActionIcon
            aria-label={t(($) => $.people.teams.addMember, { name: row.displayName })}
            data-row-action
            onClick={(event) => {
              focusNeighbour(event.currentTarget);
              onAdd(row);
            }}
          >
            <IconPlus size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
