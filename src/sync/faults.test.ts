import { beforeEach, describe, expect, test } from 'vitest';
import type { Script } from '../../emulator/faults/fault.ts';
import { clientId, dump, readingTables, useWorld, type Org } from '../../test/factories.ts';
import type { Run } from '../contract/api-runs.ts';

const world = await useWorld();
const { store } = world.emulator;

beforeEach(() => store.faults.clear());

async function linked(org: Org): Promise<{ objectId: string; appUserId: string }> {
  const { id: objectId } = org.addPerson();
  return { objectId, appUserId: await org.addAppUser({ displayName: 'Någon' }) };
}

/** Chosen groups, one within the other; somebody linked who is about to be gone, and somebody to be changed. */
async function prepare(): Promise<Org> {
  const org = await world.connect();
  const [goes, changes, stays] = [await linked(org), await linked(org), org.addPerson()];
  const inner = store.createGroup(org.tenantId, { displayName: 'inre' });
  const outer = store.createGroup(org.tenantId, { displayName: 'yttre' });
  for (const id of [goes.objectId, changes.objectId]) store.addMember(org.tenantId, inner.id, id);
  for (const id of [stays.id, inner.id]) store.addMember(org.tenantId, outer.id, id);
  await org.set({ groups: [{ id: outer.id, name: 'yttre' }] });
  await org.run();
  for (const { objectId, appUserId } of [goes, changes]) await org.link(objectId, appUserId);
  store.deleteUser(org.tenantId, goes.objectId);
  store.updateUser(org.tenantId, changes.objectId, { displayName: 'Nytt Namn' });
  return org;
}

// What is asked for within a batch has no line of its own that could be cut.
const notWithinBatch = String.raw`/^(?!\/v1\.0\/(users|directory\/deletedItems)\/[0-9a-f-]{36})/`;

const passing = new Set(['graph_unreachable', 'graph_busy', 'graph_malformed', 'graph_intercepted']);

/** Fails the k-th request of a run and all after it, for all k, until a run is not met by it. */
async function failAtEach(org: Org, answer: Script, prepareRun: () => void): Promise<{ codes: string[]; last: Run }> {
  const codes: string[] = [];
  const before = await dump(world, org.id);
  for (let skip = 0; ; skip += 1) {
    prepareRun();
    world.deps.graph.forget(org.tenantId); // so that the token is asked for, too
    const fault = store.faults.add({ match: { path: answer.cut ? notWithinBatch : '/', skip }, answer });
    const run = await org.run();
    store.faults.clear();
    if (fault.used === 0) return { codes, last: run };
    const state = passing.has(run.error?.code ?? '') ? 'retrying' : 'failed';
    expect(run, `request ${skip}`).toMatchObject({ state, phase: 'done' });
    expect(run.counts.requests, 'what was asked is counted').toBeLessThanOrEqual(skip + 9);
    const { graphRequestId, clientRequestId } = run.error ?? {};
    if (state === 'retrying')
      expect(graphRequestId ?? clientRequestId, 'Microsoft’s id, or ours').toEqual(expect.any(String));
    expect(run.finishedAt).not.toBeNull();
    codes.push(run.error?.code ?? 'none');
    expect(await dump(world, org.id), `request ${skip}`).toEqual(before);
    const read = await dump(world, org.id, readingTables);
    if (state === 'failed')
      expect(Object.values(read).flat(), 'what was read is kept for what may pass alone').toEqual([]);
    // The next one would go on with it, and not meet each request: src/sync/resume.test.ts
    for (const table of readingTables)
      await world.admin.query(`delete from ${table} where organisation_id = $1`, [org.id]);
  }
}

const answers: [string, Script, string[]][] = [
  ['does not come', { status: 503 }, ['graph_unreachable']],
  ['is cut off in the middle', { cut: true }, ['graph_unreachable']],
  ['is a refusal', { status: 403 }, ['graph_permission_missing', 'graph_request_refused', 'graph_consent_revoked']],
  ['is no JSON', { malformed: true }, ['graph_malformed', 'graph_request_refused']],
  ['is "too many"', { status: 429, headers: { 'retry-after': '1' } }, ['graph_busy']],
  ['is "not known"', { status: 401 }, ['graph_credentials_refused', 'graph_request_refused']],
];

