// What happens in Entra: changes drawn from the seed, each of which can happen to the directory as it then is, and their application to
// the emulator. The model is told the same changes by whoever draws them.
import type { Store } from '../../emulator/store.ts';
import { text } from '../../emulator/tenant.ts';
import type { DirectoryChange } from './model-directory.ts';
import type { Seeded } from './seeded.ts';

const firstNames = ['Åsa', 'Örjan', 'Ada', 'Bo', 'Zoë', 'İpek', 'Karl-Erik', 'Li'] as const;
const lastNames = ['Öberg', 'Ek', 'Ström', "O'Hara", 'Ångström', 'Wu', 'Nyqvist'] as const;
const departments = ['Drift', 'Ekonomi', 'Växel', ''] as const;
const titles = ['Chef', 'Tekniker', 'Säljare', ''] as const;
const phones = ['+46 70 123 45 67', '0701234567', ''] as const;

export interface Drawing {
  seed: Seeded;
  store: Store;
  tenantId: string;
  domain: string;
}

/** A person who is new, with a name and an address of their own, or now and then somebody else's. */
export function newPerson({ seed, store, tenantId, domain }: Drawing): DirectoryChange {
  const tenant = store.tenant(tenantId);
  const number = tenant.userOrder.length + 1;
  const [first, last] = [seed.pick(firstNames), seed.pick(lastNames)];
  const others = [...tenant.users.values()];
  const borrowed = others.length > 0 && seed.hits(0.1) ? seed.pick(others).props['mail'] : undefined;
  const mail = typeof borrowed === 'string' ? borrowed : `person${number}@${domain}`;
  return {
    op: 'create',
    id: seed.uuid(),
    attributes: {
      userPrincipalName: `person${number}@${domain}`,
      displayName: `${first} ${last}`,
      givenName: first,
      surname: last,
      mail: seed.hits(0.08) ? '' : mail,
      jobTitle: seed.pick(titles),
      department: seed.pick(departments),
      mobilePhone: seed.pick(phones),
    },
    ...(seed.hits(0.1) ? { guest: true } : {}),
    ...(seed.hits(0.1) ? { enabled: false } : {}),
  };
}

/** Anything that can happen now; null when what was drawn cannot. */
export function drawChange(drawing: Drawing): DirectoryChange | null {
  const { seed, store, tenantId } = drawing;
  const tenant = store.tenant(tenantId);
  const everybody = [...tenant.users.values()];
  const present = everybody.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id);
  const deleted = everybody.filter(({ deletedAt }) => deletedAt !== null).map(({ id }) => id);
  const groups = [...tenant.groups.values()];
  const openGroups = groups.filter(({ deletedAt }) => deletedAt === null);
  const some = <T>(list: readonly T[]): T | null => (list.length === 0 ? null : seed.pick(list));
  const roll = seed.next();
  if (roll < 0.12) return newPerson(drawing);
  if (roll < 0.44) {
    const id = some(present);
    return id === null ? null : { op: 'change', id, ...newState(drawing) };
  }
  if (roll < 0.48) {
    const [one, other] = [some(present), some(present)];
    if (one === null || other === null || one === other) return null;
    return { op: 'swap', attribute: 'mail', ids: [one, other] };
  }
  if (roll < 0.56) {
    const id = present.length > 2 ? some(present) : null;
    return id === null ? null : { op: 'softDelete', id };
  }
  if (roll < 0.62) {
    const id = some(deleted);
    return id === null ? null : { op: 'restore', id };
  }
  if (roll < 0.68) {
    const id = some(seed.hits(0.7) ? deleted : present.length > 2 ? present : []);
    return id === null ? null : { op: 'hardDelete', id };
  }
  if (roll < 0.71) return { op: 'createGroup', id: seed.uuid(), name: `Grupp ${groups.length + 1}` };
  const group = some(openGroups);
  if (roll < 0.74) {
    const gone = some(groups.filter(({ deletedAt }) => deletedAt !== null));
    if (gone !== null) return { op: 'restoreGroup', id: gone.id };
    return group === null ? null : { op: 'renameGroup', id: group.id, name: `${text(group.props['displayName'])} II` };
  }
  if (group === null) return null;
  if (roll < 0.76) return { op: 'deleteGroup', id: group.id };
  if (roll < 0.88) {
    const candidates = [...present, ...openGroups.map(({ id }) => id)].filter((id) => !group.members.has(id));
    const member = some(candidates);
    return member === null ? null : { op: 'addMember', group: group.id, member };
  }
  const member = some([...group.members.keys()]);
  return member === null ? null : { op: 'removeMember', group: group.id, member };
}

