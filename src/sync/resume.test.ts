import { beforeEach, describe, expect, test } from 'vitest';
import { clientId, dump, readingTables, useWorld, type Org } from '../../test/factories.ts';
import { hangAfter, stopAfter, type Step } from '../../test/worker.ts';
import { createLogger } from '../base/log.ts';
import { present } from '../base/assert.ts';
import { systemClock } from '../base/clock.ts';
import { createGraph } from '../graph/graph.ts';
import { executeRun } from './execute-run.ts';
import { getRun } from './list-runs.ts';
import { startRetry } from './retry.ts';
import type { RunDeps } from './run-deps.ts';

const world = await useWorld();
const { store, url } = world.emulator;
const never = new AbortController().signal;

const queued: string[] = [];
const deps: RunDeps = {
  ...world.deps,
  jobs: {
    enqueue: async (queue, data) => {
      if (queue === 'run' && 'runId' in data) queued.push(data.runId);
    },
  },
};

beforeEach(() => {
  store.faults.clear();
  store.changeSettings({ pageSizes: { listMax: 10, delta: 10, deltaMembers: 10 }, latencyMs: 0 });
  queued.length = 0;
});

/** A hundred people, ten pages, all of them in groups of ten, which are ten more. */
async function prepare({ grouped = false } = {}): Promise<Org> {
  const org = await world.connect();
  const people = Array.from({ length: 100 }, () => org.addPerson().id);
  if (!grouped) return org;
  const outer = store.createGroup(org.tenantId, { displayName: 'yttre' });
  for (let index = 0; index < 10; index += 1) {
    const inner = store.createGroup(org.tenantId, { displayName: `inre ${index}` });
    store.addMember(org.tenantId, outer.id, inner.id);
    for (const id of people.slice(index * 10, index * 10 + 10)) store.addMember(org.tenantId, inner.id, id);
  }
  await org.set({ groups: [{ id: outer.id, name: 'yttre' }] });
  return org;
}

const jobOf = (org: Org, runId: string) => ({ organisationId: org.id, runId });
const execute = (org: Org, runId: string, given: Partial<RunDeps> = {}) =>
  executeRun({ ...deps, ...given }, jobOf(org, runId), never);
const runOf = (org: Org, id: string) => getRun(world, org.actor, { id });

/** What was asked of Graph since, but for mailboxes, which belong to no reading. */
function asked(): { pages: number; people: number; changes: number; groups: number; batches: number; all: number } {
  const { perRoute } = store.requests.summary();
  const of = (route: string) => perRoute[route] ?? 0;
  const [people, changes, groups] = [of('GET /v1.0/users'), of('GET /v1.0/users/delta'), of('GET /v1.0/groups/delta')];
  const mailboxes = of('GET /v1.0/users/{id}/mailboxSettings') > 0 ? 1 : 0;
  const batches = of('POST /v1.0/$batch') - mailboxes;
  const all = people + changes + groups + batches + of('GET /v1.0/users/$count');
  return { pages: people + changes + groups, people, changes, groups, batches, all };
}

async function namesOf(org: Org): Promise<Map<string, string>> {
  const { rows } = await world.admin.query<{ object_id: string; display_name: string }>(
    'select object_id, display_name from directory_user where organisation_id = $1 and deleted_at is null and in_scope',
    [org.id],
  );
  return new Map(rows.map((row) => [row.object_id, row.display_name]));
}

function namesInEntra(org: Org): Map<string, string> {
  const users = [...store.tenant(org.tenantId).users.values()].filter((one) => one.deletedAt === null);
  // Names are texts.
  return new Map(users.map((one) => [one.id, one.props['displayName'] as string]));
}

const expire = (org: Org) =>
  world.admin.query(
    `update run_lease set expires_at = clock_timestamp() - interval '1 second' where organisation_id = $1`,
    [org.id],
  );

async function stopped(org: Org, step: Step, count: number): Promise<string> {
  const runId = await org.start();
  await stopAfter(deps, jobOf(org, runId), step, count);
  return runId;
}

