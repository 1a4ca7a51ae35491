import { beforeEach, describe, expect, test } from 'vitest';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import type { GroupItem } from '../graph/groups.ts';
import { listReview } from '../review/lists.ts';

const world = await useWorld();
const { store } = world.emulator;

beforeEach(() => store.faults.clear());

async function linked(org: Org, person: Record<string, string | boolean> = {}) {
  const { id: objectId } = org.addPerson(person);
  const appUserId = await org.addAppUser({ displayName: 'Någon' });
  return { objectId, appUserId };
}

/** Reason by app user of those on *Ta bort Entra ID-användare*. */
async function gone(org: Org): Promise<Record<string, string | undefined>> {
  const { items } = await listReview(world, org.actor, { list: 'gone', kept: 'without', limit: 50 });
  return Object.fromEntries(items.map((row) => [row.appUser?.id ?? '', row.gone?.reason]));
}

async function inScope(org: Org): Promise<string[]> {
  const { rows } = await world.admin.query<{ object_id: string }>(
    'select object_id from directory_user where organisation_id = $1 and in_scope and deleted_at is null order by object_id',
    [org.id],
  );
  return rows.map((row) => row.object_id);
}

function addGroup(org: Org, name: string, members: readonly { id: string }[] = []): { id: string; name: string } {
  const { id } = store.createGroup(org.tenantId, { displayName: name });
  for (const member of members) store.addMember(org.tenantId, id, member.id);
  return { id, name };
}

const sorted = (...people: { id: string }[]): string[] => people.map((one) => one.id).toSorted();

/** The real client, with another word about groups. */
function telling(change: (groups: GroupItem[], isFirstRound: boolean) => GroupItem[]) {
  const { graph } = world.deps;
  const reader: typeof graph.reader = (tenantId, options) => {
    const real = graph.reader(tenantId, options);
    const groupsDelta: typeof real.groupsDelta = async function* (link) {
      for await (const page of real.groupsDelta(link)) yield { ...page, items: change(page.items, link === null) };
    };
    return Object.create(real, { groupsDelta: { value: groupsDelta } }) as typeof real; // the same with one method replaced
  };
  return { graph: { ...graph, reader } };
}

describe('guests and disabled accounts', () => {
  test('F37: stay out unless they are chosen; who becomes disabled or a guest while linked stands on the list as that', async () => {
    const org = await world.connect();
    const [guest, off] = [org.addPerson({ userType: 'Guest' }), org.addPerson({ accountEnabled: false })];
    const [one, two] = [await linked(org), await linked(org)];
    await org.run();
    for (const { objectId, appUserId } of [one, two]) await org.link(objectId, appUserId);
    expect(await inScope(org)).toEqual(sorted({ id: one.objectId }, { id: two.objectId }));
    store.updateUser(org.tenantId, one.objectId, { accountEnabled: false });
    store.updateUser(org.tenantId, two.objectId, { userType: 'Guest' });
    expect(await org.run()).toMatchObject({ counts: { gone: 2, people: 0 } });
    expect(await gone(org)).toEqual({ [one.appUserId]: 'disabled', [two.appUserId]: 'guest' });
    await org.set({ includeGuests: true, includeDisabled: true });
    expect(await org.run()).toMatchObject({ counts: { returned: 2, people: 4, newPeople: 2 } });
    expect(await gone(org)).toEqual({});
    expect(await inScope(org)).toEqual(sorted(guest, off, { id: one.objectId }, { id: two.objectId }));
  });

  test('fields of who is out of scope do not follow, and do again when they are back', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org, { displayName: 'Före' });
    await org.run();
    await org.link(objectId, appUserId);
    store.updateUser(org.tenantId, objectId, { accountEnabled: false, displayName: 'Under' });
    await org.run();
    expect((await org.fieldsOf(appUserId))['displayName']).toBe('Före');
    store.updateUser(org.tenantId, objectId, { accountEnabled: true });
    await org.run();
    expect((await org.fieldsOf(appUserId))['displayName']).toBe('Under');
  });
});

