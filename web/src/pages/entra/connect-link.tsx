// Where a connect link leads: a colleague without an account reads who asks, and for what, before anything of Microsoft's is opened.
// The token stands behind # and reaches the server in a body only.
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { IconBrandWindows } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { declineConnectLink, openConnectLink, startLinkSignIn } from '../../../../src/contract/api-connection.ts';
import { ApiError, isApiError } from '../../api/api-error.ts';
import { call, type Output } from '../../api/client.ts';
import { useCall } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { iconProps } from '../../ui/icon.ts';
import { Loading } from '../../ui/loading.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PublicPage } from '../sign-in/public-page.tsx';
import classes from './connect.module.css';
import { useLeaveForMicrosoft } from './leave-for-microsoft.ts';
import { PermissionsTable } from './permissions-table.tsx';

const publicWidth = 720;

export function ConnectLink() {
  const { t } = useTranslation();
  const token = useLocation({ select: ({ hash }) => hash });
  // Opening binds the link to this browser; once is enough.
  const opened = useQuery({
    queryKey: ['connect-link', token],
    queryFn: ({ signal }) => {
      if (token === '') throw new ApiError('connect_link_invalid', 410);
      return call(openConnectLink, { body: { token } }, { signal });
    },
    staleTime: Infinity,
  });
  if (opened.data !== undefined) return <Landing asked={opened.data} />;
  return (
    <PublicPage title={t(($) => $.connect.title)} width={publicWidth}>
      {opened.isError ? <Refused error={opened.error} onRetry={() => void opened.refetch()} /> : <Loading />}
    </PublicPage>
  );
}

/** A link that does not count is no better the next time. */
function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const isFinal = isApiError(error, 'connect_link_invalid');
  return <ErrorState isPage error={error} {...(isFinal ? {} : { onRetry })} />;
}

function Landing({ asked }: { asked: Output<typeof openConnectLink> }) {
  const { t } = useTranslation();
  const { organisationName: organisation, askedBy, expiresAt } = asked;
  const [isDeclining, declining] = useDisclosure(false);
  const [isLeaving, leave] = useLeaveForMicrosoft();
  const start = useCall(startLinkSignIn, { refreshes: [], onSuccess: leave });
  const decline = useCall(declineConnectLink, { refreshes: [], onSuccess: declining.close });
  const title = t(($) => $.connect.landing.title, { organisation });
  if (decline.isSuccess) {
    return (
      <PublicPage title={title} width={publicWidth}>
        <Say tone="ok" live isPage title={t(($) => $.connect.landing.declined.title)}>
          {t(($) => $.connect.landing.declined.text, { name: askedBy.name })}
        </Say>
      </PublicPage>
    );
  }
  return (
    <PublicPage title={title} width={publicWidth}>
      <div className={classes.page}>
        <div>
          <h1>{title}</h1>
          <p className={classes.lead}>{t(($) => $.connect.landing.lead)}</p>
        </div>
        <Sheet title={t(($) => $.connect.landing.who)}>
          <Facts
            items={[
              [t(($) => $.connect.landing.organisation), <strong key="organisation">{organisation}</strong>],
              [t(($) => $.connect.landing.person), askedBy.name],
              [t(($) => $.connect.landing.email), askedBy.email],
              [t(($) => $.connect.landing.validUntil), <Moment key="until" at={expiresAt} />],
            ]}
          />
        </Sheet>
        <Say tone="hold" title={t(($) => $.connect.landing.unsure)} />
        <PermissionsTable />
        <p className={classes.note}>{t(($) => $.connect.landing.next)}</p>
        {start.isError && <ErrorState error={start.error} />}
        <div className={classes.do}>
          <Button
            leftSection={<IconBrandWindows {...iconProps} />}
            loading={start.isPending || isLeaving}
            onClick={() => start.mutate({})}
          >
            {t(($) => $.connect.landing.signIn)}
          </Button>
          <Button variant="default" onClick={declining.open}>
            {t(($) => $.connect.landing.decline)}
          </Button>
        </div>
      </div>
      <ConfirmDialog
        opened={isDeclining}
        onClose={declining.close}
        title={t(($) => $.connect.landing.declineTitle)}
        confirm={t(($) => $.connect.landing.declineConfirm)}
        onConfirm={() => decline.mutate({})}
        undo={false}
        busy={decline.isPending}
        error={decline.error}
        danger
      >
        {t(($) => $.connect.landing.declineText, { name: askedBy.name })}
      </ConfirmDialog>
    </PublicPage>
  );
}
