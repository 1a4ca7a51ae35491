// An organisation's settings: the way to *Användare & Team*, and its language and time zone.
import { Button, Group, SegmentedControl, Select, Input } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconChevronRight, IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getOrganisation, updateOrganisation } from '../../../../src/contract/api-people.ts';
import { languageSchema, type Language } from '../../../../src/contract/common.ts';
import type { Output } from '../../api/client.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { tell } from '../../ui/told.ts';
import { Crumbs } from '../shell/crumbs.tsx';
import classes from './settings.module.css';

export function OrganisationSettings() {
  const { t } = useTranslation();
  const { id: organisationId, name } = useMembership();
  const organisation = useQuery(routeQuery(getOrganisation, { params: { organisationId } }));
  return (
    <>
      <Crumbs items={[{ label: t(($) => $.people.settings.title), to: paths.settings() }, { label: name }]} />
      <PageHeader title={name} lead={t(($) => $.people.settings.organisationLead, { name })} />
      <div className={classes.column}>
        <AppLink to={paths.users(organisationId)} className={classes.row}>
          <span className={classes.mark}>
            <IconUsersGroup {...iconProps} size={20} />
          </span>
          <span className={classes.text}>
            <span className={classes.name}>{t(($) => $.people.settings.openUsersAndTeams)}</span>
            <span className={classes.line}>{t(($) => $.people.settings.usersAndTeamsText)}</span>
          </span>
          <IconChevronRight {...iconProps} />
        </AppLink>
        {organisation.isPending && <Loading />}
        {organisation.isError && <ErrorState error={organisation.error} onRetry={() => void organisation.refetch()} />}
        {organisation.data !== undefined && <GeneralForm saved={organisation.data} />}
      </div>
    </>
  );
}

function GeneralForm({ saved }: { saved: Output<typeof getOrganisation> }) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<Language>(saved.language);
  const [timeZone, setTimeZone] = useState(saved.timeZone);
  const save = useCall(updateOrganisation, { onSuccess: () => tell(t(($) => $.people.settings.saved)) });
  const isChanged = language !== saved.language || timeZone !== saved.timeZone;
  const submit = () => save.mutate({ params: { organisationId: saved.id }, body: { language, timeZone } });
  return (
    <Sheet title={t(($) => $.people.settings.general)}>
      <div className={classes.form}>
        {save.isError && <ErrorState error={save.error} />}
        <Input.Wrapper
          label={t(($) => $.people.settings.language)}
          description={t(($) => $.people.settings.languageHint)}
          labelElement="div"
        >
          <SegmentedControl
            aria-label={t(($) => $.people.settings.language)}
            value={language}
            onChange={(value) => setLanguage(languageSchema.parse(value))}
            data={[
              { value: 'sv', label: t(($) => $.shell.account.swedish) },
              { value: 'en', label: t(($) => $.shell.account.english) },
            ]}
            mt={6}
            display="flex"
          />
        </Input.Wrapper>
        <Select
          label={t(($) => $.people.settings.timeZone)}
          description={t(($) => $.people.settings.timeZoneHint)}
          searchable
          allowDeselect={false}
          limit={60}
          data={timeZonesWith(saved.timeZone)}
          value={timeZone}
          onChange={(value) => value !== null && setTimeZone(value)}
        />
        <Group>
          <DisabledReason reason={isChanged ? undefined : t(($) => $.people.settings.unsaved)}>
            <Button onClick={submit} loading={save.isPending}>
              {t(($) => $.shell.action.save)}
            </Button>
          </DisabledReason>
        </Group>
      </div>
    </Sheet>
  );
}

/** The browser's list may lack the name that is saved (an alias, `UTC`). */
function timeZonesWith(saved: string): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return known.includes(saved) ? known : [saved, ...known];
}
