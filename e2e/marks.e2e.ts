// Who of the directory is no person is marked on the review lists with what shows it, seen and heard, and the lists can be narrowed down.
import { beforeEach, describe, expect, test } from 'vitest';
import { arrangeConnection, clearSync, configure, sync } from './arrange.ts';
import { faultsOf, watch } from './page-checks.ts';
import { shoot, visit, type Visitor } from './visitor.ts';
import { clientId, organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const both = ['User.Read.All', 'GroupMember.Read.All'];
const everybody = { scope: 'all', groups: [], includeGuests: true, includeDisabled: true } as const;

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
});

async function openAvailable({ page, words }: Visitor, search: string): Promise<void> {
  await page.goto(`/settings/${organisationId}/entra/users?list=available&q=${encodeURIComponent(search)}`);
  await page.getByRole('table', { name: words.review.list.available }).getByRole('row').nth(1).waitFor();
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('a room is marked by what Exchange says, a list narrowed down to rooms holds nobody else, and axe finds nothing', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const problems = watch(page);
    world.emulator.store.grant(tenantId, clientId, [...both, 'MailboxSettings.Read']);
    await configure(visitor, { groups: { ...everybody, groups: [] } });
    await sync(visitor);
    await openAvailable(visitor, '');
    await page.getByRole('combobox', { name: words.review.account.label }).click();
    await page.getByRole('option', { name: words.review.account.room, exact: true }).click();
    const table = page.getByRole('table', { name: words.review.list.available });
    const marked = table.getByText(words.review.mark.room, { exact: true });
    await marked.first().waitFor();
    const rows = await table.getByRole('row').count();
    expect(await marked.count()).toBe(rows - 1);
    expect(rows).toBeGreaterThan(1);
    // For who points at it, and for who hears the page.
    await marked.first().hover();
    await page.getByRole('tooltip', { name: words.review.markWhy.mailbox_room }).waitFor();
    await shoot(visitor, `marks-rooms-${language}`);
    await table.getByText(words.review.markWhy.mailbox_room).first().waitFor({ state: 'attached' });
    const faults = await faultsOf(visitor, {
      name: 'marks',
      path: `/settings/${organisationId}/entra/users?list=available&account=room`,
      heading: (w) => w.settings.title,
      shows: async () => table.getByRole('row').nth(1).waitFor(),
    });
    expect([...faults, ...problems]).toEqual([]);
  });

  test('without the permission it is called a guess', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    world.emulator.store.grant(tenantId, clientId, both);
    await configure(visitor, { groups: { ...everybody, groups: [] } });
    await sync(visitor);
    await page.goto(`/settings/${organisationId}/entra/users?list=available&account=perhaps_shared`);
    const table = page.getByRole('table', { name: words.review.list.available });
    await table.getByText(words.review.mark.perhaps_shared, { exact: true }).first().hover();
    await page.getByRole('tooltip', { name: words.review.markWhy.guess }).waitFor();
    await shoot(visitor, `marks-guess-${language}`);
  });
});
