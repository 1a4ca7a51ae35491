// Opens a store: replays the journal of an earlier run when there is one, else leaves it empty for the seed.
import { mkdirSync } from 'node:fs';
import { openJournal, readJournal } from './journal.ts';
import type { Line } from './journal.ts';
import { DEFAULT_SETTINGS } from './model.ts';
import type { Tenant } from './model.ts';
import { Store } from './store.ts';
import * as directory from './tenant.ts';

export function openStore(dataDir: string | undefined, seed: (store: Store) => void): Store {
  const store = new Store();
  if (dataDir === undefined) {
    seedQuietly(store, seed);
    return store;
  }
  mkdirSync(dataDir, { recursive: true });
  const { lines, torn } = readJournal(dataDir);
  for (const line of lines) apply(store, line);
  const fresh = store.tenants.size === 0;
  if (fresh) seedQuietly(store, seed);
  let live = 0;
  for (const tenant of store.tenants.values())
    live += tenant.users.size + tenant.groupsOf.size + tenant.userLog.length + tenant.groupLog.length;
  const grown = lines.length > 4 * live + 1000;
  store.useJournal(openJournal(dataDir, fresh || torn || grown ? store.everything() : undefined));
  return store;
}

function seedQuietly(store: Store, seed: (store: Store) => void): void {
  store.seeding = true;
  seed(store);
  store.seeding = false;
}

type TenantLine = Extract<Line, { t: string }>;

function apply(store: Store, line: Line): void {
  switch (line.k) {
    case 'app':
      store.apps.set(line.v.clientId.toLowerCase(), line.v);
      return;
    case 'settings':
      store.settings = { ...DEFAULT_SETTINGS, ...line.v };
      return;
    case 'subscription':
      store.subscriptions.set(line.v.id, line.v);
      return;
    case 'unsubscribed':
      store.subscriptions.delete(line.id);
      return;
    case 'clock':
      store.clockOffsetMs = line.offsetMs;
      return;
    case 'tenant':
      store.tenants.set(line.v.id, directory.newTenant(line.v));
      return;
    case 'user':
    case 'gone':
    case 'group':
    case 'member':
    case 'change':
    case 'grant':
    case 'generation':
    case 'counters':
    case 'facts':
      applyInTenant(store.tenant(line.t), line);
  }
}

function applyInTenant(tenant: Tenant, line: TenantLine): void {
  switch (line.k) {
    case 'user':
      directory.putUser(tenant, line.v);
      return;
    case 'gone':
      directory.forget(tenant, line.id);
      return;
    case 'group':
      directory.putGroup(tenant, replaced(tenant.groups.get(line.v.id), line.v));
      return;
    case 'member': {
      const group = tenant.groups.get(line.g);
      if (group !== undefined) directory.putMember(tenant, group, line.id, line.n);
      return;
    }
    case 'change':
      (line.of === 'user' ? tenant.userLog : tenant.groupLog).push(line.v);
      tenant.lastSeq = Math.max(tenant.lastSeq, line.v.seq);
      return;
    case 'grant':
      if (line.v === null) tenant.grants.delete(line.c);
      else tenant.grants.set(line.c, line.v);
      return;
    case 'generation':
      tenant.deltaGeneration = line.v;
      tenant.deadLinkAnswer = line.answer;
      return;
    case 'counters':
      tenant.lastN = Math.max(tenant.lastN, line.n);
      tenant.lastSeq = Math.max(tenant.lastSeq, line.seq);
      return;
    case 'facts':
      Object.assign(tenant, line.v);
  }
}

type GroupLine = Extract<Line, { k: 'group' }>['v'];

function replaced(before: ReturnType<Store['group']> | undefined, line: GroupLine): ReturnType<Store['group']> {
  if (before === undefined) return { ...line, members: new Map() };
  return Object.assign(before, line);
}
