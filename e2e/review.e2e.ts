import { beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../emulator/people.ts';
import { appUserIdOf, arrangeConnection, call, clearSync, configure, group, sync } from './arrange.ts';
import { fill, shoot, visit, type Visitor } from './visitor.ts';
import { organisationId, tenantId, useWorld } from './world.ts';

const world = await useWorld();

beforeEach(async () => {
  await clearSync(world);
  // People whom a test created or removed, as they were.
  await world.query('update app_user set removed_at = null, removed_by = null');
  await world.query(
    "delete from app_user where created_at > (select min(created_at) + interval '1 minute' from app_user)",
  );
  for (const upn of ['kristina.akesson@norrsken.se', 'sofia.engstrom@norrsken.se']) {
    const user = world.emulator.store.user(tenantId, userId(upn));
    if (user.deletedAt !== null) world.emulator.store.restoreUser(tenantId, user.id);
    const exchange = world.emulator.store.group(tenantId, group('växel').id);
    if (!exchange.members.has(user.id)) world.emulator.store.addMember(tenantId, exchange.id, user.id);
  }
  await arrangeConnection(world);
});

async function openList({ page }: Visitor, list: string): Promise<void> {
  await page.goto(`/settings/${organisationId}/entra/users?list=${list}`);
}

const rowOf = (
  { page, words }: Visitor,
  list: 'linked' | 'suggested' | 'available' | 'ignored' | 'gone',
  name: string,
) => page.getByRole('table', { name: words.review.list[list] }).getByRole('row').filter({ hasText: name });

const act = (
  { words }: Visitor,
  action: 'link' | 'create' | 'ignore' | 'keep' | 'remove' | 'restore',
  name: string,
) => ({
  name: fill(words.review.action.of, { action: words.review.action[action], name }),
});

async function contactCard({ page, words }: Visitor, name: string): Promise<string> {
  await page.goto(`/o/${organisationId}/contacts?q=${encodeURIComponent(name)}`);
  await page
    .getByRole('link', { name: new RegExp(name) })
    .first()
    .click();
  const card = page.getByLabel(fill(words.contacts.card, { name }));
  await card.getByText(words.contacts.fromEntra).first().waitFor();
  return card.innerText();
}

describe('H15', () => {
  for (const language of ['sv', 'en'] as const) {
    test(`H15 an app user is linked by a suggestion with its reason, and the coupled fields follow Entra from then on (${language})`, async () => {
      const visitor = await visit(world, { language });
      const { page, words } = visitor;
      await configure(visitor, {
        mappings: [
          { source: 'givenName', target: 'firstName', write: 'always', empty: 'keep' },
          { source: 'surname', target: 'lastName', write: 'always', empty: 'keep' },
          { source: 'displayName', target: 'displayName', write: 'always', empty: 'keep' },
          { source: 'mail', target: 'email', write: 'always', empty: 'keep' },
          { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'keep' },
        ],
      });
      await sync(visitor);
      await openList(visitor, 'suggested');
      const row = rowOf(visitor, 'suggested', 'Kristina Åkesson');
      await row.getByText(words.review.reason.same_email).first().waitFor();
      await shoot(visitor, `h15-suggested-${language}`);
      await row.getByRole('button', act(visitor, 'link', 'Kristina Åkesson')).click();
      await page.getByText(fill(words.review.result.link_one, { count: 1 })).waitFor();
      await openList(visitor, 'linked');
      await rowOf(visitor, 'linked', 'Kristina Åkesson').waitFor();
      await shoot(visitor, `h15-linked-${language}`);
      // From then on the mapped field follows, and only it: another field stays as it was.
      const title = `Driftchef ${language}`;
      world.emulator.store.updateUser(tenantId, userId('kristina.akesson@norrsken.se'), {
        jobTitle: title,
        city: 'Kiruna',
      });
      await sync(visitor);
      const id = await appUserIdOf(visitor, 'Kristina Åkesson');
      const user = (await call(visitor, 'GET', `/users/${id}`)) as { fields: Record<string, string> };
      expect(user.fields['jobTitle']).toBe(title);
      expect(user.fields['city']).toBeUndefined();
      const history = await world.query(
        'select field, after, run_id is not null as by_run from field_change where app_user_id = $1 order by id desc limit 1',
        [id],
      );
      expect(history).toEqual([{ field: 'jobTitle', after: title, by_run: true }]);
      expect(await contactCard(visitor, 'Kristina Åkesson')).toContain(title);
      await shoot(visitor, `h21-card-${language}`);
    });
  }

  test('H15 several candidates are told apart by a person, and several suggestions are confirmed at once', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await sync(visitor);
    await openList(visitor, 'suggested');
    await page.getByRole('table', { name: words.review.list.suggested }).waitFor();
    const doubtful = page.getByRole('button', {
      name: new RegExp(`^${words.review.action.choose.replace(' …', '')}.*Per Andersson`),
    });
    await doubtful.first().click();
    await page.getByRole('dialog').getByText(words.review.dialog.choose.text).waitFor();
    await shoot(visitor, 'h15-choose-sv');
    const choose = page.getByRole('dialog');
    // Whoever is chosen, not whoever comes first.
    const { items } = (await call(
      visitor,
      'GET',
      `/review/lists/suggested?search=${encodeURIComponent('Per And')}`,
    )) as {
      items: { candidates: { id: string; displayName: string }[] }[];
    };
    const second = items.find((one) => one.candidates.length > 1)?.candidates[1];
    if (!second) throw new Error('Nobody has several candidates');
    await choose.getByRole('radio', { name: second.displayName, exact: true }).check();
    await choose.getByRole('button', { name: words.review.dialog.choose.confirm }).click();
    await page.getByText(fill(words.review.result.link_one, { count: 1 })).waitFor();
    expect(await world.query('select app_user_id as id from link')).toEqual([{ id: second.id }]);
    for (const name of ['Anna Bergström', 'Erik Lundgren', 'Fatima Al-Hassan']) {
      await page.getByRole('checkbox', { name: fill(words.shell.list.select, { name }) }).check();
    }
    await page.getByRole('button', { name: fill(words.review.actionMany.link_other, { count: 3 }) }).click();
    await shoot(visitor, 'h15-bulk-sv');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: fill(words.review.actionMany.link_other, { count: 3 }) })
      .click();
    await page.getByText(fill(words.review.result.link_other, { count: 3 })).waitFor();
    expect(await world.query('select 1 from link')).toHaveLength(4);
  });
});

