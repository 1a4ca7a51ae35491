// One person now, in a browser: from the app user's page and from the page that says why somebody is (not) here.
import { beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../emulator/people.ts';
import { arrangeConnection, clearSync, configure, group, linkSuggested, sync } from './arrange.ts';
import { faultsOf, watch } from './page-checks.ts';
import { fill, shoot, visit } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const { store } = world.emulator;
const objectId = userId('sofia.engstrom@norrsken.se');

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
});

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('one person is synced at once, and each step is shown with what came of it', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    watch(page);
    const w = words.runs.one;
    const groups = [group('växel')];
    await configure(visitor, { groups: { scope: 'groups', groups, includeGuests: false, includeDisabled: false } });
    await sync(visitor);
    const appUserId = await linkSuggested(visitor, 'Sofia Engström');
    await sync(visitor);
    store.updateUser(tenantId, objectId, { surname: 'Berg' });
    try {
      const path = `/settings/${organisationId}/users-and-teams/users/${appUserId}`;
      await page.goto(path);
      await page.getByRole('button', { name: fill(w.of, { name: 'Sofia Engström' }) }).click();
      const dialog = page.getByRole('dialog', { name: fill(w.title, { name: 'Sofia Engström' }) });
      await dialog.getByText(w.done).waitFor();
      const steps = dialog.getByRole('list', { name: w.steps });
      await steps.getByText(w.entra.present).waitFor();
      await steps.getByText('växel').first().waitFor();
      await steps.getByText('Engström').first().waitFor();
      await steps.getByText('Berg', { exact: true }).waitFor();
      await shoot(visitor, `one-person-${language}`);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });

      store.deleteUser(tenantId, objectId);
      await page.goto(`/settings/${organisationId}/entra/why?id=${objectId}`);
      await page.getByRole('button', { name: fill(w.of, { name: 'Sofia Engström' }) }).click();
      await dialog.getByText(w.entra.deleted).waitFor();
      await dialog.getByText(w.done).waitFor();
      await shoot(visitor, `one-person-deleted-${language}`);
      await page.keyboard.press('Escape');
      expect(await faultsOf(visitor, { name: 'one-person-after', path, heading: () => 'Sofia Engström' })).toEqual([]);
    } finally {
      if (store.user(tenantId, objectId).deletedAt !== null) store.restoreUser(tenantId, objectId);
      store.updateUser(tenantId, objectId, { surname: 'Engström' });
      await world.query(`update app_user set fields = fields || '{"lastName": "Engström"}' where id = $1`, [appUserId]);
    }
  });
});
