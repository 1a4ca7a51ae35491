// What stands around the form of a step: as a tab, the page's head with its buttons; as a step of the set-up, the way on and back.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { getConnection } from '../../../../src/contract/api-connection.ts';
import type { Draft } from '../../../../src/contract/api-preview.ts';
import { steps, type Step } from '../../../../src/contract/settings.ts';
import type { Output } from '../../api/client.ts';
import { routeKey } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { LeaveGuard } from '../../forms/leave-guard.tsx';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { DisabledReason } from '../../ui/disabled-reason.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Say } from '../../ui/say.tsx';
import { tell } from '../../ui/told.ts';
import { EntraFrame } from './entra-frame.tsx';
import { PreviewButton } from './preview-button.tsx';
import { SetupFrame } from './setup-frame.tsx';
import classes from './settings.module.css';
import type { Saved } from './step-draft.ts';

/** Where a form stands. */
export type Place = 'tab' | 'setup';

interface StepFrameProps {
  place: Place;
  step: Step;
  isChanged: boolean;
  /** Why it cannot be saved as it is. */
  problem: string | undefined;
  isSaving: boolean;
  error: unknown;
  onSave: () => void;
  onDiscard: () => void;
  /** Shows an earlier connection's settings; undefined when there are none to show. */
  onPropose: (() => void) | undefined;
  /** What to preview, of a step that decides what a run does. */
  preview?: Draft | undefined;
  children: ReactNode;
}

export function StepFrame(props: StepFrameProps) {
  const { place, step, isChanged, onPropose, error, children } = props;
  const body = (
    <>
      <LeaveGuard isChanged={isChanged} />
      {error !== null && error !== undefined && (
        <div className={classes.above}>
          <ErrorState error={error} />
        </div>
      )}
      {children}
    </>
  );
  if (place === 'tab') return <EntraFrame actions={<TabActions {...props} />}>{body}</EntraFrame>;
  return (
    <SetupFrame step={step}>
      {onPropose !== undefined && <Proposal onPropose={onPropose} />}
      {body}
      <SetupActions {...props} />
    </SetupFrame>
  );
}

function TabActions({ step, isChanged, problem, isSaving, onSave, onDiscard, preview }: StepFrameProps) {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const reason = isChanged ? problem : t(($) => $.settings.nothingChanged);
  return (
    <>
      {isChanged && (
        <Button variant="default" onClick={onDiscard}>
          {t(($) => $.settings.discard)}
        </Button>
      )}
      {(step === 'groups' || step === 'fields') && (
        <PreviewButton
          organisationId={organisationId}
          draft={preview}
          reason={isChanged ? problem : t(($) => $.preview.buttonUnchanged)}
        />
      )}
      <DisabledReason reason={reason}>
        <Button loading={isSaving} onClick={onSave}>
          {t(($) => $.settings.save)}
        </Button>
      </DisabledReason>
    </>
  );
}

function SetupActions({ step, problem, isSaving, onSave }: StepFrameProps) {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const before = steps[steps.indexOf(step) - 1];
  const isLast = step === steps.at(-1);
  return (
    <div className={classes.foot}>
      <p className={classes.quiet}>{t(($) => $.settings.setup.leave)}</p>
      {before !== undefined && (
        <LinkButton variant="default" to={paths.entraSetup(organisationId, before)}>
          {t(($) => $.settings.setup.back)}
        </LinkButton>
      )}
      <DisabledReason reason={problem}>
        <Button loading={isSaving} onClick={onSave}>
          {isLast ? t(($) => $.settings.setup.finish) : t(($) => $.settings.setup.next)}
        </Button>
      </DisabledReason>
    </div>
  );
}

function Proposal({ onPropose }: { onPropose: () => void }) {
  const { t } = useTranslation();
  const [isShown, setShown] = useState(false);
  return (
    <div className={classes.above}>
      {isShown ? (
        <Say tone="info" live title={t(($) => $.settings.proposal.shown)} />
      ) : (
        <Say
          tone="info"
          title={t(($) => $.settings.proposal.title)}
          action={
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                onPropose();
                setShown(true);
              }}
            >
              {t(($) => $.settings.proposal.button)}
            </Button>
          }
        >
          {t(($) => $.settings.proposal.text)}
        </Say>
      )}
    </div>
  );
}

/** What follows on a saving: a tab says so, the set-up goes on. After the last step the connection itself leads on. */
export function useAfterSaving(place: Place, step: Step): (answer: Saved) => void {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const navigate = useNavigate();
  const noteDone = useNoteDone(organisationId);
  return (answer) => {
    noteDone(answer);
    if (place === 'tab') {
      tell(t(($) => $.settings.saved));
      return;
    }
    const next = steps[steps.indexOf(step) + 1];
    if (next === undefined) tell(t(($) => $.settings.setup.finished));
    else void navigate({ to: paths.entraSetup(organisationId), search: { step: next } });
  };
}

/** Notes at once which steps are done, so that the next one can be opened before the connection is read anew. */
function useNoteDone(organisationId: string): (answer: Saved) => void {
  const queryClient = useQueryClient();
  return ({ stepsDone }) => {
    queryClient.setQueryData<Output<typeof getConnection>>(
      routeKey(getConnection, { params: { organisationId } }),
      (known) =>
        known === undefined || known.connection === null
          ? known
          : { ...known, connection: { ...known.connection, stepsDone } },
    );
  };
}