describe('F48: a first reading of ten pages', () => {
  for (const k of [1, 5, 9, 10]) {
    test(`that was stopped after ${k} asks for the others and no more than five requests beside`, async () => {
      const org = await prepare();
      const runId = await stopped(org, 'list', k);
      store.requests.reset();
      expect(await execute(org, runId)).toBe('done');
      expect(asked().people).toBe(10 - k);
      expect(asked().all).toBeLessThanOrEqual(10 - k + 5);
      const run = await runOf(org, runId);
      expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 100 } });
      expect(run.progress).toMatchObject({ peopleRead: 100, peopleExpected: 100, turn: { kind: 'resumed' } });
      expect(await namesOf(org)).toEqual(namesInEntra(org));
      expect(await dump(world, org.id, readingTables)).toMatchObject({ staging_user: [], pull_progress: [] });
    });
  }

  test('that was killed is gone on with by whoever takes it over, and counts on where it was', async () => {
    const org = await prepare();
    const runId = await org.start();
    const first = await hangAfter(deps, jobOf(org, runId), 'list', 4);
    await systemClock.sleep(350); // the page is told of the progress at most so often
    await expire(org);
    const seen: number[] = [];
    const second = await hangAfter(deps, jobOf(org, runId), 'list', 1);
    seen.push((await runOf(org, runId)).progress.peopleRead);
    second.go();
    await second.ended;
    seen.push((await runOf(org, runId)).progress.peopleRead);
    expect(seen[0]).toBeGreaterThanOrEqual(40);
    expect(seen[1]).toBe(100);
    first.go();
    expect(await first.ended).toBe('done');
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { people: 100 } });
  });

  test('that was read to its end before it was stopped asks only what changed since', async () => {
    const org = await prepare({ grouped: true });
    const runId = await stopped(org, 'groups', 3);
    store.requests.reset();
    await execute(org, runId);
    expect(asked()).toMatchObject({ people: 0, changes: 1 });
    expect(asked().groups).toBeLessThanOrEqual(store.tenant(org.tenantId).groups.size);
    expect(await runOf(org, runId)).toMatchObject({
      state: 'ok',
      counts: { people: 100 },
      progress: { peopleRead: 100 },
    });
    expect(await namesOf(org)).toEqual(namesInEntra(org));
  });

  test('F15: that was throttled past its budget is gone on with by the next try, which says so', async () => {
    const org = await prepare();
    store.faults.add({
      match: { path: '/v1.0/users?', skip: 6 },
      answer: { status: 429, headers: { 'retry-after': '10800' } },
    });
    const runId = await org.start();
    await execute(org, runId);
    expect(await runOf(org, runId)).toMatchObject({ state: 'retrying', error: { code: 'graph_busy' } });
    store.faults.clear();
    store.requests.reset();
    await startRetry(deps, { organisationId: org.id, runId });
    const next = queued.at(-1) ?? '';
    await execute(org, next);
    expect(asked().people).toBe(4);
    const run = await runOf(org, next);
    expect(run).toMatchObject({ trigger: 'retry', state: 'ok', counts: { people: 100 } });
    expect(run.progress).toMatchObject({ peopleRead: 100, turn: { kind: 'resumed' } });
  });

  test('I12: that stood still has what changed meanwhile, of those who were read and of those who were not', async () => {
    for (const [step, count] of [
      ['list', 5],
      ['people', 1],
      ['groups', 2],
    ] as const) {
      const org = await prepare({ grouped: true });
      const runId = await stopped(org, step, count);
      const ids = [...namesInEntra(org).keys()];
      for (const id of [ids[2], ids[97]]) store.updateUser(org.tenantId, id ?? '', { displayName: `Nytt ${step}` });
      for (const id of [ids[3], ids[96]]) store.deleteUser(org.tenantId, id ?? '');
      const added = org.addPerson();
      const [outer] = store.tenant(org.tenantId).groups.keys();
      store.addMember(org.tenantId, outer ?? '', added.id);
      await execute(org, runId);
      expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { people: 99 } });
      expect(await namesOf(org), step).toEqual(namesInEntra(org));
    }
  });
});

describe('a round of changes', () => {
  test('that was stopped in the middle goes on with its next page, and loses nothing of the pages before', async () => {
    const org = await prepare();
    await org.run();
    for (const [id] of namesInEntra(org)) store.updateUser(org.tenantId, id, { displayName: `Nytt ${id}` });
    const runId = await stopped(org, 'people', 6);
    store.requests.reset();
    await execute(org, runId);
    // The other four, and once more what has changed since the round began.
    expect(asked()).toMatchObject({ people: 0, changes: 4 + 1 });
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', mode: 'incremental', progress: { peopleRead: 100 } });
    expect(await namesOf(org)).toEqual(namesInEntra(org));
  });

  test('R6: look-ups that were answered are not asked again, and those that were not are', async () => {
    const org = await world.connect();
    const ids = Array.from({ length: 450 }, () => org.addPerson().id);
    await org.run();
    for (const id of ids.slice(0, 430)) store.deleteUser(org.tenantId, id);
    const runId = await stopped(org, 'look up', 1);
    store.requests.reset();
    await execute(org, runId);
    // 200 were settled; of the others a batch of 20 asks for people, and another in the bin. One page of changes.
    expect(asked()).toMatchObject({ people: 0, changes: 1, batches: 2 * Math.ceil(230 / 20) });
    // So many wait for a person (F40).
    expect(await runOf(org, runId)).toMatchObject({ state: 'held', counts: { people: 450, held: 430 } });
  });
});

