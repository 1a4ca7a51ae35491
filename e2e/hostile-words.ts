// Names as somebody would choose them who wants to break the app: markup, a turned reading direction, one that never ends.
import { newId } from '../src/base/ids.ts';
import { defaultMappings } from '../src/contract/settings.ts';
import { call, configure, group, sync } from './arrange.ts';
import type { PageToSee } from './page-checks.ts';
import type { Visitor } from './visitor.ts';
import { organisationId, tenantId, type World } from './world.ts';

export const hostile = {
  image: '<img src=x onerror=alert(1)>',
  script: '"><script>alert(1)</script>',
  turned: '\u202Eelttil annA\u202C',
  endless: 'Å'.repeat(250),
  group: `'"><img src=x onerror=alert(1)> \u202Enejnuf`,
  label: '"><script>alert(1)</script>',
  value: `${'9'.repeat(120)}<svg onload=alert(1)>`,
} as const;
const people = [hostile.image, hostile.script, hostile.turned, hostile.endless];

const ended = /^(ok|held)$/;

/** Four such people in a group of such a name, one of their attributes in a field of such a name; two become app users. */
export async function arrangeHostile(world: World, visitor: Visitor): Promise<{ appUserId: string; runId: string }> {
  const { store } = world.emulator;
  const { id: groupId } = store.createGroup(tenantId, { displayName: hostile.group });
  const ids: string[] = [];
  for (const [index, displayName] of people.entries()) {
    const mail = `hostile${index}@norrsken.se`;
    const { id } = store.createUser(tenantId, { id: newId(), displayName, givenName: displayName, surname: hostile.image, officeLocation: hostile.endless, userPrincipalName: mail, mail, jobTitle: hostile.script, department: index === 2 ? hostile.endless : hostile.image, extensionAttribute1: hostile.value, onPremisesExtensionAttributes: { extensionAttribute1: hostile.value } }); // prettier-ignore
    store.addMember(tenantId, groupId, id);
    ids.push(id);
  }
  const { key } = (await call(visitor, 'POST', '/custom-fields', { label: hostile.label })) as { key: string };
  const always = { write: 'always', empty: 'keep' } as const;
  await configure(visitor, {
    groups: {
      scope: 'groups',
      groups: [group('telefoni'), { id: groupId, name: hostile.group }],
      includeGuests: false,
      includeDisabled: false,
    },
    mappings: [
      ...defaultMappings,
      { source: 'jobTitle', target: 'jobTitle', ...always },
      { source: 'department', target: 'department', ...always },
      { source: 'extensionAttribute1', target: `custom:${key.replace('custom:', '')}`, ...always },
    ],
  });
  // Something of the world around it may be held; this is not.
  await sync(visitor, ended);
  await call(visitor, 'POST', '/review/create', { objectIds: [ids[0], ids[3]] });
  await call(visitor, 'POST', '/review/ignore', { objectIds: [ids[1]], reason: hostile.image });
  store.updateUser(tenantId, ids[0] ?? '', { jobTitle: hostile.endless });
  const run = await sync(visitor, ended);
  const { items } = (await call(visitor, 'GET', '/users?search=hostile0')) as { items: { id: string }[] };
  return { appUserId: items[0]?.id ?? '', runId: String(run['id']) };
}

/** Where those words are shown. */
export function pagesWithHostileWords({ appUserId, runId }: { appUserId: string; runId: string }): PageToSee[] {
  const settings = `/settings/${organisationId}`;
  const showing =
    (...words: string[]): NonNullable<PageToSee['shows']> =>
    async ({ page }) => {
      for (const one of words) await page.locator('main').getByText(one, { exact: true }).first().waitFor();
    };
  const inSync = (name: string, path: string, shows: NonNullable<PageToSee['shows']>): PageToSee => ({
    name: `hostile-${name}`,
    path: `${settings}/entra/${path}`,
    heading: (w) => w.settings.title,
    shows,
  });
  return [
    {
      name: 'hostile-contact',
      path: `/o/${organisationId}/contacts/${appUserId}?q=hostile`,
      heading: (w) => w.contacts.title,
      shows: showing(hostile.image, hostile.endless, hostile.label, hostile.value),
    },
    {
      name: 'hostile-users',
      path: `${settings}/users-and-teams?q=hostile`,
      heading: (w) => w.people.title,
      shows: showing(hostile.image, hostile.endless),
    },
    {
      name: 'hostile-user',
      path: `${settings}/users-and-teams/users/${appUserId}`,
      heading: () => hostile.image,
      shows: async ({ page }) => page.getByLabel(hostile.label, { exact: true }).waitFor(),
    },
    {
      name: 'hostile-custom-fields',
      path: `${settings}/users-and-teams/fields`,
      heading: (w) => w.people.title,
      shows: showing(hostile.label),
    },
    inSync('linked', 'users?list=linked&q=hostile', showing(hostile.image, hostile.endless)),
    inSync('available', 'users?list=available&q=hostile', showing(hostile.turned, hostile.script)),
    inSync('ignored', 'users?list=ignored', showing(hostile.script, hostile.image)),
    inSync('groups', 'groups', showing(hostile.group)),
    inSync('fields', 'fields', showing(hostile.label)),
    inSync('overview', 'overview', async ({ page }) => page.getByText(hostile.group).first().waitFor()),
    {
      name: 'hostile-run',
      path: `${settings}/entra/runs/${runId}`,
      heading: (w) => new RegExp(`^${w.runs.run.title.replace(/ \{.*/, ' ')}`),
      shows: showing(hostile.image, hostile.endless),
    },
  ];
}
