// A new team, or a new name for one.
import { createTeam, updateTeam } from '../../../../src/contract/api-people.ts';
import { useTranslation } from 'react-i18next';
import { useCall } from '../../api/queries.ts';
import { NameDialog } from '../../forms/name-dialog.tsx';
import { tell } from '../../ui/told.ts';
import type { Team } from './team.ts';

interface TeamNameDialogProps {
  organisationId: string;
  /** null: a new one. */
  team: Team | null;
  opened: boolean;
  onClose: () => void;
}

export function TeamNameDialog({ organisationId, team, opened, onClose }: TeamNameDialogProps) {
  const { t } = useTranslation();
  const create = useCall(createTeam, {
    onSuccess: ({ name }) => {
      tell(t(($) => $.people.teams.created, { name }));
      onClose();
    },
  });
  const rename = useCall(updateTeam, {
    onSuccess: () => {
      tell(t(($) => $.people.teams.saved));
      onClose();
    },
  });
  const save = (name: string) => {
    if (team === null) create.mutate({ params: { organisationId }, body: { name } });
    else rename.mutate({ params: { organisationId, id: team.id }, body: { name } });
  };
  const call = team === null ? create : rename;
  return (
    <NameDialog
      opened={opened}
      onClose={() => {
        call.reset();
        onClose();
      }}
      title={
        team === null ? t(($) => $.people.teams.addTitle) : t(($) => $.people.teams.renameTitle, { name: team.name })
      }
      label={t(($) => $.people.teams.name)}
      missing={t(($) => $.people.teams.nameMissing)}
      lengthMax={100}
      initial={team?.name ?? ''}
      submit={team === null ? t(($) => $.people.teams.add) : t(($) => $.shell.action.save)}
      busy={call.isPending}
      error={call.error}
      onSubmit={save}
    />
  );
}