function newState({ seed, store, tenantId }: Drawing): Partial<Extract<DirectoryChange, { op: 'change' }>> {
  const people = [...store.tenant(tenantId).users.values()].filter(({ deletedAt }) => deletedAt === null);
  const roll = seed.next();
  if (roll < 0.2) return { enabled: seed.hits(0.5) };
  if (roll < 0.3) return { manager: seed.hits(0.8) ? seed.pick(people).id : null };
  if (roll < 0.5) return { attributes: { displayName: `${seed.pick(firstNames)} ${seed.pick(lastNames)}` } };
  if (roll < 0.6) return { attributes: { surname: seed.pick(lastNames), givenName: seed.pick(firstNames) } };
  if (roll < 0.7) {
    const mail = seed.pick(people).props['mail'];
    return {
      attributes: { mail: seed.hits(0.7) || typeof mail !== 'string' ? `${seed.whole(1, 99)}.ny@x.example` : mail },
    };
  }
  if (roll < 0.85) return { attributes: { department: seed.pick(departments) } };
  return { attributes: { jobTitle: seed.pick(titles), mobilePhone: seed.pick(phones) } };
}

/** Makes the change happen in the emulator. */
export function applyChange(store: Store, tenantId: string, change: DirectoryChange): void {
  switch (change.op) {
    case 'create':
      store.createUser(tenantId, { id: change.id, displayName: '', ...propsOf(change) });
      if (change.manager) store.setManager(tenantId, change.id, change.manager);
      break;
    case 'change':
      store.updateUser(tenantId, change.id, propsOf(change));
      if (change.manager !== undefined) store.setManager(tenantId, change.id, change.manager);
      break;
    case 'swap': {
      const [one, other] = change.ids.map((id) => store.user(tenantId, id));
      const [first, second] = [one?.props[change.attribute] ?? null, other?.props[change.attribute] ?? null];
      store.updateUser(tenantId, change.ids[0], { [change.attribute]: second });
      store.updateUser(tenantId, change.ids[1], { [change.attribute]: first });
      break;
    }
    case 'softDelete':
      store.deleteUser(tenantId, change.id);
      break;
    case 'restore':
      store.restoreUser(tenantId, change.id);
      break;
    case 'hardDelete':
      store.purge(tenantId, change.id);
      break;
    case 'createGroup':
      store.createGroup(tenantId, { id: change.id, displayName: change.name });
      for (const member of change.members ?? []) store.addMember(tenantId, change.id, member);
      break;
    case 'renameGroup':
      store.updateGroup(tenantId, change.id, { displayName: change.name });
      break;
    case 'deleteGroup':
      store.deleteGroup(tenantId, change.id);
      break;
    case 'restoreGroup':
      store.restoreGroup(tenantId, change.id);
      break;
    case 'addMember':
      store.addMember(tenantId, change.group, change.member);
      break;
    case 'removeMember':
      store.removeMember(tenantId, change.group, change.member);
      break;
  }
}

function propsOf({ attributes = {}, guest, enabled }: Extract<DirectoryChange, { op: 'create' | 'change' }>) {
  return {
    ...attributes,
    ...(guest === undefined ? {} : { userType: guest ? 'Guest' : 'Member' }),
    ...(enabled === undefined ? {} : { accountEnabled: enabled }),
  };
}
