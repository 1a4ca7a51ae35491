// The signed-in account, the organisation in the address, and what one may do there.
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { getOrganisation } from '../../../src/contract/api-people.ts';
import { getSession, type Session } from '../../../src/contract/api-session.ts';
import type { Permission } from '../../../src/contract/permissions.ts';
import { readStored, writeStored } from '../stored.ts';
import { routeQuery } from './queries.ts';

export type Membership = Session['organisations'][number];

export const sessionQuery = queryOptions({ ...routeQuery(getSession, {}), staleTime: 60_000 });

/** Only below the signed-in layout, which has loaded it. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** The organisation of the address; only below routes with `$organisationId`, whose layout has checked that one belongs to it. */
export function useMembership(): Membership {
  const session = useSession();
  const organisationId = useOrganisationId();
  const membership = session.organisations.find((one) => one.id === organisationId);
  if (membership === undefined) throw new Error('no such organisation in the session');
  return membership;
}

export function useOrganisationId(): string {
  return useParam('organisationId');
}

/** A part of the address that the route is known to have. */
export function useParam(
  name: 'organisationId' | 'contactId' | 'userId' | 'runId' | 'previewId' | 'undoKind' | 'undoId',
): string {
  const value = useMaybeParam(name);
  if (value === undefined) throw new Error(`the address has no ${name}`);
  return value;
}

export function useMaybeParam(name: string): string | undefined {
  const params: Record<string, string | undefined> = useParams({ strict: false });
  return params[name];
}

/** The organisation with its time zone; undefined until it is here. */
export function useOrganisation(organisationId: string | undefined) {
  const input = { params: { organisationId: organisationId ?? '' } };
  return useQuery({ ...routeQuery(getOrganisation, input), staleTime: 300_000, enabled: organisationId !== undefined })
    .data;
}

export function may(membership: Membership | undefined, permission: Permission): boolean {
  return membership?.permissions.includes(permission) ?? false;
}

const storageKey = 'samsyn.organisation';

/** The organisation of the address, else the one last looked at, else the first. */
export function currentMembership(session: Session, organisationId: string | undefined): Membership | undefined {
  const find = (id: string | null | undefined) => session.organisations.find((one) => one.id === id);
  return find(organisationId) ?? find(readStored(storageKey)) ?? session.organisations[0];
}

export function rememberOrganisation(organisationId: string): void {
  writeStored(storageKey, organisationId);
}
