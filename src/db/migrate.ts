// Brings the tables up to this version of the software: src/db/migrations/NNNN-name.sql in order, each once, each whole.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type pg from 'pg';
import { systemClock } from '../base/clock.ts';
import { sha256 } from '../base/ids.ts';
import type { Logger } from '../base/log.ts';
import { connectOwner } from './connect.ts';
import type { Database } from './pool.ts';
import { DatabaseStartError } from './start-error.ts';

interface MigrateOptions {
  connectionString: string;
  log: Logger;
  /** For tests. */
  folder?: string;
}

interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
}

const ownFolder = path.join(import.meta.dirname, 'migrations');
// Any number, as long as it stays: two that migrate at once wait for each other on it.
const lockNumber = 7_265_726_901;

/** Answers the names of the migrations that it applied. */
export async function migrate({ connectionString, log, folder = ownFolder }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = await connectOwner(connectionString);
  try {
    await client.query('select pg_advisory_lock($1)', [lockNumber]);
    await makeRoles(client);
    await makeTable(client);
    const { rows: applied } = await client.query<{ number: number; name: string; checksum: string }>(
      'select number, name, checksum from samsyn_migration order by number',
    );
    checkApplied(applied, migrations);
    const open = migrations.filter(({ number }) => !applied.some((one) => one.number === number));
    for (const migration of open) {
      await apply(client, migration);
      log.info('Migrated the database', { migration: migration.name });
    }
    return open.map(({ name }) => name);
  } finally {
    // Gives the lock back too.
    await client.end();
  }
}

/** Whether the database has exactly the migrations of this software. */
export async function isMigrated(db: Database, folder = ownFolder): Promise<boolean> {
  const migrations = await readMigrations(folder);
  try {
    const { rows } = await sql<{ number: number; checksum: string }>`
      select number, checksum from samsyn_migration order by number
    `.execute(db.kysely);
    return (
      rows.length === migrations.length &&
      migrations.every(
        ({ number, checksum }, index) => rows[index]?.number === number && rows[index]?.checksum === checksum,
      )
    );
  } catch (error) {
    // undefined_table: a database that was never migrated
    if (error instanceof Error && 'code' in error && error.code === '42P01') return false;
    throw error;
  }
}

/** Those that the database lacks, by name. Throws when what it has is not what this software knows. `applied` as in samsyn_migration. */
export async function openMigrations(
  applied: readonly { number: number; name: string; checksum: string }[],
): Promise<string[]> {
  const migrations = await readMigrations(ownFolder);
  checkApplied(applied, migrations);
  return migrations.filter(({ number }) => !applied.some((one) => one.number === number)).map(({ name }) => name);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[\w-]+\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (file) => {
      // Line ends may differ between checkouts.
      const text = (await readFile(path.join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
      return {
        number: Number(file.slice(0, 4)),
        name: file.replace(/\.sql$/, ''),
        text,
        checksum: sha256(text).toString('hex'),
      };
    }),
  );
}

function checkApplied(
  applied: readonly { number: number; name: string; checksum: string }[],
  migrations: readonly Migration[],
): void {
  for (const one of applied) {
    const ours = migrations.find(({ number }) => number === one.number);
    if (!ours) {
      throw new DatabaseStartError(
        'database_newer',
        `The database has the migration ${one.name}, which this version of Samsyn does not know: start the newer version, or bring back the backup from before the update`,
      );
    }
    if (ours.checksum !== one.checksum) {
      throw new DatabaseStartError(
        'migration_changed',
        `The file of the migration ${one.name} is not the one that was applied to this database: bring the original file back; changes go into a new migration`,
      );
    }
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.text);
    await client.query('insert into samsyn_migration (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // the connection itself may be gone
    const { message, position } = error as { message: string; position?: string }; // an error of pg
    const line = position === undefined ? '' : `, line ${migration.text.slice(0, Number(position)).split('\n').length}`;
    throw new DatabaseStartError(
      'migration_failed',
      `The migration ${migration.name}${line} failed and was rolled back: ${message}`,
      error,
    );
  }
}

async function makeTable(client: pg.Client): Promise<void> {
  try {
    await client.query(`
      create table if not exists samsyn_migration (
        number integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      );
      grant select on samsyn_migration to samsyn_app;
    `);
  } catch (error) {
    throw new DatabaseStartError(
      'may_not',
      `The database user may not make tables in schema public (${(error as Error).message}): let the user of DATABASE_URL own the database`, // an error of pg
      error,
    );
  }
}

/** Roles belong to the whole server: another database on it may make them at the same time. */
async function makeRoles(client: pg.Client): Promise<void> {
  for (const role of ['samsyn_app', 'samsyn_sync'] as const) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(`
          do $$ begin
            if not exists (select from pg_roles where rolname = '${role}') then
              create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole;
            end if;
          exception when duplicate_object or unique_violation then null;
          end $$;
        `);
        const { rows } = await client.query<{ can: boolean }>(
          `select pg_has_role(current_user, $1, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as can`,
          [role],
        );
        if (!rows[0]?.can) await client.query(`grant ${role} to current_user`);
        break;
      } catch (error) {
        const code = (error as { code?: string }).code; // an error of pg
        if (code === '42501') {
          throw new DatabaseStartError(
            'may_not',
            `The database user may not make the role ${role}: give it CREATEROLE, or run once as an administrator "create role samsyn_app nologin; create role samsyn_sync nologin; grant samsyn_app, samsyn_sync to <the user of DATABASE_URL>"`,
            error,
          );
        }
        // "tuple concurrently updated": two that grant at once
        if (attempt === 5) throw error;
        await systemClock.sleep(Math.random() * 100 * attempt);
      }
    }
  }
}
