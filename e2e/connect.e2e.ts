import { beforeEach, describe, expect, test } from 'vitest';
import { arrangeConnection } from './arrange.ts';
import { accept, chooseAccount, decline } from './microsoft.ts';
import { eventually, fill, shoot, visit, type Visitor } from './visitor.ts';
import { organisationId, organisationName, useWorld } from './world.ts';

const world = await useWorld();
const asa = 'asa.oberg@norrsken.se';
const karin = 'karin.lind@norrsken.se';
const mereUser = 'per.user@norrsken.se';
const tenantName = 'Norrsken Energi AB';

beforeEach(async () => {
  for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
  await world.query('truncate connect_flow, connect_link, connection, notification cascade');
});

async function openConnect({ page, words }: Visitor): Promise<void> {
  await page.goto(`/settings/${organisationId}/entra/connect`);
  await page.getByRole('heading', { name: words.connect.title, exact: true }).waitFor();
}

/** As far as the page that names both sides. */
async function toConfirm(visitor: Visitor, upn: string): Promise<void> {
  const { page, words } = visitor;
  await page.getByRole('button', { name: words.connect.self.button }).click();
  await chooseAccount(page, upn);
  const question = fill(words.connect.flow.question, { tenant: tenantName, organisation: organisationName });
  // Before consent only the domain is known for sure.
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect([
    question,
    fill(words.connect.flow.question, { tenant: 'norrsken.se', organisation: organisationName }),
  ]).toContain(await page.getByRole('heading', { level: 1 }).innerText());
}

async function appState(): Promise<unknown> {
  const sums: unknown[] = [];
  for (const table of [
    'app_user',
    'team',
    'team_member',
    'field_change',
    'link',
    'ignored',
    'directory_user',
    'sync_run',
  ]) {
    sums.push(
      await world.query(`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${table} t`),
    );
  }
  return sums;
}

describe('H3 and H6', () => {
  test('H3 sign in with Microsoft, the page naming tenant and organisation, consent, done', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await openConnect(visitor);
    await toConfirm(visitor, asa);
    await page.getByText('norrsken.se').first().waitFor();
    await page.getByText(organisationName).first().waitFor();
    await shoot(visitor, 'h03-confirm-sv');
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, asa);
    await page.getByTestId('permissions').waitFor();
    await shoot(visitor, 'h03-microsoft-consent');
    await accept(page);
    await page.getByText(words.connect.flow.connected.title).waitFor({ timeout: 30_000 });
    await shoot(visitor, 'h03-connected-sv');
    await page.getByRole('link', { name: words.connect.flow.connected.button }).click();
    await page.waitForURL(/\/entra\/setup/);
    const [connection] = await world.query('select status, tenant_name, consented_by_name from connection');
    expect(connection).toEqual({ status: 'configuring', tenant_name: tenantName, consented_by_name: 'Åsa Öberg' });
  });

  test('H3 declined at Microsoft: a clear page, nothing changed, and it can be tried again', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await openConnect(visitor);
    await toConfirm(visitor, asa);
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, asa);
    await decline(page);
    await page.getByText(words.errors.connect_declined.title).waitFor();
    await shoot(visitor, 'h03-declined-sv');
    expect(await world.query('select 1 from connection')).toEqual([]);
    await page.getByRole('button', { name: words.connect.flow.failed.retry }).click();
    await chooseAccount(page, asa);
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, asa);
    await accept(page);
    await page.getByText(words.connect.flow.connected.title).waitFor({ timeout: 30_000 });
  });

  test('H3 without a role that may consent: a clear page, and nothing changes', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await openConnect(visitor);
    await toConfirm(visitor, mereUser);
    await page.getByText(words.connect.flow.noRole.title).waitFor();
    await shoot(visitor, 'h03-no-role-sv');
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, mereUser);
    // Microsoft sends the person away; whatever the page there offers, no connection comes of it.
    await page.goto(`${world.url}/connect/flow`);
    await page.getByRole('button').first().waitFor();
    expect(await world.query('select 1 from connection')).toEqual([]);
  });

  test('H6 consent changes nothing in the app, and reads nothing of the directory into it', async () => {
    const before = await appState();
    const visitor = await visit(world);
    await openConnect(visitor);
    await toConfirm(visitor, asa);
    await visitor.page.getByRole('button', { name: visitor.words.connect.flow.confirm }).click();
    await chooseAccount(visitor.page, asa);
    await accept(visitor.page);
    await visitor.page.getByText(visitor.words.connect.flow.connected.title).waitFor({ timeout: 30_000 });
    expect(await appState()).toEqual(before);
  });
});

