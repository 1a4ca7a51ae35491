// Staging by property (D1): whatever comes of an object, in however many pages, is what a fold over its items in their order makes
// of it. The merge is half in SQL, so thousands of objects go through a real database at once, each with a history of its own.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { newId } from '../base/ids.ts';
import { inOrganisation, type Tx } from '../db/transaction.ts';
import type { GroupItem } from '../graph/groups.ts';
import type { UserItem } from '../graph/users.ts';
import { type Pull, stageGroups, stagedPerson, stageUsers } from './stage.ts';

const { db } = await useDatabase();
// Some eight seconds on an idle machine.
vi.setConfig({ testTimeout: 120_000 });
const batches = 10;
const objectsOfBatch = 2000;

const text = fc.constantFrom(null, '', 'Åsa', 'Asa', 'a@b.example', '{"attributes": 1}');
const attributes = fc.dictionary(fc.constantFrom('jobTitle', 'department', 'city'), text, { maxKeys: 3 });
const told = fc.record(
  {
    userPrincipalName: fc.constantFrom('a@b.example', 'c@d.example'),
    mail: text,
    displayName: text,
    accountEnabled: fc.boolean(),
    userType: fc.constantFrom(null, 'Member', 'Guest'),
    licensed: fc.boolean(),
    aliases: fc.array(fc.constantFrom('x@b.example', 'y@b.example'), { maxLength: 2 }),
    managerId: fc.constantFrom(null, newId()),
  },
  { requiredKeys: [] },
);
type Told = Omit<UserItem, 'id'>;
const present: fc.Arbitrary<Told> = fc
  .tuple(told, attributes)
  .map(([members, coupled]) => ({ removed: null, ...members, attributes: coupled }));
const removed: fc.Arbitrary<Told> = fc
  .constantFrom('changed', 'deleted')
  .map((reason) => ({ removed: reason, attributes: {} }));
/** Items of one object, cut into pages. */
const pagesOf = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[][]> =>
  fc.array(fc.array(item, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });

/** The n-th page of a batch has the n-th pages of all its objects. */
function pagesOfBatch<T>(objects: readonly (readonly T[][])[]): T[][] {
  const count = Math.max(...objects.map((pages) => pages.length));
  return Array.from({ length: count }, (_, n) => objects.flatMap((pages) => pages[n] ?? []));
}

async function staged(stage: (tx: Tx, pull: Pull) => Promise<void>, table: string): Promise<Record<string, unknown>[]> {
  const pull = { organisationId: newId(), connectionId: newId(), pullId: newId() };
  return inOrganisation(
    db,
    pull.organisationId,
    async (tx) => {
      await stage(tx, pull);
      const { rows } = await tx.executeQuery<Record<string, unknown>>({
        ...tx
          .selectFrom(table as 'staging_user')
          .selectAll()
          .compile(),
      });
      return rows;
    },
    { role: 'samsyn_sync' },
  );
}

/** Of a row what the reference names; a failure names what was told. */
function compare(row: Record<string, unknown> = {}, reference: Record<string, unknown>, toldPages: unknown): void {
  const found = Object.fromEntries(Object.keys(reference).map((key) => [key, row[key]]));
  if (!isDeepStrictEqual(found, reference)) expect(found, JSON.stringify(toldPages)).toEqual(reference);
}

/** Of an object that is seen both present and removed only that is known: a look-up decides, and replaces what was told. */
function peopleReference(items: readonly Told[]): Record<string, unknown> {
  const contested = items.some((one) => one.removed !== null) && items.some((one) => one.removed === null);
  if (contested) return { removed: items.at(-1)?.removed, contested };
  if (items[0]?.removed !== null) return { removed: items.at(-1)?.removed, contested, present: {} };
  const all = items.map((item) => stagedPerson({ id: '', ...item }));
  const coupled = Object.assign({}, ...all.map((one) => one.attributes)) as object; // of string or null, as told
  return { removed: null, contested, present: { ...(Object.assign({}, ...all) as object), attributes: coupled } };
}

