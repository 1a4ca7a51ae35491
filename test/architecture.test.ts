// Keeps the walls of the house standing. The rules are in architecture-rules.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  barrels,
  cycles,
  foreignWriters,
  impureThought,
  mayImport,
  openersOfConnections,
  readersOfEnvironment,
  readersOfTime,
  roomsNamed,
  writersOf,
  wrongImports,
} from './architecture-rules.ts';

const root = path.resolve(import.meta.dirname, '..');

function read(...folders: string[]): Map<string, string> {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    if (!existsSync(path.join(root, folder))) continue;
    for (const name of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const file = path.posix.join(folder, name);
      if (/\.(tsx?|sql)$/.test(name) && !/(^|\/)node_modules\//.test(file))
        sources.set(file, readFileSync(path.join(root, file), 'utf8'));
    }
  }
  return sources;
}

const sources = read('src', 'web/src', 'emulator');
const rooms = readdirSync(path.join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const migrations = [...sources].filter(([file]) => file.startsWith('src/db/migrations/')).map(([, text]) => text);
const writers = writersOf(migrations.join('\n'));

describe('the house', () => {
  test('each import is one that the table allows', () => expect(wrongImports(sources)).toEqual([]));
  test('no imports go in a circle', () => expect(cycles(sources)).toEqual([]));
  test('no file only passes on what others export', () => expect(barrels(sources)).toEqual([]));
  test('only config.ts reads the environment', () => expect(readersOfEnvironment(sources)).toEqual([]));
  test('only base/clock.ts asks the time', () => expect(readersOfTime(sources)).toEqual([]));
  test('only graph and mail open connections to the outside', () => expect(openersOfConnections(sources)).toEqual([]));
  test('reconcile thinks without chance, clock or network', () => expect(impureThought(sources)).toEqual([]));
  test('each table is written by the room that owns it', () => expect(foreignWriters(sources, writers)).toEqual([]));

  test('each table names its writer, and the writer is a room', () => {
    expect(writers.size).toBeGreaterThan(20);
    expect(
      [...writers].filter(([, names]) => names.length === 0 || names.some((name) => !(name in mayImport))),
    ).toEqual([]);
  });

  test('each folder of src is a room of the table', () => {
    expect(rooms.filter((room) => !(room in mayImport))).toEqual([]);
  });

  test.runIf(existsSync(path.join(root, 'ARCHITECTURE.md')))(
    'ARCHITECTURE.md names exactly the rooms that exist',
    () => {
      const named = roomsNamed(readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8'));
      expect(named.toSorted()).toEqual(rooms.toSorted());
    },
  );
});

// A rule that catches nothing would hold in any house.
describe('the rules', () => {
  const house = (files: Record<string, string>): Map<string, string> => new Map(Object.entries(files));

  test.each([
    ['a room that is not allowed', 'src/base/x.ts', `import { y } from '../db/y.ts';`],
    ['a type of a room that is not allowed', 'src/reconcile/x.ts', `import type { y } from '../db/y.ts';`],
    ['a room that is not allowed, passed on', 'src/base/x.ts', `export { y } from '../db/y.ts';`],
    ['a room that is not allowed, later', 'src/base/x.ts', `const y = await import('../db/y.ts');`],
    ['our code in the emulator', 'emulator/x.ts', `import { y } from '../src/base/y.ts';`],
    ['the server in the web app', 'web/src/x.tsx', `import { y } from '../../src/db/y.ts';`],
    ['Node in the web app', 'web/src/x.tsx', `import fs from 'node:fs';`],
    ['the emulator in the server', 'src/sync/x.ts', `import { y } from '../../emulator/y.ts';`],
    ['the driver outside of db', 'src/people/x.ts', `import pg from 'pg';`],
    ['a package in reconcile', 'src/reconcile/x.ts', `import { sql } from 'kysely';`],
    ['Node in reconcile', 'src/reconcile/x.ts', `import { randomUUID } from 'node:crypto';`],
  ])('catch %s', (_, file, text) => expect(wrongImports(house({ [file]: text }))).toHaveLength(1));

  test('let good imports be', () => {
    const files = {
      'src/people/x.ts': `import { y } from '../db/y.ts'; import { z } from './z.ts'; import { sql } from 'kysely';`,
      'src/people/x.test.ts': `import { y } from '../sync/y.ts';`,
      'src/cli.ts': `import { y } from '../emulator/y.ts'; import { z } from './http/z.ts';`,
      'web/src/x.tsx': `import { y } from '../../src/contract/y.ts'; import react from 'react';`,
    };
    expect(wrongImports(house(files))).toEqual([]);
  });

  test('catch a circle', () => {
    const files = {
      'src/a/1.ts': `import './2.ts';`,
      'src/a/2.ts': `import './3.ts';`,
      'src/a/3.ts': `import type { x } from './1.ts';`,
    };
    expect(cycles(house(files))).toEqual(['src/a/1.ts -> src/a/2.ts -> src/a/3.ts -> src/a/1.ts']);
    expect(cycles(house({ ...files, 'src/a/3.ts': '' }))).toEqual([]);
  });

  test('catch barrels', () => {
    expect(barrels(house({ 'src/a/index.ts': 'export const x = 1;' }))).toHaveLength(1);
    expect(barrels(house({ 'src/a/all.ts': `export * from './b.ts'; export { c } from './c.ts';` }))).toHaveLength(1);
    expect(barrels(house({ 'src/a/b.ts': `export { c } from './c.ts'; export const x = 1;` }))).toEqual([]);
  });

  test.each(['process.env.X', `process['env']`, 'const { HOME } = process.env'])(
    'catch a read of the environment: %s',
    (text) => {
      expect(readersOfEnvironment(house({ 'src/db/x.ts': text }))).toHaveLength(1);
      expect(readersOfEnvironment(house({ 'src/config.ts': text }))).toEqual([]);
    },
  );

  test.each(['Date.now()', 'new Date()', 'performance.now()', 'const f = Date.now;', 'process.hrtime.bigint()'])(
    'catch a look at the clock: %s',
    (text) => {
      expect(readersOfTime(house({ 'src/sync/x.ts': text }))).toHaveLength(1);
      expect(readersOfTime(house({ 'src/base/clock.ts': text }))).toEqual([]);
    },
  );

  test('let dates from values and words in comments be', () => {
    expect(
      readersOfTime(house({ 'src/sync/x.ts': `new Date(row.at); // not Date.now()\nconst s = 'new Date()';` })),
    ).toEqual([]);
  });

  test.each([
    `await fetch('https://x')`,
    `globalThis.fetch(url)`,
    `import { request } from 'node:https';`,
    `import net from 'node:net';`,
    `import * as http from 'node:http';`,
    `import { Agent } from 'undici';`,
    `new WebSocket('wss://x')`,
  ])('catch a connection to the outside: %s', (text) => {
    expect(openersOfConnections(house({ 'src/people/x.ts': text }))).toHaveLength(1);
    expect(openersOfConnections(house({ 'src/graph/x.ts': text }))).toEqual([]);
  });

  test('let servers and types be', () => {
    const text = `import { createServer } from 'node:net'; import type { Agent } from 'node:http'; db.fetch();`;
    expect(openersOfConnections(house({ 'src/db/x.ts': text }))).toEqual([]);
  });

  test('catch chance in thought', () => {
    expect(impureThought(house({ 'src/reconcile/x.ts': 'Math.random()' }))).toHaveLength(1);
  });

  test.each([
    `tx.insertInto('link').values({})`,
    `tx.updateTable('link as l')`,
    `tx.deleteFrom(['link'])`,
    'sql`insert into link (a) values (${1})`',
    'sql`with x as (select 1) update link l set a = ${1}`',
    'sql`update link set a = 1`',
    'sql`delete from only public.link where a`',
    `client.query('truncate table link')`,
    'sql`MERGE INTO link USING x`',
  ])('catch a foreign writer: %s', (text) => {
    const map = new Map([['link', ['review']]]);
    expect(foreignWriters(house({ 'src/sync/x.ts': text }), map)).toEqual([
      'src/sync/x.ts writes link, which belongs to review',
    ]);
    expect(foreignWriters(house({ 'src/review/x.ts': text }), map)).toEqual([]);
  });

  test('let reading be', () => {
    const text = 'sql`select * from link for update`; tx.selectFrom("link"); const words = "Failed to update link";';
    expect(foreignWriters(house({ 'src/sync/x.ts': text }), new Map([['link', ['review']]]))).toEqual([]);
  });

  test('find the writers in the comments above the tables', () => {
    const map = writersOf(
      '-- People.\n-- writer: people\ncreate table a (\n);\n\n-- writer: sync, review\n-- More.\ncreate table b (\n);\n\ncreate table c (',
    );
    expect([...map]).toEqual([
      ['a', ['people']],
      ['b', ['sync', 'review']],
      ['c', []],
    ]);
  });

  test('find the rooms in ARCHITECTURE.md', () => {
    const text =
      '# X\n\n## The rooms\n\n| `base/` | log |\n| `db/` | pool |\n- `graph/`: http\nSee `docs/` too.\n\n## Other\n\n| `no/` |';
    expect(roomsNamed(text)).toEqual(['base', 'db', 'graph']);
  });
});
