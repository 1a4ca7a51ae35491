// How things stand with the connection, before and after something stops it: on the overview, in plain words, with the next step.
import { beforeEach, describe, expect, test } from 'vitest';
import { arrangeConnection, call, clearSync, configure, group, sync } from './arrange.ts';
import { eventually, fill, shoot, visit } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const inTwentyDays = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
const world = await useWorld({ SAMSYN_ENTRA_SECRET_EXPIRES: inTwentyDays });
const overview = `/settings/${organisationId}/entra/overview`;

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
});

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('a secret that runs out is told of in days and by date', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await configure(visitor);
    await page.goto(overview);
    // The day begins at midnight, so that twenty days are nineteen and some hours.
    await page.getByText(fill(words.overview.state.expires.title_other, { count: 20 })).waitFor();
    await page.getByText(words.overview.connection.credential, { exact: true }).waitFor();
    await shoot(visitor, `health-expires-${language}`);
    expect(await call(visitor, 'GET', '/connection')).toMatchObject({
      connection: { credentialExpiresAt: `${inTwentyDays}T00:00:00.000Z` },
    });
  });

  test('a chosen group that is gone is named, and the way to choose others is one click away', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const name = `Jour ${language}`;
    const { id } = world.emulator.store.createGroup(tenantId, { displayName: name });
    await configure(visitor, {
      groups: {
        scope: 'groups',
        groups: [group('telefoni'), { id, name }],
        includeGuests: false,
        includeDisabled: false,
      },
    });
    await sync(visitor);
    world.emulator.store.deleteGroup(tenantId, id);
    await page.goto(overview);
    await page.getByRole('button', { name: words.overview.syncNow }).first().click();
    await page.getByText(fill(words.overview.state.failed.group, { group: name })).waitFor({ timeout: 30_000 });
    await page.getByText(words.errors.run_scope_group_gone.next).first().waitFor();
    await shoot(visitor, `health-group-gone-${language}`);
    await page.getByRole('link', { name: words.overview.state.failed.toGroups }).click();
    await eventually(() => expect(page.url()).toContain('/entra/groups'));
  });
});
