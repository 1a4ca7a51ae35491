// Every page of the app, in the order in which one test walks through them.
import { accept, chooseAccount, decline } from './microsoft.ts';
import type { PageToSee } from './page-checks.ts';
import { otherOrganisationId, otherOrganisationName, otherTenant, upn, type Ids } from './page-world.ts';
import { call } from './arrange.ts';
import { fill, type Visitor } from './visitor.ts';
import { administrator, colleague, organisationId, organisationName } from './world.ts';

const settings = `/settings/${organisationId}`;
const other = `/settings/${otherOrganisationId}`;
const otherApi = `/api/v1/organisations/${otherOrganisationId}/connection`;

/** What one sees inside the app, in an organisation that is connected. */
export function pagesInside({ appUserId, runId, failedRunId, heldRunId, previewId }: Ids): PageToSee[] {
  const inSync = (name: string, path: string, shows?: PageToSee['shows']): PageToSee => ({
    name,
    path: `${settings}/entra/${path}`,
    heading: (w) => w.settings.title,
    ...(shows && { shows }),
  });
  const list = (name: 'linked' | 'suggested' | 'available' | 'ignored' | 'gone' | 'app_only') =>
    inSync(`list-${name}`, `users?list=${name}`, ({ page, words }) =>
      page.getByRole('table', { name: words.review.list[name] }).waitFor(),
    );
  const counted = ({ page, words }: Visitor) =>
    page.getByText(words.settings.groups.counting).waitFor({ state: 'detached' });
  return [
    { name: 'contacts', path: `/o/${organisationId}/contacts`, heading: (w) => w.contacts.title },
    {
      name: 'contact-card',
      path: `/o/${organisationId}/contacts/${appUserId}`,
      heading: (w) => w.contacts.title,
      shows: ({ page, words }) => page.getByText(words.contacts.fromEntra).first().waitFor(),
    },
    { name: 'notifications', path: `/o/${organisationId}/notifications`, heading: (w) => w.notifications.title },
    { name: 'choose-organisation', path: '/settings', heading: (w) => w.people.settings.choose },
    { name: 'organisation', path: settings, heading: () => organisationName },
    { name: 'users', path: `${settings}/users-and-teams`, heading: (w) => w.people.title },
    { name: 'new-user', path: `${settings}/users-and-teams/new`, heading: (w) => w.people.user.new },
    { name: 'user', path: `${settings}/users-and-teams/users/${appUserId}`, heading: () => 'Anna Bergström' },
    { name: 'teams', path: `${settings}/users-and-teams/teams`, heading: (w) => w.people.title },
    { name: 'custom-fields', path: `${settings}/users-and-teams/fields`, heading: (w) => w.people.title },
    inSync('overview', 'overview', ({ page, words }) =>
      page.getByRole('list', { name: words.overview.figures }).waitFor(),
    ),
    inSync('groups', 'groups', counted),
    inSync('fields', 'fields', ({ page, words }) => page.getByRole('table', { name: words.fields.list }).waitFor()),
    inSync('notices', 'notices', ({ page }) => page.getByText('it@norrsken.test').first().waitFor()),
    list('linked'),
    list('suggested'),
    list('available'),
    list('ignored'),
    list('gone'),
    list('app_only'),
    inSync('runs', 'runs', ({ page, words }) => page.getByRole('table', { name: words.runs.list }).waitFor()),
    run('run', runId),
    run('run-failed', failedRunId),
    ...pagesOfHistory({ appUserId, runId }),
    run('run-held', heldRunId),
    {
      name: 'preview',
      path: `${settings}/entra/previews/${previewId}`,
      heading: (w) => beginsWith(w.preview.title),
      shows: ({ page, words }) => page.getByRole('table', { name: words.preview.list }).waitFor(),
    },
    { name: 'limits', path: `${settings}/entra/limits`, heading: (w) => w.held.limits.title },
    {
      name: 'undo',
      path: `${settings}/entra/undo/run/${runId}`,
      heading: (w) => beginsWith(w.undo.titleRun),
      shows: ({ page, words }) => page.getByRole('table', { name: words.undo.list }).waitFor(),
    },
    { name: 'not-found', path: `${settings}/nowhere`, heading: (w) => w.shell.error.pageNotFound.title },
    {
      name: 'not-found-organisation',
      path: `/o/0192a000-0000-7000-8000-00000000dead/contacts`,
      heading: (w) => w.shell.error.pageNotFound.title,
    },
  ];
}

