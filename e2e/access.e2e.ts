import { describe, expect, test } from 'vitest';
import { colleague, organisationId, organisationName, useWorld } from './world.ts';
import { eventually, shoot, visit } from './visitor.ts';

const world = await useWorld();

describe('H1', () => {
  test('H1 who lacks Användare & Team sees no entry to the settings, and the server refuses its routes', async () => {
    const { page, words } = await visit(world, { as: colleague });
    await page.getByRole('link', { name: words.shell.menu.contacts }).waitFor();
    expect(await page.getByRole('link', { name: words.shell.menu.settings }).count()).toBe(0);
    for (const path of ['users', 'teams', 'connection', 'connection/settings', 'connection/runs', 'review/counts']) {
      const answer = await page.request.get(`/api/v1/organisations/${organisationId}/${path}`);
      expect([path, answer.status()]).toEqual([path, 403]);
    }
    // Also who knows the address gets no further.
    await page.goto(`/settings/${organisationId}/entra/overview`);
    await page.getByText(words.people.settings.forbidden.title).waitFor();
    await shoot({ page }, 'h01-forbidden-sv');
  });
});

describe('H2', () => {
  for (const language of ['sv', 'en'] as const) {
    test(`H2 the gear at the foot of the menu leads over the organisation to connecting (${language})`, async () => {
      const { page, words } = await visit(world, { language });
      const gear = page.getByRole('link', { name: words.shell.menu.settings });
      // At the very bottom: no entry of the menu is below it.
      const nav = page.getByRole('navigation', { name: words.shell.menu.label });
      await eventually(async () => {
        const links = await nav.getByRole('link').all();
        const tops = await Promise.all(links.map(async (link) => (await link.boundingBox())?.y ?? 0));
        expect(links.length).toBeGreaterThan(2);
        expect(Math.max(...tops)).toBe((await gear.boundingBox())?.y);
      });
      await gear.click();
      await page.getByRole('heading', { name: words.people.settings.choose }).waitFor();
      // A person may belong to several; without the permission in one it cannot be opened.
      await page.getByText('Norrsken Fiber AB').waitFor();
      await shoot({ page }, `h02-choose-${language}`);
      await page.getByRole('link', { name: organisationName }).click();
      await shoot({ page }, `h02-organisation-${language}`);
      await page.getByRole('link', { name: words.people.settings.openUsersAndTeams }).click();
      await page.getByRole('table', { name: words.people.users.list }).waitFor();
      await shoot({ page }, `h02-users-${language}`);
      await page.getByRole('link', { name: words.people.connect }).click();
      await page.getByRole('heading', { name: words.connect.title, exact: true }).waitFor();
      await page.getByRole('button', { name: words.connect.self.button }).waitFor();
      await page.getByRole('button', { name: words.connect.colleague.button }).waitFor();
      await shoot({ page }, `h05-connect-${language}`);
    });
  }
});
