// What a run does when the database fails it: rows F45 to F50 and F57 of the table of faults.
import { afterEach, describe, expect, test } from 'vitest';
import { startDatabaseProxy } from '../../test/database-proxy.ts';
import { dump, useWorld, type Org } from '../../test/factories.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import type { Run } from '../contract/api-runs.ts';
import { createDatabase } from '../db/pool.ts';
import { executeRun } from './execute-run.ts';
import { getRun } from './list-runs.ts';

const world = await useWorld();
const { store } = world.emulator;
const never = new AbortController().signal;
const lines: string[] = [];
const log = createLogger({ level: 'info', write: (line) => void lines.push(line) });
const deps = { ...world.deps, log };

afterEach(async () => {
  lines.length = 0;
  await world.admin.query('drop function if exists fail_for_test cascade; drop sequence if exists times_for_test');
});

const execute = (org: Org, runId: string) => executeRun(deps, { organisationId: org.id, runId }, never);
const runOf = (org: Org, id: string): Promise<Run> => getRun(world, org.actor, { id });

/** Somebody linked, whose name changes in Entra, and the start of the run that finds out. */
async function prepare() {
  const org = await world.connect();
  const { id: objectId } = org.addPerson({ displayName: 'Gammalt' });
  const appUserId = await org.addAppUser({ displayName: 'Någon' });
  await org.run();
  await org.link(objectId, appUserId);
  store.updateUser(org.tenantId, objectId, { displayName: 'Nytt' });
  const changes = async () =>
    (
      await world.admin.query<{ after: string }>(
        `select after from field_change where app_user_id = $1 and field = 'displayName' and run_id is not null order by id`,
        [appUserId],
      )
    ).rows.map(({ after }) => after);
  return { org, runId: await org.start(), changes, name: async () => (await org.fieldsOf(appUserId))['displayName'] };
}

const rowsOf = async (table: string, org: Org): Promise<number> =>
  (await world.admin.query(`select from ${table} where organisation_id = $1`, [org.id])).rows.length;
const generationOf = async (org: Org): Promise<number> =>
  Number(
    (
      await world.admin.query<{ generation: string }>(
        'select generation from mirror_state where organisation_id = $1',
        [org.id],
      )
    ).rows[0]?.generation,
  );

/** The first `times` statements of a kind on a table fail with the code; counted by a sequence, which no rollback takes back. */
async function failing(table: string, statement: 'insert' | 'update', code: string, times: number) {
  await world.admin.query(`
    create sequence times_for_test;
    grant usage on sequence times_for_test to public;
    create function fail_for_test() returns trigger language plpgsql as $$ begin
      if nextval('times_for_test') <= ${times} then raise exception 'made by a test' using errcode = '${code}'; end if;
      return null; end $$;
    create trigger fail_for_test before ${statement} on ${table} for each statement execute function fail_for_test()`);
}

const timesAsked = async (): Promise<number> =>
  Number((await world.admin.query<{ n: string }>('select last_value as n from times_for_test')).rows[0]?.n);

describe('F47 the connection is lost at the commit of the last transaction', () => {
  for (const when of ['before', 'after'] as const) {
    test(`${when} the server has done it: nobody knows, and the next worker reads the run's row and ends with every change made once`, async () => {
      const { org, runId, changes, name } = await prepare();
      const before = { generation: await generationOf(org), dump: await dump(world, org.id) };
      const proxy = await startDatabaseProxy(world.ownerConnectionString);
      const db = createDatabase({ connectionString: proxy.connectionString, role: 'samsyn_app', maxConnections: 4 });
      try {
        const cut = proxy.cutAtCommitOf('finished_at = clock_timestamp()', when);
        await expect(executeRun({ ...deps, db }, { organisationId: org.id, runId }, never)).rejects.toThrow(
          /terminated|not queryable/,
        );
        await cut;
      } finally {
        await db.close();
        await proxy.close();
      }
      if (when === 'before') {
        // The server finds out that nobody is there, and rolls back.
        await expect.poll(() => dump(world, org.id)).toEqual(before.dump);
        expect(await runOf(org, runId)).toMatchObject({ state: 'running' });
      } else {
        await expect.poll(async () => (await runOf(org, runId)).state).toBe('ok');
      }
      const after = when === 'after' ? await dump(world, org.id) : null;
      expect(await execute(org, runId)).toBe('done');
      expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { changedUsers: 1, changedFields: 1 } });
      if (after) expect(await dump(world, org.id)).toEqual(after);
      expect(await generationOf(org)).toBe(before.generation + 1);
      expect(await changes()).toEqual(['Nytt']);
      expect(await name()).toBe('Nytt');
      expect(await rowsOf('staging_user', org)).toBe(0);
    });
  }
});