/** What has happened, and why somebody is here or is not. */
export function pagesOfHistory({ appUserId, runId }: Pick<Ids, 'appUserId' | 'runId'>): PageToSee[] {
  const inSync = (name: string, path: string, shows: PageToSee['shows']): PageToSee => ({
    name,
    path: `${settings}/entra/${path}`,
    heading: (w) => w.settings.title,
    ...(shows && { shows }),
  });
  const table = (name: (words: Visitor['words']) => string) => (visitor: Visitor) =>
    visitor.page.getByRole('table', { name: name(visitor.words) }).waitFor();
  const says = (text: (words: Visitor['words']) => string) => (visitor: Visitor) =>
    visitor.page.getByText(text(visitor.words)).first().waitFor();
  const why = (who: string) => `why?id=${upn(who)}`;
  return [
    inSync(
      'history',
      'history',
      table((w) => w.history.changes.list),
    ),
    inSync('history-person', `history?person=${appUserId}`, says((w) => fill(w.history.filter.person, { name: 'Anna Bergström' }))), // prettier-ignore
    inSync(
      'history-run',
      `history?run=${runId}&field=jobTitle`,
      table((w) => w.history.changes.list),
    ),
    inSync(
      'history-nothing',
      'history?until=1999-12-31',
      says((w) => w.history.changes.empty.filtered),
    ),
    inSync(
      'decisions',
      'history/decisions',
      table((w) => w.history.decisions.list),
    ),
    inSync(
      'why',
      'why',
      says((w) => w.why.start.title),
    ),
    inSync(
      'why-found',
      'why?q=an',
      says((w) => w.why.place.linked),
    ),
    inSync('why-linked', why('anna.bergstrom'), says((w) => fill(w.why.verdict.linked, { name: 'Anna Bergström', user: 'Anna Bergström' }))), // prettier-ignore
    inSync(
      'why-deleted',
      why('kristina.akesson'),
      says((w) => w.why.next.deleted),
    ),
    inSync(
      'why-left',
      why('sofia.engstrom'),
      says((w) => w.why.next.out_of_scope),
    ),
    inSync(
      'why-unread',
      'why?q=Nina%20Nyanst%C3%A4lld',
      says((w) => w.why.inEntra),
    ),
    inSync(
      'why-nobody',
      'why?q=Ingensteds',
      says((w) => fill(w.why.nothing.title, { search: 'Ingensteds' })),
    ),
  ];
}

/** The way through connecting, in the organisation that is not connected: each page leads to the next. */
export function pagesOfConnecting(): PageToSee[] {
  let address = '';
  const newLink = async (visitor: Visitor) => {
    const { url } = (await call(visitor, 'POST', `${otherApi}/links`)) as { url: string };
    return url;
  };
  const step = (
    name: 'groups' | 'fields' | 'notices' | 'schedule',
    before?: (visitor: Visitor) => Promise<unknown>,
  ): PageToSee => ({
    name: `setup-${name}`,
    open: async (visitor) => {
      await before?.(visitor);
      await visitor.page.goto(`${other}/entra/setup?step=${name}`);
    },
    heading: (w) => w.settings.title,
    shows: ({ page, words }) =>
      page
        .getByRole('listitem')
        .filter({ hasText: words.settings.steps[name] })
        .and(page.locator('[aria-current="step"]'))
        .waitFor(),
  });
  const save = (name: string, body: unknown) => (visitor: Visitor) =>
    call(visitor, 'PUT', `${otherApi}/settings/${name}`, body);
  const mapping = (source: string, target: string) => ({ source, target, write: 'always', empty: 'keep' });
  return [
    { name: 'connect', path: `${other}/entra/connect`, heading: (w) => w.connect.title },
    {
      name: 'connect-link',
      open: async ({ page, words }) => {
        await page.getByRole('button', { name: words.connect.colleague.button }).click();
        address = await page.getByLabel(words.connect.link.label).inputValue();
        await page.getByRole('button', { name: words.connect.colleague.another }).click();
        await page
          .getByRole('table', { name: words.connect.link.list })
          .getByText(words.connect.link.states.revoked)
          .waitFor();
      },
      heading: (w) => w.connect.title,
    },
    {
      name: 'connect-invalid',
      open: ({ page }) => page.goto(address).then(() => undefined),
      heading: (w) => w.errors.connect_link_invalid.title,
    },
    {
      name: 'connect-landing',
      open: async (visitor) => {
        address = await newLink(visitor);
        await open(visitor, address);
      },
      heading: (w) => fill(w.connect.landing.title, { organisation: otherOrganisationName }),
    },
    {
      name: 'connect-declined-link',
      open: async ({ page, words }) => {
        await page.getByRole('button', { name: words.connect.landing.decline }).click();
        await page.getByRole('dialog').getByRole('button', { name: words.connect.landing.declineConfirm }).click();
      },
      heading: (w) => w.connect.landing.declined.title,
    },
    {
      name: 'connect-confirm-typed',
      open: async (visitor) => {
        const { page, words } = visitor;
        await open(visitor, await newLink(visitor));
        await page.getByRole('button', { name: words.connect.landing.signIn }).click();
        await chooseAccount(page, otherTenant.signer);
      },
      heading: question,
    },
    {
      name: 'connect-declined',
      open: async ({ page, words }) => {
        const name = page.getByLabel(words.connect.flow.typeName.label);
        await name.fill(otherOrganisationName);
        await page.getByRole('button', { name: words.connect.flow.confirm }).click();
        await chooseAccount(page, otherTenant.signer);
        await decline(page);
      },
      heading: (w) => w.errors.connect_declined.title,
    },
    {
      name: 'connect-no-role',
      open: async (visitor) => {
        const { redirectUrl } = (await call(visitor, 'POST', `${otherApi}/sign-in`)) as { redirectUrl: string };
        await visitor.page.goto(redirectUrl);
        await chooseAccount(visitor.page, 'nils.user@fjallbygg.se');
      },
      heading: question,
      shows: ({ page, words }) => page.getByText(words.connect.flow.noRole.title).waitFor(),
    },
    {
      name: 'connect-confirm',
      open: async ({ page, words }) => {
        await page.getByRole('button', { name: words.connect.flow.otherAccount }).click();
        await chooseAccount(page, otherTenant.signer);
      },
      heading: question,
    },
    {
      name: 'connected',
      open: async ({ page, words }) => {
        await page.getByLabel(words.connect.flow.typeName.label).fill(otherOrganisationName);
        await page.getByRole('button', { name: words.connect.flow.confirm }).click();
        await chooseAccount(page, otherTenant.signer);
        await accept(page);
      },
      heading: (w) => w.connect.flow.connected.title,
    },
    step('groups'),
    step('fields', save('groups', { scope: 'all', groups: [], includeGuests: false, includeDisabled: false })),
    step('notices', save('fields', { mappings: [mapping('givenName', 'firstName'), mapping('surname', 'lastName'), mapping('displayName', 'displayName'), mapping('mail', 'email')] })), // prettier-ignore
    step('schedule', save('notices', { recipients: [{ email: 'it@fjallbygg.test', kinds: ['gone'] }] })),
  ];
}

