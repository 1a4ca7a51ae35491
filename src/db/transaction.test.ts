import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { newId } from '../base/ids.ts';
import { createDatabase } from './pool.ts';
import { inOrganisation, outsideOrganisation, type Tx } from './transaction.ts';

const { db, connectionString, adminConnectionString } = await useDatabase({ empty: true, maxConnections: 3 });
const a = newId();
const b = newId();

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminConnectionString });
  await client.connect();
  await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  await asAdmin(`
    create table note (organisation_id uuid not null, text text not null);
    create table counter (id int primary key, value int not null);
    alter table note enable row level security;
    alter table note force row level security;
    create policy wall on note using (organisation_id = nullif(current_setting('samsyn.organisation', true), '')::uuid)
      with check (organisation_id = nullif(current_setting('samsyn.organisation', true), '')::uuid);
    grant select, insert on note to samsyn_app;
    grant select on note to samsyn_sync;
    grant select, insert, update on counter to samsyn_app;
  `);
});

beforeEach(() => asAdmin('truncate note; truncate counter; insert into counter values (1, 0), (2, 0)'));

async function add(tx: Tx, organisation: string, text: string): Promise<void> {
  await sql`insert into note (organisation_id, text) values (${organisation}, ${text})`.execute(tx);
}

async function texts(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`select text from note order by text`.execute(tx);
  return rows.map((row) => row.text);
}

async function setting(tx: Tx): Promise<string> {
  const { rows } = await sql<{ value: string | null }>`
    select current_setting('samsyn.organisation', true) as value
  `.execute(tx);
  return rows[0]?.value ?? '';
}

test('a transaction sees and writes the rows of its organisation only', async () => {
  await inOrganisation(db, a, (tx) => add(tx, a, 'of a'));
  await inOrganisation(db, b, (tx) => add(tx, b, 'of b'));
  expect(await inOrganisation(db, a, texts)).toEqual(['of a']);
  expect(await inOrganisation(db, b, texts)).toEqual(['of b']);
  await expect(inOrganisation(db, a, (tx) => add(tx, b, 'smuggled'))).rejects.toThrow(/row-level security/);
});

test('without an organisation nothing is seen', async () => {
  await inOrganisation(db, a, (tx) => add(tx, a, 'of a'));
  expect(await outsideOrganisation(db, 'test', texts)).toEqual([]);
  expect((await sql`select text from note`.execute(db.kysely)).rows).toEqual([]);
});

test('the setting leaks into no later transaction, over a pool of 3 with aborts between', async () => {
  await inOrganisation(db, a, (tx) => add(tx, a, 'of a'));
  await inOrganisation(db, b, (tx) => add(tx, b, 'of b'));
  const seen = await Promise.all(
    Array.from({ length: 300 }, async (_, index) => {
      if (index % 3 === 0)
        return [await outsideOrganisation(db, 'test', setting), ...(await outsideOrganisation(db, 'test', texts))];
      const own = index % 2 ? a : b;
      if (index % 5 === 0) {
        await inOrganisation(db, own, async () => Promise.reject(new Error('abort'))).catch(() => undefined);
        await inOrganisation(db, own, (tx) => sql`select 1 / 0`.execute(tx)).catch(() => undefined);
      }
      return [await inOrganisation(db, own, setting), ...(await inOrganisation(db, own, texts))];
    }),
  );
  for (const [index, values] of seen.entries()) {
    expect(values).toEqual(index % 3 === 0 ? [''] : index % 2 ? [a, 'of a'] : [b, 'of b']);
  }
});

test('the role of a run ends with its transaction', async () => {
  await expect(inOrganisation(db, a, (tx) => add(tx, a, 'x'), { role: 'samsyn_sync' })).rejects.toThrow(
    /permission denied/,
  );
  await inOrganisation(db, a, (tx) => add(tx, a, 'x'));
});

test('a read-only transaction refuses to write', async () => {
  await expect(inOrganisation(db, a, (tx) => add(tx, a, 'x'), { readOnly: true })).rejects.toThrow(/read-only/);
});

test('a statement that takes too long is ended, and the limit does not stay', async () => {
  const slow = (tx: Tx): Promise<unknown> => sql`select pg_sleep(0.3)`.execute(tx);
  await expect(inOrganisation(db, a, slow, { statementTimeoutMs: 50 })).rejects.toThrow(/statement timeout/);
  await inOrganisation(db, a, slow);
});

test('two that lock each other out both succeed', async () => {
  const bump = async (tx: Tx, first: number, second: number): Promise<void> => {
    await sql`update counter set value = value + 1 where id = ${first}`.execute(tx);
    await sql`select pg_sleep(0.1)`.execute(tx);
    await sql`update counter set value = value + 1 where id = ${second}`.execute(tx);
  };
  let runs = 0;
  await Promise.all([
    inOrganisation(db, a, (tx) => (runs++, bump(tx, 1, 2))),
    inOrganisation(db, b, (tx) => (runs++, bump(tx, 2, 1))),
  ]);
  expect(runs).toBeGreaterThan(2);
  expect((await sql`select value from counter order by id`.execute(db.kysely)).rows).toEqual([
    { value: 2 },
    { value: 2 },
  ]);
});

test('a swallowed error cannot turn a commit into a silent rollback', async () => {
  await expect(
    inOrganisation(db, a, async (tx) => {
      await add(tx, a, 'lost');
      await sql`select 1 / 0`.execute(tx).catch(() => undefined);
    }),
  ).rejects.toThrow(/aborted/);
});

test('an id that is none is refused before it reaches the database', () => {
  expect(() => inOrganisation(db, `${a}' or true`, texts)).toThrow(/UUID/);
});

test('options in the address cannot unset the role or the limits', async () => {
  const url = new URL(connectionString);
  url.searchParams.set('options', '-c role=none -c statement_timeout=0 -c work_mem=5MB');
  url.searchParams.set('statement_timeout', '0');
  const other = createDatabase({ connectionString: url.href, role: 'samsyn_app', maxConnections: 1 });
  const { rows } = await sql`
    select current_user as role, current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('work_mem') as memory
  `.execute(other.kysely);
  await other.close();
  expect(rows).toEqual([{ role: 'samsyn_app', statement: '15s', lock: '3s', idle: '30s', memory: '5MB' }]);
});

test('a connection that the server ends is replaced', async () => {
  await sql`select 1`.execute(db.kysely);
  await asAdmin(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'samsyn' and datname = current_database()`,
  );
  await expect.poll(() => inOrganisation(db, a, texts).catch(() => 'not yet')).toEqual([]);
});
