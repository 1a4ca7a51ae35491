import { beforeEach, describe, expect, test } from 'vitest';
import { arrangeConnection, call, clearSync, configure, sync } from './arrange.ts';
import { accept, chooseAccount } from './microsoft.ts';
import { eventually, fill, shoot, visit } from './visitor.ts';
import { organisationId, useWorld } from './world.ts';

const world = await useWorld();
const overview = `/settings/${organisationId}/entra/overview`;

beforeEach(async () => {
  await clearSync(world);
  world.emulator.store.faults.clear();
  world.emulator.store.changeSettings({ latencyMs: 0 });
  await arrangeConnection(world);
});

describe('H13', () => {
  test('H13 Synkronisera nu starts a run with progress, the page can be left, and the counts lead to the lists', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await page.goto(overview);
    await page.getByText(words.overview.state.never.title).waitFor();
    await shoot(visitor, 'h13-before-sv');
    world.emulator.store.changeSettings({ latencyMs: 1200 });
    const button = page.getByRole('button', { name: words.overview.syncNow }).first();
    await button.click();
    await page.getByText(words.overview.state.running.title).first().waitFor();
    await page.getByRole('progressbar').waitFor();
    await page.getByText(words.overview.phase.pull).first().waitFor();
    await shoot(visitor, 'h13-progress-sv');
    // Meanwhile the button says why it cannot be pressed.
    await eventually(async () =>
      expect(
        (await button.getAttribute('data-disabled')) ?? (await button.getAttribute('aria-disabled')),
      ).not.toBeNull(),
    );
    await page.goto(`/o/${organisationId}/contacts`);
    await page.goto(overview);
    world.emulator.store.changeSettings({ latencyMs: 0 });
    // Nobody is linked yet: it says where to begin.
    await page.getByText(words.overview.state.ok.titleFirst).waitFor({ timeout: 30_000 });
    await shoot(visitor, 'h13-after-sv');
    const suggested = page
      .getByRole('list', { name: words.overview.figures })
      .getByRole('link', { name: new RegExp(words.review.list.suggested) });
    await eventually(async () => {
      expect(Number(/\d+/.exec(await suggested.innerText())?.[0])).toBeGreaterThan(15);
    });
    await suggested.click();
    await page.getByRole('table', { name: words.review.list.suggested }).waitFor();
    await page.goto(`/settings/${organisationId}/entra/runs`);
    await page.getByRole('table', { name: words.runs.list }).getByRole('link').first().click();
    await page.getByText(words.runs.run.okNothing.title).or(page.getByText(words.runs.run.figures)).first().waitFor();
    await shoot(visitor, 'h13-run-sv');
  });

  test('H13 a run that was stopped goes on where it was, says so, and how many people are left to read', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await page.goto(overview);
    // Pages of ten people, so that it takes a while; on the third, a wait that is longer than a run may take.
    world.emulator.store.changeSettings({ pageSizes: { listMax: 10 } });
    world.emulator.store.faults.add({
      match: { path: '/v1.0/users?', skip: 2 },
      answer: { status: 429, headers: { 'retry-after': '10800' } },
    });
    await page.getByRole('button', { name: words.overview.syncNow }).first().click();
    await page.getByText(words.errors.graph_busy.title).first().waitFor({ timeout: 60_000 });
    expect(await world.query('select people_read from pull_progress')).toEqual([{ people_read: 20 }]);
    world.emulator.store.faults.clear();
    world.emulator.store.changeSettings({ latencyMs: 800 });
    await page.getByRole('button', { name: words.overview.syncNow }).first().click();
    await page.getByText(words.overview.turn.resumed).first().waitFor({ timeout: 30_000 });
    await page
      .getByText(/ kvar att läsa/)
      .first()
      .waitFor();
    await shoot(visitor, 'h13-resumed-sv');
    world.emulator.store.changeSettings({ latencyMs: 0, pageSizes: { listMax: 999 } });
    await page.getByText(words.overview.state.ok.titleFirst).waitFor({ timeout: 60_000 });
  });

  test('H13 a run that fails says why and what to do, with the cause from Microsoft, and changes nothing', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    world.emulator.store.revoke('aaaaaaaa-0001-4000-8000-000000000001', '11111111-2222-4333-8444-555555555555');
    await page.goto(overview);
    await page.getByRole('button', { name: words.overview.syncNow }).first().click();
    await page.getByText(words.errors.graph_consent_revoked.title).first().waitFor({ timeout: 60_000 });
    await page.getByText(words.errors.graph_consent_revoked.next).first().waitFor();
    await shoot(visitor, 'h13-blocked-sv');
    const { connection } = (await call(visitor, 'GET', '/connection')) as {
      connection: { trouble: { graphRequestId: string } };
    };
    expect(connection.trouble.graphRequestId).toMatch(/^[\da-f-]{36}$/);
    await page.getByText(connection.trouble.graphRequestId).first().waitFor();
    expect(await world.query('select 1 from directory_user')).toEqual([]);
    // The next step is one click away, and keeps everything.
    await page.getByRole('link', { name: words.overview.state.blocked.again }).click();
    await page.getByText(fill(words.connect.again.title, { tenant: 'Norrsken Energi AB' })).waitFor();
    await shoot(visitor, 'h13-connect-again-sv');
    await page.getByRole('button', { name: words.connect.self.button }).click();
    await chooseAccount(page, 'asa.oberg@norrsken.se');
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, 'asa.oberg@norrsken.se');
    await accept(page);
    await page.getByText(words.connect.flow.connected.title).waitFor();
    expect(await call(visitor, 'GET', '/connection')).toMatchObject({
      connection: { status: 'active', trouble: null },
    });
    await sync(visitor);
  });
});

