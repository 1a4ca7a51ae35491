// Reads the settings for a form, and gives the form anew when the connection is another one.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getSettings, type ConnectionSettings } from '../../../../src/contract/api-connection.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { EntraFrame } from './entra-frame.tsx';
import type { Place } from './step-frame.tsx';

/** What each of the forms takes. */
export interface StepFormProps {
  place: Place;
  organisationId: string;
  settings: ConnectionSettings;
}

/** A tab with the form of a step. */
export function SettingsTab({ children }: { children: (form: StepFormProps) => ReactNode }) {
  const { id: organisationId } = useMembership();
  const settings = useQuery(routeQuery(getSettings, { params: { organisationId } }));
  if (settings.data !== undefined) return children({ place: 'tab', organisationId, settings: settings.data });
  return (
    <EntraFrame>
      {settings.isError ? <ErrorState error={settings.error} onRetry={() => void settings.refetch()} /> : <Loading />}
    </EntraFrame>
  );
}
