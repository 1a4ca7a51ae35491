import { beforeAll, describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import { reviewLists, type ReviewList } from '../contract/situations.ts';
import { searchAppUsers, searchDirectory } from './choices.ts';
import { getReviewCounts } from './counts.ts';
import { keep } from './gone.ts';
import { ignore } from './ignore.ts';
import { listReview } from './lists.ts';

const world = await useWorld();
const { store } = world.emulator;

interface Asked {
  search?: string;
  limit?: number;
  kept?: 'without' | 'only';
}

const page = (org: Org, list: ReviewList, { limit = 200, kept = 'without', search }: Asked = {}, after?: string) =>
  listReview(world, org.actor, {
    list,
    kept,
    limit,
    ...(search === undefined ? {} : { search }),
    ...(after === undefined ? {} : { after }),
  });

/** All pages of a list, as the names on it. */
async function names(org: Org, list: ReviewList, asked: Asked = {}): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  for (;;) {
    const { items, next } = await page(org, list, asked, after);
    found.push(...items.map((row) => row.person?.displayName ?? row.appUser?.displayName ?? ''));
    if (next === null) return found;
    after = next;
  }
}

describe('an organisation with somebody on each list', () => {
  let org: Org;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    org = await world.connect();
    const people = [
      'Länkad',
      'Föreslagen',
      'Fri',
      'Ignorerad',
      'Raderad',
      'Avstängd',
      'Behållen',
      'Ignorerad Borta',
      'Okänd Borta',
    ];
    for (const displayName of people)
      ids[displayName] = org.addPerson({ displayName, mail: `${people.indexOf(displayName)}@x.example` }).id;
    ids['Gäst'] = org.addPerson({ displayName: 'Gäst', userType: 'Guest' }).id;
    await org.run();
    for (const name of ['Länkad', 'Raderad', 'Avstängd', 'Behållen']) {
      await org.link(ids[name] ?? '', await org.addAppUser({ displayName: `App ${name}` }));
    }
    await org.addAppUser({ displayName: 'Kandidat', email: '1@x.example' });
    await org.addAppUser({ displayName: 'Bara i appen' });
    await ignore(world, org.actor, { objectIds: [ids['Ignorerad'] ?? '', ids['Ignorerad Borta'] ?? ''] });
    for (const name of ['Raderad', 'Behållen', 'Ignorerad Borta', 'Okänd Borta'])
      store.deleteUser(org.tenantId, ids[name] ?? '');
    store.updateUser(org.tenantId, ids['Avstängd'] ?? '', { accountEnabled: false });
    await org.run();
    const { items } = await page(org, 'gone', { search: 'Behållen' });
    await keep(world, org.actor, { appUserIds: [items[0]?.appUser?.id ?? ''] });
  });

  test('each stands on exactly the list of their situation', async () => {
    const found = Object.fromEntries(
      await Promise.all(reviewLists.map(async (list) => [list, await names(org, list)] as const)),
    );
    expect(found).toEqual({
      linked: ['Länkad'],
      suggested: ['Föreslagen'],
      available: ['Fri'],
      ignored: ['Ignorerad', 'Ignorerad Borta'],
      gone: ['Avstängd', 'Raderad'],
      app_only: ['Ada Admin', 'Bara i appen', 'Kandidat'],
    });
    expect(await names(org, 'gone', { kept: 'only' })).toEqual(['Behållen']);
  });

  test('I19: the counts are the lengths of the lists', async () => {
    const lengths = Object.fromEntries(
      await Promise.all(reviewLists.map(async (list) => [list, (await page(org, list)).total] as const)),
    );
    const counts = await getReviewCounts(world, org.actor);
    expect(counts).toEqual({ ...lengths, returning: 0, people: 4 });
    expect(counts).toEqual({
      linked: 1,
      suggested: 1,
      available: 1,
      ignored: 2,
      gone: 2,
      app_only: 3,
      returning: 0,
      people: 4,
    });
  });

  test('the lists agree with the view of situations', async () => {
    const { rows } = await world.admin.query<{ situation: string | null; name: string }>(
      'select situation, display_name as name from directory_situation where organisation_id = $1 order by display_name',
      [org.id],
    );
    expect(rows.map((row) => `${row.name}: ${row.situation}`)).toEqual([
      'Avstängd: out_of_scope', 'Behållen: deleted', 'Fri: unmatched', 'Föreslagen: unlinked', 'Gäst: null', 'Ignorerad: ignored',
      'Ignorerad Borta: ignored', 'Länkad: linked', 'Raderad: deleted',
    ]); // prettier-ignore
  });

  test('a row tells who they are, in both, and why they stand there', async () => {
    const [linked] = (await page(org, 'linked')).items;
    expect(linked).toMatchObject({
      person: { id: ids['Länkad'], mail: '0@x.example', marks: [{ mark: 'unlicensed', why: 'no_licence' }] },
      gone: null,
      ignored: null,
    });
    expect(linked?.linkedAt).not.toBeNull();
    const [suggested] = (await page(org, 'suggested')).items;
    expect(suggested).toMatchObject({
      appUser: null,
      candidates: [{ displayName: 'Kandidat', email: '1@x.example', reasons: ['same_email'] }],
    });
    const gone = (await page(org, 'gone')).items.map((row) => [
      row.gone?.reason,
      row.gone?.evidence,
      row.person?.marks.map(({ mark }) => mark),
    ]);
    expect(gone).toEqual([
      ['disabled', 'out_of_scope', ['perhaps_shared', 'disabled', 'unlicensed']],
      ['deleted', 'deleted_items', ['unlicensed']],
    ]);
    const [kept] = (await page(org, 'gone', { kept: 'only' })).items;
    expect(kept?.gone?.keptAt).not.toBeNull();
  });

  test('a search finds words of names and addresses, in any case and order, and its wildcards are letters', async () => {
    expect(await names(org, 'gone', { search: 'RADERAD' })).toEqual(['Raderad']);
    expect(await names(org, 'ignored', { search: 'borta ignor' })).toEqual(['Ignorerad Borta']);
    expect(await names(org, 'linked', { search: '0@x.ex' })).toEqual(['Länkad']);
    for (const search of ['%', '_', '\\', 'länkad%', "'; drop table link; --", 'finns inte']) {
      expect(await names(org, 'linked', { search })).toEqual([]);
    }
    expect((await page(org, 'ignored', { search: 'borta' })).total).toBe(1);
    expect(await names(org, 'app_only', { search: 'appen bara' })).toEqual(['Bara i appen']);
  });

  test('the two searches of the dialogs offer who is free on that side, and nobody else', async () => {
    expect((await searchAppUsers(world, org.actor, {})).items.map((one) => one.displayName)).toEqual([
      'Ada Admin',
      'Bara i appen',
      'Kandidat',
    ]);
    expect((await searchAppUsers(world, org.actor, { search: 'kand' })).items.map((one) => one.email)).toEqual([
      '1@x.example',
    ]);
    expect((await searchDirectory(world, org.actor, {})).items.map((one) => one.displayName)).toEqual([
      'Fri',
      'Föreslagen',
    ]);
    expect((await searchDirectory(world, org.actor, { search: 'fö' })).items).toHaveLength(1);
  });
});