describe('H14', () => {
  test('H14 daily sync: the page shows the coming night in local time, and a run starts by itself', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await page.goto(overview);
    await page.getByRole('button', { name: words.overview.when.changeMode }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: words.overview.when.daily }).check();
    await shoot(visitor, 'h14-dialog-sv');
    await dialog.getByRole('button', { name: words.shell.action.save }).click();
    await page.getByText(words.overview.when.saved).waitFor();
    const { connection } = (await call(visitor, 'GET', '/connection')) as { connection: { nextRunAt: string } };
    const local = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Stockholm',
      hour: '2-digit',
      minute: '2-digit',
    }).format(new Date(connection.nextRunAt));
    expect(Number(local.slice(0, 2))).toBeGreaterThanOrEqual(1);
    expect(Number(local.slice(0, 2))).toBeLessThan(4);
    await page
      .getByText(new RegExp(local.replace(':', '[.:]')))
      .first()
      .waitFor();
    await shoot(visitor, 'h14-overview-sv');
    // The schedule that was made: each night in the organisation's own time zone, at that time.
    const [schedule] = await world.query("select cron, timezone, data from pgboss.schedule where name = 'night'");
    expect(schedule?.['timezone']).toBe('Europe/Stockholm');
    expect(String(schedule?.['cron'])).toMatch(
      new RegExp(`^${Number(local.slice(3))} ${Number(local.slice(0, 2))}-11 `),
    );
    // Night cannot be waited for: the same schedule is made to strike now, as chosen before today's night.
    await world.query(
      `update pgboss.schedule set cron = '* * * * *', data = data || '{"since": 0}'::jsonb where name = 'night'`,
    );
    await eventually(async () => {
      const runs = await world.query('select trigger, state, local_date::text as date from sync_run');
      expect(runs).toEqual([
        { trigger: 'nightly', state: 'ok', date: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) as string },
      ]);
    }, 85_000);
    await page.goto(`/settings/${organisationId}/entra/runs`);
    await page.getByRole('table', { name: words.runs.list }).getByText(words.runs.triggers.nightly).waitFor();
    await shoot(visitor, 'h14-runs-sv');
  }, 150_000);
});
