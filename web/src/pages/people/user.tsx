// One app user: fields, permissions and teams to edit; sign-in, Entra ID, history and removal beside.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getAppUser, updateAppUser, type AppUser } from '../../../../src/contract/api-people.ts';
import { isApiError } from '../../api/api-error.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership, useParam } from '../../api/session.ts';
import { AccessFields } from '../../forms/access-fields.tsx';
import { LeaveGuard } from '../../forms/leave-guard.tsx';
import { changesOf, draftOf, hasChanges } from '../../forms/user-draft.ts';
import { UserFields } from '../../forms/user-fields.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { Crumbs } from '../shell/crumbs.tsx';
import { usePeopleCrumbs } from './people-header.tsx';
import classes from './people.module.css';
import { UserConflict } from './user-conflict.tsx';
import { UserExceptions } from './user-exceptions.tsx';
import { UserEntra } from './user-entra.tsx';
import { UserHistory } from './user-history.tsx';
import { UserRemoval } from './user-removal.tsx';
import { UserSignIn } from './user-sign-in.tsx';

export function User() {
  const { id: organisationId } = useMembership();
  const id = useParam('userId');
  const user = useQuery(routeQuery(getAppUser, { params: { organisationId, id } }));
  const crumbs = usePeopleCrumbs({ label: user.data?.displayName ?? '…' });
  return (
    <>
      <Crumbs items={crumbs} />
      {user.isPending && <Loading />}
      {user.isError && <ErrorState error={user.error} onRetry={() => void user.refetch()} />}
      {user.data !== undefined && <Editor key={id} organisationId={organisationId} user={user.data} />}
    </>
  );
}

function Editor({ organisationId, user }: { organisationId: string; user: AppUser }) {
  const { t } = useTranslation();
  // What one began from: a newer answer of the server does not take away what one is writing.
  const [base, setBase] = useState(user);
  const [draft, setDraft] = useState(() => draftOf(user));
  const begin = (from: AppUser) => {
    setBase(from);
    setDraft(draftOf(from));
  };
  const save = useCall(updateAppUser, {
    onSuccess: (saved) => {
      begin(saved);
      tell(t(($) => $.people.user.saved));
    },
  });
  const changes = changesOf(draftOf(base), draft);
  const isChanged = hasChanges(changes);
  if (!isChanged && base.version < user.version) begin(user);
  const submit = (version: number) =>
    save.mutate({ params: { organisationId, id: user.id }, body: { version, ...changes } });
  const isConflict = isApiError(save.error, 'stale_version');
  const reason = isChanged ? undefined : t(($) => $.people.user.nothingChanged);
  return (
    <>
      <LeaveGuard isChanged={isChanged} />
      <PageHeader
        title={base.displayName}
        lead={base.email ?? undefined}
        actions={
          <>
            {isChanged && (
              <Button
                variant="default"
                onClick={() => {
                  save.reset();
                  begin(user);
                }}
              >
                {t(($) => $.people.user.discard)}
              </Button>
            )}
            <DisabledReason reason={reason}>
              <Button loading={save.isPending} onClick={() => submit(base.version)}>
                {t(($) => $.people.user.save)}
              </Button>
            </DisabledReason>
          </>
        }
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          {save.isError && !isConflict && <ErrorState error={save.error} />}
          {isConflict && (
            <UserConflict
              organisationId={organisationId}
              userId={user.id}
              changes={changes}
              onKeepMine={(theirs) => submit(theirs.version)}
              onTakeTheirs={(theirs) => {
                save.reset();
                begin(theirs);
              }}
            />
          )}
          <Sheet title={t(($) => $.people.user.details)}>
            <UserFields
              organisationId={organisationId}
              draft={draft}
              onChange={(fields) => setDraft({ ...draft, fields })}
              syncedFields={user.syncedFields}
              exceptions={user.exceptions}
              error={save.error}
            />
          </Sheet>
          <UserHistory organisationId={organisationId} userId={user.id} />
        </div>
        <div className={classes.column}>
          <Sheet title={t(($) => $.people.user.permissions)}>
            <AccessFields organisationId={organisationId} draft={draft} onChange={setDraft} />
          </Sheet>
          <UserSignIn organisationId={organisationId} user={user} />
          <UserEntra organisationId={organisationId} user={user} />
          <UserExceptions organisationId={organisationId} user={user} />
          <UserRemoval organisationId={organisationId} user={user} />
        </div>
      </div>
    </>
  );
}
