// A server whose secret key is another one, or gone: every page says so, what there is can be seen, and what one tries to change is
// refused in words (F69).
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { arrangeConnection, clearSync, configure } from './arrange.ts';
import { faultsOf, watch } from './page-checks.ts';
import { shoot, visit } from './visitor.ts';
import { organisationId, useWorld } from './world.ts';

const world = await useWorld();
const own = Buffer.alloc(32, 7).toString('base64');

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
});
afterEach(() => world.restart({ SAMSYN_SECRET_KEY: own }), 30_000);

test.each(['sv', 'en'] as const)(
  'F69 in %s: before and after signing in the page says why nothing can be changed, and a change is refused in words',
  async (language) => {
    await configure(await visit(world, { language }));
    await world.restart({ SAMSYN_SECRET_KEY: randomBytes(32).toString('base64') });
    const outside = await visit(world, { language, as: null });
    const { readOnly } = outside.words.shell;
    await outside.page.goto('/sign-in');
    await outside.page.getByText(readOnly.title, { exact: true }).waitFor();
    await outside.page.getByText(`${readOnly.key_wrong} ${readOnly.next}`, { exact: true }).waitFor();
    await shoot(outside, `read-only-sign-in-${language}`);

    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const problems = watch(page);
    const faults = await faultsOf(visitor, {
      name: 'read-only-users',
      path: `/settings/${organisationId}/users-and-teams`,
      heading: (w) => w.people.title,
      shows: async () => page.getByText(readOnly.title, { exact: true }).waitFor(),
    });
    expect([...faults, ...problems]).toEqual([]);

    await page.goto(`/settings/${organisationId}/entra/overview`);
    await page.getByRole('button', { name: words.overview.syncNow }).first().click();
    await page.getByText(words.errors.server_read_only.title).first().waitFor();
    await page.getByText(words.errors.server_read_only.next).first().waitFor();
    await shoot(visitor, `read-only-refused-${language}`);
  },
  90_000,
);
