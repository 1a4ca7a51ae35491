// How things stand with the connection, before and after something stops it: on the overview, in plain words, with the next step.
import { beforeEach, describe, expect, test } from 'vitest';
import { arrangeConnection, call, clearSync, configure, group, sync } from './arrange.ts';
import { expireToken, runToEnd } from './error-case.ts';
import { fill, shoot, visit } from './visitor.ts';
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

  test('F8: a chosen group that is gone is named with how many would leave, all else is in step, and both ways out are there', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const { store } = world.emulator;
    const { groupGone, groupBack, ok, failed } = words.overview.state;
    const name = `Jour ${language}`;
    const { id } = store.createGroup(tenantId, { displayName: name });
    const userPrincipalName = `jour.${language}@norrsken.example`;
    const person = store.createUser(tenantId, { displayName: `Jour ${language}`, userPrincipalName });
    store.addMember(tenantId, id, person.id);
    await configure(visitor, {
      groups: {
        scope: 'groups',
        groups: [group('telefoni'), { id, name }],
        includeGuests: false,
        includeDisabled: false,
      },
    });
    await sync(visitor);
    await call(visitor, 'POST', '/review/create', { objectIds: [person.id] });
    store.deleteGroup(tenantId, id);
    await page.goto(overview);
    await page.getByRole('button', { name: words.overview.syncNow }).first().click();
    await page.getByText(fill(groupGone.title, { group: name })).waitFor({ timeout: 30_000 });
    await page.getByText(fill(groupGone.leaving_one, { count: 1 })).waitFor();
    await page.getByText(groupGone.wait).waitFor();
    await page.getByText(ok.titleExcept).waitFor();
    await shoot(visitor, `health-group-gone-${language}`);

    // To wait: restored, all is as before.
    store.restoreGroup(tenantId, id);
    await sync(visitor);
    await page.goto(overview);
    await page.getByText(fill(groupBack.title, { group: name })).waitFor();
    await page.getByText(ok.title).waitFor();
    await shoot(visitor, `health-group-back-${language}`);

    // To take it out of the choice.
    store.deleteGroup(tenantId, id);
    await sync(visitor);
    await page.goto(overview);
    await page.getByRole('link', { name: failed.toGroups }).click();
    await page.getByText(fill(words.settings.groups.leaving_one, { count: 1 })).waitFor();
    await page.getByText(words.settings.groups.gone, { exact: true }).waitFor();
    await shoot(visitor, `health-group-gone-choice-${language}`);
    await page.getByRole('button', { name: fill(words.settings.groups.removeOf, { name }) }).click();
    await page.getByRole('button', { name: words.settings.save, exact: true }).click();
    await page.getByText(words.settings.saved).waitFor();
    expect(await sync(visitor)).toMatchObject({ counts: { gone: 1 } });
    await page.goto(`/settings/${organisationId}/entra/users?list=gone`);
    await page.getByText(words.review.gone.left_groups).first().waitFor();
    store.deleteUser(tenantId, person.id);
  });

  test('F5: of a tenant that is gone the page says what is kept, and offers to turn off or to connect another', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const { store } = world.emulator;
    await configure(visitor, { mode: 'daily' });
    await sync(visitor);
    const tenant = store.tenant(tenantId);
    expireToken(world);
    store.tenants.delete(tenantId);
    try {
      await runToEnd(visitor);
    } finally {
      store.tenants.set(tenantId, tenant);
    }
    await page.goto(overview);
    await page.getByText(words.errors.graph_tenant_gone.next).waitFor();
    await page.getByText(words.overview.state.blocked.weekly).waitFor();
    const { connection } = (await call(visitor, 'GET', '/connection')) as { connection: { nextRunAt: string } };
    expect(Date.parse(connection.nextRunAt) - Date.now()).toBeGreaterThan(6.5 * 86_400_000);
    expect(await page.getByRole('button', { name: words.overview.off.button }).count()).toBe(2);
    await shoot(visitor, `health-tenant-gone-${language}`);
    await page.getByRole('button', { name: words.overview.state.blocked.another }).click();
    await page.getByRole('dialog').getByText(words.overview.off.keeps).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: words.overview.off.button }).click();
    await page.getByRole('heading', { level: 1, name: words.connect.title }).waitFor();
    expect(await call(visitor, 'GET', '/connection')).toMatchObject({ connection: null, earlier: { links: 0 } });
  });
});
