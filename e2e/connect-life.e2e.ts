import { beforeEach, describe, expect, test } from 'vitest';
import { approveConnecting } from '../src/connection/approval.ts';
import { systemClock } from '../src/base/clock.ts';
import { chooseAccount, accept } from './microsoft.ts';
import { eventually, fill, shoot, visit, type Visitor } from './visitor.ts';
import { administrator, organisationId, organisationName, useWorld } from './world.ts';

const world = await useWorld({ SAMSYN_APPROVE_CONNECTIONS: 'yes', SAMSYN_TRUST_PROXY: 'loopback' });
const karin = 'karin.lind@norrsken.se';
const oskar = 'oskar.app@norrsken.se';
const languages = [{ language: 'sv' as const }, { language: 'en' as const }];

beforeEach(async () => {
  for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
  world.mail.mails.length = 0;
  world.mail.refusal = null;
  await world.query('truncate connect_flow, connect_link, connection, notification, outbox cascade');
  await world.query('update organisation set language = $1', ['sv']);
});

async function openConnect({ page, words }: Visitor): Promise<void> {
  await page.goto(`/settings/${organisationId}/entra/connect`);
  await page.getByRole('heading', { name: words.connect.title, exact: true }).waitFor();
}

async function newLink({ page, words }: Visitor): Promise<string> {
  await page.getByRole('button', { name: words.connect.colleague.button, exact: true }).click();
  return page.getByLabel(words.connect.link.label).inputValue();
}

/** Each colleague sits somewhere else: from one address a link may be looked up ten times a minute. */
let colleagues = 0;
const elsewhere = (): string => `192.0.2.${(colleagues += 1)}`;

/** A colleague in a browser of their own, as far as Microsoft lets them. */
async function follow(address: string, upn: string, language: 'sv' | 'en'): Promise<Visitor> {
  const visitor = await visit(world, { as: null, language, address: elsewhere() });
  const { page, words } = visitor;
  await page.goto(address);
  await page.getByRole('button', { name: words.connect.landing.signIn }).click();
  await chooseAccount(page, upn);
  await page.getByRole('button', { name: words.connect.flow.confirm }).click();
  await chooseAccount(page, upn);
  return visitor;
}

