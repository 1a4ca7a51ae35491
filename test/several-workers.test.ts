// Two workers and a web process on one PostgreSQL, as processes of their own: each run is done once, a dead worker's is taken over, and
// small organisations do not wait for large ones.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { clientId, arrangeOrganisations, type Organisation } from './chaos/world.ts';
import { useDatabase } from './database.ts';
import { freePort, getRun, runCommand, startServer, type RunResult, type ServerProcess } from './whole-server.ts';

const { connectionString, adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
let emulator: Emulator;
let env: Record<string, string>;
let web: ServerProcess;
let workers: ServerProcess[] = [];
let organisations: Organisation[];

beforeAll(async () => {
  await admin.connect();
  emulator = await startEmulator({
    seed: 'none',
    apps: [{ clientId, secret: 'demo-secret-not-for-production', name: 'Samsyn', redirectUris: [], requiredRoles: [], groupMembershipClaims: 'None' }],
  }); // prettier-ignore
  const port = await freePort();
  env = {
    PORT: String(port),
    DATABASE_URL: connectionString,
    SAMSYN_PUBLIC_URL: `http://localhost:${port}`,
    SAMSYN_SECRET_KEY: Buffer.alloc(32, 5).toString('base64'),
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: 'demo-secret-not-for-production',
    SAMSYN_ENTRA_LOGIN_URL: emulator.url,
    SAMSYN_GRAPH_URL: emulator.url,
  };
  web = await startServer('web', env);
  workers = await Promise.all([startServer('work', env), startServer('work', env)]);
  organisations = await arrangeOrganisations({ url: web.url, connectionString, emulator }, 6);
}, 180_000);
afterAll(async () => {
  await Promise.all([web, ...workers].map((one) => one.end('SIGKILL')));
  await emulator.close();
  await admin.end();
});

const start = async (org: Organisation): Promise<string> =>
  String((await org.session.call('POST', '/connection/runs'))['id']);

async function ended(org: Organisation, id: string, withinMs: number): Promise<RunResult> {
  const until = performance.now() + withinMs;
  for (;;) {
    const run = await getRun(org.session, id);
    if (run.state !== 'queued' && run.state !== 'running') return run;
    if (performance.now() > until) throw new Error(`The run does not end: ${JSON.stringify(run)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** How often each worker has begun a run. */
const begunBy = (id: string): number[] =>
  workers.map(
    (worker) =>
      worker
        .output()
        .split('\n')
        .filter((line) => line.includes(id) && line.includes('Run begun')).length,
  );

test('I22 each connection’s run is done exactly once, and both workers do some', async () => {
  const total = [0, 0];
  for (let round = 0; round < 3; round += 1) {
    const ids = await Promise.all(organisations.map((org) => start(org)));
    for (const [index, org] of organisations.entries()) {
      expect(await ended(org, ids[index] ?? '', 30_000)).toMatchObject({ state: 'ok' });
      const begun = begunBy(ids[index] ?? '');
      expect(begun.toSorted((a, b) => a - b)).toEqual([0, 1]);
      for (const [worker, times] of begun.entries()) total[worker] = (total[worker] ?? 0) + times;
    }
  }
  expect(Math.min(...total)).toBeGreaterThan(0);
  const { rows } = await admin.query<{ runs: string; generation: string; fence: string }>(
    `select count(*) as runs, max(r.generation) as generation, max(l.fence) as fence from sync_run r
     join run_lease l using (organisation_id, connection_id) group by r.organisation_id`,
  );
  // The first sync and three more, one generation each, and no fence that was taken for nothing.
  expect(rows).toEqual(organisations.map(() => ({ runs: '4', generation: '4', fence: '4' })));
}, 120_000);

test('F48 a run whose worker is killed with -9 is taken over by the other one within 90 s, and done once', async () => {
  const [org] = organisations;
  if (!org) throw new Error('there are organisations');
  const [objectId = ''] = org.linked.map((pair) => pair.objectId);
  emulator.store.updateUser(org.tenantId, objectId, { displayName: 'Nytt namn' });
  // So that it is still asking when it is killed.
  emulator.store.faults.add({
    match: { path: '/users/delta', tenant: org.tenantId, times: 1 },
    answer: { delayMs: 60_000 },
  });
  const id = await start(org);
  await expect.poll(() => begunBy(id).includes(1), { timeout: 10_000 }).toBe(true);
  const dead = begunBy(id).indexOf(1);
  await workers[dead]?.end('SIGKILL');
  const killedAt = performance.now();
  emulator.store.faults.clear();
  const other = organisations[1];
  if (!other) throw new Error('there is a second organisation');
  // Others do not notice.
  expect(await ended(other, await start(other), 20_000)).toMatchObject({ state: 'ok' });
  expect(await ended(org, id, 95_000)).toMatchObject({ state: 'ok', counts: { changedFields: 1 } });
  const tookMs = performance.now() - killedAt;
  process.stdout.write(`F48: taken over and done ${(tookMs / 1000).toFixed(1)} s after the kill\n`);
  expect(tookMs).toBeLessThan(90_000);
  expect(begunBy(id)).toEqual([1, 1]);
  const { rows } = await admin.query(`select after from field_change where run_id = $1`, [id]);
  expect(rows).toEqual([{ after: 'Nytt namn' }]);
  workers[dead] = await startServer('work', env);
}, 150_000);

describe('T27 a small organisation does not wait for large ones', () => {
  test('every slot that a large directory may have reads one for long, and a small and a new one are done at once', async () => {
    const large = organisations.slice(0, 4);
    const [small, fresh] = organisations.slice(4);
    if (!small || !fresh) throw new Error('there are six organisations');
    await workers[1]?.end('SIGTERM');
    for (const org of large) {
      emulator.store.faults.add({ match: { path: '/users', tenant: org.tenantId }, answer: { delayMs: 20_000 } });
      // As of a mirror of more than five thousand; nothing else reads these rows.
      await admin.query(
        `insert into directory_user (organisation_id, connection_id, object_id, display_name, user_principal_name, account_enabled,
           user_type, deleted_at, deleted_reason, generation)
         select $1, $2, gen_random_uuid(), 'x', 'x@large.test', true, 'Member', now(), 'deleted', 1 from generate_series(1, 5001)`,
        [org.id, org.connectionId],
      );
    }
    // As one that has just been connected.
    for (const table of ['link', 'directory_user', 'mirror_state'])
      await admin.query(`delete from ${table} where organisation_id = $1`, [fresh.id]);
    const running = await Promise.all(large.map((org) => start(org)));
    await expect
      .poll(
        async () =>
          (await Promise.all(large.map((org, index) => getRun(org.session, running[index] ?? '')))).filter(
            ({ state }) => state === 'running',
          ).length,
        { timeout: 15_000 },
      )
      .toBe(4);
    const began = performance.now();
    const ids = [await start(small), await start(fresh)];
    expect(await ended(small, ids[0] ?? '', 15_000)).toMatchObject({ state: 'ok' });
    expect(await ended(fresh, ids[1] ?? '', 15_000)).toMatchObject({ state: 'ok' });
    expect(performance.now() - began).toBeLessThan(15_000);
    for (const [index, org] of large.entries())
      expect(await getRun(org.session, running[index] ?? '')).toMatchObject({ state: 'running' });
    emulator.store.faults.clear();
  }, 60_000);
});

describe('the two parts', () => {
  test('need a database that both can reach, and one key', () => {
    const { DATABASE_URL: _database, ...withoutDatabase } = env;
    for (const part of ['web', 'work']) {
      expect(runCommand([part], withoutDatabase)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Set DATABASE_URL') as string,
      });
    }
    const { SAMSYN_SECRET_KEY: _key, ...withoutKey } = env;
    expect(runCommand(['work'], withoutKey)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Set SAMSYN_SECRET_KEY') as string,
    });
  }, 60_000);
});
