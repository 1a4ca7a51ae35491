// Lists of people: every person on exactly one page in Swedish order, and found by what one would type (D13). The lists are
// compared with a plain reference in JavaScript over the same names.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../test/database.ts';
import { addAppUser, addOrganisation, type Org } from '../../test/people.ts';
import { pageQuery } from '../contract/common.ts';
import { listContacts } from './contacts.ts';
import { listAppUsers } from './read-app-user.ts';
import { removeAppUser } from '../review/remove-app-user.ts';
import { createTeam, updateTeam } from './teams.ts';

const { db, adminConnectionString } = await useDatabase();
const owner = new pg.Client({ connectionString: adminConnectionString });
let org: Org;
let other: Org;
let alone = 0;

beforeAll(async () => {
  await owner.connect();
  org = await addOrganisation(db, 'norrsken.test');
  other = await addOrganisation(db, 'fjall.test');
  for (const domain of ['norrsken.test', 'fjall.test'])
    await owner.query(`update app_user set fields = '{"displayName": "~ ${domain}"}' where sign_in_email like $1`, [
      `%${domain}`,
    ]);
});
afterAll(() => owner.end());

/** An organisation in which nobody is but these. */
async function among(people: Record<string, string>[]): Promise<Org> {
  const own = await addOrganisation(db, `alone${(alone += 1)}.test`);
  await owner.query('update app_user set removed_at = now() where organisation_id = $1', [own.id]);
  for (const fields of people) await addAppUser(db, own.id, fields);
  return own;
}

type List = typeof listContacts | typeof listAppUsers;
const lists: [string, List][] = [['contacts', listContacts], ['app users', listAppUsers]]; // prettier-ignore

async function namesOf(of: Org, search?: string, list: List = listContacts): Promise<string[]> {
  const { items } = await list({ db }, of.admin.actor, pageQuery.parse({ search, limit: 200 }));
  return items.map(({ displayName }) => displayName);
}

async function everyPage(list: List, of: Org, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: string | undefined; ;) {
    // As it comes from a browser.
    const page = await list({ db }, of.admin.actor, pageQuery.parse({ after, limit }));
    pages.push(page.items.map(({ displayName }) => displayName));
    expect(page.total).toBe(page.totalIsCapped ? 1000 : page.total);
    if (page.next === null) return pages;
    after = page.next;
  }
}

describe('paging', () => {
  const names = [
    'Zäta',
    'Öberg',
    'Åberg',
    'Ärlig',
    'aberg',
    'Abel',
    'Åberg',
    'åberg',
    'A\u030Aberg',
    'Wall',
    'Vall',
    'Vall',
    '',
    '%',
    'Ö',
  ];

  test.each(lists)(
    'of %s: everybody on one page exactly, å ä ö last, whatever the size of the page',
    async (_name, list) => {
      const own = await among(
        names.map((displayName) => (displayName ? { displayName } : { email: 'nobody@norrsken.test' })),
      );
      const [whole = []] = await everyPage(list, own, 200);
      const order = (wanted: string[]) => whole.filter((name) => wanted.includes(name));
      expect(order(['Zäta', 'Öberg', 'Ärlig'])).toEqual(['Zäta', 'Ärlig', 'Öberg']);
      expect(whole.indexOf('Åberg')).toBeGreaterThan(whole.indexOf('Zäta'));
      expect(whole.indexOf('Åberg')).toBeLessThan(whole.indexOf('Ärlig'));
      expect(whole.map((name) => name.normalize('NFC')).toSorted()).toEqual(
        names.map((name) => (name || 'nobody@norrsken.test').normalize('NFC')).toSorted(),
      );
      for (const limit of [1, 2, 3, 7]) {
        const pages = await everyPage(list, own, limit);
        expect(pages.flat()).toEqual(whole);
        expect(pages.every((page) => page.length <= limit && page.length > 0)).toBe(true);
      }
    },
  );

  test.each(lists)('of %s: also past people with the longest names that there are', async (_name, list) => {
    const long = (letter: string) => ({ firstName: letter.repeat(1024), lastName: '"'.repeat(1024) });
    const own = await among([
      long('å'),
      long('ä'),
      { displayName: '😀'.repeat(512) },
      { displayName: '\\'.repeat(1024) },
    ]);
    expect((await everyPage(list, own, 1)).flat()).toHaveLength(4);
  });

  test('shows nobody of another organisation, and nobody who was removed', async () => {
    const gone = await addAppUser(db, org.id, { displayName: 'Gun Gått' });
    await addAppUser(db, other.id, { displayName: 'Gun Fjäll' });
    expect(await namesOf(org, 'gun')).toEqual(['Gun Gått']);
    await removeAppUser({ db }, org.admin.actor, { id: gone });
    for (const [, list] of lists) expect(await namesOf(org, 'gun', list)).toEqual([]);
  });

  test('counts up to a thousand, and says when there are more', async () => {
    const own = await among([]);
    await owner.query(
      `insert into app_user (organisation_id, id, fields) select $1, gen_random_uuid(), jsonb_build_object('displayName', 'Person ' || n) from generate_series(1, 1000) n`,
      [own.id],
    );
    const ask = () => listContacts({ db }, own.admin.actor, pageQuery.parse({ limit: 1 }));
    expect(await ask()).toMatchObject({ total: 1000, totalIsCapped: false });
    await addAppUser(db, own.id, { displayName: 'En till' });
    expect(await ask()).toMatchObject({ total: 1000, totalIsCapped: true });
  });

  test('of a team’s members only', async () => {
    const own = await among([{ displayName: 'Bo' }]);
    const id = await addAppUser(db, own.id, { displayName: 'Cilla' });
    const team = await createTeam({ db }, own.admin.actor, { name: 'Snickare' });
    await updateTeam({ db }, own.admin.actor, { id: team.id, memberIds: [id] });
    const page = await listAppUsers({ db }, own.admin.actor, { ...pageQuery.parse({}), teamId: team.id });
    expect(page).toMatchObject({ total: 1, items: [{ id, teams: ['Snickare'] }] });
  });
});

