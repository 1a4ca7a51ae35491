// The second reading, sections 9.1 to 9.3: the options of a delta of people, its rounds, and its items.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, openWorld, value, type World } from './second-reading-kit.ts';
import { about, openRounds, own, people, removed } from './second-reading-rounds.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({
    all: ['User.Read.All', 'GroupMember.Read.All'],
    other: ['User.Read.All', 'GroupMember.Read.All'],
  });
});
afterAll(() => world.close());

const arrange = openRounds(() => world);

describe('9.1 options of the first request', () => {
  test.each([
    ['an id is a filter', "$filter=id eq '{tenant}'", 200],
    ['two ids joined by or are a filter', "$filter=id eq '{tenant}' or id eq '{all}'", 200],
    [
      '50 ids are a filter',
      `$filter=${Array.from({ length: 50 }, (_, n) => `id eq '0badbad0-0000-4000-8000-${String(n).padStart(12, '0')}'`).join(' or ')}`,
      200,
    ],
    [
      '51 ids are not',
      `$filter=${Array.from({ length: 51 }, (_, n) => `id eq '0badbad0-0000-4000-8000-${String(n).padStart(12, '0')}'`).join(' or ')}`,
      400,
    ],
    ['any other property is not', "$filter=displayName eq 'x'", 400],
    ['accountEnabled is not', '$filter=accountEnabled eq true', 400],
    ['$top is ignored', '$top=1', 200],
    ['$orderby is refused', '$orderby=displayName', 400],
    ['$search is refused', '$search="displayName:x"', 400],
    ['$expand of the manager is refused', '$expand=manager', 400],
  ])('9.1 %s', async (_, query, status) => {
    const reply = await world.ask(`/v1.0/users/delta?${query}`);
    expect(reply.status, reply.text).toBe(status);
    if (status === 400 && query.startsWith('$filter'))
      expect(at(reply.body, 'error>code')).toBe('Request_UnsupportedQuery');
  });

  test('9.1 the text of a refused filter', async () => {
    expect(at((await world.ask("/v1.0/users/delta?$filter=mail eq 'x'")).body, 'error>message')).toBe(
      'Unsupported Query.',
    );
  });

  test('9.1 $count is not supported: no count comes', async () => {
    const reply = await world.ask('/v1.0/users/delta?$count=true');
    expect(reply.status === 400 || at(reply.body, '@odata.count') === undefined).toBe(true);
  });

  test('9.1 the alias /microsoft.graph.delta', async () => {
    expect((await world.ask('/v1.0/users/microsoft.graph.delta')).status).toBe(200);
  });

  test('9.1 latest answers at once with nothing and a link from now on', async () => {
    await arrange.person();
    const first = await world.ask('/v1.0/users/delta?$select=displayName&$deltatoken=latest');
    expect([value(first), typeof at(first.body, '@odata.deltaLink'), at(first.body, '@odata.nextLink')]).toEqual([
      [],
      'string',
      undefined,
    ]);
    const fresh = await arrange.person();
    const later = await arrange.round(String(at(first.body, '@odata.deltaLink')));
    expect(later.items.map(({ id }) => id)).toEqual([fresh]);
  });

  test('9.1 $select limits what is tracked; id always comes', async () => {
    const who = await arrange.person({ jobTitle: 'A', department: 'X' });
    const first = await arrange.round('/v1.0/users/delta?$select=jobTitle');
    expect(own(about(first.items, who)[0])).toEqual(['id', 'jobTitle']);
    await arrange.change(who, { department: 'Y' });
    const second = await arrange.round(first.link);
    expect(about(second.items, who)).toEqual([]);
    await arrange.change(who, { jobTitle: 'B' });
    const third = await arrange.round(second.link);
    expect(about(third.items, who)[0]).toMatchObject({ id: who, jobTitle: 'B' });
    expect(about(third.items, who)[0]).not.toHaveProperty('department');
  });
});