describe('H4', () => {
  test('H4 a link is shown once, a colleague without an account opens it elsewhere, consents, and the administrator is told', async () => {
    const administrator = await visit(world);
    const { page, words } = administrator;
    await openConnect(administrator);
    await page.getByRole('button', { name: words.connect.colleague.button }).click();
    const address = await page.getByLabel(words.connect.link.label).inputValue();
    expect(address).toMatch(/\/connect#[\w.-]{40,}$/);
    await page.getByRole('button', { name: words.shell.action.copy }).waitFor();
    await shoot(administrator, 'h04-link-sv');
    // Whoever opens the page again is offered a new one, and does not see this one.
    await page.reload();
    await page.getByRole('table', { name: words.connect.link.list }).waitFor();
    await page.getByRole('button', { name: words.connect.colleague.button, exact: true }).waitFor();
    expect(await page.getByLabel(words.connect.link.label).count()).toBe(0);

    // Nobody signed in, another browser.
    const other = await visit(world, { as: null });
    await other.page.goto(address);
    await other.page
      .getByRole('heading', { name: fill(words.connect.landing.title, { organisation: organisationName }) })
      .waitFor();
    await other.page.getByText('asa.oberg@norrsken.se').waitFor();
    await other.page.getByText('User.Read.All').waitFor();
    await shoot(other, 'h04-landing-sv');
    const links = page.getByRole('table', { name: words.connect.link.list });
    await links.getByText(words.connect.link.states.opened).waitFor();

    await other.page.getByRole('button', { name: words.connect.landing.signIn }).click();
    await chooseAccount(other.page, karin);
    await other.page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(other.page, karin);
    await accept(other.page);
    await other.page.getByText(words.connect.flow.connected.colleagueTitle).waitFor({ timeout: 30_000 });
    await shoot(other, 'h04-colleague-done-sv');

    // The administrator's page moves on by itself, and a notification waits.
    await page.waitForURL(/\/entra\/setup/, { timeout: 15_000 });
    await page.goto(`/o/${organisationId}/notifications`);
    await page.getByText(words.notifications.kind.connected.title).waitFor();
    await page.getByText(words.notifications.kind.connect_link_opened.title).waitFor();
    await shoot(administrator, 'h04-notified-sv');
    const [link] = await world.query('select used_by_name from connect_link');
    expect(link).toEqual({ used_by_name: 'Karin Lind' });

    // It works once.
    const third = await visit(world, { as: null });
    await third.page.goto(address);
    await third.page.getByText(words.errors.connect_link_invalid.title).waitFor();
    await shoot(third, 'h04-used-up-sv');
  });

  test('H4 a link can be revoked, expires, and can be declined', async () => {
    const administrator = await visit(world);
    const { page, words } = administrator;
    const newLink = async (): Promise<string> => {
      await page.reload();
      await page.getByRole('button', { name: words.connect.colleague.button }).click();
      return page.getByLabel(words.connect.link.label).inputValue();
    };
    await openConnect(administrator);
    const revoked = await newLink();
    const revoke = new RegExp(words.connect.link.revokeOf.split(' {{')[0] ?? '');
    await page.getByRole('table').getByRole('button', { name: revoke }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: words.connect.link.revokeConfirm }).click();
    await page
      .getByRole('table', { name: words.connect.link.list })
      .getByText(words.connect.link.states.revoked)
      .waitFor();
    const expired = await newLink();
    await world.query("update connect_link set expires_at = now() - interval '1 second' where revoked_at is null");
    const other = await visit(world, { as: null });
    for (const address of [revoked, expired]) {
      await other.page.goto('about:blank');
      await other.page.goto(address);
      await other.page.getByText(words.errors.connect_link_invalid.title).waitFor();
    }
    await page.reload();
    await page
      .getByRole('table', { name: words.connect.link.list })
      .getByText(words.connect.link.states.expired)
      .waitFor();
    const declined = await newLink();
    await other.page.goto('about:blank');
    await other.page.goto(declined);
    await other.page.getByRole('button', { name: words.connect.landing.decline }).click();
    await other.page.getByRole('dialog').getByRole('button', { name: words.connect.landing.declineConfirm }).click();
    await other.page.getByText(words.connect.landing.declined.title).waitFor();
    await page
      .getByRole('table', { name: words.connect.link.list })
      .getByText(words.connect.link.states.declined)
      .waitFor();
    await shoot(administrator, 'h04-states-sv');
    await eventually(async () => {
      expect(await world.query("select 1 from notification where kind = 'connect_link_declined'")).toHaveLength(1);
    });
    expect(await world.query('select 1 from connection')).toEqual([]);
  });

  test('H4 the page moves on by itself, also when the list of links is asked before the connection', async () => {
    const administrator = await visit(world);
    const { page, words } = administrator;
    await openConnect(administrator);
    await page.getByRole('button', { name: words.connect.colleague.button }).click();
    await page.getByLabel(words.connect.link.label).waitFor();
    // One answer that takes two seconds: from then on the two questions are asked two seconds apart.
    let answers = 0;
    await page.route(/\/connection$/, async (route) => {
      const response = await route.fetch();
      if (answers === 0) await new Promise((done) => setTimeout(done, 2000));
      await route.fulfill({ response });
      answers += 1;
    });
    await eventually(() => expect(answers).toBe(2), 20_000);
    await arrangeConnection(world);
    await world.query("update connect_link set used_at = now(), used_by_name = 'Karin Lind'");
    await page.waitForURL(/\/entra\/setup/, { timeout: 15_000 });
  });
});

describe('H5', () => {
  test('H5 the two read permissions are explained one by one before consent, and Microsoft is asked for no other', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await openConnect(visitor);
    const table = page.getByRole('table', { name: words.connect.permissions.title });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBe(3);
    for (const name of ['users', 'groups'] as const) {
      await table.getByText(words.connect.permissions[name].name).waitFor();
      await table.getByText(words.connect.permissions[name].used).waitFor();
      await table.getByText(words.connect.permissions[name].cannot).waitFor();
    }
    const signIn = page.waitForRequest(/\/oauth2\/v2\.0\/authorize/);
    await toConfirm(visitor, asa);
    // Signing in tells who one is, and no more.
    expect(new URL((await signIn).url()).searchParams.get('scope')).toBe('openid profile');
    await page.getByRole('button', { name: words.connect.flow.confirm }).click();
    await chooseAccount(page, asa);
    const asked = await page.getByTestId('permissions').getByRole('listitem').allInnerTexts();
    expect(asked.map((text) => /\w+\.Read\.All/.exec(text)?.[0] ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      'GroupMember.Read.All',
      'User.Read.All',
    ]);
  });
});