describe('search', () => {
  const people = [
    { displayName: 'Åsa Öberg', email: 'asa.oberg@norrsken.test', jobTitle: 'Målare', mobile: '+46701234567' },
    { displayName: 'Anna-Karin Ek', email: 'anna@norrsken.test', department: 'Ekonomi 100%' },
    { displayName: 'Örjan Åkesson', email: 'orjan_a@norrsken.test', phone: '08-123 45 67' },
    { displayName: 'Per Sköld', jobTitle: 'C:\\snickare' },
  ];
  let own: Org;
  beforeAll(async () => {
    own = await among(people);
  });

  test.each<[string, string[]]>([
    ['', ['Anna-Karin Ek', 'Per Sköld', 'Åsa Öberg', 'Örjan Åkesson']],
    ['åsa', ['Åsa Öberg']],
    ['ÅSA öberg', ['Åsa Öberg']],
    ['öberg åsa', ['Åsa Öberg']],
    ['A\u030Asa', ['Åsa Öberg']],
    ['berg', ['Åsa Öberg']],
    ['asa', ['Åsa Öberg']], // in the address: å is not a
    ['å', ['Åsa Öberg', 'Örjan Åkesson']],
    ['A\u030A', ['Åsa Öberg', 'Örjan Åkesson']],
    ['ö', ['Åsa Öberg', 'Örjan Åkesson']],
    ['e', ['Anna-Karin Ek']],
    ['ek', ['Anna-Karin Ek']],
    ['p', ['Per Sköld']],
    ['%', []], // no word begins with it
    ['100%', ['Anna-Karin Ek']],
    ['%%%', []],
    ['___', []],
    ['orjan_a', ['Örjan Åkesson']],
    ['orjanxa', []],
    ['c:\\sni', ['Per Sköld']],
    ['målare', ['Åsa Öberg']],
    ['ekonomi', ['Anna-Karin Ek']],
    ['4670123', ['Åsa Öberg']],
    ['08-123 45', ['Örjan Åkesson']],
    ['norrsken.test', ['Anna-Karin Ek', 'Åsa Öberg', 'Örjan Åkesson']],
    ['finns inte', []],
    ['  åsa \t öberg  ', ['Åsa Öberg']],
  ])('%j finds %j', async (search, expected) => {
    for (const [, list] of lists) expect(await namesOf(own, search, list)).toEqual(expected);
  });

  test('finds what a plain reference finds, for any words over any names', async () => {
    const letters = fc.constantFrom(
      'a',
      'å',
      'A\u030A',
      'Ä',
      'ö',
      'Ö',
      'b',
      '%',
      '_',
      '\\',
      "'",
      '-',
      'é',
      'ß',
      'ﬁ',
      '1',
    );
    const word = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
    const key = (text: string) => text.normalize('NFC').toLowerCase();
    const found = (text: string, token: string) =>
      Array.from(token).length >= 3 ? text.includes(token) : text.startsWith(token) || text.includes(` ${token}`);
    const many = await among([]);
    const names = fc
      .sample(fc.array(word, { minLength: 1, maxLength: 3 }), { numRuns: 150, seed: 1 })
      .map((words) => words.join(' '));
    for (const displayName of new Set(names)) await addAppUser(db, many.id, { displayName });
    const all = await namesOf(many);
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 2 }), async (words) => {
        const expected = all.filter((name) => words.every((one) => found(`${key(name)} `, key(one))));
        expect(await namesOf(many, words.join(' '))).toEqual(expected);
      }),
      { numRuns: 150, seed: 2 },
    );
  });
});