describe('lists side by side', () => {
  const lanes = 4;
  const config = { clientId, clientSecret: 'demo-secret-not-for-production', loginUrl: url, graphUrl: url, lanes };
  const graph = createGraph({ config, clock: systemClock, log: createLogger({ level: 'silent' }), shardsFrom: 50 });

  test('that were stopped go on each where it was: a page of each lane at most is read twice', async () => {
    const org = await world.connect();
    for (let index = 0; index < 300; index += 1)
      org.addPerson({ userPrincipalName: `${'abcåz'[index % 5]}${index}@bolag.example` });
    const plain = await prepareLike(org);
    const whole = asked().people;
    expect(plain.counts.people).toBe(300);
    const runId = await org.start();
    store.requests.reset();
    await stopAfter({ ...deps, graph }, jobOf(org, runId), 'list', 12);
    const before = asked().people;
    await execute(org, runId, { graph });
    expect(before).toBeLessThan(whole);
    expect(asked().people).toBeLessThanOrEqual(whole + 2 * lanes);
    const run = await runOf(org, runId);
    expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 300 }, progress: { peopleRead: 300 } });
    expect(await namesOf(org)).toEqual(namesInEntra(org));
  });

  /** A first reading of as many with such names, in another tenant. */
  async function prepareLike(org: Org) {
    const like = await world.connect();
    for (const one of store.tenant(org.tenantId).users.values())
      like.addPerson({ userPrincipalName: one.props['userPrincipalName'] as string }); // a text
    store.requests.reset();
    return like.run({ graph });
  }
});

describe('I22: a worker that was thought dead', () => {
  for (const [step, count] of [
    ['list', 3],
    ['people', 1],
    ['groups', 2],
  ] as const) {
    test(`and wakes up at ${step} stages nothing into what its successor goes on with`, async () => {
      const org = await prepare({ grouped: true });
      const runId = await org.start();
      const first = await hangAfter(deps, jobOf(org, runId), step, count);
      await expire(org);
      const second = await hangAfter(deps, jobOf(org, runId), 'groups', 5);
      const read = await dump(world, org.id, readingTables);
      expect(read['pull_progress']).toHaveLength(1);
      first.go();
      await first.ended;
      expect(await dump(world, org.id, readingTables)).toEqual(read);
      second.go();
      await second.ended;
      expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { people: 100 } });
      expect(await namesOf(org)).toEqual(namesInEntra(org));
    });
  }
});

test('D4: stopped at any page of a reading and again at the next, a run ends with the same, and reads nothing twice', { timeout: 120_000 }, async () => {
  const plain = await prepare({ grouped: true });
  store.requests.reset();
  await plain.run();
  const needed = asked().pages;
  const steps: [Step, number][] = [
    ...Array.from({ length: 10 }, (_, index): [Step, number] => ['list', index + 1]),
    ['people', 1],
    ...Array.from({ length: 8 }, (_, index): [Step, number] => ['groups', index + 1]),
  ];
  for (let index = 0; index + 1 < steps.length; index += 1) {
    const org = await prepare({ grouped: true });
    const [first, second] = [present(steps[index], 'a step'), present(steps[index + 1], 'the next')];
    store.requests.reset();
    const runId = await stopped(org, ...first);
    await stopAfter(deps, jobOf(org, runId), second[0], second[0] === first[0] ? second[1] - first[1] : second[1]);
    await execute(org, runId);
    // Of each stop a page may be on its way, and changes since are asked for.
    expect(asked().pages, [...first, ...second].join(' ')).toBeLessThanOrEqual(needed + 2 * 3);
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { people: 100 } });
    expect(await namesOf(org)).toEqual(namesInEntra(org));
  }
}); // prettier-ignore