describe('H16', () => {
  test('H16 app users are created from Entra users, one and many', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await sync(visitor);
    const before = await world.query('select 1 from app_user where removed_at is null');
    await openList(visitor, 'available');
    const table = page.getByRole('table', { name: words.review.list.available });
    await table.waitFor();
    await page.getByRole('searchbox', { name: words.review.search }).fill('Zoran');
    const zoran = rowOf(visitor, 'available', 'Zoran Petrović');
    await zoran.getByRole('button', act(visitor, 'create', 'Zoran Petrović')).click();
    await page.getByText(fill(words.review.result.create_one, { count: 1 })).waitFor();
    await page.getByRole('searchbox', { name: words.review.search }).fill('');
    await table.getByRole('row').nth(5).waitFor();
    const boxes = table.getByRole('checkbox');
    for (const index of [1, 2, 3]) await boxes.nth(index).check();
    await page.getByRole('button', { name: fill(words.review.actionMany.create_other, { count: 3 }) }).click();
    await shoot(visitor, 'h16-create-sv');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: fill(words.review.actionMany.create_other, { count: 3 }) })
      .click();
    await page.getByText(fill(words.review.result.create_other, { count: 3 })).waitFor();
    const after = await world.query('select 1 from app_user where removed_at is null');
    expect(after.length - before.length).toBe(4);
    const [made] = await world.query(
      "select fields ->> 'email' as email, account_id, sign_in_email from app_user where fields ->> 'displayName' = 'Zoran Petrović'",
    );
    expect(made).toEqual({ email: 'zoran.petrovic@norrsken.se', account_id: null, sign_in_email: null });
    expect(await contactCard(visitor, 'Zoran Petrović')).toContain('zoran.petrovic@norrsken.se');
  });
});

