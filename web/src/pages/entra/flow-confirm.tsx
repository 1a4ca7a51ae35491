// "Anslut X till Y?": names both sides before Microsoft's consent page. A stranger's request takes typing the organisation's name.
import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import {
  cancelConnectFlow,
  confirmConnectFlow,
  getConnectFlow,
  type ConnectFlow,
} from '../../../../src/contract/api-connection.ts';
import { isApiError } from '../../api/api-error.ts';
import { routeKey, useCall } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './connect.module.css';
import { tenantNameOf, useRestart } from './flow-restart.ts';
import { useLeaveForMicrosoft } from './leave-for-microsoft.ts';

export function ConfirmStep({ flow }: { flow: ConnectFlow }) {
  const { t } = useTranslation();
  const { organisationName: organisation } = flow;
  const tenant = tenantNameOf(flow) ?? t(($) => $.connect.flow.unnamed);
  const mayNot = flow.signerMayConsent === false;
  const [typedName, setTypedName] = useState('');
  const [isTried, setIsTried] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  const [isLeaving, leave] = useLeaveForMicrosoft();
  const confirm = useCall(confirmConnectFlow, { refreshes: [], onSuccess: leave });
  const again = useRestart(flow);
  const cancel = useCancel(flow);
  const isWrongName = flow.nameMustBeTyped && plain(typedName) !== plain(organisation);
  const isNameRefused = isApiError(confirm.error, 'invalid_input');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (isWrongName) nameField.current?.focus();
    else confirm.mutate({ body: flow.nameMustBeTyped ? { typedName } : {} });
  };
  const other = (
    <Button variant={mayNot ? 'filled' : 'default'} loading={again.isRestarting} onClick={again.restart}>
      {t(($) => $.connect.flow.otherAccount)}
    </Button>
  );
  return (
    <form className={classes.page} onSubmit={submit} noValidate>
      <div>
        <h1>{t(($) => $.connect.flow.question, { tenant, organisation })}</h1>
        <p className={classes.lead}>{t(($) => $.connect.flow.lead)}</p>
      </div>
      {flow.step === 'consent' && (
        <Say tone="info" title={t(($) => $.connect.flow.consentOpen.title)}>
          {t(($) => $.connect.flow.consentOpen.text)}
        </Say>
      )}
      {mayNot && (
        <Say tone="hold" title={t(($) => $.connect.flow.noRole.title)}>
          {flow.byLink ? t(($) => $.connect.flow.noRole.colleague) : t(($) => $.connect.flow.noRole.self)}
        </Say>
      )}
      <Sheet>
        <Facts
          items={[
            [
              t(($) => $.connect.flow.tenant),
              <>
                <strong>{tenant}</strong>
                {flow.tenantDomain !== null && flow.tenantDomain !== tenant && (
                  <span className={classes.domain}> ({flow.tenantDomain})</span>
                )}
              </>,
            ],
            [
              t(($) => $.connect.flow.tenantId),
              <span key="id" className={classes.id}>
                {flow.tenantId}
              </span>,
            ],
            [t(($) => $.connect.flow.organisation), <strong key="organisation">{organisation}</strong>],
            [t(($) => $.connect.flow.signer), flow.signerName],
          ]}
        />
      </Sheet>
      {flow.nameMustBeTyped && (
        <Sheet
          title={t(($) => $.connect.flow.typeName.title)}
          lead={t(($) => $.connect.flow.typeName.text, { tenant })}
        >
          <TextInput
            label={t(($) => $.connect.flow.typeName.label)}
            description={t(($) => $.connect.flow.typeName.hint, { organisation })}
            ref={nameField}
            autoComplete="off"
            maxLength={200}
            value={typedName}
            onChange={(event) => setTypedName(event.currentTarget.value)}
            error={(isTried && isWrongName) || isNameRefused ? t(($) => $.connect.flow.typeName.wrong) : null}
          />
        </Sheet>
      )}
      {[isNameRefused ? null : confirm.error, again.error, cancel.error].map(
        (error) => error !== null && <ErrorState key={error.message} error={error} />,
      )}
      <div className={classes.do}>
        {mayNot && other}
        <Button type="submit" variant={mayNot ? 'default' : 'filled'} loading={confirm.isPending || isLeaving}>
          {t(($) => $.connect.flow.confirm)}
        </Button>
        {!mayNot && other}
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({})}>
          {t(($) => $.connect.flow.cancel)}
        </Button>
      </div>
    </form>
  );
}

/** Back to where one began; a colleague stays, and is told that nothing has changed. */
function useCancel(flow: ConnectFlow) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useCall(cancelConnectFlow, {
    refreshes: [],
    onSuccess: async () => {
      if (flow.byLink) await queryClient.invalidateQueries({ queryKey: routeKey(getConnectFlow, {}) });
      else await navigate({ to: paths.entraConnect(flow.organisationId) });
    },
  });
}

/** As the server compares: how it is spaced does not matter. */
const plain = (name: string): string => name.normalize('NFC').trim().replace(/\s+/g, ' ');
