// A new app user, created by hand.
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAppUser } from '../../../../src/contract/api-people.ts';
import { useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { AccessFields } from '../../forms/access-fields.tsx';
import { emptyDraft, filledFields } from '../../forms/user-draft.ts';
import { UserFields } from '../../forms/user-fields.tsx';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { Crumbs } from '../shell/crumbs.tsx';
import { usePeopleCrumbs } from './people-header.tsx';
import classes from './people.module.css';

export function NewUser() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(emptyDraft);
  const [isTried, setIsTried] = useState(false);
  const fields = filledFields(draft);
  const title = t(($) => $.people.user.new);
  const create = useCall(createAppUser, {
    onSuccess: async (user) => {
      tell(t(($) => $.people.user.created, { name: user.displayName }));
      await navigate({ to: paths.user(organisationId, user.id), replace: true });
    },
  });
  const submit = () => {
    setIsTried(true);
    if (fields.displayName === undefined) return;
    const { permissions, teamIds } = draft;
    create.mutate({
      params: { organisationId },
      body: { fields, permissions: [...permissions], teamIds: [...teamIds] },
    });
  };
  const isNameMissing = isTried && fields.displayName === undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Crumbs items={usePeopleCrumbs({ label: title })} />
      <PageHeader
        title={title}
        lead={t(($) => $.people.user.newLead)}
        actions={
          <>
            <LinkButton to={paths.users(organisationId)} variant="default">
              {t(($) => $.shell.action.cancel)}
            </LinkButton>
            <Button type="submit" loading={create.isPending}>
              {t(($) => $.people.user.create)}
            </Button>
          </>
        }
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          {create.isError && <ErrorState error={create.error} />}
          <Sheet title={t(($) => $.people.user.details)}>
            <UserFields
              organisationId={organisationId}
              draft={draft}
              onChange={(changed) => setDraft({ ...draft, fields: changed })}
              error={create.error}
              problems={isNameMissing ? { displayName: t(($) => $.people.user.nameMissing) } : {}}
            />
          </Sheet>
        </div>
        <Sheet title={t(($) => $.people.user.permissions)}>
          <AccessFields organisationId={organisationId} draft={draft} onChange={setDraft} />
        </Sheet>
      </div>
    </form>
  );
}