describe('H17', () => {
  test('H17 Entra users are marked as ignored in the list of available users, and un-ignored', async () => {
    const visitor = await visit(world);
    const { page, words } = visitor;
    await configure(visitor);
    await sync(visitor);
    await openList(visitor, 'available');
    await page.getByRole('searchbox', { name: words.review.search }).fill('Emma Dahlberg');
    await rowOf(visitor, 'available', 'Emma Dahlberg').getByRole('checkbox').check();
    await page.getByRole('button', { name: fill(words.review.actionMany.ignore_one, { count: 1 }) }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(words.review.dialog.ignore.reason).fill('Slutar i veckan');
    await shoot(visitor, 'h17-ignore-sv');
    await dialog.getByRole('button', { name: fill(words.review.actionMany.ignore_one, { count: 1 }) }).click();
    await page.getByText(fill(words.review.result.ignore_one, { count: 1 })).waitFor();
    await rowOf(visitor, 'available', 'Emma Dahlberg').waitFor({ state: 'detached' });
    // The mark survives a new name and a run.
    world.emulator.store.updateUser(tenantId, userId('emma.dahlberg@norrsken.se'), { displayName: 'Emma Dahlberg Ny' });
    await sync(visitor);
    await openList(visitor, 'ignored');
    const row = rowOf(visitor, 'ignored', 'Emma Dahlberg Ny');
    await row.getByText('Slutar i veckan').waitFor();
    await shoot(visitor, 'h17-ignored-sv');
    await row.getByRole('button', act(visitor, 'restore', 'Emma Dahlberg Ny')).click();
    await page.getByText(fill(words.review.result.restore_one, { count: 1 })).waitFor();
    await openList(visitor, 'available');
    await page.getByRole('searchbox', { name: words.review.search }).fill('Emma Dahlberg');
    await rowOf(visitor, 'available', 'Emma Dahlberg Ny').waitFor();
    world.emulator.store.updateUser(tenantId, userId('emma.dahlberg@norrsken.se'), { displayName: 'Emma Dahlberg' });
  });
});

describe('H18', () => {
  for (const language of ['sv', 'en'] as const) {
    test(`H18 who is deleted in Entra, and who left the groups, stay in the app and are told apart until a person decides (${language})`, async () => {
      const visitor = await visit(world, { language });
      const { page, words } = visitor;
      const { store } = world.emulator;
      const left = userId('sofia.engstrom@norrsken.se');
      await configure(visitor, {
        groups: { scope: 'groups', groups: [group('telefoni')], includeGuests: false, includeDisabled: false },
      });
      await sync(visitor);
      for (const name of ['Kristina Åkesson', 'Sofia Engström']) {
        const { items } = (await call(
          visitor,
          'GET',
          `/review/lists/suggested?search=${encodeURIComponent(name)}`,
        )) as {
          items: { person: { id: string }; candidates: { id: string }[] }[];
        };
        const pair = { objectId: items[0]?.person.id, appUserId: items[0]?.candidates[0]?.id };
        await call(visitor, 'POST', '/review/link', { pairs: [pair] });
      }
      store.deleteUser(tenantId, userId('kristina.akesson@norrsken.se'));
      const groups = [...store.tenant(tenantId).groups.values()].filter(
        (one) => one.members.has(left) && !JSON.stringify(one.props['groupTypes'] ?? []).includes('DynamicMembership'),
      );
      for (const one of groups) store.removeMember(tenantId, one.id, left);
      await sync(visitor);
      // Nobody has been removed.
      const kristina = await appUserIdOf(visitor, 'Kristina Åkesson');
      await appUserIdOf(visitor, 'Sofia Engström');
      await openList(visitor, 'gone');
      const deleted = rowOf(visitor, 'gone', 'Kristina Åkesson');
      await deleted.getByText(words.review.gone.deleted, { exact: true }).waitFor();
      await deleted.getByText(new RegExp(words.review.gone.evidence.deleted_items, 'i')).waitFor();
      const outside = rowOf(visitor, 'gone', 'Sofia Engström');
      await outside.getByText(words.review.gone.left_groups, { exact: true }).waitFor();
      await shoot(visitor, `h18-gone-${language}`);
      await outside.getByRole('button', act(visitor, 'keep', 'Sofia Engström')).click();
      await page.getByText(fill(words.review.result.keep_one, { count: 1 })).waitFor();
      // Decided: no longer among those who wait for a decision, but among those who are kept.
      await outside.waitFor({ state: 'detached' });
      expect(await world.query('select app_user_id as id from link where kept_at is not null')).toEqual([
        { id: await appUserIdOf(visitor, 'Sofia Engström') },
      ]);
      await deleted.getByRole('button', act(visitor, 'remove', 'Kristina Åkesson')).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(words.review.dialog.remove.text).waitFor();
      await shoot(visitor, `h18-remove-${language}`);
      await dialog.getByRole('button', { name: fill(words.review.actionMany.remove_one, { count: 1 }) }).click();
      await page.getByText(fill(words.review.result.remove_one, { count: 1 })).waitFor();
      const [removed] = await world.query('select removed_at is not null as removed from app_user where id = $1', [
        kristina,
      ]);
      expect(removed).toEqual({ removed: true });
      await appUserIdOf(visitor, 'Sofia Engström');
      for (const one of groups) store.addMember(tenantId, one.id, left);
    });
  }
});
