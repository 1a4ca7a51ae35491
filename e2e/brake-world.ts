// Eight linked people whose job titles follow Entra, and a directory that is put back as it was: what the tests of previews, held runs
// and undoing begin with.
import { userId } from '../emulator/people.ts';
import { defaultMappings, type Mapping } from '../src/contract/settings.ts';
import { arrangeConnection, call, configure, sync } from './arrange.ts';
import { runToEnd, startAfresh } from './error-case.ts';
import type { Visitor } from './visitor.ts';
import { tenantId, type World } from './world.ts';

export const mappings: readonly Mapping[] = [
  ...defaultMappings,
  { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' },
];

/** Linked by arrangeLinked, by sign-in name. */
export const linked = {
  'anna.bergstrom': 'Anna Bergström',
  'erik.lundgren': 'Erik Lundgren',
  'fatima.al-hassan': 'Fatima Al-Hassan',
  'jorgen.nystrom': 'Jörgen Nyström',
  'kristina.akesson': 'Kristina Åkesson',
  'mikael.sandberg': 'Mikael Sandberg',
  'petra.wallin': 'Petra Wallin',
  'sofia.engstrom': 'Sofia Engström',
} as const;
export type LinkedName = keyof typeof linked;
export const objectId = (name: LinkedName) => userId(`${name}@norrsken.se`);

/** Everybody, with these mappings, synced and linked; nothing waits. */
export async function arrangeLinked(
  world: World,
  visitor: Visitor,
  settings: readonly Mapping[] = mappings,
): Promise<void> {
  await startAfresh({ world, visitor }, true);
  restoreDirectory(world);
  await arrangeConnection(world);
  await configure(visitor, { mappings: settings });
  await sync(visitor);
  const { items } = (await call(visitor, 'GET', '/review/lists/suggested?limit=100')) as {
    items: { person: { id: string; displayName: string }; candidates: { id: string }[] }[];
  };
  const names: readonly string[] = Object.values(linked);
  const pairs = items
    .filter(({ person }) => names.includes(person.displayName))
    .map(({ person, candidates }) => ({ objectId: person.id, appUserId: candidates[0]?.id }));
  if (pairs.length !== names.length) throw new Error(`Only ${pairs.length} of ${names.length} can be linked`);
  await call(visitor, 'POST', '/review/link', { pairs });
  // With limits this wide nothing of the first run after linking is unusual.
  await sync(visitor);
}

function restoreDirectory({ emulator: { store } }: World): void {
  for (const name of Object.keys(linked)) {
    const id = userId(`${name}@norrsken.se`);
    if (store.user(tenantId, id).deletedAt !== null) store.restoreUser(tenantId, id);
    store.updateUser(tenantId, id, { accountEnabled: true, jobTitle: 'Tekniker' });
  }
}

/** Limits that a handful of people meet: more than one gone, or more than two job titles. */
export const narrowLimits = {
  gone: { count: 1, share: 0, max: 500 },
  remaining: { share: 0 },
  changed: { count: 2, share: 0 },
  emptied: { count: 2, share: 0 },
};

/** Three people gone and three new titles, more than the limits allow: the id of the run that holds them. */
export async function holdSome(world: World, visitor: Visitor): Promise<string> {
  const { store } = world.emulator;
  await call(visitor, 'PUT', '/connection/held/limits', narrowLimits);
  store.deleteUser(tenantId, objectId('kristina.akesson'));
  store.deleteUser(tenantId, objectId('petra.wallin'));
  store.updateUser(tenantId, objectId('mikael.sandberg'), { accountEnabled: false });
  for (const name of ['anna.bergstrom', 'erik.lundgren', 'sofia.engstrom'] as const) {
    store.updateUser(tenantId, objectId(name), { jobTitle: 'Driftchef' });
  }
  return (await runToEnd(visitor)).id;
}
