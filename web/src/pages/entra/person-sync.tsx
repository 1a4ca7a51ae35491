// One person now: begins the sync of a single person, and shows each step with what came of it.
import { Button, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { getPersonRun, startPersonRun, type PersonRun } from '../../../../src/contract/api-person-run.ts';
import { refresh, routeQuery, useCall } from '../../api/queries.ts';
import type { Input } from '../../api/client.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Say } from '../../ui/say.tsx';
import { isOpenRun } from './latest-run.ts';
import { RunCause } from './run-cause.tsx';
import looks from './trust.module.css';

interface PersonSyncProps {
  organisationId: string;
  whom: Input<typeof startPersonRun>['body'];
  name: string;
}

export function PersonSyncButton(props: PersonSyncProps) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh {...iconProps} />}
        aria-label={t(($) => $.runs.one.of, { name: props.name })}
        onClick={() => setIsOpen(true)}
      >
        {t(($) => $.runs.one.button)}
      </Button>
      {isOpen && <PersonSync {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}

export function PersonSync({ organisationId, whom, name, onClose }: PersonSyncProps & { onClose: () => void }) {
  const { t } = useTranslation();
  const start = useCall(startPersonRun, { refreshes: [] });
  const begun = useRef(false);
  const { mutate } = start;
  useEffect(() => {
    // Once, also where effects run twice.
    if (begun.current) return;
    begun.current = true;
    mutate({ params: { organisationId }, body: whom });
  }, [mutate, organisationId, whom]);
  return (
    <Dialog opened onClose={onClose} title={t(($) => $.runs.one.title, { name })} size="lg">
      {start.isError ? (
        <ErrorState error={start.error} />
      ) : start.data === undefined ? (
        <Steps organisationId={organisationId} run={null} />
      ) : (
        <Follow organisationId={organisationId} begun={start.data} />
      )}
    </Dialog>
  );
}

const pollMilliseconds = 500;

function Follow({ organisationId, begun }: { organisationId: string; begun: PersonRun }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { data = begun } = useQuery({
    ...routeQuery(getPersonRun, { params: { organisationId, id: begun.run.id } }),
    refetchInterval: ({ state }) => (isOpenRun(state.data?.run ?? begun.run) ? pollMilliseconds : false),
  });
  const isOpen = isOpenRun(data.run);
  useEffect(() => {
    if (!isOpen) void refresh(queryClient, organisationId);
  }, [isOpen, queryClient, organisationId]);
  const { error } = data.run;
  return (
    <>
      <Steps organisationId={organisationId} run={data} />
      {error !== null && (
        <Say tone="bad" title={t(($) => $.errors[error.code].title)} live>
          <RunCause {...error} />
        </Say>
      )}
      {data.run.state === 'ok' && <Say tone="ok" title={t(($) => $.runs.one.done)} live />}
      {data.run.state === 'held' && (
        <Say tone="hold" title={t(($) => $.runs.one.held)} live>
          {t(($) => $.runs.one.heldText)}
        </Say>
      )}
    </>
  );
}

/** Each step as soon as it is known; the one under way turns. */
function Steps({ organisationId, run }: { organisationId: string; run: PersonRun | null }) {
  const { t } = useTranslation();
  const isDone = run !== null && !isOpenRun(run.run);
  const settled = isDone && run.run.error === null ? run : null;
  const entra = run?.steps.entra ?? null;
  const groups = run?.steps.groups ?? null;
  const steps: { label: string; said: ReactNode }[] = [
    { label: t(($) => $.runs.one.step.entra), said: entra && t(($) => $.runs.one.entra[entra]) },
    ...(groups === null
      ? []
      : [
          {
            label: t(($) => $.runs.one.step.groups),
            said: groups.length === 0 ? t(($) => $.runs.one.noGroups) : groups.join(', '),
          },
        ]),
    { label: t(($) => $.runs.one.step.scope), said: settled && <Scope run={settled} /> },
    {
      label: t(($) => $.runs.one.step.fields),
      said: settled && <Fields organisationId={organisationId} run={settled} />,
    },
  ];
  const at = isDone ? -1 : steps.findIndex(({ said }) => said === null);
  return (
    <ol className={looks.personSteps} aria-label={t(($) => $.runs.one.steps)}>
      {steps.map(({ label, said }, index) => (
        <li key={label}>
          <span aria-hidden>
            {said === null ? index === at ? <Loader size={16} /> : null : <IconCircleCheck {...iconProps} />}
          </span>
          <div>
            <strong>{label}</strong>
            <div>{said ?? (index === at ? t(($) => $.runs.one.waiting) : '')}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}

function Scope({ run: { why } }: { run: PersonRun }) {
  const { t } = useTranslation();
  if (why === null) return t(($) => $.runs.one.nobody);
  if (why.deleted !== null) return t(($) => $.review.gone[why.deleted?.reason ?? 'deleted']);
  const reason = why.held?.reason ?? why.scope.outReason;
  return (
    <>
      {why.scope.isIn ? t(($) => $.runs.one.isIn) : t(($) => $.runs.one.isOut)}
      {reason !== null && ` ${t(($) => $.review.gone[reason])}.`}
      {why.paths.map(({ groups }) => (
        <div key={groups.map(({ id }) => id).join()}>{groups.map((group) => group.name).join(' › ')}</div>
      ))}
      {why.situation !== null && <div>{t(($) => $.runs.one.situation[why.situation ?? 'linked'])}</div>}
    </>
  );
}

function Fields({ organisationId, run }: { organisationId: string; run: PersonRun }) {
  const { t } = useTranslation();
  const label = useFieldLabel(organisationId);
  const { appUserId, changes, heldFields, issues } = run;
  if (appUserId === null) return t(($) => $.runs.one.notLinked);
  return (
    <ul className={looks.personChanges}>
      {changes.length === 0 && <li>{t(($) => $.runs.one.nothing)}</li>}
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          {label(field)}: <BeforeAfter before={before} after={after} />
        </li>
      ))}
      {heldFields.map((field) => (
        <li key={field}>
          {label(field)}: {t(($) => $.runs.one.waits)}
        </li>
      ))}
      {issues.map(({ code, field, otherName }) => (
        <li key={`${code} ${field ?? ''}`}>
          {field !== null && `${label(field)}: `}
          {t(($) => $.runs.run.issues.code[code])}
          {otherName !== null && ` ${t(($) => $.runs.run.issues.sameAs, { name: otherName })}.`}
        </li>
      ))}
    </ul>
  );
}
