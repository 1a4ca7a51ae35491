// The page to which Microsoft sends people back: what to confirm, what is waited for, that it worked, or why it did not. What it
// shows is asked of the server, by this browser's cookie; nothing is read from the address.
import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { getConnectFlow, type ConnectFlow as Flow } from '../../../../src/contract/api-connection.ts';
import type { ErrorCode } from '../../../../src/contract/errors.ts';
import { ApiError, isApiError } from '../../api/api-error.ts';
import { routeQuery } from '../../api/queries.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PublicPage } from '../sign-in/public-page.tsx';
import classes from './connect.module.css';
import { ConfirmStep } from './flow-confirm.tsx';
import { tenantNameOf, useRestart } from './flow-restart.ts';

const lookAgainMilliseconds = 1_500;

export function ConnectFlow() {
  const { t } = useTranslation();
  const flow = useQuery({
    ...routeQuery(getConnectFlow, {}),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.step === 'proving' ? lookAgainMilliseconds : false),
  });
  // A later question that failed does not take away what is known.
  const isLost = flow.data === undefined || isApiError(flow.error, 'connect_flow_missing');
  return (
    <PublicPage title={t(($) => $.connect.title)} width={620}>
      {flow.isPending && <Loading />}
      {flow.isError && isLost && <Lost error={flow.error} onRetry={() => void flow.refetch()} />}
      {flow.data !== undefined && !isLost && <Step flow={flow.data} />}
    </PublicPage>
  );
}

function Step({ flow }: { flow: Flow }) {
  switch (flow.step) {
    case 'confirm':
    case 'consent':
      return <ConfirmStep flow={flow} />;
    case 'proving':
      return <Proving />;
    case 'waiting':
      return <Waiting flow={flow} />;
    case 'connected':
      return <Connected flow={flow} />;
    case 'failed':
      return <Failed flow={flow} />;
  }
}

function Proving() {
  const { t } = useTranslation();
  return (
    <Sheet>
      <div className={`${classes.waiting} ${classes.page}`}>
        <Loader size="sm" aria-hidden />
        <div>
          <h1>{t(($) => $.connect.flow.proving.title)}</h1>
          <p className={classes.lead}>{t(($) => $.connect.flow.proving.text)}</p>
        </div>
      </div>
    </Sheet>
  );
}

/** The operator has to approve: nothing more is to be done here. */
function Waiting({ flow }: { flow: Flow }) {
  const { t } = useTranslation();
  const names = { tenant: tenantNameOf(flow) ?? t(($) => $.connect.flow.unnamed), organisation: flow.organisationName };
  return (
    <Say tone="hold" live isPage title={t(($) => $.connect.flow.waiting.title)}>
      {flow.byLink
        ? t(($) => $.connect.flow.waiting.colleagueText, names)
        : t(($) => $.connect.flow.waiting.text, names)}
    </Say>
  );
}

function Connected({ flow }: { flow: Flow }) {
  const { t } = useTranslation();
  const { tenantDomain: domain, organisationName: organisation } = flow;
  const name = tenantNameOf(flow) ?? t(($) => $.connect.flow.unnamed);
  // A tenant is often called as the organisation is: its domain tells the two apart.
  const names = { tenant: domain === null || domain === name ? name : `${name} (${domain})`, organisation };
  if (flow.byLink) {
    return (
      <Say tone="ok" live isPage title={t(($) => $.connect.flow.connected.colleagueTitle)}>
        {t(($) => $.connect.flow.connected.colleagueText, names)}
      </Say>
    );
  }
  return (
    <Say
      tone="ok"
      live
      isPage
      title={t(($) => $.connect.flow.connected.title)}
      action={
        <LinkButton to={paths.entraSetup(flow.organisationId)}>{t(($) => $.connect.flow.connected.button)}</LinkButton>
      }
    >
      {t(($) => $.connect.flow.connected.text, names)}
    </Say>
  );
}

/** Trying again from the beginning would end the same way. */
const finalCodes: ReadonlySet<ErrorCode> = new Set(['already_connected', 'connect_link_invalid', 'connect_refused']);

function Failed({ flow }: { flow: Flow }) {
  const { t } = useTranslation();
  const { restart, isRestarting, error } = useRestart(flow);
  const { code, graphRequestId } = flow.error ?? { code: 'connect_failed' as const, graphRequestId: null };
  const isFinal = finalCodes.has(code);
  const why = new ApiError(code, 0, graphRequestId === null ? {} : { graphRequestId });
  const isCancelled = code === 'connect_cancelled' && flow.byLink;
  return (
    <div className={classes.page}>
      {isCancelled ? (
        <Say tone="info" live isPage title={t(($) => $.connect.flow.cancelled.title)}>
          {t(($) => $.connect.flow.cancelled.text)}
        </Say>
      ) : (
        <ErrorState error={why} isPage />
      )}
      {error !== null && <ErrorState error={error} />}
      <div className={classes.do}>
        {!isFinal && (
          <Button loading={isRestarting} onClick={restart}>
            {t(($) => $.connect.flow.failed.retry)}
          </Button>
        )}
        {!flow.byLink && (
          <LinkButton variant="default" to={paths.entraConnect(flow.organisationId)}>
            {t(($) => $.connect.flow.failed.back)}
          </LinkButton>
        )}
      </div>
    </div>
  );
}

/** No attempt in this browser, or the server does not answer: whoever came by a link needs to open it again. */
function Lost({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  if (!isApiError(error, 'connect_flow_missing')) return <ErrorState error={error} onRetry={onRetry} isPage />;
  return (
    <div className={classes.page}>
      <ErrorState error={error} isPage />
      <p className={classes.note}>{t(($) => $.connect.flow.lost.text)}</p>
      <div className={classes.do}>
        <LinkButton variant="default" to={paths.settings()}>
          {t(($) => $.connect.flow.lost.button)}
        </LinkButton>
      </div>
    </div>
  );
}
