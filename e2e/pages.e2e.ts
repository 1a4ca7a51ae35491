// Every page, in both languages and both schemes, wide and narrow.
import { describe, expect, test } from 'vitest';
import { faultsOf, goInside, watch, type PageToSee } from './page-checks.ts';
import { arrangeHostile, pagesWithHostileWords } from './hostile-words.ts';
import { enter, focused, tabTo } from './keyboard.ts';
import { pagesForbidden, pagesInside, pagesOfConnecting, pagesOutside } from './page-list.ts';
import { arrangePages, clearOther, otherOrganisationName, type Ids } from './page-world.ts';
import { eventually, fill, visit, type Language, type Visitor } from './visitor.ts';
import { administrator, colleague, organisationId, useWorld } from './world.ts';

const world = await useWorld();
let ids: Ids | undefined;

async function arranged(visitor: Visitor): Promise<Ids> {
  ids ??= await arrangePages(world, visitor);
  return ids;
}

async function walk(visitor: Visitor, pages: readonly PageToSee[], withAxe = true): Promise<void> {
  // Answers that a page is about: a link that is used up, an attempt that is not there, nobody signed in.
  const problems = watch(visitor.page, /v1\/(connect-(link|flow)|session)/);
  const found: string[] = [];
  for (const one of pages) found.push(...(await faultsOf(visitor, one, withAxe)));
  expect([...found, ...problems]).toEqual([]);
}

// Two cores that others use as well are slow; alone the file takes two minutes.
const patience = { timeout: 480_000 };

describe.each<[Language, 'light' | 'dark']>([
  ['sv', 'light'],
  ['en', 'dark'],
])('%s, %s', (language, scheme) => {
  const look = { language, dark: scheme === 'dark' };

  test('the pages inside', patience, async () => {
    const visitor = await visit(world, look);
    await walk(visitor, pagesInside(await arranged(visitor)));
  });

  test('the pages of connecting, up to the four steps', patience, async () => {
    await clearOther(world);
    const visitor = await visit(world, look);
    await walk(visitor, pagesOfConnecting());
  });

  test('the pages outside, and for who may not', patience, async () => {
    await walk(await visit(world, { ...look, as: null }), pagesOutside);
    await walk(await visit(world, { ...look, as: colleague }), pagesForbidden);
  });
});

test(
  'by Tab, Enter and Escape alone: signing in, the settings, connecting, an action of a list, its dialog and back',
  patience,
  async () => {
    if (ids === undefined) await arranged(await visit(world));
    await clearOther(world);
    const { page, words } = await visit(world, { as: null });
    const problems = watch(page, /v1\/session/);
    const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
    const go = (name: string) => enter(page, name);
    await tabTo(page, words.signIn.email);
    await page.keyboard.type(administrator.email);
    await tabTo(page, words.signIn.password);
    await page.keyboard.type(administrator.password);
    await page.keyboard.press('Enter');
    await heading(words.contacts.title);

    await go(words.shell.menu.settings);
    await heading(words.people.settings.choose);
    await page.keyboard.press('Tab');
    await tabTo(page, `${otherOrganisationName.slice(0, 1)}${otherOrganisationName}`);
    await page.keyboard.press('Enter');
    await heading(otherOrganisationName);
    await page.getByRole('link', { name: words.people.settings.usersAndTeamsText }).waitFor();
    await go(`${words.people.title}${words.people.settings.usersAndTeamsText}`);
    await heading(words.people.title);
    await page.getByRole('link', { name: words.people.connect }).waitFor();
    await go(words.people.connect);
    await heading(words.connect.title);
    await page.getByRole('button', { name: words.connect.self.button }).waitFor();
    await tabTo(page, words.connect.self.button);
    await go(words.connect.colleague.button);
    await page.getByLabel(words.connect.link.label).waitFor();
    await tabTo(page, words.shell.action.copy, 'Shift+Tab');
    const revoke = page.getByRole('button', { name: new RegExp(`^${words.connect.link.revoke} `) });
    const revokeName = (await revoke.getAttribute('aria-label')) ?? '';
    await go(revokeName);
    await page.getByRole('dialog', { name: words.connect.link.revokeTitle }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await focused(page)).toBe(revokeName));

    await goInside(page, `/settings/${organisationId}/entra/overview`);
    const tab = page
      .getByRole('navigation', { name: words.settings.tabs.label })
      .getByRole('link', { name: words.settings.tabs.users });
    await tab.getByText(/\d/).waitFor();
    await go((await tab.innerText()).replace(/\s+/g, ' '));
    const chip = page
      .getByRole('navigation', { name: words.review.lists })
      .getByRole('link', { name: words.review.list.linked });
    await chip.getByText(/\d/).waitFor();
    await go((await chip.innerText()).replace(/\s+/g, ' '));
    const unlink = fill(words.review.action.of, { action: words.review.action.unlink, name: 'Jörgen Nyström' });
    await page.getByRole('button', { name: unlink }).waitFor();
    await go(unlink);
    const dialog = page.getByRole('dialog', {
      name: fill(words.review.dialog.unlink.titleOne, { name: 'Jörgen Nyström' }),
    });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await eventually(async () => expect(await focused(page)).toBe(unlink));
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await go(fill(words.review.actionMany.unlink_one, { count: 1 }));
    await page.getByText(fill(words.review.result.unlink_one, { count: 1 })).waitFor();
    // The button has gone with its row: the keyboard goes on at the list.
    await eventually(async () => expect(await focused(page)).toContain(words.review.list.linked));
    expect(problems).toEqual([]);
  },
);

test('names full of markup, turned or endless are words like others, wherever they stand', patience, async () => {
  const visitor = await visit(world);
  await arranged(visitor);
  const pages = pagesWithHostileWords(await arrangeHostile(world, visitor));
  await walk(visitor, pages, false);
  // Nothing of them has become a part of a page, and no request was made for it.
  expect(await visitor.page.locator('img[onerror], svg[onload], main script').count()).toBe(0);
});

test('turning off leads back to connecting, and asks for nothing that would be refused', patience, async () => {
  const visitor = await visit(world);
  await arranged(visitor);
  const { page, words } = visitor;
  const problems = watch(page);
  await goInside(page, `/settings/${organisationId}/entra/overview`);
  await page.getByRole('button', { name: words.overview.off.button }).click();
  await page.getByRole('dialog').getByRole('button', { name: words.overview.off.button }).click();
  await page.getByRole('heading', { level: 1, name: words.connect.title }).waitFor();
  const fault = await faultsOf(visitor, { name: 'connect-earlier', heading: (w) => w.connect.title });
  expect([...fault, ...problems]).toEqual([]);
});
