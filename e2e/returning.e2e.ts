// F32 in a browser: somebody comes back to Entra under a new entry; the link moves by a click, and the move is taken back.
import { beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../emulator/people.ts';
import { arrangeConnection, call, clearSync, configure, linkSuggested, sync } from './arrange.ts';
import { faultsOf, watch } from './page-checks.ts';
import { eventually, fill, shoot, visit } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const { store } = world.emulator;
const oldId = userId('kristina.akesson@norrsken.se');

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
});

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('F32 the link of who is gone is proposed to move to who is new with the same address, moves by one click, and is taken back', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    watch(page);
    await configure(visitor);
    await sync(visitor);
    const appUserId = await linkSuggested(visitor, 'Kristina Åkesson');
    store.deleteUser(tenantId, oldId);
    const again = store.createUser(tenantId, {
      displayName: 'Kristina Åkesson Ny',
      userPrincipalName: 'kristina.akesson@norrsken.se',
      mail: 'kristina.akesson@norrsken.se',
    });
    try {
      await sync(visitor);
      const path = `/settings/${organisationId}/entra/users?list=gone`;
      await page.goto(path);
      const table = page.getByRole('table', { name: words.review.returning.title });
      const row = table.getByRole('row').filter({ hasText: 'Kristina Åkesson Ny' });
      await row.getByText(words.review.reason.same_email).waitFor();
      await row.getByText(words.review.gone.deleted).waitFor();
      expect(await faultsOf(visitor, { name: 'returning', path, heading: (w) => w.settings.title })).toEqual([]);
      const { move } = words.review.returning;
      await row
        .getByRole('button', { name: fill(words.review.action.of, { action: move, name: 'Kristina Åkesson Ny' }) })
        .click();
      await table.waitFor({ state: 'detached' });
      await shoot(visitor, `returning-moved-${language}`);
      await eventually(async () => {
        const user = (await call(visitor, 'GET', `/users/${appUserId}`)) as { entra: { displayName: string } | null };
        expect(user.entra?.displayName).toBe('Kristina Åkesson Ny');
      });
      // Taken back from the history of decisions.
      const { items } = (await call(visitor, 'GET', '/history/decisions?limit=20')) as {
        items: { id: string; action: string }[];
      };
      const deed = items.find(({ action }) => action === 'link.moved');
      await call(visitor, 'POST', `/undo/deed/${deed?.id}`, { overwrite: [] });
      await page.goto(path);
      await table.waitFor();
    } finally {
      store.deleteUser(tenantId, again.id);
      store.purge(tenantId, again.id);
      store.restoreUser(tenantId, oldId);
    }
  });
});
