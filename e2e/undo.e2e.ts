import { describe, expect, test } from 'vitest';
import { call, sync } from './arrange.ts';
import { arrangeLinked, linked, objectId, type LinkedName } from './brake-world.ts';
import { eventually, fill, shoot, visit, type Visitor } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const entra = `/settings/${organisationId}/entra`;

async function titleOf(name: LinkedName): Promise<unknown> {
  const [user] = await world.query("select fields ->> 'jobTitle' as title from app_user where display_name = $1", [
    linked[name],
  ]);
  return user?.['title'];
}

/** A run that gave three people a new title. */
async function changeTitles(visitor: Visitor): Promise<string> {
  await arrangeLinked(world, visitor);
  for (const name of ['anna.bergstrom', 'erik.lundgren', 'sofia.engstrom'] as const) {
    world.emulator.store.updateUser(tenantId, objectId(name), { jobTitle: 'Driftchef' });
  }
  return String((await sync(visitor))['id']);
}

async function confirm({ page, words }: Visitor, count: number): Promise<void> {
  const label = fill(count === 1 ? words.undo.confirm_one : words.undo.confirm_other, { count });
  await page.getByRole('button', { name: label }).click();
  await page.getByRole('dialog').getByRole('button', { name: label }).click();
  await page.getByText(words.undo.done.title, { exact: true }).waitFor();
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('a run is taken back: what changed since is shown first and left alone, it stays so after the next run, and the undoing is undone', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const runId = await changeTitles(visitor);
    // Somebody corrects one of the three by hand.
    await world.query(`update app_user set fields = fields || '{"jobTitle": "Chef"}' where display_name = $1`, [
      linked['anna.bergstrom'],
    ]);
    await page.goto(`${entra}/runs/${runId}`);
    await page.getByRole('link', { name: words.undo.button, exact: true }).click();
    await page.getByText(fill(words.undo.since.title_one, { count: 1 })).waitFor();
    await page.getByText(words.undo.stays.title).waitFor();
    const rows = page.getByRole('table', { name: words.undo.list }).getByRole('row');
    expect(await rows.nth(1).innerText()).toContain(linked['anna.bergstrom']);
    await shoot(visitor, `undo-${language}`);
    // Ticked, it is one more; unticked again, it is left alone.
    const tick = page.getByRole('checkbox', {
      name: fill(words.shell.list.select, { name: linked['anna.bergstrom'] }),
    });
    await tick.check();
    await page.getByRole('button', { name: fill(words.undo.confirm_other, { count: 3 }) }).waitFor();
    await tick.uncheck();
    await confirm(visitor, 2);
    await shoot(visitor, `undo-done-${language}`);
    expect(await titleOf('erik.lundgren')).toBe('Tekniker');
    expect(await titleOf('anna.bergstrom')).toBe('Chef');
    // Entra says what it said: no run writes it again.
    await sync(visitor);
    expect(await titleOf('erik.lundgren')).toBe('Tekniker');
    await page.getByRole('link', { name: words.undo.done.again }).click();
    await page.getByRole('heading', { level: 1, name: words.undo.title.undo }).waitFor();
    await shoot(visitor, `undo-undo-${language}`);
    await confirm(visitor, 2);
    expect(await titleOf('erik.lundgren')).toBe('Driftchef');
    expect(await titleOf('sofia.engstrom')).toBe('Driftchef');
  });

  test('the changes of one person alone are taken back, also what was changed since when it is ticked', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    const runId = await changeTitles(visitor);
    await world.query(`update app_user set fields = fields || '{"jobTitle": "Chef"}' where display_name = $1`, [
      linked['anna.bergstrom'],
    ]);
    await page.goto(`${entra}/runs/${runId}`);
    await page.getByRole('link', { name: fill(words.undo.buttonPersonOf, { name: linked['anna.bergstrom'] }) }).click();
    await page.getByText(fill(words.undo.onlyPerson, { name: linked['anna.bergstrom'] })).waitFor();
    // All of it was changed since: the button says what to do.
    const button = page.getByRole('button', { name: words.undo.buttonDeed, exact: true });
    await eventually(async () => expect(await button.getAttribute('aria-disabled')).toBe('true'));
    await page
      .getByRole('checkbox', { name: fill(words.shell.list.select, { name: linked['anna.bergstrom'] }) })
      .check();
    await shoot(visitor, `undo-person-${language}`);
    await confirm(visitor, 1);
    expect(await titleOf('anna.bergstrom')).toBe('Tekniker');
    expect(await titleOf('erik.lundgren')).toBe('Driftchef');
  });

  test('users who were created from Entra are taken back as one deed, and brought back by undoing that', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    const { items } = (await call(visitor, 'GET', '/review/lists/available?limit=2')) as {
      items: { person: { id: string; displayName: string } }[];
    };
    await call(visitor, 'POST', '/review/create', { objectIds: items.map(({ person }) => person.id) });
    const [deed] = await world.query(
      "select id from audit_event where action = 'app_user.created_from_entra' order by id desc limit 1",
    );
    const present = async () =>
      (
        await world.query('select 1 from app_user where removed_at is null and display_name = any($1)', [
          items.map(({ person }) => person.displayName),
        ])
      ).length;
    expect(await present()).toBe(2);
    await page.goto(`${entra}/undo/deed/${String(deed?.['id'])}`);
    await page.getByText(words.undo.what.createdText).first().waitFor();
    await shoot(visitor, `undo-deed-${language}`);
    await confirm(visitor, 2);
    expect(await present()).toBe(0);
    await page.getByRole('link', { name: words.undo.done.again }).click();
    await page.getByRole('heading', { level: 1, name: words.undo.title.undo }).waitFor();
    await page.getByText(words.undo.what.againText).first().waitFor();
    await shoot(visitor, `undo-deed-undo-${language}`);
  });
});
