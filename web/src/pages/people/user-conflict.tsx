// Somebody else saved first: shows what one wanted beside what is saved now, and lets one choose.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getAppUser, type AppUser } from '../../../../src/contract/api-people.ts';
import { routeQuery } from '../../api/queries.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import classes from '../../forms/forms.module.css';
import { namesOf, type UserChanges } from '../../forms/user-draft.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Say } from '../../ui/say.tsx';

interface UserConflictProps {
  organisationId: string;
  userId: string;
  changes: UserChanges;
  onKeepMine: (theirs: AppUser) => void;
  onTakeTheirs: (theirs: AppUser) => void;
}

export function UserConflict({ organisationId, userId, changes, onKeepMine, onTakeTheirs }: UserConflictProps) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  // Always asked anew: the cache holds what one began from.
  const theirs = useQuery({
    ...routeQuery(getAppUser, { params: { organisationId, id: userId } }),
    refetchOnMount: 'always',
  });
  if (theirs.isError) return <ErrorState error={theirs.error} onRetry={() => void theirs.refetch()} />;
  if (theirs.data === undefined || theirs.isFetching) return <Loading />;
  const { data } = theirs;
  const fields = changes.fields ?? {};
  return (
    <Say
      tone="hold"
      live
      title={t(($) => $.people.user.conflict.title)}
      action={
        <>
          <Button size="xs" onClick={() => onKeepMine(data)}>
            {t(($) => $.people.user.conflict.keepMine)}
          </Button>
          <Button size="xs" variant="default" onClick={() => onTakeTheirs(data)}>
            {t(($) => $.people.user.conflict.takeTheirs)}
          </Button>
        </>
      }
    >
      {t(($) => $.people.user.conflict.text)}
      <table className={classes.conflict}>
        <thead>
          <tr>
            <th scope="col">{t(($) => $.people.user.conflict.field)}</th>
            <th scope="col">{t(($) => $.people.user.conflict.yours)}</th>
            <th scope="col">{t(($) => $.people.user.conflict.theirs)}</th>
          </tr>
        </thead>
        <tbody>
          {namesOf(fields).map((field) => (
            <tr key={field}>
              <th scope="row">{label(field)}</th>
              <td>{fields[field] ?? t(($) => $.shell.change.empty)}</td>
              <td>{data.fields[field] ?? t(($) => $.shell.change.empty)}</td>
            </tr>
          ))}
          {changes.permissions !== undefined && (
            <tr>
              <th scope="row">{t(($) => $.people.user.permissions)}</th>
              <td>
                {changes.permissions.length > 0
                  ? t(($) => $.people.permission.users_and_teams)
                  : t(($) => $.people.permission.none)}
              </td>
              <td>
                {data.permissions.length > 0
                  ? t(($) => $.people.permission.users_and_teams)
                  : t(($) => $.people.permission.none)}
              </td>
            </tr>
          )}
          {changes.teamIds !== undefined && (
            <tr>
              <th scope="row">{t(($) => $.people.user.teams)}</th>
              <td>{t(($) => $.people.user.conflict.teams, { count: changes.teamIds.length })}</td>
              <td>{data.teams.length === 0 ? t(($) => $.shell.change.empty) : data.teams.join(', ')}</td>
            </tr>
          )}
        </tbody>
      </table>
    </Say>
  );
}
