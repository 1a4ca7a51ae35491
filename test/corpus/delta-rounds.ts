// Reaches a certain page of a delta round of the emulator: the first, the last, the one after a change.
import type { Answered } from './table-types.ts';
import type { World } from './world.ts';

export interface Round {
  /** Of the first request. */
  query: string;
  /** `nothing`: a later round without a change. `minimal`: after a change, changed members only. */
  page: 'first' | 'first with removed' | 'next' | 'last' | 'nothing' | 'changed' | 'minimal' | 'manager';
}

export async function readDelta(world: World, of: 'users' | 'groups', { query, page }: Round): Promise<Answered> {
  const { kit, ids } = world;
  const first = `/${of}/delta${query === '' ? '' : `?${query}`}`;
  const { store } = kit;
  // Small enough for several pages of groups as well.
  const before = structuredClone(store.settings);
  store.changeSettings({
    pageSizes: { ...before.pageSizes, delta: page === 'first with removed' ? 1000 : 12 },
    deltaQuirks: { ...before.deltaQuirks, removedInFirstRound: page === 'first with removed' },
  });
  try {
    if (page === 'first' || page === 'first with removed') return await get(first);
    if (page === 'next') return await get(linkOf(await get(first), 'nextLink'));
    if (page === 'last') return await lastOf(first);
    const start =
      page === 'manager'
        ? '/users/delta?$select=businessPhones,displayName,givenName,jobTitle,mail,officeLocation,preferredLanguage,surname,userPrincipalName,manager'
        : first;
    const link = linkOf(await lastOf(start), 'deltaLink');
    if (page === 'manager') store.setManager(kitTenant(ids), ids['lonely'] ?? '', ids['manager'] ?? '');
    else if (page === 'minimal')
      store.updateUser(kitTenant(ids), ids['lonely'] ?? '', { displayName: 'Lonelier', jobTitle: 'Soloist' });
    else if (page !== 'nothing') change(world, of);
    return await get(link, page === 'minimal' ? { Prefer: 'return=minimal' } : {});
  } finally {
    store.changeSettings({ pageSizes: before.pageSizes, deltaQuirks: before.deltaQuirks });
  }

  async function get(path: string, headers: Record<string, string> = {}): Promise<Answered> {
    const { status, body } = await kit.get(path, headers);
    return { status, body };
  }

  async function lastOf(start: string): Promise<Answered> {
    let answer = await get(start);
    for (let next = nextOf(answer); next !== null; next = nextOf(answer)) answer = await get(next);
    return answer;
  }
}

const kitTenant = (ids: World['ids']): string => ids['tenant'] ?? '';

function change({ kit, ids }: World, of: 'users' | 'groups'): void {
  const { store } = kit;
  const tenant = kitTenant(ids);
  const stamp = String(store.tenant(tenant).lastSeq);
  if (of === 'users') {
    store.updateUser(tenant, ids['member'] ?? '', { displayName: `to Tore ${stamp}` });
    const leaver = store.createUser(tenant, { displayName: `Leaver ${stamp}` });
    store.deleteUser(tenant, leaver.id);
    return;
  }
  const group = ids['changing'] ?? '';
  store.removeMember(tenant, group, ids['leaving'] ?? '');
  store.addMember(tenant, group, ids['joining'] ?? '');
  // The next change is the other way round.
  [ids['leaving'], ids['joining']] = [ids['joining'] ?? '', ids['leaving'] ?? ''];
}

function linkOf(answer: Answered, kind: 'nextLink' | 'deltaLink'): string {
  const link = (answer.body as Record<string, unknown>)[`@odata.${kind}`]; // a page of the emulator
  if (typeof link !== 'string') throw new Error(`The page has no ${kind}.`);
  return link;
}

function nextOf(answer: Answered): string | null {
  const link = (answer.body as Record<string, unknown>)['@odata.nextLink']; // a page of the emulator
  return typeof link === 'string' ? link : null;
}
