// Matching by property (D1, T9): the candidates that the database finds are those that a naive search in JavaScript finds, pair by
// pair, among people whose names are written in every way that has ever been mixed up; and equality means one thing in both.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { present } from '../base/assert.ts';
import { useDatabase } from '../../test/database.ts';
import { newId } from '../base/ids.ts';
import type { MatchReason } from '../contract/situations.ts';

const { adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
await admin.connect();
afterAll(() => admin.end());
// Some ten seconds on an idle machine.
vi.setConfig({ testTimeout: 120_000 });

/** The only meaning of "the same" (T9), written a second time: NFC, A to Z, all else code point by code point; empty is nobody's. */
function keyOf(value: string | null | undefined): string | null {
  const key = (value ?? '')
    .normalize('NFC')
    .replaceAll(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
  return key === '' ? null : key;
}

const alike = [
  'anna', 'ANNA', 'Anna', '\u0430nna', '\uff41nna', 'an\u200bna', 'an\u00adna', ' anna', '\u00e5sa', 'a\u030asa', '\u00c5sa', 'A\u030asa', 'asa',
  '\u212bsa', 'lina', 'LINA', 'l\u0131na', 'L\u0130NA', 'li\u0307na', '\u212aarl', 'Karl', 'karl', 'lar\u017f', 'lars', 'LARS', 'stra\u00dfe',
  'strasse', 'STRASSE', 'stra\u1e9ee', '\ufb01lip', 'filip', 'o\u0323\u0307', 'o\u0307\u0323', '\u1ecd\u0307', 'e\u0301', '\u00e9', '\u03a3', '\u03c3', '\u03c2',
]; // prettier-ignore

test('D1, T9: 100,000 pairs of texts are the same in SQL exactly when they are in JavaScript, and have the same key', async () => {
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom(...alike), weight: 3 },
    {
      arbitrary: fc.string({ unit: 'binary', maxLength: 3 }).filter((one) => one.isWellFormed() && !one.includes('\0')),
      weight: 1,
    },
  );
  const word = fc.array(piece, { maxLength: 2 }).map((pieces) => pieces.join(''));
  // Half of the pairs are one text written in two ways.
  const forms = fc.tuple(word, fc.constantFrom('NFC', 'NFD', 'NFKC')).map(([one, form]) => [one, one.normalize(form)]);
  const pairs = fc.sample(fc.oneof(forms, fc.tuple(word, word)), { numRuns: 100_000, seed: 9 });
  const { rows } = await admin.query<{ n: number; one: string | null; other: string | null; same: boolean }>(
    `select (p.n - 1)::integer as n, match_key(p.pair ->> 0) as one, match_key(p.pair ->> 1) as other,
       match_key(p.pair ->> 0) = match_key(p.pair ->> 1) is true as same
     from jsonb_array_elements($1::jsonb) with ordinality as p (pair, n)`,
    [JSON.stringify(pairs)],
  );
  expect(rows).toHaveLength(pairs.length);
  let same = 0;
  for (const row of rows) {
    const [one, other] = present(pairs[row.n], 'each pair has its row').map(keyOf);
    const expected = { one, other, same: one !== null && one === other };
    if (row.one !== one || row.other !== other || row.same !== expected.same)
      expect(row, JSON.stringify(pairs[row.n])).toMatchObject(expected);
    if (row.same) same += 1;
  }
  expect(same).toBeGreaterThan(20_000);
  expect(same).toBeLessThan(80_000);
});

interface Person {
  id: string;
  mail: string | null;
  upn: string;
  employee: string | null;
  aliases: string[];
  inScope: boolean;
  deleted: boolean;
}
interface AppUser {
  id: string;
  email: string | null;
  signIn: string | null;
  employee: string | null;
  removed: boolean;
}
interface Organisation {
  people: Person[];
  users: AppUser[];
  /** Linked now, and in an earlier connection to the same tenant: indexes of people and of app users. */
  now: [number, number][];
  earlier: [number, number][];
}

const address = fc.constantFrom(...alike).map((name) => `${name}@b.example`);
const number = fc.constantFrom('a-1', 'A-1', '\u0430-1', '7', '07', '\u0667');
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 2 });
const ofCount = 40;
const organisation: fc.Arbitrary<Organisation> = fc.record({
  people: fc.array(
    fc.record({
      id: fc.constant('').map(newId),
      mail: maybe(address),
      upn: address,
      employee: maybe(fc.oneof(number, fc.constant(''))),
      aliases: fc.array(address, { maxLength: 3 }),
      inScope: fc.nat({ max: 5 }).map((n) => n > 0),
      deleted: fc.nat({ max: 5 }).map((n) => n === 0),
    }),
    { minLength: ofCount, maxLength: ofCount },
  ),
  users: fc.array(
    fc.record({
      id: fc.constant('').map(newId),
      email: maybe(fc.oneof(address, fc.constant(''))),
      signIn: maybe(address),
      employee: maybe(number),
      removed: fc.nat({ max: 5 }).map((n) => n === 0),
    }),
    { minLength: ofCount, maxLength: ofCount },
  ),
  now: pairs(4),
  earlier: pairs(8),
});

