// *Notiser*: which app users and e-mail addresses are told, and of what.
import { IconBell } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { saveNotices } from '../../../../src/contract/api-connection.ts';
import { noticeKinds, type NoticesSettings, type Recipient } from '../../../../src/contract/settings.ts';
import { useCall } from '../../api/queries.ts';
import { useOrganisation } from '../../api/session.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { AddEmail, AddUser } from './recipient-add.tsx';
import { keyOf, useRecipientNames } from './recipient-names.ts';
import { RecipientRow } from './recipient-row.tsx';
import classes from './settings.module.css';
import type { StepFormProps } from './settings-part.tsx';
import { useStepDraft } from './step-draft.ts';
import { StepFrame, useAfterSaving } from './step-frame.tsx';

const initial: NoticesSettings = { recipients: [] };

export function NoticesForm({ place, organisationId, settings }: StepFormProps) {
  const { t } = useTranslation();
  const { draft, setDraft, isChanged, markSaved, discard } = useStepDraft(
    settings.notices,
    initial,
    useAfterSaving(place, 'notices'),
  );
  const save = useCall(saveNotices, { onSuccess: markSaved });
  const { recipients } = draft;
  const names = useRecipientNames(organisationId, recipients);
  const proposal = settings.notices === null ? (settings.proposal?.notices ?? null) : null;
  const add = (recipient: Recipient) => setDraft({ recipients: [...recipients, recipient] });
  const problem =
    recipients.length === 0
      ? t(($) => $.settings.notices.recipientNeeded)
      : recipients.some(({ kinds }) => kinds.length === 0)
        ? t(($) => $.settings.notices.kindsNeeded)
        : undefined;
  const takenEmails = recipients.flatMap((one) => ('email' in one ? [one.email.toLowerCase()] : []));
  const takenUsers = recipients.flatMap((one) => ('appUserId' in one ? [one.appUserId] : []));
  return (
    <StepFrame
      place={place}
      step="notices"
      isChanged={isChanged}
      problem={problem}
      isSaving={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ params: { organisationId }, body: draft })}
      onDiscard={() => {
        save.reset();
        discard();
      }}
      onPropose={proposal === null ? undefined : () => setDraft(proposal)}
    >
      <div className={classes.column}>
        <Sheet title={t(($) => $.settings.notices.title)} lead={t(($) => $.settings.notices.lead)}>
          <div className={classes.adding}>
            <AddUser
              organisationId={organisationId}
              taken={takenUsers}
              onAdd={(user) => {
                names.remember(user);
                add({ appUserId: user.id, kinds: [...noticeKinds] });
              }}
            />
            <AddEmail taken={takenEmails} onAdd={(email) => add({ email, kinds: [...noticeKinds] })} />
          </div>
          <Language organisationId={organisationId} />
        </Sheet>
        <Sheet flush title={t(($) => $.settings.notices.recipients)}>
          {recipients.length === 0 ? (
            <EmptyState icon={IconBell} title={t(($) => $.settings.notices.empty.title)}>
              {t(($) => $.settings.notices.empty.next)}
            </EmptyState>
          ) : (
            <ul className={classes.recipients} aria-label={t(($) => $.settings.notices.recipients)}>
              {recipients.map((recipient) => (
                <RecipientRow
                  key={keyOf(recipient)}
                  organisationId={organisationId}
                  recipient={recipient}
                  person={names.personOf(recipient)}
                  onChange={(kinds) =>
                    setDraft({
                      recipients: recipients.map((one) => (keyOf(one) === keyOf(recipient) ? { ...one, kinds } : one)),
                    })
                  }
                  onRemove={() => setDraft({ recipients: recipients.filter((one) => keyOf(one) !== keyOf(recipient)) })}
                />
              ))}
            </ul>
          )}
        </Sheet>
      </div>
    </StepFrame>
  );
}

/** Those who get e-mail may have no account, and so no language of their own. */
function Language({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const language = useOrganisation(organisationId)?.language;
  return (
    <p className={`${classes.quiet} ${classes.below}`}>
      {t(($) => $.settings.notices.where)}{' '}
      {language !== undefined &&
        t(($) => $.settings.notices.language, { language: t(($) => $.settings.notices.whereLanguage[language]) })}
    </p>
  );
}
