// Rows of the fault table that end, or do not end, a run while it reads: each with what stands in the run afterwards, and that
// nothing that people see has changed. What the client alone can tell is in src/graph/hostile.test.ts.
import { beforeEach, describe, expect, test } from 'vitest';
import { clientId, dump, useWorld, type Org } from '../../test/factories.ts';
import { manualClock } from '../../test/manual-clock.ts';
import { present } from '../base/assert.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { getSettings } from '../connection/get-settings.ts';
import { defaultMappings, type Mapping } from '../contract/settings.ts';
import { createGraph } from '../graph/graph.ts';
import { executeRun, type RunJob } from './execute-run.ts';
import { listRunIssues } from './list-runs.ts';
import { startNightlyRun } from './start-run.ts';
import { probeConnection } from './watch-night.ts';

const world = await useWorld();
const { store } = world.emulator;

beforeEach(() => store.faults.clear());

type Answer = NonNullable<Parameters<typeof store.faults.add>[0]['answer']>;
const fault = (path: string, answer: Answer, match: { times?: number; skip?: number } = {}) =>
  store.faults.add({ match: { path, ...match }, answer });
const error = (code: string) => ({ error: { code, message: 'In other words.' } });

async function linked(org: Org, person: Record<string, string> = {}): Promise<{ objectId: string; appUserId: string }> {
  const { id: objectId } = org.addPerson(person);
  await org.run();
  const appUserId = await org.addAppUser({ displayName: 'Före' });
  await org.link(objectId, appUserId);
  await org.run();
  return { objectId, appUserId };
}

const connectionOf = async (org: Org) =>
  (
    await world.admin.query<{ status: string; trouble_code: string | null }>(
      'select status, trouble_code from connection where id = $1',
      [org.connectionId],
    )
  ).rows[0];

describe('tokens and permissions', () => {
  test('F1: one 401 is met with a new token, and nobody notices', async () => {
    const org = await world.connect();
    await linked(org);
    const met = fault('/v1.0/users/delta', { status: 401 }, { times: 1 });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { requests: 2 }, error: null });
    expect(met.used).toBe(1);
  });

  test('F2: a second 401 blocks the connection, and nothing is changed', async () => {
    const org = await world.connect();
    await linked(org);
    const before = await dump(world, org.id);
    fault('/v1.0/users/delta', { status: 401 });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_credentials_refused' } });
    expect(await connectionOf(org)).toEqual({ status: 'blocked', trouble_code: 'graph_credentials_refused' });
    expect(await dump(world, org.id)).toEqual(before);
  });

  for (const [what, code, secret, expiresAt] of [
    ['is refused', 'graph_credentials_refused', 'wrong', undefined],
    ['has run out', 'graph_credentials_expired', 'demo-secret-not-for-production', '2020-01-01T00:00:00Z'],
  ] as const) {
    test(`F3: a secret that ${what} blocks the connection, with Microsoft’s number of the request, and alarms the operator`, async () => {
      const org = await world.connect();
      await linked(org);
      const before = await dump(world, org.id);
      const lines: string[] = [];
      const app = present(store.app(clientId), 'the app is registered');
      store.putApp({ ...app, ...(expiresAt !== undefined && { secretExpiresAt: expiresAt }) });
      try {
        const graph = createGraph({
          config: { clientId, clientSecret: secret, loginUrl: world.emulator.url, graphUrl: world.emulator.url },
          clock: systemClock,
          log: createLogger({ level: 'error', write: (line) => lines.push(line) }),
        });
        const run = await org.run({ graph });
        expect(run).toMatchObject({ state: 'failed', retryAt: null, error: { code } });
        expect(run.error?.graphRequestId).toMatch(/^[0-9a-f-]{36}$/);
        expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
          {
            level: 'error',
            msg: expect.stringContaining('Microsoft refuses the secret or certificate'),
            code,
            request: run.error?.graphRequestId,
          },
        ]);
        expect(lines.join(''), 'no secret in the log').not.toContain(secret);
      } finally {
        store.putApp(app);
      }
      expect(await connectionOf(org)).toEqual({ status: 'blocked', trouble_code: code });
      expect(await dump(world, org.id)).toEqual(before);
    });
  }

  async function withoutTenant(org: Org, fn: () => Promise<void>): Promise<void> {
    const tenant = store.tenant(org.tenantId);
    store.tenants.delete(org.tenantId);
    world.deps.graph.forget(org.tenantId);
    try {
      await fn();
    } finally {
      store.tenants.set(org.tenantId, tenant);
    }
  }

  test('F5: a tenant that is gone blocks the connection, and keeps all data', async () => {
    const org = await world.connect();
    await linked(org);
    const before = await dump(world, org.id);
    await withoutTenant(org, async () => {
      expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_tenant_gone' } });
    });
    expect(await connectionOf(org)).toEqual({ status: 'blocked', trouble_code: 'graph_tenant_gone' });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await org.run(), 'a person begins again at any time').toMatchObject({ state: 'ok' });
    expect(await connectionOf(org)).toEqual({ status: 'active', trouble_code: null });
  });

  for (const mode of ['daily', 'manual'] as const) {
    test(`F5: a tenant that is gone is asked for once a week, by a connection that is ${mode}; other trouble each night`, async () => {
      const org = await world.connect();
      await linked(org);
      await world.admin.query('update connection set mode = $2 where id = $1', [org.connectionId, mode]);
      const clock = manualClock();
      clock.set(new Date());
      const ids = { organisationId: org.id, connectionId: org.connectionId };
      const nights: number[] = [];
      const night = async (day: number): Promise<void> => {
        const before = store.requests.summary().count;
        const queued: RunJob[] = [];
        // Only runs are begun by a night.
        const jobs = { enqueue: async (_queue: string, job: object) => void queued.push(job as RunJob) };
        await startNightlyRun({ ...world.deps, clock, jobs }, ids);
        for (const job of queued) await executeRun({ ...world.deps, clock }, job, new AbortController().signal);
        await probeConnection({ ...world.deps, clock }, ids, new AbortController().signal);
        if (store.requests.summary().count > before) nights.push(day);
      };
      await withoutTenant(org, async () => {
        for (let day = 0; day <= 15; day += 1) {
          await night(day);
          await clock.advance(24 * 3_600_000);
        }
      });
      expect(nights).toEqual([0, 7, 14]);
      expect(await connectionOf(org)).toEqual({ status: 'blocked', trouble_code: 'graph_tenant_gone' });
      await world.admin.query(`update connection set trouble_code = 'graph_consent_revoked' where id = $1`, [
        org.connectionId,
      ]);
      await night(16);
      expect(nights).toEqual([0, 7, 14, 16]);
      expect(await connectionOf(org)).toEqual({ status: 'active', trouble_code: null });
    });
  }
});

