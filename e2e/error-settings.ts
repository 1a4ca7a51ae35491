// Errors of saving the steps: what was chosen is no longer there, or somebody else was quicker.
import { expect } from 'vitest';
import { defaultMappings } from '../src/contract/settings.ts';
import { appUserIdOf, arrangeConnection, call, configure, group } from './arrange.ts';
import { entra, type ErrorCase, type Scene } from './error-case.ts';
import { eventually } from './visitor.ts';
import { organisationId, tenantId } from './world.ts';

const someGroups = {
  scope: 'groups',
  groups: [group('support')],
  includeGuests: false,
  includeDisabled: false,
} as const;

/** The tab of a step, with something changed and not yet saved. */
async function change(scene: Scene, tab: 'groups' | 'fields' | 'notices', label: string | RegExp): Promise<void> {
  const { page } = scene.visitor;
  await page.goto(`${entra}/${tab}`);
  await page.getByLabel(label).first().click();
}

async function save({ visitor: { page, words } }: Scene): Promise<void> {
  await page.getByRole('button', { name: words.settings.save, exact: true }).click();
}

export const settingsErrors: ErrorCase[] = [
  {
    code: 'group_unknown',
    async meet(scene) {
      const { world, visitor } = scene;
      await arrangeConnection(world);
      const { store } = world.emulator;
      const { id } = store.createGroup(tenantId, { displayName: 'Jour' });
      await configure(visitor, { groups: { ...someGroups, groups: [group('support'), { id, name: 'Jour' }] } });
      await change(scene, 'groups', visitor.words.settings.groups.guests);
      store.deleteGroup(tenantId, id);
      await save(scene);
    },
  },
  {
    code: 'stale_version',
    async meet(scene) {
      const { world, visitor } = scene;
      await arrangeConnection(world);
      await configure(visitor, { groups: { ...someGroups, groups: [...someGroups.groups] } });
      await change(scene, 'groups', visitor.words.settings.groups.guests);
      // While Microsoft is asked for the groups, somebody else turns the sync off and connects anew.
      world.emulator.store.changeSettings({ latencyMs: 3000 });
      const asked = visitor.page.waitForRequest(/settings\/groups$/);
      await save(scene);
      await asked;
      await call(visitor, 'POST', '/connection/turn-off');
      await arrangeConnection(world);
    },
    after: async ({ world }) => world.emulator.store.changeSettings({ latencyMs: 0 }),
  },
  {
    code: 'plan_changed',
    async meet(scene) {
      const { world, visitor } = scene;
      await arrangeConnection(world);
      await configure(visitor, { groups: { ...someGroups, groups: [...someGroups.groups] } });
      const { page, words } = visitor;
      await change(scene, 'groups', words.settings.groups.guests);
      await page.getByRole('button', { name: words.preview.button }).click();
      const button = page.getByRole('button', { name: words.preview.save.button });
      await eventually(async () => expect(await button.getAttribute('aria-disabled')).toBeNull(), 40_000);
      await button.click();
      const sure = page.getByRole('dialog').getByRole('button', { name: words.preview.save.button });
      await sure.waitFor();
      // Somebody else couples other fields before this is saved.
      await call(visitor, 'PUT', '/connection/settings/fields', { mappings: defaultMappings });
      await sure.click();
    },
  },
  {
    code: 'field_unknown',
    async meet(scene) {
      const { world, visitor } = scene;
      await arrangeConnection(world);
      await configure(visitor);
      await world.query(
        "insert into custom_field (organisation_id, id, key, label) values ($1, gen_random_uuid(), 'vaningsplan', 'Våningsplan')",
        [organisationId],
      );
      const { page, words } = visitor;
      await page.goto(`${entra}/fields`);
      await page.getByRole('button', { name: words.fields.add, exact: true }).click();
      await couple(scene, 'officeLocation', 'Våningsplan');
      // A backup was brought back that does not know the field.
      await world.query("delete from custom_field where key = 'vaningsplan'");
      await save(scene);
    },
    after: ({ world }) => world.query("delete from custom_field where key = 'vaningsplan'"),
  },
  {
    code: 'recipient_unknown',
    async meet(scene) {
      const { world, visitor } = scene;
      await arrangeConnection(world);
      const appUserId = await appUserIdOf(visitor, 'Test Telefon');
      await configure(visitor, { notices: { recipients: [{ appUserId, kinds: ['gone'] }] } });
      await visitor.page.goto(`${entra}/notices`);
      const { words } = visitor;
      await visitor.page
        .getByRole('checkbox', { name: new RegExp(words.settings.notices.kind.changed) })
        .first()
        .check();
      await world.query('update app_user set removed_at = now() where id = $1', [appUserId]);
      await save(scene);
    },
    after: ({ world }) => world.query('update app_user set removed_at = null'),
  },
];

async function couple({ visitor: { page, words } }: Scene, attribute: string, field: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: words.fields.chooseAttribute }).click();
  await page.getByRole('option', { name: new RegExp(attribute) }).click();
  await dialog.getByRole('combobox', { name: words.fields.chooseField }).click();
  await page.getByRole('option', { name: field }).click();
  await dialog.getByRole('button', { name: words.fields.addConfirm }).click();
}
