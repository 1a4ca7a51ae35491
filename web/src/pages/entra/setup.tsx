// The four steps after connecting: the address says which one is open, and a step opens once those before it are saved.
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { getConnection, getSettings } from '../../../../src/contract/api-connection.ts';
import { steps, type Step } from '../../../../src/contract/settings.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { paths } from '../../paths.ts';
import { useSearchParam } from '../../search.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { FieldsForm } from './fields-form.tsx';
import { GroupsForm } from './groups-form.tsx';
import { NoticesForm } from './notices-form.tsx';
import { ScheduleForm } from './schedule-form.tsx';
import { isReachable, SetupFrame } from './setup-frame.tsx';

const forms = { groups: GroupsForm, fields: FieldsForm, notices: NoticesForm, schedule: ScheduleForm };

export function EntraSetup() {
  const { id: organisationId } = useMembership();
  const params = { organisationId };
  const known = useQuery(routeQuery(getConnection, { params }));
  const connection = known.data?.connection;
  const settings = useQuery({
    ...routeQuery(getSettings, { params }),
    enabled: connection !== undefined && connection !== null,
  });
  const [asked] = useSearchParam('step');
  if (connection === null) return <Navigate to={paths.entraConnect(organisationId)} replace />;
  if (connection !== undefined && connection.status !== 'configuring') {
    return <Navigate to={paths.entraOverview(organisationId)} replace />;
  }
  const step = chooseStep(asked, connection?.stepsDone ?? []);
  const failed = [known, settings].find(({ isError, data }) => isError && data === undefined);
  if (connection === undefined || settings.data === undefined) {
    return (
      <SetupFrame step={step}>
        {failed === undefined ? <Loading /> : <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      </SetupFrame>
    );
  }
  const Form = forms[step];
  return <Form key={step} place="setup" organisationId={organisationId} settings={settings.data} />;
}

/** The one of the address if it can be opened, else the first that is not done. */
function chooseStep(asked: string, done: readonly Step[]): Step {
  const step = steps.find((one) => one === asked);
  if (step !== undefined && isReachable(step, done)) return step;
  return steps.find((one) => !done.includes(one)) ?? 'schedule';
}