describe('groups', () => {
  async function inGroup(): Promise<{ org: Org; group: { id: string; name: string }; objectId: string }> {
    const org = await world.connect();
    const { objectId } = await linked(org);
    const { id } = store.createGroup(org.tenantId, { displayName: 'telefoni' });
    store.addMember(org.tenantId, id, objectId);
    await org.set({ groups: [{ id, name: 'telefoni' }] });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0 } });
    return { org, group: { id, name: 'telefoni' }, objectId };
  }

  test('F7: a chosen group that hides its members is named, and nobody leaves the scope for it', async () => {
    const { org, group } = await inGroup();
    const before = await dump(world, org.id);
    store.updateGroup(org.tenantId, group.id, { visibility: 'HiddenMembership' });
    for (const full of [false, true]) {
      if (full) store.invalidateDeltaLinks(org.tenantId);
      expect(await org.run()).toMatchObject({
        state: 'failed',
        error: { code: 'run_scope_group_hidden', detail: 'telefoni' },
      });
      expect(await dump(world, org.id)).toEqual(before);
    }
    store.updateGroup(org.tenantId, group.id, { visibility: 'Private' });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0 } });
  });

  test('F7: a group that hides its members from others, but not from us, is read', async () => {
    const { org, group } = await inGroup();
    store.grant(org.tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All', 'Member.Read.Hidden']);
    world.deps.graph.forget(org.tenantId);
    store.updateGroup(org.tenantId, group.id, { visibility: 'HiddenMembership' });
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0 } });
  });

  test('F7: one group whose members are refused is no missing permission; of all groups it is', async () => {
    const { org, group } = await inGroup();
    store.createGroup(org.tenantId, { displayName: 'en till' });
    const reader = world.deps.graph.reader(org.tenantId);
    fault(`/v1.0/groups/${group.id}/members`, { status: 403 });
    await reader.probe();
    store.faults.clear();
    fault('/members', { status: 403 });
    await expect(reader.probe()).rejects.toMatchObject({ code: 'graph_permission_missing' });
  });

  test('F8: a chosen group is gone only when two look-ups say so, in Graph’s own words', async () => {
    const { org, group } = await inGroup();
    const before = await dump(world, org.id);
    store.deleteGroup(org.tenantId, group.id);
    const path = `/v1.0/groups/${group.id}`;
    const asked = fault(path, { status: 404, body: error('NotFound') });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_request_refused' } });
    expect(asked.used, 'a 404 of something else on the way').toBe(1);
    expect(await dump(world, org.id)).toEqual(before);
    store.faults.clear();
    const looked = fault(path, { status: 404, body: error('Request_ResourceNotFound') });
    const run = await org.run();
    expect(run).toMatchObject({ state: 'ok', counts: { people: 1, gone: 0, issues: 1 } });
    expect(looked.used).toBe(2);
    const issues = await listRunIssues({ db: world.db }, org.actor, { id: run.id, limit: 10 });
    expect(issues.items).toMatchObject([{ code: 'group_gone', subject: 'telefoni' }]);
  });

  test('F8: a group that the second look-up finds is read anew, and nobody leaves', async () => {
    const { org, group } = await inGroup();
    store.deleteGroup(org.tenantId, group.id);
    const path = `/v1.0/groups/${group.id}`;
    fault(path, { status: 404, body: error('Request_ResourceNotFound') }, { times: 1 });
    // Comes back between the two.
    const clock = {
      ...systemClock,
      async sleep(ms: number, signal?: AbortSignal) {
        if (ms !== 2000) return systemClock.sleep(ms, signal);
        store.restoreGroup(org.tenantId, group.id);
      },
    };
    expect(await org.run({ clock })).toMatchObject({ state: 'ok', mode: 'initial', counts: { people: 1, gone: 0 } });
  });
});

