// Every page and its address. Pages are read when they are first opened; addresses are built by paths.ts.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { isApiError } from './api/api-error.ts';
import { currentMembership, sessionQuery } from './api/session.ts';
import { AppLayout } from './pages/shell/app-layout.tsx';
import { NotFound, PageFailed } from './pages/shell/failures.tsx';
import { NoOrganisation } from './pages/shell/no-organisation.tsx';
import { OrganisationLayout, SettingsLayout } from './pages/shell/organisation-layout.tsx';
import { paths } from './paths.ts';
import { parseSearch, stringifySearch } from './search.ts';
import { Loading } from './ui/loading.tsx';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet });

// -- for everybody

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./pages/sign-in/sign-in.tsx'), 'SignIn'),
});
const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  component: lazyRouteComponent(() => import('./pages/sign-in/choose-password.tsx'), 'ChoosePassword'),
});
const connectLink = createRoute({
  getParentRoute: () => root,
  path: '/connect',
  component: lazyRouteComponent(() => import('./pages/entra/connect-link.tsx'), 'ConnectLink'),
});
const connectFlow = createRoute({
  getParentRoute: () => root,
  path: '/connect/flow',
  component: lazyRouteComponent(() => import('./pages/entra/connect-flow.tsx'), 'ConnectFlow'),
});

// -- for who is signed in

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: AppLayout,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!isApiError(error, 'not_signed_in')) throw error;
      redirect({ to: paths.signIn(), search: location.href === '/' ? {} : { return: location.href }, throw: true });
    }
  },
});
const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: NoOrganisation,
  beforeLoad: async ({ context }) => {
    const membership = currentMembership(await context.queryClient.ensureQueryData(sessionQuery), undefined);
    if (membership !== undefined) redirect({ to: paths.contacts(membership.id), replace: true, throw: true });
  },
});

const organisation = createRoute({
  getParentRoute: () => app,
  path: '/o/$organisationId',
  component: OrganisationLayout,
});
const contacts = createRoute({
  getParentRoute: () => organisation,
  path: '/contacts',
  component: lazyRouteComponent(() => import('./pages/contacts/contacts.tsx'), 'Contacts'),
});
// The card stands beside the list: the page of the list shows it.
const contact = createRoute({ getParentRoute: () => contacts, path: '/$contactId' });
const notifications = createRoute({
  getParentRoute: () => organisation,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./pages/notifications/notifications.tsx'), 'NotificationsPage'),
});

// -- settings

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/choose-organisation.tsx'), 'ChooseOrganisation'),
});
const organisationSettings = createRoute({
  getParentRoute: () => app,
  path: '/settings/$organisationId',
  component: SettingsLayout,
});
const organisationPage = createRoute({
  getParentRoute: () => organisationSettings,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/settings/organisation.tsx'), 'OrganisationSettings'),
});
const users = createRoute({
  getParentRoute: () => organisationSettings,
  path: '/users-and-teams',
  component: lazyRouteComponent(() => import('./pages/people/users.tsx'), 'Users'),
});
const newUser = createRoute({
  getParentRoute: () => organisationSettings,
  path: '/users-and-teams/new',
  component: lazyRouteComponent(() => import('./pages/people/new-user.tsx'), 'NewUser'),
});
const user = createRoute({
  getParentRoute: () => organisationSettings,
  path: '/users-and-teams/users/$userId',
  component: lazyRouteComponent(() => import('./pages/people/user.tsx'), 'User'),
});
const teams = createRoute({
  getParentRoute: () => organisationSettings,
  path: '/users-and-teams/teams',
  component: lazyRouteComponent(() => import('./pages/people/teams.tsx'), 'Teams'),
});
const customFields = createRoute({
  getParentRoute: () => organisationSettings,
  path: '/users-and-teams/fields',
  component: lazyRouteComponent(() => import('./pages/people/custom-fields.tsx'), 'CustomFields'),
});

// -- Entra ID

