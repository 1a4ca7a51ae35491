import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { defaultMappings } from '../src/contract/settings.ts';
import { call } from './arrange.ts';
import { arrangeLinked, linked, narrowLimits, objectId } from './brake-world.ts';
import { runToEnd } from './error-case.ts';
import { eventually, shoot, visit, type Visitor } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const entra = `/settings/${organisationId}/entra`;

beforeEach(() => world.emulator.store.changeSettings({ latencyMs: 0 }));

const titles = async () =>
  (await world.query("select display_name, fields ->> 'jobTitle' as title from app_user order by 1")).map(
    ({ display_name: name, title }) => `${String(name)}: ${String(title)}`,
  );

/** Couples the job title on *Fält*, without saving it. */
async function coupleTitle({ page, words }: Visitor): Promise<void> {
  await page.goto(`${entra}/fields`);
  await page.getByRole('button', { name: words.fields.add, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: words.fields.chooseAttribute }).click();
  await page.getByRole('option', { name: /jobTitle/ }).click();
  await dialog.getByRole('combobox', { name: words.fields.chooseField }).click();
  await page.getByRole('option', { name: words.people.field.jobTitle }).click();
  await dialog.getByRole('button', { name: words.fields.addConfirm }).click();
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('what a run would do is shown before it does it: counts, fields, rows, marks and files, and nothing is changed', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    await call(visitor, 'PUT', '/connection/held/limits', narrowLimits);
    const { store } = world.emulator;
    for (const name of ['anna.bergstrom', 'erik.lundgren', 'sofia.engstrom'] as const) {
      store.updateUser(tenantId, objectId(name), { jobTitle: 'Driftchef' });
    }
    store.deleteUser(tenantId, objectId('petra.wallin'));
    const before = await titles();
    await page.goto(`${entra}/overview`);
    store.changeSettings({ latencyMs: 2000 });
    await page.getByRole('button', { name: words.preview.button }).click();
    await page.waitForURL(/\/previews\//);
    await page.getByText(words.preview.running.title).waitFor();
    await page.getByRole('progressbar').waitFor();
    await shoot(visitor, `preview-progress-${language}`);
    // The page can be left, and the way back is offered where one goes.
    await page.goto(`${entra}/overview`);
    await page.getByRole('link', { name: words.preview.running.open }).click();
    store.changeSettings({ latencyMs: 0 });
    const table = page.getByRole('table', { name: words.preview.list });
    await table.waitFor({ timeout: 40_000 });
    await page.getByText(words.preview.held.title).waitFor();
    expect(await table.getByText(words.preview.wouldHold).count()).toBe(3);
    await shoot(visitor, `preview-${language}`);

    // By kind, from the picture.
    await page
      .getByRole('list', { name: words.preview.figures })
      .getByRole('link', { name: new RegExp(words.preview.figure.gone) })
      .click();
    const row = (name: string) => table.getByRole('row').filter({ hasText: name });
    await row(linked['anna.bergstrom']).waitFor({ state: 'detached' });
    await row(linked['petra.wallin']).getByText(words.review.gone.deleted).waitFor();
    // By field, from its bar.
    await page
      .getByRole('list', { name: words.preview.fields.list })
      .getByRole('link', { name: new RegExp(words.people.field.jobTitle) })
      .click();
    await row(linked['petra.wallin']).waitFor({ state: 'detached' });
    await row(linked['anna.bergstrom']).getByText('Driftchef').waitFor();
    await page.getByRole('searchbox', { name: words.preview.search }).fill('Engström');
    await row(linked['anna.bergstrom']).waitFor({ state: 'detached' });
    for (const [format, ending] of [
      ['csv', /\.csv$/],
      ['xlsx', /\.xlsx$/],
    ] as const) {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: words.held.export.label }).click();
      await page.getByRole('menuitem', { name: words.held.export[format] }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(ending);
      // As shown: the job titles, whatever was searched for.
      const content = readFileSync(await file.path());
      if (format === 'csv') expect(content.toString('utf8')).toContain(linked['anna.bergstrom']);
      else expect(content.subarray(0, 2).toString()).toBe('PK');
    }
    expect(await titles()).toEqual(before);
    expect(await call(visitor, 'GET', '/connection/held')).toEqual({ held: null });
  });

  test('F43 settings that are not saved are previewed, gone on with, saved and approved: the run does exactly that', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor, defaultMappings);
    await call(visitor, 'PUT', '/connection/held/limits', narrowLimits);
    await page.goto(`${entra}/fields`);
    await page.getByRole('table', { name: words.fields.list }).waitFor();
    await shoot(visitor, `preview-fields-${language}`);
    await coupleTitle(visitor);
    await page.getByRole('button', { name: words.preview.button }).click();
    await page.getByText(words.preview.leadFields).waitFor();
    await page.getByText(words.preview.held.approve).waitFor({ timeout: 40_000 });
    // Back to the draft: nothing of it is lost.
    await page.getByRole('link', { name: words.preview.edit }).click();
    await page.getByRole('table', { name: words.fields.list }).getByText('jobTitle').waitFor();
    await page.getByRole('button', { name: words.preview.button }).click();
    await page.getByText(words.preview.held.approve).waitFor({ timeout: 40_000 });
    await shoot(visitor, `preview-draft-${language}`);
    await page.getByRole('button', { name: words.preview.save.button }).click();
    const dialog = page.getByRole('dialog', { name: words.preview.save.title });
    await dialog.waitFor();
    await shoot(visitor, `preview-save-${language}`);
    await dialog.getByRole('button', { name: words.preview.save.button }).click();
    await page.getByText(words.preview.save.saved).waitFor();
    await page.waitForURL(/\/overview/);
    const run = await runToEnd(visitor);
    expect(await call(visitor, 'GET', `/connection/runs/${run.id}`)).toMatchObject({
      state: 'ok',
      counts: { held: 0 },
    });
    for (const name of Object.values(linked)) expect(await titles()).toContain(`${name}: Tekniker`);
  });

  test('F43 settings that somebody changed meanwhile are not saved over: the page says so and offers a new preview', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    await page.goto(`${entra}/groups`);
    await page.getByLabel(words.settings.groups.guests).click();
    await page.getByRole('button', { name: words.preview.button }).click();
    await page.getByText(words.preview.leadGroups).waitFor();
    await page.getByRole('button', { name: words.preview.again }).waitFor({ timeout: 40_000 });
    const first = page.url();
    await page.getByRole('button', { name: words.preview.save.button }).click();
    const sure = page.getByRole('dialog').getByRole('button', { name: words.preview.save.button });
    await sure.waitFor();
    await call(visitor, 'PUT', '/connection/settings/fields', { mappings: defaultMappings });
    await sure.click();
    await page.getByText(words.errors.plan_changed.title).waitFor();
    await page.getByText(words.errors.plan_changed.next).waitFor();
    await shoot(visitor, `preview-changed-${language}`);
    expect(await call(visitor, 'GET', '/connection/settings')).toMatchObject({ groups: { includeGuests: false } });
    // One that is opened later says by itself that it is old.
    await page.reload();
    await page.getByText(words.preview.old.title, { exact: true }).waitFor();
    await shoot(visitor, `preview-old-${language}`);
    await page.getByRole('button', { name: words.preview.again }).click();
    await page.waitForURL((url) => url.href !== first);
    await page.getByRole('button', { name: words.preview.again }).waitFor({ timeout: 40_000 });
    await page.getByRole('button', { name: words.preview.save.button }).click();
    await page.getByRole('dialog').getByRole('button', { name: words.preview.save.button }).click();
    await eventually(async () =>
      expect(await call(visitor, 'GET', '/connection/settings')).toMatchObject({ groups: { includeGuests: true } }),
    );
  });
});