function pairs(maxLength: number): fc.Arbitrary<[number, number][]> {
  const index = () => fc.uniqueArray(fc.nat({ max: ofCount - 1 }), { minLength: maxLength, maxLength });
  return fc
    .tuple(index(), index())
    .map(([some, others]) => some.map((one, at): [number, number] => [one, others[at] ?? 0]));
}

function reasonsOf(person: Person, user: AppUser, wasLinked: boolean): MatchReason[] {
  const reasons = new Set<MatchReason>();
  const [mail, upn] = [keyOf(person.mail), keyOf(person.upn)];
  if (wasLinked) reasons.add('earlier_link');
  for (const own of [keyOf(user.email), keyOf(user.signIn)]) {
    if (own === null) continue;
    if (own === mail) reasons.add('same_email');
    if (own === upn) reasons.add('same_upn');
  }
  const contact = keyOf(user.email);
  const others = person.aliases.map(keyOf).filter((alias) => alias !== mail && alias !== upn);
  if (contact !== null && others.includes(contact)) reasons.add('same_alias');
  if (keyOf(user.employee) !== null && keyOf(user.employee) === keyOf(person.employee)) reasons.add('same_employee_id');
  return [...reasons].toSorted();
}

async function write({ people, users, now, earlier }: Organisation): Promise<string> {
  const [id, connectionId, past, tenantId] = [newId(), newId(), newId(), newId()];
  await admin.query(`insert into organisation (id, name) values ($1, 'O')`, [id]);
  for (const [connection, status] of [
    [past, 'off'],
    [connectionId, 'active'],
  ])
    // prettier-ignore
    await admin.query(
      `insert into connection (organisation_id, id, tenant_id, tenant_name, status, turned_off_at, consented_by_name, consented_by_oid, consented_at, scope, mode, steps_done)
       values ($1, $2, $3, 'T', $4, case $4 when 'off' then now() end, 'A', $5, now(), 'all', 'manual', '{groups,fields,notices,schedule}')`,
      [id, connection, tenantId, status, newId()],
    );
  await admin.query(
    `insert into app_user (organisation_id, id, fields, sign_in_email, removed_at)
     select $1, u.id, jsonb_strip_nulls(jsonb_build_object('email', u.email, 'employeeId', u.employee)), u."signIn", case when u.removed then now() end
     from jsonb_to_recordset($2::jsonb) as u (id uuid, email text, employee text, "signIn" text, removed boolean)`,
    [id, JSON.stringify(users)],
  );
  await admin.query(
    `insert into directory_user (organisation_id, connection_id, object_id, user_principal_name, mail, display_name, account_enabled, user_type,
       employee_id, aliases, deleted_at, deleted_reason, in_scope, generation)
     select $1, $2, p.id, p.upn, p.mail, 'P', true, 'Member', p.employee, array(select jsonb_array_elements_text(p.aliases)),
       case when p.deleted then now() end, case when p.deleted then 'purged' end, p."inScope", 1
     from jsonb_to_recordset($3::jsonb) as p (id uuid, upn text, mail text, employee text, aliases jsonb, deleted boolean, "inScope" boolean)`,
    [id, connectionId, JSON.stringify(people)],
  );
  for (const [connection, links] of [
    [past, earlier],
    [connectionId, now],
  ] as const)
    // prettier-ignore
    await admin.query(
      `insert into link (organisation_id, connection_id, object_id, app_user_id) select $1, $2, l.o, l.u
       from jsonb_to_recordset($3::jsonb) as l (o uuid, u uuid)`,
      [id, connection, JSON.stringify(links.map(([person, user]) => ({ o: people[person]?.id, u: users[user]?.id })))],
    );
  return id;
}

test('D1: 96,000 pairs of a person and an app user: candidates and their reasons are those of a naive search', async () => {
  const all = fc.sample(organisation, { numRuns: 60, seed: 4 });
  let found = 0;
  for (const one of all) {
    const id = await write(one);
    const { rows } = await admin.query<{ object_id: string; app_user_id: string; reasons: string[] }>(
      'select object_id, app_user_id, reasons from candidate where organisation_id = $1',
      [id],
    );
    const sql = new Map(rows.map((row) => [`${row.object_id} ${row.app_user_id}`, row.reasons.toSorted().join()]));
    const naive = new Map<string, string>();
    for (const [p, person] of one.people.entries())
      for (const [u, user] of one.users.entries()) {
        const isFree = !one.now.some(([linked, taken]) => linked === p || taken === u);
        if (!isFree || person.deleted || !person.inScope || user.removed) continue;
        const reasons = reasonsOf(
          person,
          user,
          one.earlier.some(([was, other]) => was === p && other === u),
        );
        if (reasons.length > 0) naive.set(`${person.id} ${user.id}`, reasons.join());
      }
    found += naive.size;
    expect(sql).toEqual(naive);
  }
  expect(found).toBeGreaterThan(3000);
});
