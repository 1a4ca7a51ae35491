import { beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../emulator/people.ts';
import type { Mapping } from '../src/contract/settings.ts';
import { arrangeConnection, call, clearSync, configure, group, linkSuggested, sync } from './arrange.ts';
import { eventually, fill, shoot, visit, wordsOf, type Visitor } from './visitor.ts';
import { colleague, organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();

beforeEach(async () => {
  await clearSync(world);
  await arrangeConnection(world);
});

const setup = `/settings/${organisationId}/entra/setup`;
const tab = (name: string) => `/settings/${organisationId}/entra/${name}`;

/** The number in a text such as "43 personer hör till.". */
function numberIn(text: string): number {
  return Number(/\d[\d\s\u00a0,]*/.exec(text)?.[0].replace(/\D/g, '') ?? NaN);
}

async function countShown({ page, words }: Visitor): Promise<number> {
  const pattern = new RegExp(
    words.settings.groups.exact_other.replace(/\{\{[^}]*\}\}/, '[\\d\\s\u00a0,]+').replace('.', '\\.'),
  );
  const shown = page.getByText(pattern).first();
  await shown.waitFor();
  return numberIn(await shown.innerText());
}

describe('H7', () => {
  for (const language of ['sv', 'en'] as const) {
    test(`H7 all users, or chosen groups found by search; nested groups count (${language})`, async () => {
      const visitor = await visit(world, { language });
      const { page, words } = visitor;
      const w = words.settings.groups;
      await page.goto(setup);
      await page.getByRole('radio', { name: w.all }).check();
      const everybody = await countShown(visitor);
      await shoot(visitor, `h07-all-${language}`);
      expect(everybody).toBeGreaterThan(200);
      await page.getByRole('radio', { name: w.selected }).check();
      await page.getByRole('searchbox', { name: w.search }).fill('supp');
      const results = page.getByRole('list', { name: w.results });
      await eventually(async () => {
        const found = await results.getByRole('button').allInnerTexts();
        const rows = await results.getByRole('listitem').allInnerTexts();
        expect(found.length).toBeGreaterThan(0);
        expect(rows.filter((text) => !/supp/i.test(text))).toEqual([]);
      });
      await results.getByRole('button', { name: fill(w.addOf, { name: 'support' }), exact: true }).click();
      const chosen = page.getByRole('list', { name: w.chosen });
      await chosen.getByText('support', { exact: true }).waitFor();
      const inSupport = await countShown(visitor);
      // The group inside it counts: there are more people than the group has by itself.
      const direct = world.emulator.store.group(tenantId, group('support').id).members.size;
      expect(inSupport).toBeGreaterThan(direct - 1);
      expect(inSupport).toBeLessThan(everybody);
      await shoot(visitor, `h07-groups-${language}`);
      await page.getByRole('button', { name: words.settings.setup.next }).click();
      await page.waitForURL(/step=fields/);
      const saved = (await call(visitor, 'GET', '/connection/settings')) as { groups: unknown };
      expect(saved.groups).toMatchObject({ scope: 'groups', groups: [{ name: 'support' }] });
      // After a run exactly those belong who were counted, with the people of nested groups.
      await configure(visitor, {
        groups: { scope: 'groups', groups: [group('support')], includeGuests: false, includeDisabled: false },
      });
      const run = await sync(visitor);
      expect((run['counts'] as { people: number }).people).toBe(inSupport);
      const nested = await world.query(
        `select d.display_name from directory_user d where d.in_scope and exists (
           select from directory_membership m join directory_group g using (organisation_id, connection_id, group_id)
           where g.display_name = 'support-natt' and m.member_id = d.object_id and m.organisation_id = d.organisation_id)
         and not exists (
           select from directory_membership m join directory_group g using (organisation_id, connection_id, group_id)
           where g.display_name = 'support' and m.member_id = d.object_id and m.organisation_id = d.organisation_id)`,
      );
      expect(nested.length).toBeGreaterThan(0);
      // And everybody is everybody who was counted.
      await configure(visitor);
      expect((await sync(visitor))['counts']).toMatchObject({ people: everybody });
    });
  }
});

describe('H8', () => {
  test('H8 first name, last name, display name and e-mail are coupled from the start, and are synced', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await page.goto(setup);
    await page.getByRole('radio', { name: words.settings.groups.all }).check();
    await page.getByRole('button', { name: words.settings.setup.next }).click();
    const table = page.getByRole('table', { name: words.fields.list });
    await table.waitFor();
    for (const [attribute, field] of [
      ['givenName', words.people.field.firstName],
      ['surname', words.people.field.lastName],
      ['displayName', words.people.field.displayName],
      ['mail', words.people.field.email],
    ] as const) {
      const row = table.getByRole('row').filter({ hasText: attribute });
      await row.getByText(field, { exact: true }).first().waitFor();
      // Nothing else takes it away.
      await row.getByText(words.fields.standardHint).waitFor();
    }
    expect(await table.getByRole('row').count()).toBe(5);
    await shoot(visitor, 'h08-fields-sv');
    await page.getByRole('button', { name: words.settings.setup.next }).click();
    await page.waitForURL(/step=notices/);
    const { fields } = (await call(visitor, 'GET', '/connection/settings')) as { fields: { mappings: Mapping[] } };
    expect(fields).toMatchObject({
      mappings: [{ target: 'firstName' }, { target: 'lastName' }, { target: 'displayName' }, { target: 'email' }],
    });
    // Whatever Entra says of the four is in the app after the next run.
    await configure(visitor, { mappings: fields.mappings });
    await sync(visitor);
    const appUserId = await linkSuggested(visitor, 'Tomas Lindahl');
    world.emulator.store.updateUser(tenantId, userId('tomas.lindahl@norrsken.se'), {
      givenName: 'Thomas',
      surname: 'Lindahl Berg',
      displayName: 'Thomas Lindahl Berg',
      mail: 'thomas.berg@norrsken.se',
    });
    await sync(visitor);
    expect(((await call(visitor, 'GET', `/users/${appUserId}`)) as { fields: unknown }).fields).toMatchObject({
      firstName: 'Thomas',
      lastName: 'Lindahl Berg',
      displayName: 'Thomas Lindahl Berg',
      email: 'thomas.berg@norrsken.se',
    });
  });
});

