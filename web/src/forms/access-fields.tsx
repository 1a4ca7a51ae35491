// What an app user may do, and the teams that they are in.
import { MultiSelect, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listTeams } from '../../../src/contract/api-people.ts';
import { routeQuery } from '../api/queries.ts';
import classes from './forms.module.css';
import type { UserDraft } from './user-draft.ts';

interface AccessFieldsProps {
  organisationId: string;
  draft: UserDraft;
  onChange: (draft: UserDraft) => void;
}

export function AccessFields({ organisationId, draft, onChange }: AccessFieldsProps) {
  const { t } = useTranslation();
  const teams = useQuery(routeQuery(listTeams, { params: { organisationId } }));
  const items = teams.data?.items ?? [];
  return (
    <div className={classes.stack}>
      <Switch
        label={t(($) => $.people.user.usersAndTeams)}
        description={t(($) => $.people.user.usersAndTeamsHint)}
        checked={draft.permissions.includes('users_and_teams')}
        onChange={(event) =>
          onChange({ ...draft, permissions: event.currentTarget.checked ? ['users_and_teams'] : [] })
        }
      />
      <MultiSelect
        label={t(($) => $.people.user.teams)}
        placeholder={
          items.length === 0
            ? t(($) => $.people.user.teamsNone)
            : draft.teamIds.length === 0
              ? t(($) => $.people.user.teamsHint)
              : ''
        }
        data={items.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...draft.teamIds]}
        onChange={(teamIds) => onChange({ ...draft, teamIds })}
        disabled={items.length === 0}
        searchable
        clearable
        hidePickedOptions
      />
    </div>
  );
}
