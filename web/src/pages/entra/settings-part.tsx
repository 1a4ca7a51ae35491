// Reads the settings for a form, and gives the form anew when the connection is another one.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { getSettings, type ConnectionSettings } from '../../../../src/contract/api-connection.ts';
import { getPreview, type Draft } from '../../../../src/contract/api-preview.ts';
import { routeQuery } from '../../api/queries.ts';
import { useMembership } from '../../api/session.ts';
import { useSearchParam } from '../../search.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { EntraFrame } from './entra-frame.tsx';
import type { Place } from './step-frame.tsx';

/** What each of the forms takes. */
export interface StepFormProps {
  place: Place;
  organisationId: string;
  settings: ConnectionSettings;
  /** What one goes on with, from a preview. */
  begun?: Draft | null;
}

/** A tab with the form of a step. */
export function SettingsTab({ children }: { children: (form: StepFormProps) => ReactNode }) {
  const { id: organisationId } = useMembership();
  const settings = useQuery(routeQuery(getSettings, { params: { organisationId } }));
  const begun = useBegun(organisationId);
  if (settings.data !== undefined && begun !== undefined) {
    return children({ place: 'tab', organisationId, settings: settings.data, begun });
  }
  return (
    <EntraFrame>
      {settings.isError ? <ErrorState error={settings.error} onRetry={() => void settings.refetch()} /> : <Loading />}
    </EntraFrame>
  );
}

/** The draft of the preview that one came from: null when there is none, undefined until it is here. */
function useBegun(organisationId: string): Draft | null | undefined {
  const [given, setGiven] = useSearchParam('draft');
  const [id] = useState(given);
  const preview = useQuery({ ...routeQuery(getPreview, { params: { organisationId, id } }), enabled: id !== '' });
  // Once: a later visit begins with what is saved.
  useEffect(() => {
    if (given !== '') setGiven('');
  }, [given, setGiven]);
  if (id === '' || preview.isError) return null;
  return preview.data?.draft;
}