test(`D1, F26-F29: ${batches * objectsOfBatch} people: pages in any cut make of each what its items in their order do`, async () => {
  const person = pagesOf(fc.oneof({ arbitrary: present, weight: 4 }, { arbitrary: removed, weight: 1 }));
  for (let batch = 0; batch < batches; batch += 1) {
    const objects = fc
      .sample(person, { numRuns: objectsOfBatch, seed: batch })
      .map((pages) => ({ id: newId(), pages }));
    const pages = pagesOfBatch(
      objects.map(({ id, pages: own }) => own.map((page) => page.map((item) => ({ id, ...item })))),
    );
    const rows = await staged(async (tx, pull) => {
      // oxlint-disable-next-line no-await-in-loop -- pages come one after the other
      for (const page of pages) await stageUsers(tx, pull, page);
    }, 'staging_user');
    const byId = new Map(rows.map((row) => [row['object_id'], row]));
    expect(byId.size).toBe(objects.length);
    for (const { id, pages: own } of objects) compare(byId.get(id), peopleReference(own.flat()), own);
  }
});

test('D1, F27: a page that comes again, and any order of whole states that are alike, change nothing', async () => {
  const whole = fc
    .tuple(told, attributes)
    .map(([members, coupled]) => ({ removed: null, ...members, attributes: coupled }));
  const objects = fc.sample(fc.tuple(fc.array(whole, { minLength: 1, maxLength: 3 }), fc.nat({ max: 5 })), {
    numRuns: objectsOfBatch,
    seed: 1,
  });
  const items = objects.map(([states, times]) => ({ id: newId(), states, times }));
  const read = (repeats: boolean) =>
    staged(async (tx, pull) => {
      for (let n = 0; n < 3; n += 1) {
        const page = items.flatMap(({ id, states, times }) => {
          const state = states[n];
          return state ? Array.from({ length: repeats ? 1 + times : 1 }, () => ({ id, ...state })) : [];
        });
        // oxlint-disable-next-line no-await-in-loop -- pages come one after the other
        for (let again = 0; again < (repeats ? 2 : 1); again += 1) await stageUsers(tx, pull, page);
      }
    }, 'staging_user');
  const plain = (rows: Record<string, unknown>[]) =>
    new Map(
      rows.map(({ object_id: id, removed: reason, contested, present: row }) => [id, { reason, contested, row }]),
    );
  expect(plain(await read(true))).toEqual(plain(await read(false)));
});

const memberIds = Array.from({ length: 4 }, newId);
const group = fc.oneof(
  { arbitrary: fc.constant<Omit<GroupItem, 'id'>>({ removed: true, hidden: false, members: [] }), weight: 1 },
  {
    arbitrary: fc
      .tuple(
        fc.option(fc.constantFrom('Växel', 'Support', '')),
        fc.boolean(),
        fc.array(
          fc.record({
            id: fc.constantFrom(...memberIds),
            kind: fc.constantFrom('user', 'group'),
            removed: fc.boolean(),
          }),
          { maxLength: 5 },
        ),
      )
      .map(([name, hidden, members]) => ({
        removed: false,
        hidden,
        members,
        ...(name !== null && { displayName: name }),
      })),
    weight: 4,
  },
);

test(`D1: ${(batches / 2) * objectsOfBatch} groups: parts add up, of each member the last word counts, and so of the name`, async () => {
  for (let batch = 0; batch < batches / 2; batch += 1) {
    const objects = fc
      .sample(pagesOf(group), { numRuns: objectsOfBatch, seed: batch })
      .map((pages) => ({ id: newId(), pages }));
    const pages = pagesOfBatch(
      objects.map(({ id, pages: own }) => own.map((page) => page.map((item) => ({ id, ...item })))),
    );
    const members = new Map<string, Record<string, unknown>>();
    const rows = await staged(async (tx, pull) => {
      // oxlint-disable-next-line no-await-in-loop -- pages come one after the other
      for (const page of pages) await stageGroups(tx, pull, page);
      const found = await tx.selectFrom('staging_membership').selectAll().execute();
      for (const row of found)
        members.set(`${row.group_id} ${row.member_id}`, { member_kind: row.member_kind, removed: row.removed });
    }, 'staging_group');
    const byId = new Map(rows.map((row) => [row['group_id'], row]));
    const expected = new Map<string, Record<string, unknown>>();
    for (const { id, pages: own } of objects) {
      const items = own.flat();
      for (const { id: member, kind, removed: left } of items.flatMap((item) => item.members))
        expected.set(`${id} ${member}`, { member_kind: kind, removed: left });
      const reference = {
        removed: items.at(-1)?.removed,
        hidden: items.some(({ hidden }) => hidden),
        display_name: items.findLast(({ displayName }) => displayName !== undefined)?.displayName ?? null,
      };
      compare(byId.get(id), reference, own);
    }
    if (!isDeepStrictEqual(members, expected)) expect(members).toEqual(expected);
  }
});
