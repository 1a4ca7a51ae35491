// One recipient: who it is, of what they are told, a test mail for an address, and the way off the list.
import { ActionIcon, Button, Checkbox } from '@mantine/core';
import { IconAt, IconSend, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { sendTestNotice } from '../../../../src/contract/api-connection.ts';
import { noticeKinds, type NoticeKind, type Recipient } from '../../../../src/contract/settings.ts';
import { useCall } from '../../api/queries.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { focusNeighbour } from '../../ui/focus-neighbour.ts';
import { Person } from '../../ui/person.tsx';
import { Say } from '../../ui/say.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { Choice } from './recipient-names.ts';
import classes from './settings.module.css';

interface RecipientRowProps {
  organisationId: string;
  recipient: Recipient;
  /** Of an app user: null when gone, undefined until known. */
  person: Choice | null | undefined;
  onChange: (kinds: NoticeKind[]) => void;
  onRemove: () => void;
}

export function RecipientRow({ organisationId, recipient, person, onChange, onRemove }: RecipientRowProps) {
  const { t } = useTranslation();
  const { kinds } = recipient;
  const isEmail = 'email' in recipient;
  const name = isEmail
    ? recipient.email
    : person === null
      ? t(($) => $.settings.notices.unknownUser)
      : (person?.displayName ?? '…');
  const isNone = kinds.length === 0;
  return (
    <li>
      <div className={classes.recipient}>
        {isEmail ? (
          <div className={classes.address}>
            <span className={classes.addressMark} aria-hidden>
              <IconAt size={16} stroke={1.6} />
            </span>
            <span className={classes.rowText}>
              <span className={classes.rowName}>{name}</span>
              <span className={classes.rowLine}>{t(($) => $.settings.notices.byMail)}</span>
            </span>
          </div>
        ) : (
          <Person
            name={name}
            id={recipient.appUserId}
            line={[t(($) => $.settings.notices.inApp), person?.email].filter(Boolean).join(' · ')}
          />
        )}
        {person === null && !isEmail && <Tag tone="bad">{t(($) => $.errors.recipient_unknown.next)}</Tag>}
      </div>
      <fieldset className={classes.kinds}>
        <legend>{t(($) => $.settings.notices.about)}</legend>
        {noticeKinds.map((kind) => (
          <Checkbox
            key={kind}
            size="xs"
            label={t(($) => $.settings.notices.kind[kind])}
            aria-label={t(($) => $.settings.notices.kindOf, { kind: t(($) => $.settings.notices.kind[kind]), name })}
            checked={kinds.includes(kind)}
            error={isNone}
            onChange={(event) => onChange(withKind(kinds, kind, event.currentTarget.checked))}
          />
        ))}
        {isNone && (
          <p className={classes.wrong} role="alert">
            {t(($) => $.settings.notices.kindsNeeded)}
          </p>
        )}
      </fieldset>
      <ActionIcon
        className={classes.removeRow ?? ''}
        color="gray"
        aria-label={t(($) => $.settings.notices.removeOf, { name })}
        data-row-action
        onClick={(event) => {
          focusNeighbour(event.currentTarget);
          onRemove();
        }}
      >
        <IconX size={16} stroke={1.6} aria-hidden />
      </ActionIcon>
      {isEmail && <TestMail organisationId={organisationId} email={recipient.email} />}
    </li>
  );
}

/** In their fixed order, so that choosing back and forth changes nothing. */
function withKind(kinds: readonly NoticeKind[], kind: NoticeKind, isOn: boolean): NoticeKind[] {
  return noticeKinds.filter((one) => (one === kind ? isOn : kinds.includes(one)));
}

function TestMail({ organisationId, email }: { organisationId: string; email: string }) {
  const { t } = useTranslation();
  const test = useCall(sendTestNotice, { refreshes: [] });
  return (
    <div className={classes.test}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconSend size={15} stroke={1.6} aria-hidden />}
        aria-label={t(($) => $.settings.notices.testOf, { name: email })}
        loading={test.isPending}
        onClick={() => test.mutate({ params: { organisationId }, body: { email } })}
      >
        {t(($) => $.settings.notices.test)}
      </Button>
      {test.isError && <ErrorState error={test.error} />}
      {test.data?.sent === true && <Say tone="ok" live title={t(($) => $.settings.notices.testSent, { email })} />}
      {test.data?.sent === false && (
        <Say tone="bad" live title={t(($) => $.settings.notices.testFailed, { email })}>
          <Reason text={test.data.error} />
        </Say>
      )}
    </div>
  );
}

/** Either what kept the app from sending, or what the mail server answered. */
function Reason({ text }: { text: string | null }) {
  const { t } = useTranslation();
  if (text === 'not_configured' || text === 'unreachable') return t(($) => $.settings.notices.testReason[text]);
  return (
    <>
      {t(($) => $.settings.notices.testFailedNext)}
      {text !== null && <code className={classes.reason}>{text}</code>}
    </>
  );
}
