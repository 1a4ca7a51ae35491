// *Anslut Entra ID*: sign in oneself, or send a link to a colleague; what is asked for, in plain words; and what became of the links.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { IconBrandWindows, IconLink } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import {
  createConnectLink,
  getConnection,
  listConnectLinks,
  startSignIn,
} from '../../../../src/contract/api-connection.ts';
import type { Output } from '../../api/client.ts';
import { routeQuery, useCall } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { CopyField } from '../../ui/copy-field.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { useFormat } from '../../ui/format.ts';
import { iconProps } from '../../ui/icon.ts';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Say } from '../../ui/say.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';
import { ConnectLinks, isWaitedFor } from './connect-links.tsx';
import classes from './connect.module.css';
import { useLeaveForMicrosoft } from './leave-for-microsoft.ts';
import { LinkHistory } from './link-history.tsx';
import { PermissionsTable } from './permissions-table.tsx';

const lookAgainMilliseconds = 4_000;

export function EntraConnect() {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const params = { organisationId };
  const links = useQuery({
    ...routeQuery(listConnectLinks, { params }),
    refetchInterval: ({ state }) => (state.data?.items.some(isWaitedFor) === true ? lookAgainMilliseconds : false),
  });
  const isWaiting = links.data?.items.some(isWaitedFor) === true;
  // A colleague who uses the link makes the connection while this page is looked at.
  const known = useQuery({
    ...routeQuery(getConnection, { params }),
    refetchInterval: ({ state }) => (isWaiting || state.data?.awaiting ? lookAgainMilliseconds : false),
  });
  // Used meanwhile, and seen so first in the list: the connection is there, and nothing else would look again.
  const { refetch } = known;
  useEffect(() => {
    if (!isWaiting) void refetch();
  }, [isWaiting, refetch]);
  const title = t(($) => $.connect.title);
  const crumbs = usePeopleCrumbs({ label: title });
  const connection = known.data?.connection ?? null;
  // Blocked: a new consent takes the connection up again.
  if (connection !== null && connection.status !== 'blocked') {
    const to = connection.status === 'configuring' ? paths.entraSetup : paths.entraOverview;
    return <Navigate to={to(organisationId)} replace />;
  }
  return (
    <>
      <Crumbs items={crumbs} />
      <PageHeader title={title} lead={t(($) => $.connect.lead)} />
      <div className={classes.column}>
        {known.isPending && <Loading />}
        {known.isError && <ErrorState error={known.error} onRetry={() => void known.refetch()} />}
        {known.data !== undefined && (
          <>
            {connection !== null && <Again tenant={connection.tenantName} />}
            {known.data.awaiting !== null && <Awaiting {...known.data.awaiting} />}
            {connection === null && known.data.earlier !== null && <Earlier {...known.data.earlier} />}
            <div className={classes.ways}>
              <SignInWay organisationId={organisationId} />
              <LinkWay organisationId={organisationId} links={links.data?.items ?? []} />
            </div>
            <PermissionsTable />
            <ConnectLinks organisationId={organisationId} links={links} />
          </>
        )}
      </div>
    </>
  );
}

/** The consent is given anew; everything else is as it was. */
function Again({ tenant }: { tenant: string }) {
  const { t } = useTranslation();
  return (
    <Say tone="info" title={t(($) => $.connect.again.title, { tenant })}>
      {t(($) => $.connect.again.text, { tenant })}
    </Say>
  );
}

/** The operator has the word. */
function Awaiting({ tenantName, signerName, since }: NonNullable<Output<typeof getConnection>['awaiting']>) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  return (
    <Say tone="hold" title={t(($) => $.connect.awaiting.title, { tenant: tenantName })}>
      {t(($) => $.connect.awaiting.text, { name: signerName, time: moment(since) })}
    </Say>
  );
}

/** Nothing was lost when the sync was turned off. */
function Earlier({ tenantName, turnedOffAt, links }: NonNullable<Output<typeof getConnection>['earlier']>) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  return (
    <Say tone="info" title={t(($) => $.connect.earlier.title, { tenant: tenantName, time: moment(turnedOffAt) })}>
      {links === 0 ? t(($) => $.connect.earlier.kept) : t(($) => $.connect.earlier.links, { count: links })}
    </Say>
  );
}

function SignInWay({ organisationId }: { organisationId: string }) {
  const { t } = useTranslation();
  const [isLeaving, leave] = useLeaveForMicrosoft();
  const start = useCall(startSignIn, { refreshes: [], onSuccess: leave });
  return (
    <Sheet title={t(($) => $.connect.self.title)} className={classes.way}>
      <div className={classes.stack}>
        <p>{t(($) => $.connect.self.text)}</p>
        {start.isError && <ErrorState error={start.error} />}
        <Button
          leftSection={<IconBrandWindows {...iconProps} />}
          loading={start.isPending || isLeaving}
          onClick={() => start.mutate({ params: { organisationId } })}
        >
          {t(($) => $.connect.self.button)}
        </Button>
      </div>
    </Sheet>
  );
}

type Links = Output<typeof listConnectLinks>['items'];

function LinkWay({ organisationId, links }: { organisationId: string; links: Links }) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  const create = useCall(createConnectLink, { refreshes: [listConnectLinks] });
  const listed = links.find(({ id }) => id === create.data?.link.id);
  // Nobody should send a link that is revoked, used, or replaced by a reminder meanwhile.
  const isGood = listed === undefined || (listed.isOpen && listed.canRemind === create.data?.link.canRemind);
  const made = isGood ? create.data : undefined;
  const current = links.find(({ isOpen }) => isOpen);
  return (
    <Sheet title={t(($) => $.connect.colleague.title)} className={classes.way}>
      <div className={classes.stack}>
        <p>{t(($) => $.connect.colleague.text)}</p>
        {create.isError && <ErrorState error={create.error} />}
        {made !== undefined && (
          <>
            <Say tone="ok" live title={t(($) => $.connect.link.ready)}>
              {t(($) => $.connect.link.readyText, { time: moment(made.link.expiresAt) })}
            </Say>
            <div className={classes.wide}>
              <CopyField label={t(($) => $.connect.link.label)} value={made.url} />
            </div>
          </>
        )}
        <Button
          variant="default"
          leftSection={<IconLink {...iconProps} />}
          loading={create.isPending}
          onClick={() => create.mutate({ params: { organisationId } })}
        >
          {made === undefined ? t(($) => $.connect.colleague.button) : t(($) => $.connect.colleague.another)}
        </Button>
        {current !== undefined && (
          <>
            <p className={classes.hint}>{t(($) => $.connect.colleague.replaces)}</p>
            <LinkHistory link={current} label={t(($) => $.connect.link.history)} />
          </>
        )}
      </div>
    </Sheet>
  );
}
