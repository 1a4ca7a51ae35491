import { beforeEach, describe, expect, test } from 'vitest';
import { arrangeConnection, call, clearSync, configure, group, sync } from './arrange.ts';
import { accept, chooseAccount } from './microsoft.ts';
import { eventually, shoot, visit, type Visitor } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const overview = `/settings/${organisationId}/entra/overview`;
const kept = [
  'app_user', 'team', 'team_member', 'custom_field', 'field_change', 'link', 'ignored', 'sync_run', 'run_issue', 'connection_group',
  'attribute_mapping', 'notice_recipient', 'directory_user', 'audit_event',
]; // prettier-ignore

beforeEach(async () => {
  world.emulator.store.changeSettings({ latencyMs: 0 });
  await clearSync(world);
  await arrangeConnection(world);
});

async function rowsOf(): Promise<Record<string, Set<string>>> {
  const rows: Record<string, Set<string>> = {};
  for (const table of kept) {
    rows[table] = new Set((await world.query(`select t::text as row from ${table} t`)).map(({ row }) => String(row)));
  }
  return rows;
}

/** A sync in use: three people linked, one ignored, and a run that went well. */
async function useSync(visitor: Visitor): Promise<void> {
  await configure(visitor, {
    groups: { scope: 'groups', groups: [group('telefoni')], includeGuests: false, includeDisabled: false },
    mode: 'daily',
  });
  await sync(visitor);
  const { items } = (await call(visitor, 'GET', '/review/lists/suggested?limit=10')) as {
    items: { person: { id: string }; candidates: { id: string }[] }[];
  };
  const pairs = items.filter((one) => one.candidates.length === 1).slice(0, 3)
    .map((one) => ({ objectId: one.person.id, appUserId: one.candidates[0]?.id })); // prettier-ignore
  await call(visitor, 'POST', '/review/link', { pairs });
  const available = (await call(visitor, 'GET', '/review/lists/available?limit=1')) as {
    items: { person: { id: string } }[];
  };
  await call(visitor, 'POST', '/review/ignore', { objectIds: [available.items[0]?.person.id] });
}

describe('H19', () => {
  test('H19 turning the sync off deletes nothing, and no request goes to Microsoft any more', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await useSync(visitor);
    const before = await rowsOf();

    await page.goto(overview);
    await page.getByRole('button', { name: words.overview.off.button }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(words.overview.off.keeps).waitFor();
    await shoot(visitor, 'h19-dialog-sv');
    await dialog.getByRole('button', { name: words.overview.off.button }).click();
    await page.getByText(words.overview.off.done).waitFor();
    await page.waitForURL(/\/entra\/connect/);
    await shoot(visitor, 'h19-off-sv');
    // Every row that was there is there, unchanged.
    const after = await rowsOf();
    for (const table of kept) {
      const lost = [...(before[table] ?? [])].filter((row) => !after[table]?.has(row));
      expect([table, lost]).toEqual([table, []]);
    }
    expect(await world.query("select 1 from pgboss.schedule where name = 'night'")).toEqual([]);
    world.emulator.store.requests.reset();
    await page.goto(`/o/${organisationId}/contacts`);
    await page.getByRole('link', { name: words.shell.menu.contacts }).waitFor();
    await page.goto(overview);
    await page.getByRole('button', { name: words.connect.self.button }).waitFor();
    const refused = await page.request.post(`/api/v1/organisations/${organisationId}/connection/runs`, {
      headers: { 'x-samsyn': '1' },
    });
    expect(refused.ok()).toBe(false);
    expect(world.emulator.store.requests.summary().perRoute).toEqual({});
  });

  test('H19 a run under way asks Microsoft for nothing more once the sync is off, and changes nothing', async () => {
    const visitor = await visit(world);
    await useSync(visitor);
    const { store } = world.emulator;
    // From the beginning: many requests, one after the other.
    store.invalidateDeltaLinks(tenantId);
    store.changeSettings({ latencyMs: 700 });
    store.requests.reset();
    const { id } = (await call(visitor, 'POST', '/connection/runs')) as { id: string };
    await eventually(() => expect(store.requests.summary().count).toBeGreaterThan(0));
    await call(visitor, 'POST', '/connection/turn-off');
    const asked = store.requests.summary().count;
    const before = await world.query('select generation from mirror_state');
    await eventually(async () => {
      expect(await world.query('select state from sync_run where id = $1', [id])).toEqual([{ state: 'superseded' }]);
    }, 30_000);
    // At most what was already on its way.
    expect(store.requests.summary().count - asked).toBeLessThanOrEqual(2);
    expect(await world.query('select generation from mirror_state')).toEqual(before);
    store.changeSettings({ latencyMs: 0 });
  });
});

describe('H20', () => {
  test('H20 turning the sync on again asks for every setting anew; the earlier ones and the old links are offered, not applied', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await useSync(visitor);
    await call(visitor, 'POST', '/connection/turn-off');

    await page.goto(`/settings/${organisationId}/entra/connect`);
    await page.getByRole('button', { name: words.connect.self.button }).click();
    await chooseAccount(page, 'asa.oberg@norrsken.se');
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, 'asa.oberg@norrsken.se');
    await accept(page);
    await page.getByRole('link', { name: words.connect.flow.connected.button }).click();
    await page.waitForURL(/\/entra\/setup/);
    for (const scope of [words.settings.groups.all, words.settings.groups.selected]) {
      expect(await page.getByRole('radio', { name: scope }).isChecked()).toBe(false);
    }
    expect(await call(visitor, 'GET', '/connection/settings')).toMatchObject({
      groups: null,
      fields: null,
      notices: null,
      schedule: null,
    });
    await page.getByText(words.settings.proposal.title).waitFor();
    await shoot(visitor, 'h20-setup-sv');
    const refused = await page.request.post(`/api/v1/organisations/${organisationId}/connection/runs`, {
      headers: { 'x-samsyn': '1' },
    });
    expect([refused.status(), ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
      409,
      'steps_missing',
    ]);
    await page.getByRole('button', { name: words.settings.proposal.button }).click();
    await page
      .getByRole('list', { name: words.settings.groups.chosen })
      .getByText('telefoni', { exact: true })
      .waitFor();
    await shoot(visitor, 'h20-proposal-sv');
    // Old links are offered and not applied; ignored people stay ignored.
    await configure(visitor);
    await sync(visitor);
    expect(await call(visitor, 'GET', '/review/counts')).toMatchObject({ linked: 0, ignored: 1 });
    await page.goto(`/settings/${organisationId}/entra/users?list=suggested`);
    await page.getByText(words.review.reason.earlier_link).first().waitFor();
  });
});
