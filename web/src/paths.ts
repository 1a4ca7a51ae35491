// Every address of the web app is built here.
const segment = encodeURIComponent;
const organisation = (id: string) => `/settings/${segment(id)}`;
const entra = (id: string) => `${organisation(id)}/entra`;
const usersAndTeams = (id: string) => `${organisation(id)}/users-and-teams`;

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
  entraConnect: (organisationId: string) => `${entra(organisationId)}/connect`,
  /** `step` is one of contract/settings.ts' steps. */
  entraSetup: (organisationId: string, step?: string) =>
    `${entra(organisationId)}/setup${step === undefined ? '' : `?step=${segment(step)}`}`,

  connectLink: () => '/connect',
  connectFlow: () => '/connect/flow',
};
