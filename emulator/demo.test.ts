// The demo directory itself, its growth to any size, and that all of it outlives a restart.
import { mkdtemp, rm, appendFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANCHORS, FJALLBYGG, groupId, NORRSKEN, userId } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

type Item = Record<string, unknown>;
let dataDir = '';
let open: Kit[] = [];
const start = async (options: Parameters<typeof startKit>[0] = {}) => {
  const kit = await startKit(options);
  open.push(kit);
  return kit;
};
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emulator-'));
});
afterEach(async () => {
  for (const kit of open) await kit.close();
  open = [];
  await rm(dataDir, { recursive: true, force: true });
});

const SELECT =
  '$select=id,displayName,userPrincipalName,mail,accountEnabled,userType,assignedLicenses,department,jobTitle,businessPhones,mobilePhone';

describe('Point 1: the demo directory', () => {
  test('has about 250 people, with guests, disabled accounts, rooms, people without mail or licence, and namesakes', async () => {
    const kit = await start();
    const { items } = await kit.all(`/users?${SELECT}&$top=999`);
    expect(items.length).toBeGreaterThanOrEqual(240);
    expect(items.length).toBeLessThanOrEqual(280);
    const count = (fits: (item: Item) => boolean) => items.filter(fits).length;
    expect(count((one) => one['userType'] === 'Guest')).toBe(12);
    expect(
      count((one) => one['userType'] === 'Member' && one['accountEnabled'] === false && one['department'] !== null),
    ).toBeGreaterThanOrEqual(5);
    const rooms = items.filter((one) =>
      /^(Konferensrum|Poolbil|Projektor|Info|Faktura|Kundservice)/.test(String(one['displayName'])),
    );
    expect(rooms).toHaveLength(8);
    for (const room of rooms)
      expect(room).toMatchObject({ accountEnabled: false, userType: 'Member', assignedLicenses: [] });
    expect(count((one) => one['mail'] === null)).toBeGreaterThanOrEqual(3);
    expect(
      count((one) => one['userType'] === 'Member' && one['mail'] !== null && one['mail'] !== one['userPrincipalName']),
    ).toBeGreaterThanOrEqual(1);
    expect(items.filter((one) => one['displayName'] === 'Per Andersson')).toHaveLength(2);
    for (const letter of ['å', 'ä', 'ö', 'Å', 'Ö', 'ğ', 'ć'])
      expect([letter, count((one) => String(one['displayName']).includes(letter)) > 0]).toEqual([letter, true]);
  });
  test('nests växel and support in telefoni, and support-natt in support; there is a circle and an empty group', async () => {
    const kit = await start();
    const below = async (name: string) =>
      (await kit.all(`/groups/${groupId(A, name)}/members?$select=id,displayName`)).items;
    const groups = (items: Item[]) =>
      items.filter((one) => one['@odata.type'] === '#microsoft.graph.group').map((one) => one['displayName']);
    expect(groups(await below('telefoni'))).toEqual(['support', 'växel']);
    expect(groups(await below('support'))).toEqual(['support-natt']);
    expect(groups(await below('projekt-a'))).toEqual(['projekt-b']);
    expect(groups(await below('projekt-b'))).toEqual(['projekt-a']);
    expect(await below('Tom grupp')).toEqual([]);
    const people = (await kit.all(`/groups/${groupId(A, 'telefoni')}/transitiveMembers?$select=id`)).items.map(
      (one) => one['id'],
    );
    expect(ANCHORS.filter((anchor) => !people.includes(anchor.id))).toEqual([]);
  });
  test('is the same at every start, so that links between people and the app last', async () => {
    const read = async () => {
      const kit = await start();
      return [
        (await kit.all(`/users?${SELECT}&$top=999`)).items,
        (await kit.all('/groups/delta?$select=displayName,members')).items,
      ];
    };
    expect(await read()).toEqual(await read());
  });
  test('has a second tenant that is apart, where a person of the first is a guest under another id', async () => {
    const kit = await start();
    await kit.grantAndUse(APP.requiredRoles, FJALLBYGG.id);
    const { items } = await kit.all(`/users?${SELECT}`);
    expect(items).toHaveLength(20);
    const guest = items.find((one) => one['userType'] === 'Guest' && one['mail'] === 'maria.strom@norrsken.se');
    expect(guest?.['id']).not.toBe(userId('maria.strom@norrsken.se'));
  });
  test.each([NORRSKEN, FJALLBYGG])(
    'has every kind of account and group in $displayName',
    async ({ id: tenant, domains }) => {
      const kit = await start();
      const roles = ['Directory.Read.All', 'MailboxSettings.Read', 'Domain.Read.All'];
      await kit.grantAndUse(roles, tenant);
      const { items } = await kit.all(`/users?${SELECT},externalUserState,isResourceAccount&$top=999`);
      const some = (fits: (item: Item) => boolean) => items.some(fits);
      expect((await kit.get('/domains')).value.map((one) => one['id'])).toEqual(domains);
      const guests = items.filter((one) => one['userType'] === 'Guest').map((one) => one['externalUserState']);
      expect(new Set(guests)).toEqual(new Set(['Accepted', 'PendingAcceptance']));
      const employee = (one: Item) => one['userType'] === 'Member' && one['department'] !== null;
      expect(some((one) => employee(one) && one['accountEnabled'] === false)).toBe(true);
      expect(some((one) => employee(one) && (one['assignedLicenses'] as unknown[]).length === 0)).toBe(true);
      expect(some((one) => employee(one) && one['mail'] === null)).toBe(true);
      expect(some((one) => one['isResourceAccount'] === true)).toBe(true);
      const purposes = new Set<unknown>();
      for (const one of items.filter((item) => item['userType'] === 'Member' && item['department'] === null))
        purposes.add((await kit.get(`/users/${String(one['id'])}/mailboxSettings/userPurpose`)).body['value']);
      expect([...purposes]).toEqual(expect.arrayContaining(['shared', 'room', 'equipment']));
      expect((await kit.get('/directory/deletedItems/microsoft.graph.user')).value.length).toBeGreaterThan(0);
      const groups = (await kit.get('/groups?$select=id')).value.map((one) => String(one['id']));
      const below = new Map<string, { nested: boolean; within: boolean }>();
      for (const id of groups) {
        const { value } = await kit.get(`/groups/${id}/transitiveMembers?$select=id&$top=999`);
        const ids = value.map((one) => one['id']);
        below.set(id, { nested: groups.some((other) => ids.includes(other)), within: ids.includes(id) });
      }
      expect([...below.values()].filter((one) => one.nested).length).toBeGreaterThanOrEqual(3);
      expect([...below.values()].filter((one) => one.within)).toHaveLength(2);
    },
  );
  test('can be left out, or have more tenants', async () => {
    expect((await start({ seed: 'none' })).store.tenants.size).toBe(0);
    expect((await start({ tenants: 5 })).store.tenants.size).toBe(5);
  });
});

