import { describe, expect, test } from 'vitest';
import { useWorld, type Org } from '../../test/factories.ts';
import type { MatchReason } from '../contract/situations.ts';
import { getReviewCounts } from './counts.ts';
import { listReview } from './lists.ts';

const world = await useWorld();

async function suggestions(org: Org) {
  const { items } = await listReview(world, org.actor, { list: 'suggested', kept: 'without', limit: 200 });
  return items.map((row) => ({
    id: row.person?.id ?? '',
    candidates: row.candidates.map(({ id, reasons }) => ({ id, reasons })),
  }));
}

async function situationOf(org: Org, objectId: string): Promise<string | null | undefined> {
  const { rows } = await world.admin.query<{ situation: string | null }>(
    'select situation from directory_situation where organisation_id = $1 and object_id = $2',
    [org.id, objectId],
  );
  return rows[0]?.situation;
}

describe('who is suggested for whom', () => {
  const people = {
    mail: 'Anna.Berg@bolag.example', userPrincipalName: 'aber@bolag.example', employeeId: 'A-17',
    proxyAddresses: ['SMTP:Anna.Berg@bolag.example', 'smtp:anna.lund@bolag.example', 'sip:anna.sip@bolag.example'],
  }; // prettier-ignore
  const cases: [string, Record<string, string>, string | undefined, MatchReason[]][] = [
    ['the same contact e-mail, in any case of A to Z', { email: 'aNNa.bERG@bolag.example' }, undefined, ['same_email']],
    ['the same sign-in e-mail', { email: 'annat@x.example' }, 'anna.berg@bolag.example', ['same_email']],
    ['the same user name', { email: 'ABER@bolag.example' }, undefined, ['same_upn']],
    ['the user name as sign-in e-mail', {}, 'aber@bolag.example', ['same_upn']],
    ['an alias', { email: 'anna.lund@bolag.example' }, undefined, ['same_alias']],
    ['the same employee number', { employeeId: 'a-17' }, undefined, ['same_employee_id']],
    [
      'several reasons, strongest first',
      { email: 'anna.lund@bolag.example', employeeId: 'A-17' },
      'anna.berg@bolag.example',
      ['same_email', 'same_alias', 'same_employee_id'],
    ],
    ['an address of another kind', { email: 'anna.sip@bolag.example' }, undefined, []],
    ['the same name only', { displayName: 'Anna Berg', firstName: 'Anna', lastName: 'Berg' }, undefined, []],
    ['nothing at all', {}, undefined, []],
  ];
  test.each(cases)('by %s', async (_what, fields, signInEmail, reasons) => {
    const org = await world.connect();
    const person = org.addPerson({ displayName: 'Anna Berg', ...people });
    const appUserId = await org.addAppUser({ displayName: 'Anna', ...fields }, signInEmail);
    await org.run();
    const expected = reasons.length === 0 ? [] : [{ id: person.id, candidates: [{ id: appUserId, reasons }] }];
    expect(await suggestions(org)).toEqual(expected);
    expect(await situationOf(org, person.id)).toBe(reasons.length === 0 ? 'unmatched' : 'unlinked');
  });

  test('two who are empty in the same field are not alike', async () => {
    const org = await world.connect();
    org.addPerson({ mail: null, employeeId: null });
    await org.addAppUser({ displayName: 'Utan adress' });
    await org.addAppUser({ displayName: 'Tom', email: '', employeeId: '' });
    await org.run();
    expect(await suggestions(org)).toEqual([]);
  });

  test('T9: several candidates are shown as several, strongest first, and their person is disputed', async () => {
    const org = await world.connect();
    const person = org.addPerson({ mail: 'per@bolag.example', employeeId: '7' });
    const byNumber = await org.addAppUser({ displayName: 'A Per', employeeId: '7' });
    const byMail = await org.addAppUser({ displayName: 'B Per', email: 'per@bolag.example' });
    const byBoth = await org.addAppUser({ displayName: 'C Per', email: 'per@bolag.example', employeeId: '7' });
    await org.run();
    expect(await suggestions(org)).toEqual([
      {
        id: person.id,
        candidates: [
          { id: byMail, reasons: ['same_email'] },
          { id: byBoth, reasons: ['same_email', 'same_employee_id'] },
          { id: byNumber, reasons: ['same_employee_id'] },
        ],
      },
    ]);
    expect(await situationOf(org, person.id)).toBe('disputed');
  });

  test('who is removed, linked or in another organisation is nobody’s candidate', async () => {
    const [org, other] = [await world.connect(), await world.connect()];
    const [first, second] = [
      org.addPerson({ mail: 'en@bolag.example' }),
      org.addPerson({ mail: 'tva@bolag.example', employeeId: '5' }),
    ];
    const removed = await org.addAppUser({ displayName: 'Borta', email: 'en@bolag.example' });
    await world.admin.query('update app_user set removed_at = now() where id = $1', [removed]);
    await other.addAppUser({ displayName: 'Grannen', email: 'en@bolag.example' });
    const linked = await org.addAppUser({ displayName: 'Länkad', email: 'en@bolag.example', employeeId: '5' });
    await org.run();
    await org.link(second.id, linked);
    expect(await suggestions(org)).toEqual([]);
    expect(await situationOf(org, first.id)).toBe('unmatched');
  });

  test('I31: a link of an earlier connection to the same tenant is offered first and never applied', async () => {
    const org = await world.connect();
    const person = org.addPerson({ mail: 'en@bolag.example' });
    const earlier = await org.addAppUser({ displayName: 'Förr' });
    const alike = await org.addAppUser({ displayName: 'Alik', email: 'en@bolag.example' });
    await org.run();
    await org.link(person.id, earlier);
    await world.admin.query(`update app_user set fields = '{"displayName": "Förr"}' where id = $1`, [earlier]);
    await world.admin.query(`update connection set status = 'off', turned_off_at = now() where id = $1`, [
      org.connectionId,
    ]);
    const again = await world.connect({ again: org });
    await again.run();
    expect(await suggestions(again)).toEqual([
      {
        id: person.id,
        candidates: [
          { id: earlier, reasons: ['earlier_link'] },
          { id: alike, reasons: ['same_email'] },
        ],
      },
    ]);
    expect(await getReviewCounts(world, again.actor)).toMatchObject({ linked: 0, suggested: 1, app_only: 3 });
    expect(await again.fieldsOf(earlier)).toEqual({ displayName: 'Förr' });
  });
});

