import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultBrakeLimits } from '../src/contract/brake.ts';
import { call } from './arrange.ts';
import { arrangeLinked, holdSome, linked, objectId, type LinkedName } from './brake-world.ts';
import { runToEnd } from './error-case.ts';
import { eventually, fill, shoot, visit, type Visitor } from './visitor.ts';
import { administrator, organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const entra = `/settings/${organisationId}/entra`;

interface Row {
  kind: 'absence' | 'change';
  displayName: string;
  decision: string | null;
  decidedBy: string | null;
}
async function rows(visitor: Visitor, dismissed: 'without' | 'only' = 'without'): Promise<Row[]> {
  return ((await call(visitor, 'GET', `/connection/held/rows?dismissed=${dismissed}`)) as { items: Row[] }).items;
}
async function namesHeld(visitor: Visitor): Promise<string[]> {
  return (await rows(visitor)).map(({ displayName }) => displayName).toSorted((one, other) => one.localeCompare(other));
}
async function titleOf(visitor: Visitor, name: LinkedName): Promise<unknown> {
  const found = await world.query("select fields ->> 'jobTitle' as title from app_user where display_name = $1", [
    linked[name],
  ]);
  expect(visitor.language).toBeTruthy();
  return found[0]?.['title'];
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  test('F40 a run that is held says why wherever one comes by, and is decided row by row, several at once, and taken up again', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    const runId = await holdSome(world, visitor);
    // Nothing of it has happened.
    expect(await namesHeld(visitor)).toHaveLength(6);
    expect(await titleOf(visitor, 'anna.bergstrom')).toBe('Tekniker');
    await page.goto(`${entra}/users?list=linked`);
    await page.getByText(words.held.title).first().waitFor();
    await shoot(visitor, `held-users-${language}`);
    await page.goto(`${entra}/overview`);
    await page.getByText(words.overview.state.ok.titleExcept).waitFor();
    await shoot(visitor, `held-overview-${language}`);
    await page.getByRole('link', { name: words.held.banner.open }).click();
    await page.waitForURL(new RegExp(`/runs/${runId}`));
    const table = page.getByRole('table', { name: words.held.list });
    const row = (name: LinkedName) => table.getByRole('row').filter({ hasText: linked[name] });
    const decide = (what: keyof typeof words.held.action, name: LinkedName) =>
      row(name).getByRole('button', { name: words.held.action[what] }).click();
    await row('kristina.akesson').getByText(words.review.gone.deleted).waitFor();
    await row('mikael.sandberg').getByText(words.review.gone.disabled).waitFor();
    await row('anna.bergstrom').getByText('Driftchef').waitFor();
    // The numbers against the limits.
    await page.getByText(fill(words.held.why.gone_other, { count: 3, allowed: 1 }).replaceAll(/<\/?1>/g, '')).waitFor();
    await shoot(visitor, `held-run-${language}`);

    // By kind, and by searching.
    await page.getByRole('button', { name: words.held.kind.absence }).click();
    await row('anna.bergstrom').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: words.held.kind.all }).click();
    await page.getByRole('searchbox', { name: words.held.search }).fill('driftchef');
    await row('kristina.akesson').waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: words.held.search }).fill('');

    // One row each way.
    await decide('wait', 'kristina.akesson');
    await row('kristina.akesson').getByText(words.held.decided.waiting).waitFor();
    await decide('dismiss', 'petra.wallin');
    await row('petra.wallin').waitFor({ state: 'detached' });
    await decide('approve', 'anna.bergstrom');
    await row('anna.bergstrom').waitFor({ state: 'detached' });
    expect(await titleOf(visitor, 'anna.bergstrom')).toBe('Driftchef');

    // Two at once: the question names how many.
    for (const name of ['erik.lundgren', 'mikael.sandberg'] as const) {
      await page.getByRole('checkbox', { name: fill(words.shell.list.select, { name: linked[name] }) }).check();
    }
    await page.getByRole('button', { name: fill(words.held.many.approve, { count: 2 }) }).click();
    await page.getByRole('heading', { name: fill(words.held.dialog.approve.title_other, { count: 2 }) }).waitFor();
    await shoot(visitor, `held-dialog-${language}`);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: fill(words.held.dialog.approve.confirm_other, { count: 2 }) })
      .click();
    await row('erik.lundgren').waitFor({ state: 'detached' });
    await eventually(async () =>
      expect(await namesHeld(visitor)).toEqual([linked['kristina.akesson'], linked['sofia.engstrom']]),
    );
    const gone = (await call(visitor, 'GET', '/review/counts')) as { gone: number };
    expect(gone.gone).toBe(1);

    // Who said no, and taking it up again.
    await page.getByRole('button', { name: words.held.kind.dismissed }).click();
    await row('petra.wallin').getByText(administrator.name).waitFor();
    await shoot(visitor, `held-dismissed-${language}`);
    expect(await rows(visitor, 'only')).toMatchObject([{ displayName: linked['petra.wallin'], decision: 'dismissed' }]);
    await decide('again', 'petra.wallin');
    await page.getByRole('button', { name: words.held.kind.all }).click();
    await row('petra.wallin').waitFor();

    // As a file.
    const download = page.waitForEvent('download');
    // Below it the changes of the run have one of their own.
    await page.getByRole('button', { name: words.held.export.label }).first().click();
    await page.getByRole('menuitem', { name: words.held.export.csv }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/\.csv$/);
    expect(readFileSync(await file.path(), 'utf8')).toContain(linked['petra.wallin']);

    // All that wait, with the question.
    await page.getByRole('button', { name: fill(words.held.all.dismiss, { count: 3 }) }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: fill(words.held.dialog.dismiss.confirm_other, { count: 3 }) })
      .click();
    await page.getByText(words.held.over.title).waitFor();
    await shoot(visitor, `held-over-${language}`);
    await page.goto(`${entra}/runs`);
    await page.getByRole('table', { name: words.runs.list }).getByText(words.held.over.state).first().waitFor();
  });

  test('F43 a decision about all is refused when they are others now, and the page shows which', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    const runId = await holdSome(world, visitor);
    await page.goto(`${entra}/runs/${runId}`);
    await page.getByRole('button', { name: fill(words.held.all.approve, { count: 6 }) }).click();
    // A colleague is quicker.
    await call(visitor, 'POST', '/connection/held/decide', {
      decision: 'dismiss',
      rows: [`a:${objectId('kristina.akesson')}`],
    });
    await page
      .getByRole('dialog')
      .getByRole('button', { name: fill(words.held.dialog.approve.confirm_other, { count: 6 }) })
      .click();
    await page.getByRole('dialog').getByText(words.errors.stale_version.title).waitFor();
    expect(await namesHeld(visitor)).toHaveLength(5);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: fill(words.held.all.approve, { count: 5 }) }).waitFor();
  });

  test('R8 a directory that recovers ends the hold by itself, and says so', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    await holdSome(world, visitor);
    const { store } = world.emulator;
    store.restoreUser(tenantId, objectId('kristina.akesson'));
    store.restoreUser(tenantId, objectId('petra.wallin'));
    store.updateUser(tenantId, objectId('mikael.sandberg'), { accountEnabled: true });
    for (const name of ['anna.bergstrom', 'erik.lundgren', 'sofia.engstrom'] as const) {
      store.updateUser(tenantId, objectId(name), { jobTitle: 'Tekniker' });
    }
    const { id } = await runToEnd(visitor);
    await page.goto(`${entra}/runs/${id}`);
    await page.getByText(fill(words.held.ended_other, { count: 6 })).waitFor();
    await shoot(visitor, `held-ended-${language}`);
    await page.goto(`${entra}/overview`);
    await page.getByText(words.overview.state.ok.title).waitFor();
    expect(await page.getByText(words.held.title).count()).toBe(0);
    await page.goto(`/o/${organisationId}/notifications`);
    await page.getByRole('heading', { level: 1, name: words.notifications.title }).waitFor();
    await shoot(visitor, `held-notifications-${language}`);
  });

  test('the limits are changed in numbers and said in words, and what is wrong is marked', async () => {
    const visitor = await visit(world, { language });
    const { page, words } = visitor;
    await arrangeLinked(world, visitor);
    await page.goto(`${entra}/overview`);
    await page.getByRole('link', { name: words.held.limits.changeOf }).click();
    await page.getByRole('heading', { level: 1, name: words.held.limits.title }).waitFor();
    const gone = page.getByRole('region', { name: words.held.limits.gone.title });
    const max = gone.getByRole('textbox', { name: words.held.limits.part.max });
    await max.fill('2');
    await gone.getByText(fill(words.held.limits.maxBelow, { count: 5 })).waitFor();
    await shoot(visitor, `limits-wrong-${language}`);
    await max.fill('40');
    await gone.getByRole('textbox', { name: words.held.limits.part.share }).fill(language === 'sv' ? '12,5' : '12.5');
    await page.getByRole('button', { name: words.held.limits.save, exact: true }).click();
    await page.getByText(words.held.limits.saved).waitFor();
    await shoot(visitor, `limits-${language}`);
    expect(await call(visitor, 'GET', '/connection/held/limits')).toMatchObject({
      limits: { gone: { count: 5, share: 0.125, max: 40 } },
      isDefault: false,
    });
    await page.getByRole('button', { name: words.held.limits.reset }).click();
    await page.getByRole('button', { name: words.held.limits.save, exact: true }).click();
    await page.getByText(words.held.limits.saved).first().waitFor();
    await eventually(async () =>
      expect(await call(visitor, 'GET', '/connection/held/limits')).toMatchObject({ limits: defaultBrakeLimits }),
    );
  });
});