describe.each(languages)('$language', ({ language }) => {
  test(`H4 a link waits for somebody who may grant, one reminder is sent from the app, and the page shows what has happened (${language})`, async () => {
    await world.query('update organisation set language = $1', [language]);
    const asker = await visit(world, { language });
    const { page, words } = asker;
    await openConnect(asker);
    const first = await newLink(asker);
    const other = await follow(first, oskar, language);
    await other.page.getByTestId('consent-back').click();
    await other.page.getByText(words.errors.connect_role_missing.title).waitFor();

    const links = page.getByRole('table', { name: words.connect.link.list });
    await links.getByText(words.connect.link.states.waiting, { exact: true }).waitFor();
    await page
      .getByRole('list')
      .getByText(fill(words.connect.link.events.waiting, { name: 'Oskar App' }))
      .waitFor();
    await shoot(asker, `h04-waiting-${language}`);

    await links.getByRole('button', { name: new RegExp(words.connect.link.remindOf.split(' {{')[0] ?? '') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(words.connect.link.reminder.email).fill('karin@norrsken.se, eve@example.com');
    await dialog.getByRole('button', { name: words.connect.link.reminder.send }).click();
    await dialog.getByText(words.connect.link.reminder.emailWrong).waitFor();
    await dialog.getByLabel(words.connect.link.reminder.email).fill(karin);
    world.mail.refusal = { code: 550, text: 'Not now' };
    await dialog.getByRole('button', { name: words.connect.link.reminder.send }).click();
    await dialog.getByText(words.errors.mail_not_sent.title).waitFor();
    await shoot(asker, `h04-reminder-${language}`);
    world.mail.refusal = null;
    await dialog.getByRole('button', { name: words.connect.link.reminder.send }).click();
    await page.getByText(words.connect.link.reminder.sent).waitFor();
    await dialog.waitFor({ state: 'detached' });
    // The link that was shown is no longer the one to send.
    await page.getByLabel(words.connect.link.label).waitFor({ state: 'detached' });
    await page
      .getByRole('list')
      .getByText(fill(words.connect.link.events.reminded, { address: karin }))
      .waitFor();
    expect(await links.getByRole('button', { name: words.connect.link.remind, exact: true }).count()).toBe(0);
    await shoot(asker, `h04-reminded-${language}`);

    // One of an earlier connection may come late.
    const reminders = () => world.mail.mails.filter(({ parsed }) => /\/connect#/.test(parsed.text ?? ''));
    await eventually(() => expect(reminders()).toHaveLength(1));
    const { parsed, to } = reminders()[0] ?? expect.fail();
    expect([to, parsed.subject]).toEqual([
      [karin],
      fill(words.mail.reminder.subject, { organisation: organisationName }),
    ]);
    const fresh = /http\S+\/connect#[\w.-]+/.exec(parsed.text ?? '')?.[0] ?? '';
    const late = await visit(world, { as: null, language, address: elsewhere() });
    await late.page.goto(first);
    await late.page.getByText(words.errors.connect_link_invalid.title).waitFor();
    await late.page.goto('about:blank');
    await late.page.setContent(String(parsed.html));
    await shoot(late, `h04-reminder-mail-${language}`);
    await late.page.goto(fresh);
    await late.page
      .getByRole('heading', { name: fill(words.connect.landing.title, { organisation: organisationName }) })
      .waitFor();

    await links.getByRole('button', { name: new RegExp(words.connect.link.historyOf.split(' {{')[0] ?? '') }).click();
    const history = page.getByRole('dialog').getByRole('listitem');
    expect(await history.count()).toBe(4);
    await shoot(asker, `h04-history-${language}`);
  });

  test(`H4 where the operator approves connections the pages say so, and go on by themselves when it is done (${language})`, async () => {
    await world.query('update organisation set language = $1', [language]);
    const asker = await visit(world, { language });
    const { page, words } = asker;
    await openConnect(asker);
    const other = await follow(await newLink(asker), karin, language);
    await accept(other.page);
    await other.page.getByRole('heading', { name: words.connect.flow.waiting.title }).waitFor({ timeout: 30_000 });
    await shoot(other, `h04-operator-colleague-${language}`);
    await page.getByText(fill(words.connect.awaiting.title, { tenant: 'Norrsken Energi AB' })).waitFor();
    await page.getByRole('table').getByText(words.connect.link.states.waiting_operator, { exact: true }).waitFor();
    await shoot(asker, `h04-operator-asker-${language}`);
    expect(await world.query('select 1 from connection')).toEqual([]);

    const [waiting] = await world.query("select id from connect_flow where step = 'waiting'");
    await approveConnecting(
      { db: world.samsyn.db, clock: systemClock },
      { organisationId, flowId: String(waiting?.['id']) },
    );
    await page.waitForURL(/\/entra\/setup/, { timeout: 20_000 });
    await page.goto(`/o/${organisationId}/notifications`);
    await page.getByText(words.notifications.kind.connect_awaits_operator.title).waitFor();
    await page.getByText(words.notifications.kind.connected.title).waitFor();
    await shoot(asker, `h04-operator-notified-${language}`);
    await eventually(() => expect(world.mail.mails.length).toBeGreaterThan(0));
    await other.page.goto('about:blank');
    await other.page.setContent(String(world.mail.mails.at(-1)?.parsed.html));
    await shoot(other, `h04-tenant-mail-${language}`);
  });

  test(`H4 the password is asked for once more before a link is made, when it was given long ago (${language})`, async () => {
    const asker = await visit(world, { language });
    const { page, words } = asker;
    await openConnect(asker);
    await world.query("update auth_session set created_at = now() - interval '20 minutes'");
    await page.getByRole('button', { name: words.connect.colleague.button, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: words.signIn.confirm.title });
    const password = dialog.getByLabel(words.signIn.confirm.password, { exact: true });
    await password.fill('fel lösenord');
    await dialog.getByRole('button', { name: words.signIn.confirm.submit }).click();
    await dialog.getByText(words.signIn.confirm.wrong).waitFor();
    await shoot(asker, `t22-password-${language}`);
    await password.fill(administrator.password);
    await dialog.getByRole('button', { name: words.signIn.confirm.submit }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByLabel(words.connect.link.label).waitFor();
    // Whoever would rather not has changed nothing, and is told.
    await world.query("update auth_session set created_at = now() - interval '20 minutes'");
    await page.getByRole('button', { name: words.connect.self.button }).click();
    await dialog.getByRole('button', { name: words.shell.action.cancel }).click();
    await page.getByText(words.errors.password_needed.title).waitFor();
  });
});