describe('20,000 people', () => {
  test('stand ready within seconds, and are read by 999 and by delta, each once', async () => {
    const begun = performance.now();
    const kit = await start({ users: 20_000, dataDir });
    expect(performance.now() - begun).toBeLessThan(15_000);
    const living = [...kit.store.tenant(A).users.values()].filter((user) => user.deletedAt === null).length;
    expect(living).toBeGreaterThan(20_200);
    const list = await kit.all('/users?$select=id&$top=999');
    expect([new Set(list.items.map((one) => one['id'])).size, list.pages]).toEqual([living, Math.ceil(living / 999)]);
    const delta = await kit.all('/users/delta?$select=displayName');
    expect([new Set(delta.items.map((one) => one['id'])).size, delta.items.length]).toEqual([living, living]);
    kit.store.updateUser(A, userId('asa.oberg@norrsken.se'), { displayName: 'Åsa Bland Många' });
    const round = await kit.all(delta.deltaLink);
    expect([round.items.length, round.pages]).toEqual([1, 1]);
    const members = await kit.all('/groups/delta?$select=members');
    const id = groupId(A, 'Alla syntetiska');
    expect(members.items.filter((one) => one['id'] === id).length).toBeGreaterThanOrEqual(40);
  }, 60_000);
});

describe('a restart with a data folder', () => {
  test('keeps people, groups, consent, access tokens, page links, delta links and signing keys', async () => {
    const first = await start({ dataDir, port: 0 });
    const { id } = first.store.createUser(A, { displayName: 'Kvar Efteråt' });
    first.store.addMember(A, groupId(A, 'växel'), id);
    first.store.deleteUser(A, userId('bjorn.ek@norrsken.se'));
    const token = await first.use();
    const link = (await first.all('/users/delta?$select=displayName')).deltaLink;
    const page = String((await first.get('/users?$select=id')).body['@odata.nextLink']);
    first.store.updateUser(A, id, { displayName: 'Ändrad Efter Länken' });
    const { kid } = first.keys.signing();
    await first.close();
    open = [];

    const again = await start({ dataDir, granted: null });
    const here = (address: string) => address.replace(first.url, again.url);
    const asBefore = { authorization: `Bearer ${token}` };
    expect((await again.get(`/users/${id}`, asBefore)).body).toMatchObject({ displayName: 'Ändrad Efter Länken' });
    expect((await again.get(here(link), asBefore)).value).toEqual([{ id, displayName: 'Ändrad Efter Länken' }]);
    expect((await again.get(here(page), asBefore)).value).toHaveLength(100);
    expect(again.store.group(A, groupId(A, 'växel')).members.has(id)).toBe(true);
    expect(again.store.user(A, userId('bjorn.ek@norrsken.se')).deletedAt).not.toBeNull();
    expect(again.keys.signing().kid).toBe(kid);
  });
  test('after a kill loses at most the line that was being written', async () => {
    const first = await start({ dataDir });
    const { id } = first.store.createUser(A, { displayName: 'Sparad' });
    await first.close();
    open = [];
    await appendFile(join(dataDir, 'directory.jsonl'), '{"k":"user","t":"aaaa');
    const again = await start({ dataDir });
    expect(again.store.user(A, id).props['displayName']).toBe('Sparad');
    expect(await readFile(join(dataDir, 'directory.jsonl'), 'utf8')).toMatch(/\}\n$/);
  });
  test('does not seed anew over what a person has changed', async () => {
    const first = await start({ dataDir });
    first.store.purge(A, userId('asa.oberg@norrsken.se'));
    await first.close();
    open = [];
    const again = await start({ dataDir });
    expect(() => again.store.user(A, userId('asa.oberg@norrsken.se'))).toThrow('no user');
  });
});