describe('F50 a deadlock, a serialisation failure, a lock that is not given in time', () => {
  test.each([
    ['a deadlock', '40P01'],
    ['a serialisation failure', '40001'],
    ['a lock timeout', '55P03'],
  ])('%s: the whole last transaction is repeated, five times, and the run goes well', async (_what, code) => {
    const { org, runId, changes } = await prepare();
    await failing('mirror_state', 'update', code, 5);
    expect(await execute(org, runId)).toBe('done');
    expect(await timesAsked()).toBe(6);
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { changedFields: 1 } });
    expect(await changes()).toEqual(['Nytt']);
  });

  test('a sixth time, the run has failed, has changed nothing, and is tried again later', async () => {
    const { org, runId, changes } = await prepare();
    const before = await dump(world, org.id);
    await failing('mirror_state', 'update', '40P01', 1_000_000);
    expect(await execute(org, runId)).toBe('done');
    expect(await timesAsked()).toBe(6);
    expect(await runOf(org, runId)).toMatchObject({ state: 'retrying', error: { code: 'database_unavailable' } });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await changes()).toEqual([]);
  });
});

describe('F57 the disk of the database is full', () => {
  test('once: what was read is swept, and the run begins again and goes well', async () => {
    const { org, runId, changes } = await prepare();
    await failing('mirror_state', 'update', '53100', 1);
    expect(await execute(org, runId)).toBe('done');
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok', counts: { changedFields: 1 } });
    expect(await changes()).toEqual(['Nytt']);
    expect(lines.join('')).toContain('is swept, and the run begins again');
  });

  test('for good: it is tried once more and no oftener, then the run has failed in words, nothing that it read is kept, and the operator is alerted', async () => {
    const { org, runId, changes, name } = await prepare();
    const before = await dump(world, org.id);
    await failing('mirror_state', 'update', '53100', 1_000_000);
    expect(await execute(org, runId)).toBe('done');
    expect(await timesAsked()).toBe(2);
    expect(await runOf(org, runId)).toMatchObject({ state: 'retrying', error: { code: 'storage_full' } });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await changes()).toEqual([]);
    expect(await rowsOf('staging_user', org)).toBe(0);
    expect(lines.join('')).toMatch(/"level":"error","msg":"The disk of the database is full/);
    await world.admin.query('drop function fail_for_test cascade');
    expect(await org.run()).toMatchObject({ state: 'ok' });
    expect(await name()).toBe('Nytt');
  });

  test('already while it reads: the same', async () => {
    const { org, runId } = await prepare();
    const before = await dump(world, org.id);
    await failing('staging_user', 'insert', '53100', 1_000_000);
    expect(await execute(org, runId)).toBe('done');
    expect(await timesAsked()).toBe(2);
    expect(await runOf(org, runId)).toMatchObject({ state: 'retrying', error: { code: 'storage_full' } });
    expect(await dump(world, org.id)).toEqual(before);
    expect(await rowsOf('staging_user', org)).toBe(0);
  });
});

test('F53 a clock of the server that jumps by hours, forward or back, while it reads: the lease and the run do not mind', async () => {
  for (const jumpMs of [5 * 3_600_000, -5 * 3_600_000]) {
    const { org, runId, changes } = await prepare();
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + aheadMs) };
    const { graph } = world.deps;
    const jumping: typeof graph = {
      ...graph,
      reader(tenantId, options) {
        return graph.reader(tenantId, {
          ...options,
          before: async () => {
            aheadMs = jumpMs;
            await options?.before?.();
          },
        });
      },
    };
    expect(await executeRun({ ...deps, clock, graph: jumping }, { organisationId: org.id, runId }, never)).toBe('done');
    expect(aheadMs).toBe(jumpMs);
    expect(await runOf(org, runId)).toMatchObject({ state: 'ok' });
    expect(await changes()).toEqual(['Nytt']);
    // Whoever comes with a right clock finds the connection free.
    expect(await org.run()).toMatchObject({ state: 'ok' });
  }
});
