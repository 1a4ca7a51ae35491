// Every address of the web app is built here.
import type { UndoKind } from '../../src/contract/api-undo.ts';

const segment = encodeURIComponent;
const organisation = (id: string) => `/settings/${segment(id)}`;
const entra = (id: string) => `${organisation(id)}/entra`;
const usersAndTeams = (id: string) => `${organisation(id)}/users-and-teams`;

const queryOf = (values: Record<string, string>) => {
  const text = new URLSearchParams(values).toString();
  return text === '' ? '' : `?${text}`;
};

export const paths = {
  home: () => '/',
  signIn: () => '/sign-in',
  password: () => '/password',

  contacts: (organisationId: string) => `/o/${segment(organisationId)}/contacts`,
  contact: (organisationId: string, contactId: string) =>
    `/o/${segment(organisationId)}/contacts/${segment(contactId)}`,
  notifications: (organisationId: string) => `/o/${segment(organisationId)}/notifications`,

  settings: () => '/settings',
  organisation,
  users: usersAndTeams,
  newUser: (organisationId: string) => `${usersAndTeams(organisationId)}/new`,
  user: (organisationId: string, userId: string) => `${usersAndTeams(organisationId)}/users/${segment(userId)}`,
  teams: (organisationId: string) => `${usersAndTeams(organisationId)}/teams`,
  customFields: (organisationId: string) => `${usersAndTeams(organisationId)}/fields`,

  entraOverview: (organisationId: string) => `${entra(organisationId)}/overview`,
  entraGroups: (organisationId: string) => `${entra(organisationId)}/groups`,
  entraFields: (organisationId: string) => `${entra(organisationId)}/fields`,
  entraNotices: (organisationId: string) => `${entra(organisationId)}/notices`,
  /** `list` is one of contract/situations.ts' reviewLists. */
  entraUsers: (organisationId: string, list?: string) =>
    `${entra(organisationId)}/users${list === undefined ? '' : `?list=${segment(list)}`}`,
  entraRuns: (organisationId: string) => `${entra(organisationId)}/runs`,
  entraRun: (organisationId: string, runId: string) => `${entra(organisationId)}/runs/${segment(runId)}`,
  entraPreview: (organisationId: string, previewId: string) =>
    `${entra(organisationId)}/previews/${segment(previewId)}`,
  /** The tab with the settings that a preview was made from, so that one goes on with them. */
  entraDraft: (organisationId: string, tab: 'groups' | 'fields', previewId: string) =>
    `${entra(organisationId)}/${tab}?draft=${segment(previewId)}`,
  entraLimits: (organisationId: string) => `${entra(organisationId)}/limits`,
  /** `kind` is one of contract/api-undo.ts' kinds and `id` that of the run, the audit event or the undo; `appUserId`: for that person only. */
  entraUndo: (organisationId: string, kind: UndoKind, id: string, appUserId?: string) =>
    `${entra(organisationId)}/undo/${kind}/${segment(id)}${appUserId === undefined ? '' : `?user=${segment(appUserId)}`}`,
  /** `filter` by the names that the page has in its address: `person`, `run`, `field`, `by`. */
  entraHistory: (organisationId: string, filter: Record<string, string> = {}) =>
    `${entra(organisationId)}/history${queryOf(filter)}`,
  entraDecisions: (organisationId: string) => `${entra(organisationId)}/history/decisions`,
  /** `id` is an Entra object id; `q` is searched for. */
  entraWhy: (organisationId: string, about: { id?: string; q?: string } = {}) =>
    `${entra(organisationId)}/why${queryOf(about)}`,
  entraConnect: (organisationId: string) => `${entra(organisationId)}/connect`,
  /** `step` is one of contract/settings.ts' steps. */
  entraSetup: (organisationId: string, step?: string) =>
    `${entra(organisationId)}/setup${step === undefined ? '' : `?step=${segment(step)}`}`,

  connectLink: () => '/connect',
  connectFlow: () => '/connect/flow',
};
