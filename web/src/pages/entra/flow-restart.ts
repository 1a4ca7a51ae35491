// What the pages of a connect attempt share: how it is begun again, and what the tenant is called.
import { startLinkSignIn, startSignIn, type ConnectFlow } from '../../../../src/contract/api-connection.ts';
import { useCall } from '../../api/queries.ts';
import { useLeaveForMicrosoft } from './leave-for-microsoft.ts';

/** Signing in at Microsoft once more, in the way that this attempt was begun. */
export function useRestart(flow: ConnectFlow): { restart: () => void; isRestarting: boolean; error: Error | null } {
  const [isLeaving, leave] = useLeaveForMicrosoft();
  const own = useCall(startSignIn, { refreshes: [], onSuccess: leave });
  const byLink = useCall(startLinkSignIn, { refreshes: [], onSuccess: leave });
  const { isPending, error } = flow.byLink ? byLink : own;
  return {
    restart: () => {
      if (flow.byLink) byLink.mutate({});
      else own.mutate({ params: { organisationId: flow.organisationId } });
    },
    isRestarting: isPending || isLeaving,
    error,
  };
}

/** Before consent Microsoft may not tell the name: then the domain of who signed in. */
export function tenantNameOf({ tenantName, tenantDomain }: ConnectFlow): string | null {
  return tenantName ?? tenantDomain;
}