describe('9.2 rounds', () => {
  test('9.2 each page has either a nextLink with $skiptoken or a deltaLink with $deltatoken', async () => {
    await world.control('PUT', 'settings', { pageSizes: { delta: 1 } });
    await arrange.person();
    await arrange.person();
    const { pages } = await arrange.round('/v1.0/users/delta');
    await world.control('PUT', 'settings', { pageSizes: { delta: 200 } });
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages.slice(0, -1))
      expect([
        /\$skiptoken=/.test(String(at(page.body, '@odata.nextLink'))),
        at(page.body, '@odata.deltaLink'),
      ]).toEqual([true, undefined]);
    expect([
      at(pages.at(-1)?.body, '@odata.nextLink'),
      /\$deltatoken=/.test(String(at(pages.at(-1)?.body, '@odata.deltaLink'))),
    ]).toEqual([undefined, true]);
  });

  test('9.2 a link with nothing new is empty and gives a new link', async () => {
    const first = await arrange.round('/v1.0/users/delta');
    const second = await arrange.round(first.link);
    expect([second.items, second.link.includes('$deltatoken=')]).toEqual([[], true]);
  });

  test('9.1 the options are in the token: a link of another resource, a cut one and one of another application are refused', async () => {
    const { link } = await arrange.round('/v1.0/users/delta?$select=displayName');
    const answers = await Promise.all([
      world.ask(link.replace('/users/', '/groups/')),
      world.ask(link.slice(0, -9)),
      world.ask(link, { as: 'other' }),
    ]);
    expect(answers.map(({ status }) => status >= 400 && status < 500)).toEqual([true, true, true]);
  });
});

describe('9.3 items', () => {
  test('9.3 soft-deleted is changed, restored is a plain item, purged is deleted', async () => {
    const who = await arrange.person({ jobTitle: 'A' });
    const start = await arrange.round('/v1.0/users/delta?$select=displayName,jobTitle');
    await world.control('DELETE', `${people}/${who}`);
    const gone = await arrange.round(start.link);
    expect(about(gone.items, who)).toEqual([{ id: who, ...removed('changed') }]);
    await world.control('POST', `${people}/${who}/restore`);
    const back = await arrange.round(gone.link);
    expect(about(back.items, who)[0]).toMatchObject({ id: who, jobTitle: 'A' });
    expect(about(back.items, who)[0]).not.toHaveProperty('@removed');
    await world.control('DELETE', `${people}/${who}?permanent=1`);
    expect(about((await arrange.round(back.link)).items, who)).toEqual([{ id: who, ...removed('deleted') }]);
  });

  test('9.3 a disabled account is an ordinary change', async () => {
    const who = await arrange.person({ accountEnabled: true });
    const start = await arrange.round('/v1.0/users/delta?$select=accountEnabled');
    await arrange.change(who, { accountEnabled: false });
    expect(about((await arrange.round(start.link)).items, who)).toEqual([
      expect.objectContaining({ id: who, accountEnabled: false }),
    ]);
  });

  test('9.3 by default a link brings all selected properties; a cleared one is null, one that never had a value is absent', async () => {
    const who = await arrange.person({ jobTitle: 'A', department: 'X' });
    const start = await arrange.round('/v1.0/users/delta?$select=displayName,jobTitle,department,city');
    await arrange.change(who, { department: null });
    const [item] = about((await arrange.round(start.link)).items, who);
    expect(item).toMatchObject({ jobTitle: 'A', department: null });
    expect(item).toHaveProperty('displayName');
    expect(item).not.toHaveProperty('city');
  });

  test('9.3 with return=minimal only what changed comes, a cleared one as null', async () => {
    const who = await arrange.person({ jobTitle: 'A', department: 'X' });
    const start = await arrange.round('/v1.0/users/delta?$select=displayName,jobTitle,department');
    await arrange.change(who, { department: null });
    const [item] = about((await arrange.round(start.link, { Prefer: 'return=minimal' })).items, who);
    expect(own(item)).toEqual(['department', 'id']);
    expect(item?.['department']).toBeNull();
  });

  test('9.3 a first round tells absent from null as well: what never had a value is absent', async () => {
    const who = await arrange.person();
    const first = await arrange.round('/v1.0/users/delta?$select=displayName,city');
    expect(about(first.items, who)[0]).not.toHaveProperty('city');
  });

  test('9.3 a manager is named in $select and comes as an id', async () => {
    const boss = await arrange.person();
    const who = await arrange.person();
    const start = await arrange.round('/v1.0/users/delta?$select=displayName,manager');
    await world.control('PUT', `${people}/${who}/manager`, { id: boss });
    const [item] = about((await arrange.round(start.link)).items, who);
    expect(item?.['manager@delta']).toMatchObject([{ '@odata.type': '#microsoft.graph.user', id: boss }]);
  });

  test('9.3 who is soft-deleted before the first round is not a plain item in it', async () => {
    const who = await arrange.person();
    await world.control('DELETE', `${people}/${who}`);
    const { items } = await arrange.round('/v1.0/users/delta');
    for (const item of about(items, who)) expect(item).toHaveProperty('@removed');
  });
});