/** For everybody, and for who may not. */
export const pagesOutside: PageToSee[] = [
  {
    name: 'connect-lost',
    open: ({ page }) => page.goto('/connect/flow').then(() => undefined),
    heading: (w) => w.errors.connect_flow_missing.title,
  },
  {
    name: 'password',
    open: ({ page }) => page.goto('/password#token').then(() => undefined),
    heading: (w) => w.signIn.choose.title,
  },
  {
    name: 'password-no-token',
    open: ({ page }) => page.goto('/password').then(() => undefined),
    heading: (w) => w.signIn.choose.noToken.title,
  },
  { name: 'sign-in', open: ({ page }) => page.goto('/sign-in').then(() => undefined), heading: (w) => w.signIn.title },
  {
    name: 'sign-in-demo',
    // This server is no demo: what a demo's would say.
    open: async ({ page }) => {
      const accounts = [
        { ...administrator, role: 'administrator' },
        { ...colleague, role: 'colleague' },
      ].map(({ name, email, role }) => ({ name, email, role }));
      const demo = { directoryUrl: 'http://localhost:1', password: administrator.password, accounts };
      await page.route('**/api/v1/server', (route) => route.fulfill({ json: { version: '0', readOnly: null, demo } }));
      await page.goto('/sign-in');
    },
    heading: (w) => w.signIn.title,
    shows: ({ page, words }) => page.getByText(words.signIn.demo.title).waitFor(),
  },
];
export const pagesForbidden: PageToSee[] = [
  { name: 'forbidden', path: settings, heading: (w) => w.people.settings.forbidden.title },
  { name: 'choose-organisation-forbidden', path: '/settings', heading: (w) => w.people.settings.choose },
];

const question = (w: Visitor['words']) =>
  fill(w.connect.flow.question, { tenant: 'fjallbygg.se', organisation: otherOrganisationName });

function run(name: string, id: string): PageToSee {
  return {
    name,
    path: `${settings}/entra/runs/${id}`,
    heading: (w) => new RegExp(`^${w.runs.run.title.replace(/ \{.*/, ' ')}`),
  };
}

/** A new document, also when only the part behind # differs. */
async function open({ page }: Visitor, address: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(address);
}

/** A title that ends with a moment. */
function beginsWith(title: string): RegExp {
  return new RegExp(`^${title.slice(0, title.indexOf('{{'))}`);
}