describe('people', () => {
  test('F9: who is not found by id is gone, as the look-up says; who is not found otherwise is not', async () => {
    const org = await world.connect();
    const { objectId } = await linked(org);
    store.deleteUser(org.tenantId, objectId);
    const before = await dump(world, org.id);
    for (const body of [error('NotFound'), error('itemNotFound'), {}]) {
      fault(`/v1.0/users/${objectId}`, { status: 404, body });
      expect(await org.run()).toMatchObject({ state: 'retrying', error: { code: 'graph_malformed' } });
      expect(await dump(world, org.id)).toEqual(before);
      store.faults.clear();
    }
    expect(await org.run()).toMatchObject({ state: 'ok', counts: { gone: 1 } });
  });
});

describe('F10: an attribute that Microsoft refuses', () => {
  const mappings: Mapping[] = [
    ...defaultMappings,
    { source: 'department', target: 'department', write: 'always', empty: 'clear' },
    { source: 'jobTitle', target: 'jobTitle', write: 'always', empty: 'clear' },
  ];
  // Wherever it is asked for: in a listing, in a delta round, alone or with others.
  const refuse = (status: number) =>
    fault('/[?&]\\$select=[^&]*department/', {
      status,
      body: error(status === 501 ? 'NotImplemented' : 'Request_BadRequest'),
    });

  for (const status of [400, 501]) {
    test(`by ${status} keeps its field, is named at each run and at its mapping, and all else is followed`, async () => {
      const org = await world.connect({ mappings });
      const { objectId, appUserId } = await linked(org, { department: 'Växeln', jobTitle: 'Telefonist' });
      expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Växeln', jobTitle: 'Telefonist' });
      store.updateUser(org.tenantId, objectId, { department: 'Kundtjänst', jobTitle: 'Chef' });
      refuse(status);
      store.invalidateDeltaLinks(org.tenantId);
      const run = await org.run();
      expect(run).toMatchObject({ state: 'ok', mode: 'initial', counts: { issues: 1, gone: 0 } });
      expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Växeln', jobTitle: 'Chef' });
      const issues = await listRunIssues({ db: world.db }, org.actor, { id: run.id, limit: 10 });
      expect(issues.items).toMatchObject([{ code: 'attribute_refused', subject: 'department', field: 'department' }]);
      expect((await getSettings(world, org.actor)).refusedSources).toEqual(['department']);
      const { rows } = await world.admin.query<{ refused: string[]; attributes: Record<string, string> }>(
        `select m.refused, d.attributes from mirror_state m join directory_user d on d.connection_id = m.connection_id where d.object_id = $1`,
        [objectId],
      );
      expect(rows, 'the mirror keeps what it knew').toEqual([
        { refused: ['department'], attributes: expect.objectContaining({ department: 'Växeln', jobTitle: 'Chef' }) },
      ]);

      // From the next night on only what changed is read, and the attribute is asked for again.
      store.updateUser(org.tenantId, objectId, { jobTitle: 'VD' });
      expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental', counts: { issues: 1 } });
      expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Växeln', jobTitle: 'VD' });
      store.faults.clear();
      expect(await org.run()).toMatchObject({ state: 'ok', mode: 'initial', counts: { issues: 0 } });
      expect((await getSettings(world, org.actor)).refusedSources).toEqual([]);
      expect(await org.fieldsOf(appUserId)).toMatchObject({ department: 'Kundtjänst', jobTitle: 'VD' });
      expect(await org.run()).toMatchObject({ state: 'ok', mode: 'incremental' });
    });
  }

  test('is not guessed: a question that is refused without any attribute ends the run', async () => {
    const org = await world.connect({ mappings });
    await linked(org);
    const before = await dump(world, org.id);
    store.invalidateDeltaLinks(org.tenantId);
    fault('/v1.0/users', { status: 400, body: error('Request_BadRequest') });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_request_refused' } });
    expect(await dump(world, org.id)).toEqual(before);
  });
});