test('before the first run nobody is counted, and people are unknown rather than none', async () => {
  const org = await world.connect();
  org.addPerson();
  expect(await getReviewCounts(world, org.actor)).toEqual({
    linked: 0, suggested: 0, available: 0, ignored: 0, gone: 0, app_only: 1, returning: 0, people: null,
  }); // prettier-ignore
  await org.run();
  expect(await getReviewCounts(world, org.actor)).toMatchObject({ available: 1, people: 1 });
});

describe('paging (D13)', () => {
  const surnames = [
    'Ek', 'Öberg', 'ek', 'Åberg', 'Ärlig', 'Zorn', 'Andersson', 'andersson', 'A\u030aberg', 'Wikström', 'Vik', 'Écar', 'Örn',
    'Ostman', 'Östman', 'Müller', 'Muller', 'Øst', 'Æsir', 'Łukasz', '王', '', 'de la Cruz', 'O\u2019Neil',
  ]; // prettier-ignore
  let org: Org;
  const all: string[] = [];

  beforeAll(async () => {
    org = await world.connect();
    for (let round = 0; round < 4; round += 1) {
      for (const surname of surnames) {
        const displayName = `${surname} ${round % 2 === 0 ? 'Åsa' : 'Bo'}`.trim();
        org.addPerson({ displayName });
        await org.addAppUser({ displayName: `${displayName} i appen` });
        all.push(displayName);
      }
    }
    await org.run();
  });

  test.each([1, 2, 7, 50, 95, 96, 97])(
    'pages of %i: everybody once, in one Swedish order, with people of the same name',
    async (limit) => {
      const seen: string[] = [];
      const listed: string[] = [];
      let after: string | undefined;
      for (;;) {
        const { items, next, total, totalIsCapped } = await page(org, 'available', { limit }, after);
        expect([total, totalIsCapped]).toEqual([all.length, false]);
        expect(items.length).toBeLessThanOrEqual(limit);
        seen.push(...items.map((row) => row.person?.id ?? ''));
        listed.push(...items.map((row) => row.person?.displayName ?? ''));
        if (next === null) break;
        expect(items.length).toBe(limit);
        after = next;
      }
      expect(new Set(seen).size).toBe(all.length);
      expect(listed.toSorted()).toEqual(all.toSorted());
      const swedish = new Intl.Collator('sv');
      for (const [index, name] of listed.entries()) {
        if (index > 0)
          expect(
            swedish.compare(listed[index - 1] ?? '', name),
            `${listed[index - 1]} before ${name}`,
          ).toBeLessThanOrEqual(0);
      }
    },
  );

  test('å, ä and ö come last, in this order', async () => {
    const listed = (await names(org, 'available', { search: 'bo' })).filter((name) =>
      /^(Zorn|Åberg|Ärlig|Öberg) Bo$/.test(name),
    );
    expect([...new Set(listed)]).toEqual(['Zorn Bo', 'Åberg Bo', 'Ärlig Bo', 'Öberg Bo']);
  });

  test('app users page the same way', async () => {
    const listed = await names(org, 'app_only', { limit: 7 });
    expect(listed.toSorted()).toEqual([...all.map((name) => `${name} i appen`), 'Ada Admin'].toSorted());
  });

  test('who is found by å in one letter is found by it in two', async () => {
    const [one, two] = [
      await names(org, 'available', { search: '\u00e5berg' }),
      await names(org, 'available', { search: 'A\u030aBERG' }),
    ];
    expect(one).toEqual(two);
    expect(one).toHaveLength(8);
  });

  test('a page that was not the end of one is refused, whatever it is', async () => {
    for (const after of [
      'x',
      '',
      Buffer.from('["a"]').toString('base64url'),
      Buffer.from('["a","b"]').toString('base64url'),
      'AAAA'.repeat(200),
    ]) {
      await expect(page(org, 'available', {}, after)).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });
});

test('a list of more than a thousand says that there are more', async () => {
  const org = await world.connect();
  for (let one = 0; one < 1001; one += 1) org.addPerson();
  await org.run();
  expect(await page(org, 'available', { limit: 10 })).toMatchObject({ total: 1000, totalIsCapped: true });
  expect(await getReviewCounts(world, org.actor)).toMatchObject({ available: 1001 });
});