describe('H9', () => {
  test('H9 + couples further attributes to fields of the app, custom fields included, with examples from a real person', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await page.goto(tab('fields'));
    const table = page.getByRole('table', { name: words.fields.list });
    await table.waitFor();
    // Beside each attribute what it says of a person whom Entra has.
    const { person } = (await call(visitor, 'GET', '/connection/example-person')) as { person: { id: string } };
    const example = world.emulator.store.user(tenantId, person.id).props as Record<string, string>;
    await page.getByText(fill(words.fields.exampleFor, { name: example['displayName'] ?? '' })).waitFor();
    for (const attribute of ['givenName', 'surname', 'displayName', 'mail']) {
      const cells = table.getByRole('row').filter({ hasText: attribute }).getByRole('cell');
      await cells.filter({ hasText: example[attribute] ?? '?' }).waitFor();
    }
    await page.getByRole('button', { name: words.fields.add }).click();
    const dialog = page.getByRole('dialog');
    const attribute = dialog.getByRole('combobox', { name: words.fields.chooseAttribute });
    await attribute.click();
    const offered = await page.getByRole('option').allInnerTexts();
    for (const name of [
      'jobTitle', 'department', 'companyName', 'officeLocation', 'mobilePhone', 'businessPhones', 'streetAddress', 'postalCode', 'city',
      'country', 'employeeId', 'preferredLanguage', 'manager',
      ...Array.from({ length: 15 }, (_one, index) => `extensionAttribute${index + 1}`),
    ]) expect([name, offered.some((text) => text.includes(name))]).toEqual([name, true]); // prettier-ignore
    await shoot(visitor, 'h09-attributes-sv');
    await page.getByRole('option', { name: /jobTitle/ }).click();
    await dialog.getByRole('button', { name: words.fields.addConfirm }).click();
    // Another to a field of the organisation's own.
    await page.getByRole('button', { name: words.fields.add }).click();
    await page
      .getByRole('dialog')
      .getByRole('combobox', { name: words.fields.chooseAttribute })
      .fill('extensionAttribute3');
    await page
      .getByRole('option', { name: /extensionAttribute3/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('combobox', { name: words.fields.chooseField }).click();
    await page.getByRole('option', { name: 'Kostnadsställe' }).click();
    await page.getByRole('dialog').getByRole('button', { name: words.fields.addConfirm }).click();
    const row = table.getByRole('row').filter({ hasText: 'extensionAttribute3' });
    await row.getByRole('cell', { name: 'Kostnadsställe', exact: true }).waitFor();
    await shoot(visitor, 'h09-fields-sv');
    await page.getByRole('button', { name: words.settings.save, exact: true }).click();
    await page.getByText(words.settings.saved).waitFor();
    const saved = (await call(visitor, 'GET', '/connection/settings')) as { fields: { mappings: unknown[] } };
    expect(saved.fields.mappings).toContainEqual({
      source: 'jobTitle',
      target: 'jobTitle',
      write: 'always',
      empty: 'keep',
    });
    expect(saved.fields.mappings).toContainEqual({
      source: 'extensionAttribute3', target: 'custom:kostnadsstalle', write: 'always', empty: 'keep',
    }); // prettier-ignore
    // Both follow Entra.
    await sync(visitor);
    const appUserId = await linkSuggested(visitor, 'Petra Wallin');
    world.emulator.store.updateUser(tenantId, userId('petra.wallin@norrsken.se'), {
      jobTitle: 'Nätstrateg',
      onPremisesExtensionAttributes: { extensionAttribute3: 'KS-9876' },
    });
    await sync(visitor);
    expect(((await call(visitor, 'GET', `/users/${appUserId}`)) as { fields: unknown }).fields).toMatchObject({
      jobTitle: 'Nätstrateg',
      'custom:kostnadsstalle': 'KS-9876',
    });
  });
});

describe('H10', () => {
  test('H10 app users and e-mail addresses are told, each of what was chosen; the steps end in a working sync', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    const w = words.settings.notices;
    await page.goto(setup);
    await page.getByRole('radio', { name: words.settings.groups.all }).check();
    await page.getByRole('button', { name: words.settings.setup.next }).click();
    await page.waitForURL(/step=fields/);
    await page.getByRole('button', { name: words.settings.setup.next }).click();
    await page.waitForURL(/step=notices/);
    await page.getByRole('combobox', { name: w.addUser }).fill('Björn');
    await page.getByRole('option', { name: new RegExp(colleague.name) }).click();
    await page.getByLabel(w.addEmail).fill('inte en adress, två@exempel.se');
    await page.getByRole('button', { name: w.add, exact: true }).click();
    await page.getByText(w.emailInvalid).waitFor();
    await page.getByLabel(w.addEmail).fill('it@norrsken.test');
    await page.getByRole('button', { name: w.add, exact: true }).click();
    await page.getByText('it@norrsken.test').first().waitFor();
    // The address is not told of changed values.
    await page
      .getByRole('checkbox', { name: fill(w.kindOf, { kind: w.kind.changed, name: 'it@norrsken.test' }) })
      .uncheck();
    await shoot(visitor, 'h10-notices-sv');
    await page.getByRole('button', { name: words.settings.setup.next }).click();
    await page.waitForURL(/step=schedule/);
    await page.getByRole('radio', { name: words.settings.schedule.manual }).check();
    await shoot(visitor, 'h10-schedule-sv');
    await page.getByRole('button', { name: words.settings.setup.finish }).click();
    await page.waitForURL(/\/overview/);
    await shoot(visitor, 'h10-overview-first-sv');
    await eventually(async () => {
      const { notices } = (await call(visitor, 'GET', '/connection/settings')) as {
        notices: { recipients: { email?: string; appUserId?: string; kinds: string[] }[] };
      };
      expect(notices.recipients).toHaveLength(2);
      expect(notices.recipients.find((one) => one.email)?.kinds).not.toContain('changed');
    });
    // It works: a run goes well, and each is told of what was chosen for them.
    world.mail.mails.length = 0;
    const run = await sync(visitor);
    const count = (run['counts'] as { newPeople: number }).newPeople;
    await eventually(() => expect(world.mail.mails).toHaveLength(1), 20_000);
    expect(world.mail.mails[0]?.parsed.subject).toContain(
      fill(wordsOf.sv.notifications.kind.new_people.title_other, { count }),
    );
    await linkSuggested(visitor, 'Ulrika Norén');
    world.emulator.store.updateUser(tenantId, userId('ulrika.noren@norrsken.se'), { surname: 'Norén Ek' });
    expect((await sync(visitor))['counts']).toMatchObject({ changedUsers: 1 });
    const inApp = await world.query(
      'select n.kind, a.display_name as who from notification n join app_user a on a.id = n.app_user_id order by n.kind',
    );
    expect(inApp).toEqual([
      { kind: 'changed', who: colleague.name },
      { kind: 'new_people', who: colleague.name },
    ]);
    expect(await world.query('select recipient from outbox')).toEqual([{ recipient: 'it@norrsken.test' }]);
    world.mail.mails.length = 0;
    await page.goto(tab('notices'));
    await page.getByRole('button', { name: fill(w.testOf, { name: 'it@norrsken.test' }) }).click();
    await page.getByText(fill(w.testSent, { email: 'it@norrsken.test' })).waitFor();
    await eventually(() => {
      expect(world.mail.mails.map(({ to }) => to)).toContainEqual(['it@norrsken.test']);
    });
    // Also a mail server that refuses is said, with the next step.
    world.mail.refusal = { code: 550, text: 'No such mailbox here' };
    await page.getByRole('button', { name: fill(w.testOf, { name: 'it@norrsken.test' }) }).click();
    await page.getByText(fill(w.testFailed, { email: 'it@norrsken.test' })).waitFor();
    await shoot(visitor, 'h10-refused-sv');
    world.mail.refusal = null;
  });
});