describe('waiting and starting over', () => {
  test('F12: after three times of starting over the run ends, and has asked no fourth time', async () => {
    const org = await world.connect();
    await linked(org);
    const gone = fault('/v1.0/users/delta', { status: 410, body: error('resyncRequired') });
    expect(await org.run()).toMatchObject({ state: 'failed', error: { code: 'graph_resync' } });
    expect(gone.used).toBe(3);
  });

  test('F14: while Microsoft asks to wait the run says until when, and the lease is kept', async () => {
    const org = await world.connect();
    await linked(org);
    const shown: (Date | null)[] = [];
    const graph = createGraph({
      config: {
        clientId,
        clientSecret: 'demo-secret-not-for-production',
        loginUrl: world.emulator.url,
        graphUrl: world.emulator.url,
      },
      clock: {
        ...systemClock,
        async sleep(ms, signal) {
          if (ms === 1000) return systemClock.sleep(ms, signal);
          await expect.poll(async () => waitingUntil(org)).not.toBeNull();
          shown.push(await waitingUntil(org));
        },
      },
      log: createLogger({ level: 'silent' }),
    });
    fault('/v1.0/users/delta', { status: 429, headers: { 'retry-after': '600' } }, { times: 1 });
    const startMs = Date.now();
    expect(await org.run({ graph })).toMatchObject({ state: 'ok', waitingUntil: null });
    expect(shown).toHaveLength(1);
    expect(Number(shown[0]) - startMs).toBeGreaterThan(590_000);
  });

  test('F24: a link to a stranger blocks the connection, alarms the operator, and no night asks again', async () => {
    const org = await world.connect();
    await linked(org);
    await world.admin.query(`update connection set mode = 'daily' where id = $1`, [org.connectionId]);
    const before = await dump(world, org.id);
    fault('/v1.0/users/delta', { transform: 'foreign-next' });
    const lines: string[] = [];
    const log = createLogger({ level: 'error', write: (line) => lines.push(line) });
    expect(await org.run({ log })).toMatchObject({
      state: 'failed',
      retryAt: null,
      error: { code: 'graph_foreign_link' },
    });
    expect(lines.join('')).toContain('unexpected address');
    expect(await connectionOf(org)).toEqual({ status: 'blocked', trouble_code: 'graph_foreign_link' });
    expect(await dump(world, org.id)).toEqual(before);
    store.faults.clear();
    const queued: string[] = [];
    const jobs = { enqueue: async (queue: string) => void queued.push(queue) };
    await startNightlyRun({ ...world.deps, jobs }, { organisationId: org.id, connectionId: org.connectionId });
    expect(queued).toEqual([]);
    expect(await org.run(), 'a person begins again').toMatchObject({ state: 'ok' });
    expect(await connectionOf(org)).toEqual({ status: 'active', trouble_code: null });
  });
});

async function waitingUntil(org: Org): Promise<Date | null> {
  const { rows } = await world.admin.query<{ waiting_until: Date | null }>(
    `select waiting_until from sync_run where organisation_id = $1 and state = 'running'`,
    [org.id],
  );
  return rows[0]?.waiting_until ?? null;
}
