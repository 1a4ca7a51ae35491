import { beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../emulator/people.ts';
import { appUserIdOf, arrangeConnection, call, clearSync, configure, sync } from './arrange.ts';
import { eventually, fill, shoot, visit, wordsOf } from './visitor.ts';
import { colleague, organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();
const kinds = ['new_people', 'changed', 'gone', 'run_failed', 'connection_trouble'] as const;

beforeEach(async () => {
  await clearSync(world);
  world.mail.mails.length = 0;
  await arrangeConnection(world);
});

describe('H11', () => {
  test('H11 an app user who is told sees it in the app: badge, unread, and the way to what it is about', async () => {
    const administrator = await visit(world);
    const appUserId = await appUserIdOf(administrator, 'Åsa Öberg');
    await configure(administrator, { notices: { recipients: [{ appUserId, kinds: [...kinds] }] } });
    const run = await sync(administrator);
    const { page, words } = administrator;
    await page.goto(`/o/${organisationId}/contacts`);
    const entry = page.getByRole('link', { name: new RegExp(words.shell.menu.notifications) });
    await entry.getByText('1', { exact: true }).waitFor();
    await shoot(administrator, 'h11-badge-sv');
    await entry.click();
    const count = (run['counts'] as { newPeople: number }).newPeople;
    const title = fill(words.notifications.kind.new_people.title_other, { count });
    const item = page.getByRole('link', { name: new RegExp(title) });
    await item.waitFor();
    await shoot(administrator, 'h11-inbox-sv');
    await item.click();
    await page.waitForURL(/users\?list=available/);
    await eventually(async () => {
      expect(await call(administrator, 'GET', '/notifications/unread')).toEqual({ unread: 0 });
    });
  });
});

describe('H12', () => {
  for (const language of ['sv', 'en'] as const) {
    test(`H12 an e-mail recipient gets a real message in the organisation's language, as text and HTML (${language})`, async () => {
      const visitor = await visit(world);
      await call(visitor, 'PATCH', '', { language });
      await configure(visitor, { notices: { recipients: [{ email: 'it@norrsken.test', kinds: [...kinds] }] } });
      const run = await sync(visitor);
      const count = (run['counts'] as { newPeople: number }).newPeople;
      await eventually(() => expect(world.mail.mails).toHaveLength(1), 20_000);
      const [{ to, parsed: mail } = { to: [], parsed: undefined }] = world.mail.mails;
      const words = wordsOf[language];
      const title = fill(words.notifications.kind.new_people.title_other, { count });
      expect(to).toEqual(['it@norrsken.test']);
      expect(mail?.from?.text).toContain('samsyn@example.test');
      expect(mail?.subject).toContain(title);
      expect(mail?.text).toContain(title);
      expect(mail?.text).toContain(`${world.url}/settings/${organisationId}/entra/users?list=available`);
      expect(mail?.html).toContain(`<html lang="${language}">`);
      expect(mail?.html).toContain(words.notifications.kind.new_people.text);
      // What it looks like to whoever opens it.
      const reader = await visitor.context.newPage();
      await reader.setContent(String(mail?.html));
      await shoot({ page: reader }, `h12-mail-${language}`);
      await call(visitor, 'PATCH', '', { language: 'sv' });
    });
  }
});

describe('H21', () => {
  test('H21 everybody in the organisation sees the synced fields on a colleague’s contact card', async () => {
    const administrator = await visit(world);
    const { store } = world.emulator;
    const id = userId('ylva.hedlund@norrsken.se');
    store.updateUser(tenantId, id, {
      jobTitle: 'Nätplanerare',
      department: 'Nät',
      mobilePhone: '+46 70 174 06 99',
      officeLocation: 'Umeå 3 tr',
    });
    await configure(administrator, {
      mappings: [
        ...(['givenName:firstName', 'surname:lastName', 'displayName:displayName', 'mail:email'] as const),
        ...(['jobTitle:jobTitle', 'department:department', 'mobilePhone:mobile', 'officeLocation:office'] as const),
      ].map((pair) => {
        const [source, target] = pair.split(':') as ['jobTitle', 'jobTitle']; // each pair above is one that the contract knows
        return { source, target, write: 'always', empty: 'keep' } as const;
      }),
    });
    await sync(administrator);
    const { items } = (await call(administrator, 'GET', '/review/lists/suggested?search=Ylva')) as {
      items: { candidates: { id: string }[] }[];
    };
    await call(administrator, 'POST', '/review/link', {
      pairs: [{ objectId: id, appUserId: items[0]?.candidates[0]?.id }],
    });
    // A colleague without any permission.
    const visitor = await visit(world, { as: colleague });
    const { page, words } = visitor;
    await page.getByRole('link', { name: words.shell.menu.contacts }).click();
    await page.getByRole('searchbox', { name: words.contacts.search }).fill('ylva');
    await page.getByRole('link', { name: /Ylva Hedlund/ }).click();
    const card = page.getByLabel(fill(words.contacts.card, { name: 'Ylva Hedlund' }));
    for (const text of ['Nätplanerare', 'Nät', '+46 70 174 06 99', 'Umeå 3 tr', 'ylva.hedlund@norrsken.se']) {
      await card.getByText(text, { exact: true }).first().waitFor();
    }
    await card.getByText(words.contacts.fromEntra).first().waitFor();
    await shoot(visitor, 'h21-card-colleague-sv');
    expect(await page.getByRole('link', { name: words.shell.menu.settings }).count()).toBe(0);
  });
});
