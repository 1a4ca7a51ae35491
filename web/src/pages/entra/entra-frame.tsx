// The head of *Entra ID-synkronisering*: its title and tabs, and the way to connecting or to the four steps while those come first.
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { getConnection, type Connection } from '../../../../src/contract/api-connection.ts';
import { getReviewCounts } from '../../../../src/contract/api-review.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { TabLinks } from '../../ui/tab-links.tsx';
import { usePeopleCrumbs } from '../people/people-header.tsx';
import { Crumbs } from '../shell/crumbs.tsx';

interface EntraFrameProps {
  /** The page's primary action. */
  actions?: ReactNode;
  /** What is past can be read without a connection. */
  isHistory?: boolean;
  children: ReactNode;
}

export function EntraFrame({ actions, isHistory = false, children }: EntraFrameProps) {
  const { t } = useTranslation();
  const { id: organisationId } = useMembership();
  const known = useQuery(routeQuery(getConnection, { params: { organisationId } }));
  const crumbs = usePeopleCrumbs({ label: t(($) => $.settings.title) });
  const connection = known.data?.connection;
  const isReadable = isHistory && (connection !== null || known.data?.earlier !== null);
  if (connection === null && !isReadable) return <Navigate to={paths.entraConnect(organisationId)} replace />;
  if (connection?.status === 'configuring' && !isReadable) {
    return <Navigate to={paths.entraSetup(organisationId)} replace />;
  }
  return (
    <>
      <Crumbs items={crumbs} />
      <PageHeader
        title={t(($) => $.settings.title)}
        lead={<Lead connection={connection ?? null} />}
        actions={known.data !== undefined && actions}
      />
      <Tabs organisationId={organisationId} isConnected={connection !== undefined && connection !== null} />
      {known.isError && known.data === undefined ? (
        <ErrorState error={known.error} onRetry={() => void known.refetch()} />
      ) : known.data === undefined ? (
        <Loading />
      ) : (
        children
      )}
    </>
  );
}

function Lead({ connection }: { connection: Connection | null }) {
  const { name } = useMembership();
  if (connection === null) return null;
  const domain = connection.tenantDomains[0] ?? connection.tenantName;
  return (
    <Trans i18nKey={($) => $.settings.lead} values={{ organisation: name, domain }} components={{ 1: <strong /> }} />
  );
}

function Tabs({ organisationId, isConnected }: { organisationId: string; isConnected: boolean }) {
  const { t } = useTranslation();
  const counts = useQuery({
    ...routeQuery(getReviewCounts, { params: { organisationId } }),
    enabled: isConnected,
  }).data;
  return (
    <TabLinks
      label={t(($) => $.settings.tabs.label)}
      tabs={[
        { to: paths.entraOverview(organisationId), label: t(($) => $.settings.tabs.overview) },
        { to: paths.entraGroups(organisationId), label: t(($) => $.settings.tabs.groups) },
        { to: paths.entraFields(organisationId), label: t(($) => $.settings.tabs.fields) },
        { to: paths.entraNotices(organisationId), label: t(($) => $.settings.tabs.notices) },
        {
          to: paths.entraUsers(organisationId),
          label: t(($) => $.settings.tabs.users),
          count: counts?.people ?? undefined,
        },
        { to: paths.entraRuns(organisationId), label: t(($) => $.settings.tabs.runs), deep: true },
        { to: paths.entraHistory(organisationId), label: t(($) => $.settings.tabs.history), deep: true },
      ]}
    />
  );
}
