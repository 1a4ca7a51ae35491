import { randomBytes } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import { createDatabase, type Database } from '../src/db/pool.ts';
import { databaseUrl, onServer, templateName } from './database-setup.ts';

export interface TestDatabase {
  /** As the product has it: bound by row-level security. */
  db: Database;
  /** Of the owner, as in DATABASE_URL. */
  connectionString: string;
  /** Of the superuser: sees and may everything. For arranging, and for looking across the walls. */
  adminConnectionString: string;
}

/**
 * A fresh database for this test file, migrated unless `empty` is asked for, and removed after it:
 * `const { db } = await useDatabase();` at the top of the file.
 */
export async function useDatabase(options: { empty?: boolean; maxConnections?: number } = {}): Promise<TestDatabase> {
  const server = inject('testServer');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server.owner, `create database ${name} template ${options.empty ? 'template1' : templateName}`);
  const connectionString = databaseUrl(server.owner, name);
  const db = createDatabase({ connectionString, role: 'samsyn_app', maxConnections: options.maxConnections ?? 5 });
  afterAll(async () => {
    await db.close();
    await onServer(server.admin, `drop database if exists ${name} with (force)`);
  });
  return { db, connectionString, adminConnectionString: databaseUrl(server.admin, name) };
}