describe('T9: look-alike letters do not match', () => {
  // [of the directory, of the app user, whether they are the same]
  const pairs: [string, string, string, boolean][] = [
    ['capital A to Z', 'ANNA@BOLAG.EXAMPLE', 'anna@bolag.example', true],
    ['å as one letter and as two', '\u00e5sa@bolag.example', 'a\u030asa@bolag.example', true],
    ['ö as one letter and as two', '\u00f6rjan@bolag.example', 'o\u0308rjan@bolag.example', true],
    ['Å and å', '\u00c5sa@bolag.example', '\u00e5sa@bolag.example', false],
    ['å and a', '\u00e5sa@bolag.example', 'asa@bolag.example', false],
    ['Turkish dotless i', 'l\u0131na@bolag.example', 'lina@bolag.example', false],
    ['Turkish dotted capital I', 'L\u0130NA@bolag.example', 'lina@bolag.example', false],
    ['the Kelvin sign, which is a K in NFC', '\u212aarl@bolag.example', 'karl@bolag.example', true],
    ['long s', 'lar\u017f@bolag.example', 'lars@bolag.example', false],
    ['sharp s and ss', 'stra\u00dfe@bolag.example', 'strasse@bolag.example', false],
    ['Cyrillic a', '\u0430nna@bolag.example', 'anna@bolag.example', false],
    ['Cyrillic e and o', 'b\u043erj\u0435@bolag.example', 'borje@bolag.example', false],
    ['Greek omicron', 'b\u03bfb@bolag.example', 'bob@bolag.example', false],
    ['full width', '\uff41nna@bolag.example', 'anna@bolag.example', false],
    ['zero width space', 'an\u200bna@bolag.example', 'anna@bolag.example', false],
    ['zero width joiner', 'an\u200dna@bolag.example', 'anna@bolag.example', false],
    ['soft hyphen', 'an\u00adna@bolag.example', 'anna@bolag.example', false],
    ['a no-break space within', 'an\u00a0na@bolag.example', 'an na@bolag.example', false],
    ['ligature fi', '\ufb01lip@bolag.example', 'filip@bolag.example', false],
    ['l and 1', '1ina@bolag.example', 'lina@bolag.example', false],
    ['a dot more', 'an.na@bolag.example', 'anna@bolag.example', false],
    ['a tag after a plus sign', 'anna+x@bolag.example', 'anna@bolag.example', false],
    ['a domain more', 'anna@bolag.example.evil', 'anna@bolag.example', false],
    ['percent and underscore are letters', 'a%_a@bolag.example', 'anna@bolag.example', false],
  ];
  for (const [what, one, two, same] of pairs) {
    test.each([
      ['', one, two],
      [', the other way round', two, one],
    ])(`${what} ${same ? 'is the same' : 'is another'}%s`, async (_way, directory, app) => {
      const { rows } = await world.admin.query<{ same: boolean }>('select match_key($1) = match_key($2) as same', [
        directory,
        app,
      ]);
      expect(rows).toEqual([{ same }]);
    });
  }

  test('all of them at once, as lists show it', async () => {
    const org = await world.connect();
    const expected: string[] = [];
    for (const [index, [, directory, app, same]] of pairs.entries()) {
      const mail = directory.replace('@', `.${index}@`);
      const person = org.addPerson({ mail, proxyAddresses: [], displayName: `Nr ${index}` });
      await org.addAppUser({ displayName: `App ${index}`, email: app.replace('@', `.${index}@`) });
      if (same) expected.push(person.id);
    }
    await org.run();
    expect((await suggestions(org)).map((row) => row.id).toSorted()).toEqual(expected.toSorted());
  });
});
