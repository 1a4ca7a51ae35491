// A person of whom one round says both that they are removed and that they are there (F28): nobody is taken away by such a word, and
// nobody is left out, in whichever order and on however many pages the two come.
import { describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import type { UserItem } from '../graph/users.ts';

const world = await useWorld();
const { store } = world.emulator;

/** The real client, whose pages of people come with other words beside those that Graph says. */
function telling(change: (items: UserItem[]) => UserItem[][]) {
  const { graph } = world.deps;
  const reader: typeof graph.reader = (tenantId, options) => {
    const real = graph.reader(tenantId, options);
    const usersDelta: typeof real.usersDelta = async function* (link, sources) {
      for await (const page of real.usersDelta(link, sources)) {
        const pages = change(page.items);
        for (const items of pages.slice(0, -1)) yield { items, next: link, deltaLink: null };
        yield { ...page, items: pages.at(-1) ?? [] };
      }
    };
    return Object.create(real, { usersDelta: { value: usersDelta } }) as typeof real; // the same with one method replaced
  };
  return { graph: { ...graph, reader } };
}

const removed = (id: string): UserItem => ({ id, removed: 'changed', attributes: {} });

async function namesInScope(org: Org): Promise<string[]> {
  const { rows } = await world.admin.query<{ display_name: string }>(
    'select display_name from directory_user where organisation_id = $1 and deleted_at is null and in_scope order by display_name',
    [org.id],
  );
  return rows.map((row) => row.display_name);
}

describe('F28: told to be removed and to be there in one round', () => {
  const orders: [string, (items: UserItem[], id: string) => UserItem[][]][] = [
    ['removed first, on one page', (items, id) => [[removed(id), ...items]]],
    ['removed first, on a page before', (items, id) => [[removed(id)], items]],
    ['removed last, on one page', (items, id) => [[...items, removed(id)]]],
    ['removed last, and once more, on one page', (items, id) => [[...items, removed(id), removed(id)]]],
    ['removed last, on a page after', (items, id) => [items, [removed(id)]]],
  ];

  test.each(orders)('%s: a known person who is there stays, with what they are called now', async (_order, cut) => {
    const org = await world.connect();
    const { id } = org.addPerson({ displayName: 'Före' });
    const appUserId = await org.addAppUser({ displayName: 'Före' });
    await org.run();
    await org.link(id, appUserId);
    store.updateUser(org.tenantId, id, { displayName: 'Efter' });
    const run = await org.run(telling((items) => cut(items, id)));
    expect(run).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0 } });
    expect(await namesInScope(org)).toEqual(['Efter']);
    expect(await org.fieldsOf(appUserId)).toMatchObject({ displayName: 'Efter' });
  });

  test.each(orders)('%s: somebody new who is there comes along', async (_order, cut) => {
    const org = await world.connect();
    org.addPerson({ displayName: 'Alltid' });
    await org.run();
    const { id } = org.addPerson({ displayName: 'Ny' });
    expect(await org.run(telling((items) => cut(items, id)))).toMatchObject({ state: 'ok', counts: { newPeople: 1 } });
    expect(await namesInScope(org)).toEqual(['Alltid', 'Ny']);
  });

  test.each(orders)('%s: who is in the recycle bin is listed as that, with what proved it', async (_order, cut) => {
    const org = await world.connect();
    const { id } = org.addPerson({ displayName: 'Borta' });
    const appUserId = await org.addAppUser({ displayName: 'Borta' });
    await org.run();
    await org.link(id, appUserId);
    store.deleteUser(org.tenantId, id);
    const stale: UserItem = { id, removed: null, displayName: 'Borta', attributes: {} };
    expect(await org.run(telling(() => cut([stale], id)))).toMatchObject({ state: 'ok', counts: { gone: 1 } });
    const { rows } = await world.admin.query(
      'select deleted_reason, deleted_evidence from directory_user where organisation_id = $1',
      [org.id],
    );
    expect(rows).toEqual([{ deleted_reason: 'deleted', deleted_evidence: 'deleted_items' }]);
  });
});