describe('chosen groups', () => {
  test('count with everybody in the groups within them, also when groups contain each other', async () => {
    const org = await world.connect();
    const [top, middle, low, outside] = [org.addPerson(), org.addPerson(), org.addPerson(), org.addPerson()];
    const lowest = addGroup(org, 'nere', [low]);
    const between = addGroup(org, 'mitten', [middle, lowest]);
    const chosen = addGroup(org, 'överst', [top, between]);
    store.addMember(org.tenantId, lowest.id, chosen.id); // a ring
    addGroup(org, 'någon annan', [outside]);
    await org.set({ groups: [chosen] });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 3 } });
    expect(await inScope(org)).toEqual(sorted(top, middle, low));
    await org.set({ groups: [between] });
    expect(await org.run()).toMatchObject({ counts: { people: 3 } });
    await org.set({ groups: [] });
    expect(await org.run()).toMatchObject({ counts: { people: 4 } });
  });

  test('F38: who leaves them is out of scope and not deleted, and returns with the membership', async () => {
    const org = await world.connect();
    const [one, two] = [await linked(org), await linked(org)];
    const nested = addGroup(org, 'nattjour', [{ id: two.objectId }]);
    const chosen = addGroup(org, 'telefoni', [{ id: one.objectId }, nested]);
    await org.set({ groups: [chosen] });
    await org.run();
    for (const { objectId, appUserId } of [one, two]) await org.link(objectId, appUserId);
    store.removeMember(org.tenantId, chosen.id, one.objectId);
    store.deleteUser(org.tenantId, two.objectId);
    expect(await org.run()).toMatchObject({ mode: 'incremental', counts: { gone: 2, people: 0 } });
    expect(await gone(org)).toEqual({ [one.appUserId]: 'left_groups', [two.appUserId]: 'deleted' });
    store.addMember(org.tenantId, chosen.id, one.objectId);
    store.restoreUser(org.tenantId, two.objectId);
    expect(await org.run()).toMatchObject({ counts: { returned: 2, people: 2 } });
    expect(await gone(org)).toEqual({});
    store.removeMember(org.tenantId, chosen.id, nested.id);
    expect(await org.run()).toMatchObject({ counts: { gone: 1 } });
    expect(await gone(org)).toEqual({ [two.appUserId]: 'left_groups' });
  });

  test('F39: a renamed group and one that grows change nothing but who is in it', async () => {
    const org = await world.connect();
    const people = Array.from({ length: 3 }, () => org.addPerson());
    const chosen = addGroup(org, 'före', people);
    await org.set({ groups: [chosen] });
    await org.run();
    store.updateGroup(org.tenantId, chosen.id, { displayName: 'efter' });
    const added = org.addPerson();
    store.addMember(org.tenantId, chosen.id, added.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 4, newPeople: 1, gone: 0 } });
    const { rows } = await world.admin.query('select display_name from directory_group where organisation_id = $1', [
      org.id,
    ]);
    expect(rows).toEqual([{ display_name: 'efter' }]);
  });

  test('F63: a group whose members come over several pages keeps all of them', async () => {
    const org = await world.connect();
    const people = Array.from({ length: 25 }, () => org.addPerson());
    const chosen = addGroup(org, 'stor', people);
    store.changeSettings({ pageSizes: { deltaMembers: 4 } });
    await org.set({ groups: [chosen] });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 25 } });
    store.changeSettings({ pageSizes: { deltaMembers: 500 } });
  });

  test('a chosen group that was deleted and restored between two runs loses nobody', async () => {
    const org = await world.connect();
    const people = Array.from({ length: 3 }, () => org.addPerson());
    const chosen = addGroup(org, 'telefoni', people);
    await org.set({ groups: [chosen] });
    await org.run();
    store.deleteGroup(org.tenantId, chosen.id);
    store.restoreGroup(org.tenantId, chosen.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 3, gone: 0 } });
  });

  test('a deleted group within a chosen one takes its members out, and leaves who is there in another way', async () => {
    const org = await world.connect();
    const [both, only] = [org.addPerson(), org.addPerson()];
    const nested = addGroup(org, 'inre', [both, only]);
    const chosen = addGroup(org, 'yttre', [both, nested]);
    await org.set({ groups: [chosen] });
    await org.run();
    store.deleteGroup(org.tenantId, nested.id);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1 } });
    expect(await inScope(org)).toEqual([both.id]);
  });

  test('R6: a chosen group that Microsoft has and does not list yet puts nobody out of scope', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    await org.set({ groups: [addGroup(org, 'förra', [{ id: objectId }])] });
    await org.run();
    await org.link(objectId, appUserId);
    const fresh = addGroup(org, 'ny', [{ id: objectId }]);
    await org.set({ groups: [fresh] });
    const run = await org.run(telling((groups) => groups.filter((group) => group.id !== fresh.id)));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'graph_resync' } });
    expect(await gone(org)).toEqual({});
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0 } });
  });

  test('R6, F27: a stale word that a group within a chosen one was removed puts nobody out of scope', async () => {
    const org = await world.connect();
    const { objectId, appUserId } = await linked(org);
    const nested = addGroup(org, 'inre', [{ id: objectId }]);
    await org.set({ groups: [addGroup(org, 'yttre', [nested])] });
    await org.run();
    await org.link(objectId, appUserId);
    const stale = { id: nested.id, removed: true, hidden: false, members: [] };
    const run = await org.run(telling((groups, isFirstRound) => (isFirstRound ? groups : [...groups, stale])));
    expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 1, gone: 0 } });
    expect(await gone(org)).toEqual({});
  });

  test('R3: nothing changed writes no row of a group or a membership', async () => {
    const org = await world.connect();
    const chosen = addGroup(org, 'telefoni', [org.addPerson(), addGroup(org, 'inre', [org.addPerson()])]);
    await org.set({ groups: [chosen] });
    await org.run();
    const tables = ['directory_user', 'directory_group', 'directory_membership'];
    const before = await dump(world, org.id, tables);
    expect(await org.run()).toMatchObject({ mode: 'incremental' });
    expect(await dump(world, org.id, tables)).toEqual(before);
    store.invalidateDeltaLinks(org.tenantId);
    expect(await org.run()).toMatchObject({ mode: 'initial' });
    expect(await dump(world, org.id, tables)).toEqual(before);
  });

  test('when everybody counts again, no group is kept', async () => {
    const org = await world.connect();
    const chosen = addGroup(org, 'telefoni', [org.addPerson()]);
    await org.set({ groups: [chosen] });
    await org.run();
    await org.set({ groups: [] });
    await org.run();
    const kept = await dump(world, org.id, ['directory_group', 'directory_membership']);
    expect(kept).toEqual({ directory_group: [], directory_membership: [] });
  });
});