const entra = createRoute({ getParentRoute: () => organisationSettings, path: '/entra' });
const entraIndex = createRoute({
  getParentRoute: () => entra,
  path: '/',
  beforeLoad: ({ params }) => {
    const { organisationId } = params as { organisationId: string }; // in the path of the route above
    redirect({ to: paths.entraOverview(organisationId), replace: true, throw: true });
  },
});
const entraOverview = createRoute({
  getParentRoute: () => entra,
  path: '/overview',
  component: lazyRouteComponent(() => import('./pages/entra/overview.tsx'), 'EntraOverview'),
});
const entraGroups = createRoute({
  getParentRoute: () => entra,
  path: '/groups',
  component: lazyRouteComponent(() => import('./pages/entra/groups.tsx'), 'EntraGroups'),
});
const entraFields = createRoute({
  getParentRoute: () => entra,
  path: '/fields',
  component: lazyRouteComponent(() => import('./pages/entra/fields.tsx'), 'EntraFields'),
});
const entraNotices = createRoute({
  getParentRoute: () => entra,
  path: '/notices',
  component: lazyRouteComponent(() => import('./pages/entra/notices.tsx'), 'EntraNotices'),
});
const entraUsers = createRoute({
  getParentRoute: () => entra,
  path: '/users',
  component: lazyRouteComponent(() => import('./pages/entra/users.tsx'), 'EntraUsers'),
});
const entraRuns = createRoute({
  getParentRoute: () => entra,
  path: '/runs',
  component: lazyRouteComponent(() => import('./pages/entra/runs.tsx'), 'EntraRuns'),
});
const entraRun = createRoute({
  getParentRoute: () => entra,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => import('./pages/entra/run.tsx'), 'EntraRun'),
});
const entraPreview = createRoute({
  getParentRoute: () => entra,
  path: '/previews/$previewId',
  component: lazyRouteComponent(() => import('./pages/entra/preview.tsx'), 'EntraPreview'),
});
const entraLimits = createRoute({
  getParentRoute: () => entra,
  path: '/limits',
  component: lazyRouteComponent(() => import('./pages/entra/limits.tsx'), 'EntraLimits'),
});
const entraUndo = createRoute({
  getParentRoute: () => entra,
  path: '/undo/$undoKind/$undoId',
  component: lazyRouteComponent(() => import('./pages/entra/undo.tsx'), 'EntraUndo'),
});
const entraHistory = createRoute({
  getParentRoute: () => entra,
  path: '/history',
  component: lazyRouteComponent(() => import('./pages/entra/history.tsx'), 'EntraHistory'),
});
const entraDecisions = createRoute({
  getParentRoute: () => entra,
  path: '/history/decisions',
  component: lazyRouteComponent(() => import('./pages/entra/history.tsx'), 'EntraDecisions'),
});
const entraWhy = createRoute({
  getParentRoute: () => entra,
  path: '/why',
  component: lazyRouteComponent(() => import('./pages/entra/why.tsx'), 'EntraWhy'),
});
const entraConnect = createRoute({
  getParentRoute: () => entra,
  path: '/connect',
  component: lazyRouteComponent(() => import('./pages/entra/connect.tsx'), 'EntraConnect'),
});
const entraSetup = createRoute({
  getParentRoute: () => entra,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/entra/setup.tsx'), 'EntraSetup'),
});

const tree = root.addChildren([
  signIn,
  password,
  connectLink,
  connectFlow,
  app.addChildren([
    home,
    organisation.addChildren([contacts.addChildren([contact]), notifications]),
    settings,
    organisationSettings.addChildren([
      organisationPage,
      users,
      newUser,
      user,
      teams,
      customFields,
      entra.addChildren([
        entraIndex,
        entraOverview,
        entraGroups,
        entraFields,
        entraNotices,
        entraUsers,
        entraRuns,
        entraRun,
        entraHistory,
        entraDecisions,
        entraWhy,
        entraPreview,
        entraLimits,
        entraUndo,
        entraConnect,
        entraSetup,
      ]),
    ]),
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
    parseSearch,
    stringifySearch,
  });
}
