// The last step, *Översikt*: by hand or every night, and what the other three steps have settled.
import { Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { getConnection, saveSchedule, type Connection } from '../../../../src/contract/api-connection.ts';
import type { ScheduleSettings, Step } from '../../../../src/contract/settings.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useOrganisation } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Facts } from '../../ui/facts.tsx';
import { useFormat } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './settings.module.css';
import type { StepFormProps } from './settings-part.tsx';
import { useStepDraft } from './step-draft.ts';
import { StepFrame, useAfterSaving } from './step-frame.tsx';

interface ScheduleDraft {
  mode: ScheduleSettings['mode'] | null;
}

const empty: ScheduleDraft = { mode: null };

export function ScheduleForm({ place, organisationId, settings }: StepFormProps) {
  const { t } = useTranslation();
  const zone = useOrganisation(organisationId)?.timeZone ?? '';
  const connection = useQuery(routeQuery(getConnection, { params: { organisationId } })).data?.connection;
  const { draft, setDraft, isChanged, markSaved, discard } = useStepDraft<ScheduleDraft>(
    settings.schedule,
    empty,
    useAfterSaving(place, 'schedule'),
  );
  const save = useCall(saveSchedule, { onSuccess: markSaved });
  const proposal = settings.schedule === null ? (settings.proposal?.schedule ?? null) : null;
  const { mode } = draft;
  return (
    <StepFrame
      place={place}
      step="schedule"
      isChanged={isChanged}
      problem={mode === null ? t(($) => $.settings.schedule.choose) : undefined}
      isSaving={save.isPending}
      error={save.error}
      onSave={() => mode !== null && save.mutate({ params: { organisationId }, body: { mode } })}
      onDiscard={() => {
        save.reset();
        discard();
      }}
      onPropose={proposal === null ? undefined : () => setDraft(proposal)}
    >
      <div className={classes.column}>
        <Sheet title={t(($) => $.settings.schedule.title)} lead={t(($) => $.settings.schedule.lead)}>
          <Radio.Group
            label={t(($) => $.settings.schedule.label)}
            value={mode}
            onChange={(value) => setDraft({ mode: value === 'daily' ? 'daily' : 'manual' })}
          >
            <div className={classes.choices}>
              <Radio
                value="manual"
                label={t(($) => $.settings.schedule.manual)}
                description={t(($) => $.settings.schedule.manualHint)}
              />
              <Radio
                value="daily"
                label={t(($) => $.settings.schedule.daily)}
                description={t(($) => $.settings.schedule.dailyHint, { zone })}
              />
            </div>
          </Radio.Group>
        </Sheet>
        {connection !== undefined && connection !== null && (
          <Summary organisationId={organisationId} connection={connection} />
        )}
        <p className={classes.small}>{t(($) => $.settings.schedule.after)}</p>
      </div>
    </StepFrame>
  );
}

function Summary({ organisationId, connection }: { organisationId: string; connection: Connection }) {
  const { t } = useTranslation();
  const { list } = useFormat();
  const { scope, groupNames, mappingCount, recipients } = connection;
  const told = [
    ...(recipients.appUsers > 0 ? [t(($) => $.settings.recipients.users, { count: recipients.appUsers })] : []),
    ...(recipients.emails > 0 ? [t(($) => $.settings.recipients.emails, { count: recipients.emails })] : []),
  ];
  const row = (step: Step, label: string, text: ReactNode) =>
    [
      label,
      <span key={step} className={classes.settled}>
        <span>{text}</span>
        <AppLink
          to={paths.entraSetup(organisationId, step)}
          aria-label={`${t(($) => $.settings.schedule.change)}: ${label}`}
        >
          {t(($) => $.settings.schedule.change)}
        </AppLink>
      </span>,
    ] as const;
  return (
    <Sheet title={t(($) => $.settings.schedule.summary)}>
      <Facts
        items={[
          row(
            'groups',
            t(($) => $.settings.schedule.scope),
            scope === 'groups' ? list(groupNames) : t(($) => $.settings.scope.all),
          ),
          row(
            'fields',
            t(($) => $.settings.schedule.fields),
            t(($) => $.settings.mappings, { count: mappingCount }),
          ),
          row(
            'notices',
            t(($) => $.settings.schedule.notices),
            told.length === 0 ? t(($) => $.settings.recipients.none) : list(told),
          ),
        ]}
      />
    </Sheet>
  );
}