describe('I17, D4: an answer that fails at any request of a run changes nothing and names its cause', () => {
  for (const [index, [what, answer, expected]] of answers.entries()) {
    test(`an incremental run whose answer ${what}`, { timeout: 60_000 }, async () => {
      const org = await prepare();
      const { codes, last } = await failAtEach(org, answer, () => undefined);
      expect(codes.length).toBeGreaterThanOrEqual(5); // discovery, token, people, groups, two look-ups
      expect(codes.filter((code) => !expected.includes(code))).toEqual([]);
      expect(last).toMatchObject({ state: 'ok', mode: 'incremental', counts: { gone: 1, changedUsers: 1, people: 2 } });
    });

    if (index > 2) continue; // the requests of a full run are others, but what is made of an answer is not
    test(`a full run whose answer ${what}`, { timeout: 60_000 }, async () => {
      const org = await prepare();
      const { codes, last } = await failAtEach(org, answer, () => store.invalidateDeltaLinks(org.tenantId));
      expect(codes.length).toBeGreaterThanOrEqual(8);
      expect(codes.filter((code) => !expected.includes(code))).toEqual([]);
      expect(last).toMatchObject({ state: 'ok', mode: 'initial', counts: { gone: 1, changedUsers: 1, people: 2 } });
    });
  }
});

describe('consent', () => {
  test('F4: withdrawn blocks the connection with its cause, lists nobody as deleted, and a good run clears it', async () => {
    const org = await prepare();
    const read = async () =>
      (
        await world.admin.query('select status, trouble_code, trouble_since from connection where id = $1', [
          org.connectionId,
        ])
      ).rows[0] as {
        status: string;
        trouble_code: string | null;
        trouble_since: Date | null;
      };
    const before = await dump(world, org.id);
    store.revoke(org.tenantId, clientId);
    world.deps.graph.forget(org.tenantId);
    const run = await org.run();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'graph_consent_revoked' } });
    expect(await dump(world, org.id)).toEqual(before);
    const first = await read();
    expect(first).toMatchObject({ status: 'blocked', trouble_code: 'graph_consent_revoked' });
    await org.run();
    expect((await read()).trouble_since).toEqual(first.trouble_since);
    store.grant(org.tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All']);
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1 } });
    expect(await read()).toEqual({ status: 'active', trouble_code: null, trouble_since: null });
  });

  test('F6: one of the permissions taken away is told as that', async () => {
    const org = await prepare();
    store.grant(org.tenantId, clientId, ['GroupMember.Read.All']);
    world.deps.graph.forget(org.tenantId);
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_permission_missing' } });
  });
});

describe('links that are dead', () => {
  for (const answer of ['unsupportedQuery', 'syncStateNotFound', 'gone', 'resyncRequired', 'notFound'] as const) {
    test(`F11: ${answer} leads to a full reading with the same result`, async () => {
      const org = await prepare();
      store.invalidateDeltaLinks(org.tenantId, answer);
      const run = await org.run();
      expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { gone: 1, changedUsers: 1, people: 2 } });
      expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental', counts: { gone: 0, changedUsers: 0 } });
    });
  }

  test('F12: told to start over again and again, the run fails and says so', async () => {
    const org = await prepare();
    const before = await dump(world, org.id);
    store.faults.add({ match: { path: '/v1.0/users/delta' }, answer: { status: 410 } });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_resync' } });
    expect(await dump(world, org.id)).toEqual(before);
  });

  test('F23, F24, F21: a ring of links, a foreign one and a page without people fail the run and change nothing', async () => {
    const org = await prepare();
    const before = await dump(world, org.id);
    for (const [transform, code] of [
      ['loop-next', 'graph_loop'],
      ['foreign-next', 'graph_foreign_link'],
      ['drop-value', 'graph_malformed'],
    ] as const) {
      store.faults.add({ match: { path: '/v1.0/users/delta' }, answer: { transform } });
      const state = passing.has(code) ? 'retrying' : 'failed';
      expect(await org.run()).toMatchObject({ state, error: { code } });
      expect(await dump(world, org.id)).toEqual(before);
      store.faults.clear();
    }
  });
});

describe('what fails in the database', () => {
  for (const table of ['directory_user', 'field_change', 'notification', 'sync_run']) {
    test(`R2: a failure while ${table} is written takes back everything that the run had written`, async () => {
      const org = await prepare();
      await world.admin.query(
        'insert into notice_recipient (organisation_id, connection_id, id, app_user_id, kinds, position) values ($1, $2, gen_random_uuid(), $3, $4, 0)',
        [org.id, org.connectionId, org.actor.appUserId, ['gone', 'changed']],
      );
      const before = await dump(world, org.id);
      await world.admin.query(`
        create function test_fails() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
        create trigger test_fails before insert or update on ${table} for each row
          when (new.organisation_id = '${org.id}' ${table === 'sync_run' ? `and new.state = 'ok'` : ''} ) execute function test_fails()`);
      try {
        // Telling that it failed is not possible either while notices cannot be written, but nobody asked to be told of that.
        expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'internal' } });
        expect(await dump(world, org.id)).toEqual(before);
        const { rows } = await world.admin.query('select from notification where organisation_id = $1', [org.id]);
        expect(rows.length).toBe(0);
      } finally {
        await world.admin.query(`drop function test_fails cascade`);
      }
      expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1, changedUsers: 1 } });
    });
  }
});
