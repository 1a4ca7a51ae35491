// A field of one person that does not follow Entra: made, seen, kept by a run, and ended, on the page of the app user.
import { beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../emulator/people.ts';
import { arrangeConnection, clearSync, configure, linkSuggested, sync } from './arrange.ts';
import { faultsOf, watch } from './page-checks.ts';
import { fill, shoot, visit } from './visitor.ts';
import { administrator, organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const objectId = userId('anna.bergstrom@norrsken.se');

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
  world.emulator.store.updateUser(tenantId, objectId, { displayName: 'Anna Bergström' });
});

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('an exception is made with who, why and until when; no run writes the field; ended, the next run does', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    watch(page);
    const w = words.people.user.exceptions;
    await configure(visitor);
    await sync(visitor);
    const appUserId = await linkSuggested(visitor, 'Anna Bergström');
    await page.goto(`/settings/${organisationId}/users-and-teams/users/${appUserId}`);
    const name = page.getByLabel(words.people.field.displayName, { exact: true });
    await name.waitFor();
    expect(await name.getAttribute('readonly')).not.toBeNull();

    await page.getByRole('button', { name: w.add }).click();
    const dialog = page.getByRole('dialog', { name: fill(w.addTitle, { name: 'Anna Bergström' }) });
    await dialog.getByRole('button', { name: w.save }).click();
    await dialog.getByText(w.fieldMissing).waitFor();
    await dialog.getByText(w.reasonMissing).waitFor();
    await dialog.getByRole('combobox', { name: w.field }).click();
    await page.getByRole('option', { name: words.people.field.displayName, exact: true }).click();
    await dialog.getByLabel(w.reason).fill('Artistnamn');
    await dialog.getByLabel(w.until).fill('2020-01-01');
    await dialog.getByRole('button', { name: w.save }).click();
    await dialog.getByText(w.untilPast).waitFor();
    await dialog.getByLabel(w.until).fill('2099-12-31');
    await shoot(visitor, `exception-dialog-${language}`);
    await dialog.getByRole('button', { name: w.save }).click();
    await dialog.waitFor({ state: 'detached' });

    const list = page.getByRole('list', { name: w.list });
    await list.getByText('Artistnamn').waitFor();
    await list.getByText(administrator.name).waitFor();
    await list.getByText('2099').waitFor();
    await page.getByText(fill(w.note, { reason: 'Artistnamn' })).waitFor();
    await name.fill('Anna Stjärna');
    await page.getByRole('button', { name: words.people.user.save }).click();
    await page.getByRole('heading', { level: 1, name: 'Anna Stjärna' }).waitFor();
    world.emulator.store.updateUser(tenantId, objectId, { displayName: 'Anna Berg' });
    await sync(visitor);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Anna Stjärna' }).waitFor();
    expect(
      await faultsOf(visitor, {
        name: 'exceptions',
        path: page.url().replace(world.url, ''),
        heading: () => 'Anna Stjärna',
      }),
    ).toEqual([]);

    await list.getByRole('button', { name: fill(w.endLabel, { field: words.people.field.displayName }) }).click();
    await page.getByRole('dialog').getByRole('button', { name: w.end, exact: true }).click();
    await page.getByText(w.none).waitFor();
    await sync(visitor);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Anna Berg' }).waitFor();
    expect(await name.getAttribute('readonly')).not.toBeNull();
    await world.query(`update app_user set fields = fields || '{"displayName": "Anna Bergström"}' where id = $1`, [
      appUserId,
    ]);
  });
});
