// T28, F51, I29, I30: the sync is turned off at any moment of whatever reads the directory. From the moment that this is committed nothing is
// asked of Microsoft any more, the token leaves the memory, and nothing of what was read becomes visible.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { countScope, getExamplePerson, searchGroups } from '../src/connection/directory.ts';
import type { ConnectionDeps } from '../src/connection/deps.ts';
import { turnOff } from '../src/connection/turn-off.ts';
import { createSealer } from '../src/base/seal.ts';
import { createGraph } from '../src/graph/graph.ts';
import { tell } from '../src/notify/tell.ts';
import { executeRun } from '../src/sync/execute-run.ts';
import { probeConnection } from '../src/sync/watch-night.ts';
import { clientId, dump, useWorld, type Org } from './factories.ts';
import { startRelay } from './theft/relay.ts';
import { unheard } from './unheard.ts';

const relay = await startRelay();
const world = await useWorld({ relay });
const { store } = world.emulator;
const tables = ['directory_user', 'directory_group', 'directory_membership', 'mirror_state', 'app_user', 'field_change', 'link', 'ignored', 'attribute_mapping', 'connection_group']; // prettier-ignore
/** When something is sent; it arrives a little later, and beside others that are on their way. */
const sent: string[] = [];
const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  sent.push(`${init?.method ?? 'GET'} ${input instanceof Request ? input.url : String(input)}`);
  return realFetch(input, init);
};
afterAll(() => void (globalThis.fetch = realFetch));
const figures = { rounds: 0, midway: 0, later: 0 };
afterAll(async () => {
  process.stdout.write(
    `I30: ${figures.rounds} times off, ${figures.midway} of them in the middle, ${figures.later} requests afterwards\n`,
  );
  await relay.close();
});

/** Each round with a memory of tokens of its own. */
function depsOfRound(): ConnectionDeps & typeof world.deps {
  const { clock, log } = world.deps;
  const config = { clientId, clientSecret: 'demo-secret-not-for-production', loginUrl: relay.url, graphUrl: relay.url };
  return {
    ...world.deps,
    ...unheard,
    graph: createGraph({ config, clock, log }),
    sealer: createSealer(new Uint8Array(32)),
    publicUrl: 'http://localhost:1',
    tell,
    schedule: async () => undefined,
    nextNightly: () => new Date(0),
  };
}

type Deps = ReturnType<typeof depsOfRound>;
const never = () => new AbortController().signal;
const readings: Record<string, (deps: Deps, org: Org) => Promise<unknown>> = {
  run: async (deps, org) => executeRun(deps, { organisationId: org.id, runId: await org.start() }, never()),
  probe: (deps, org) => probeConnection(deps, { organisationId: org.id, connectionId: org.connectionId }, never()),
  groups: (deps, org) => searchGroups(deps, org.actor, {}),
  count: (deps, org) =>
    countScope(deps, org.actor, { scope: 'groups', groups: [], includeGuests: false, includeDisabled: false }),
  example: (deps, org) => getExamplePerson(deps, org.actor, { skip: 0 }),
};

async function connected(people: number): Promise<Org> {
  const org = await world.connect();
  for (let n = 0; n < people; n += 1) org.addPerson({ jobTitle: 'Tekniker' });
  await org.run();
  // A run that would change somebody, if it came so far.
  const [person] = store.tenant(org.tenantId).userOrder;
  const appUser = await org.addAppUser({ displayName: 'Before' });
  await org.link(person?.id ?? '', appUser);
  store.updateUser(org.tenantId, person?.id ?? '', { displayName: 'After' });
  return org;
}

test('T28 I30 F51 turned off at any request of any reading: none comes after it, and nothing is applied', async () => {
  const org = await connected(7);
  store.changeSettings({ pageSizes: { delta: 2, listMax: 2 } });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(readings)),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      async (name, at, everything) => {
        const deps = depsOfRound();
        await world.admin.query("update connection set status = 'active', turned_off_at = null where id = $1", [org.connectionId]); // prettier-ignore
        // Half of the runs read everybody anew.
        if (everything) await world.admin.query('update mirror_state set users_link = null where connection_id = $1', [org.connectionId]); // prettier-ignore
        const before = await dump(world, org.id, tables);
        const first = relay.asked.length;
        let afterOff: number | null = null;
        relay.hold = async () => {
          if (relay.asked.length - first !== at) return;
          await turnOff(deps, org.actor);
          afterOff = sent.length;
        };
        await readings[name]?.(deps, org).catch((error: unknown) => expect(error).toMatchObject({ code: 'not_connected' })); // prettier-ignore
        relay.hold = null;
        figures.rounds += 1;
        if (afterOff === null) await turnOff(deps, org.actor);
        else figures.midway += 1;
        const count = afterOff ?? sent.length;
        // Whoever still had a reader, and asks again.
        await readings['probe']?.(deps, org);
        await readings['groups']?.(deps, org).catch((error: unknown) => expect(error).toMatchObject({ code: 'not_connected' })); // prettier-ignore
        figures.later += sent.length - count;
        expect(sent.slice(count)).toEqual([]);
        if (afterOff !== null) {
          expect(await dump(world, org.id, tables)).toEqual(before);
          const { rows } = await world.admin.query<{ state: string }>('select state from sync_run where organisation_id = $1 order by id desc limit 1', [org.id]); // prettier-ignore
          if (name === 'run') expect(rows[0]?.state).toBe('superseded');
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(figures.midway).toBeGreaterThan(30);
}, 240_000);

test('T28 the token is out of the memory, also one that was on its way when the sync was turned off', async () => {
  const org = await connected(1);
  for (const onItsWay of [false, true]) {
    const deps = depsOfRound();
    const minted = () => relay.asked.filter(({ path }) => path.endsWith('/token')).length;
    await world.admin.query("update connection set status = 'active', turned_off_at = null where id = $1", [org.connectionId]); // prettier-ignore
    let count = minted() + 1;
    relay.hold = async ({ path }) => {
      if (!onItsWay || !path.endsWith('/token')) return;
      relay.hold = null;
      await turnOff(deps, org.actor);
      // With what was on its way it goes on, and then has to ask anew.
      count += 1;
    };
    await deps.graph.reader(org.tenantId).probe();
    relay.hold = null;
    expect(minted()).toBe(count);
    if (onItsWay) continue;
    await turnOff(deps, org.actor);
    // Straight past every check of the status: only the memory is asked.
    await deps.graph.reader(org.tenantId).probe();
    expect(minted()).toBe(count + 1);
  }
});
