import { describe, expect, test } from 'vitest';
import { clientId, useWorld, type Org } from '../../test/factories.ts';
import { listReview } from '../review/lists.ts';

const world = await useWorld();
const { store } = world.emulator;

const both = ['User.Read.All', 'GroupMember.Read.All'];
type Purpose = 'user' | 'shared' | 'room' | 'equipment';
const licence = [{ skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965', disabledPlans: [] }];

/** An organisation that counts everybody, and a person with a licence in it. */
async function connected({ granted }: { granted: boolean }): Promise<Org> {
  const org = await world.connect({ includeGuests: true, includeDisabled: true });
  store.grant(org.tenantId, clientId, granted ? [...both, 'MailboxSettings.Read'] : both);
  org.addPerson({ displayName: 'Anna Person', assignedLicenses: licence });
  return org;
}

/** A mailbox of nobody's: disabled, and without a licence. */
function addMailbox(org: Org, displayName: string, mailboxPurpose: Purpose): string {
  const { id } = org.addPerson({ displayName, accountEnabled: false, assignedLicenses: [] });
  store.setBeyond(org.tenantId, id, { mailboxPurpose });
  return id;
}

/** Everybody's marks, as the list of available people shows them. */
async function marks(org: Org): Promise<Record<string, string>> {
  const { items } = await listReview(world, org.actor, { list: 'available', kept: 'without', limit: 200 });
  return Object.fromEntries(
    items.map(({ person }) => [person?.displayName, person?.marks.map(({ why }) => why).join(' ')]),
  );
}

/** How many mailboxes, and in how many requests, a run asked for. */
async function asked(org: Org): Promise<{ mailboxes: number; batches: number }> {
  store.requests.reset();
  const run = await org.run();
  expect(run.state).toBe('ok');
  const { perRoute } = store.requests.summary();
  const of = (end: RegExp) =>
    Object.entries(perRoute).reduce((sum, [route, count]) => (end.test(route) ? sum + count : sum), 0);
  return { mailboxes: of(/mailboxSettings$/i), batches: of(/\$batch$/) };
}

describe('telling mailboxes of nobody from people', () => {
  test('with MailboxSettings.Read the doubtful are asked about, twenty a request, and marked by what Exchange says', async () => {
    const org = await connected({ granted: true });
    addMailbox(org, 'Info', 'shared');
    addMailbox(org, 'Fjällsippan', 'room');
    addMailbox(org, 'Släpvagnen', 'equipment');
    addMailbox(org, 'Bo Långledig', 'user');
    for (let index = 0; index < 20; index += 1) addMailbox(org, `Kö ${index}`, 'shared');
    const guest = org.addPerson({ displayName: 'Gun Gäst', userType: 'Guest', externalUserState: 'Accepted' });
    const queue = org.addPerson({ displayName: 'Kundtjänst', isResourceAccount: true });
    expect([guest.id, queue.id]).not.toContain(undefined);
    // One first, to see whether it is permitted.
    expect(await asked(org)).toEqual({ mailboxes: 25, batches: 3 });
    expect(await marks(org)).toMatchObject({
      'Anna Person': '',
      Info: 'mailbox_shared account_disabled',
      Fjällsippan: 'mailbox_room account_disabled',
      Släpvagnen: 'mailbox_equipment account_disabled',
      'Bo Långledig': 'account_disabled no_licence',
      'Gun Gäst': 'guest_accepted',
      Kundtjänst: 'resource_account',
    });
    const rooms = await listReview(world, org.actor, {
      list: 'available',
      kept: 'without',
      limit: 200,
      account: 'room',
    });
    expect(rooms.items.map(({ person }) => person?.displayName)).toEqual(['Fjällsippan']);
  });

  test('who has not changed is not asked about again, and whose account became another is', async () => {
    const org = await connected({ granted: true });
    const info = addMailbox(org, 'Info', 'shared');
    addMailbox(org, 'Fjällsippan', 'room');
    expect(await asked(org)).toEqual({ mailboxes: 2, batches: 2 });
    expect(await asked(org)).toEqual({ mailboxes: 0, batches: 0 });
    store.updateUser(org.tenantId, info, { displayName: 'Info Nord' });
    expect(await asked(org)).toEqual({ mailboxes: 0, batches: 0 });
    // Turned into a person's own, which makes itself felt in the directory by the account alone.
    store.setBeyond(org.tenantId, info, { mailboxPurpose: 'user' });
    store.updateUser(org.tenantId, info, { accountEnabled: true });
    expect(await asked(org)).toEqual({ mailboxes: 1, batches: 1 });
    expect(await marks(org)).toMatchObject({ 'Info Nord': 'no_licence', Fjällsippan: 'mailbox_room account_disabled' });
  });

  test('without the permission there is a guess, called one; it is asked for once, and again after a new consent', async () => {
    const org = await connected({ granted: false });
    addMailbox(org, 'Info', 'shared');
    expect(await asked(org)).toEqual({ mailboxes: 1, batches: 1 });
    expect(await marks(org)).toEqual({ 'Anna Person': '', Info: 'guess account_disabled no_licence' });
    addMailbox(org, 'Kundtjänst', 'shared');
    expect(await asked(org)).toEqual({ mailboxes: 0, batches: 0 });
    store.grant(org.tenantId, clientId, [...both, 'MailboxSettings.Read']);
    await world.admin.query('update connection set consented_at = now() where organisation_id = $1', [org.id]);
    // As connecting does: the token of before knows nothing of it.
    world.deps.graph.forget(org.tenantId);
    expect(await asked(org)).toEqual({ mailboxes: 2, batches: 2 });
    expect(await marks(org)).toMatchObject({ Info: 'mailbox_shared account_disabled' });
  });

  test('throttling of mailboxes fails no run: what was not answered is asked for by the next one', async () => {
    const org = await connected({ granted: true });
    addMailbox(org, 'Info', 'shared');
    store.faults.add({
      match: { path: '/mailboxSettings', times: 1 },
      answer: { status: 429, headers: { 'Retry-After': '3600' } },
    });
    expect(await asked(org)).toMatchObject({ batches: 1 });
    expect(await marks(org)).toMatchObject({ Info: 'guess account_disabled no_licence' });
    store.faults.clear();
    expect(await asked(org)).toEqual({ mailboxes: 1, batches: 1 });
    expect(await marks(org)).toMatchObject({ Info: 'mailbox_shared account_disabled' });
  });

  test('a directory without doubtful accounts costs no request', async () => {
    const org = await connected({ granted: true });
    expect(await asked(org)).toEqual({ mailboxes: 0, batches: 0 });
  });

  test('a link that was made before licences were asked for is replaced by one that tells of them', async () => {
    const org = await connected({ granted: true });
    await org.run();
    await world.admin.query(
      `update mirror_state set users_link_options = replace(users_link_options, ',assignedLicenses', '') where organisation_id = $1`,
      [org.id],
    );
    await world.admin.query('update directory_user set licensed = null where organisation_id = $1', [org.id]);
    expect((await org.run()).mode).toBe('initial');
    expect((await org.run()).mode).toBe('incremental');
    const { rows } = await world.admin.query(
      'select licensed from directory_user where organisation_id = $1 and licensed',
      [org.id],
    );
    expect(rows).toHaveLength(1);
  });
});
