// The second reading of graph-protocol.md, the client's part (8, 9): what is read of people, groups and members, and what an absent member means.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { all, outcome, startServed, type Served, type ServedGraph } from './second-reading-server.ts';

let graph: ServedGraph;
beforeAll(async () => {
  graph = await startServed();
});
afterAll(() => graph.close());

const ada = '0ada0000-0000-4000-8000-000000000001';
const bob = '0b0b0000-0000-4000-8000-000000000002';
const team = '07ea0000-0000-4000-8000-000000000003';
const end = { '@odata.deltaLink': '{url}/v1.0/users/delta?$deltatoken=end' };
const next = { '@odata.nextLink': '{url}/v1.0/users/delta?$skiptoken=1' };
const page = (value: unknown[], link: object = end): Served => ({ body: { value, ...link } });

/** What a round on a stored link gives of people. */
const people = async (...pages: Served[]) =>
  (
    await all(
      graph
        .serve(...pages)
        .usersDelta(`${graph.url}/v1.0/users/delta?$deltatoken=old`, [
          'jobTitle',
          'businessPhones',
          'manager',
          'extensionAttribute1',
        ]),
    )
  ).flatMap(({ items }) => items);
const groups = async (...pages: Served[]) =>
  (await all(graph.serve(...pages).groupsDelta(null))).flatMap(({ items }) => items);
const one = async (item: object) => (await people(page([{ id: ada, ...item }])))[0];

describe('9.1 and 9.2 requests and rounds', () => {
  test('9.1 people from now on: $select and latest, and nothing that delta does not support', async () => {
    await graph.serve(page([])).usersFromNow(['jobTitle', 'manager']);
    const query = new URL(graph.asked[0]?.path ?? '', graph.url).searchParams;
    expect([...query.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['$deltatoken', '$select']);
    expect(query.get('$deltatoken')).toBe('latest');
    expect(query.get('$select')?.split(',')).toEqual(expect.arrayContaining(['jobTitle', 'manager', 'accountEnabled']));
  });

  test('9.1 groups: members in $select, an enumerated first round, no $expand', async () => {
    await groups(page([]));
    const query = new URL(graph.asked[0]?.path ?? '', graph.url).searchParams;
    expect([[...query.keys()], query.get('$select')?.split(',').includes('members')]).toEqual([['$select'], true]);
  });

  test('9.1 options are not added to later links, nor is the form changed by Prefer', async () => {
    await people(page([], next), page([]));
    expect(graph.asked.map(({ path }) => path)).toEqual([
      '/v1.0/users/delta?$deltatoken=old',
      '/v1.0/users/delta?$skiptoken=1',
    ]);
    expect(graph.asked.map(({ headers }) => headers['prefer'])).toEqual([undefined, undefined]);
  });

  test('9.2 the delta link comes with the last page only, through empty pages', async () => {
    const reader = graph.serve(
      page([], next),
      page([{ id: ada }], { '@odata.nextLink': '{url}/v1.0/users/delta?$skiptoken=2' }),
      page([]),
    );
    const rounds = await all(reader.usersDelta(`${graph.url}/v1.0/users/delta?$deltatoken=old`));
    expect(rounds.map(({ deltaLink }) => deltaLink !== null)).toEqual([false, false, true]);
  });

  test('9.2 a page with neither link, or with both, is none', async () => {
    for (const link of [{}, { ...next, ...end }]) expect(await outcome(people(page([], link)))).not.toBe('succeeded');
  });

  test('2 of the reference’s rules: a stored link to another host is not called', async () => {
    const reader = graph.serve(page([]));
    expect([
      await outcome(all(reader.usersDelta('http://localhost:1/v1.0/users/delta?$deltatoken=x'))),
      graph.asked.length,
    ]).not.toContain('succeeded');
    expect(graph.asked).toEqual([]);
  });
});

describe('9.3 items', () => {
  test.each(['changed', 'deleted'] as const)('9.3 @removed: %s', async (reason) => {
    expect(await one({ '@removed': { reason } })).toMatchObject({ id: ada, removed: reason });
  });
  test('9.3 removed ones of a first round, and the same one twice, come in their order', async () => {
    const items = await people(
      page([{ id: ada, '@removed': { reason: 'deleted' } }], next),
      page([{ id: ada, displayName: 'Ada' }, { id: bob }]),
    );
    expect(items.map(({ id, removed }) => [id, removed])).toEqual([
      [ada, 'deleted'],
      [ada, null],
      [bob, null],
    ]);
  });
  test('9.3 a disabled account is no removal', async () =>
    expect(await one({ accountEnabled: false })).toMatchObject({ removed: null, accountEnabled: false }));
  test('9.3 a cleared property is null', async () =>
    expect((await one({ jobTitle: null }))?.attributes).toMatchObject({ jobTitle: null }));
  test('9.3 one that never had a value is absent, and not told', async () =>
    expect((await one({}))?.attributes).toEqual({}));
  test('8.2 absent is neither null nor false', async () => {
    const item = await one({});
    for (const name of ['accountEnabled', 'userType', 'mail', 'managerId', 'licensed', 'aliases'])
      expect(item).not.toHaveProperty(name);
  });
  test('8.5 an empty list of phones is empty, one that holds one is that', async () => {
    expect((await one({ businessPhones: [] }))?.attributes).toEqual({ businessPhones: null });
    expect((await one({ businessPhones: ['+46 8 1'] }))?.attributes).toEqual({ businessPhones: '+46 8 1' });
  });
  test('8.5 SMTP and smtp are addresses, sip and x500 are none', async () => {
    expect(
      (await one({ proxyAddresses: ['SMTP:a@x.se', 'smtp:b@x.se', 'sip:c@x.se', 'SIP:d@x.se', 'x500:/o=x'] }))?.aliases,
    ).toEqual(['a@x.se', 'b@x.se']);
  });
  test('8.7 members of onPremisesExtensionAttributes are inside', async () => {
    expect(
      (await one({ onPremisesExtensionAttributes: { extensionAttribute1: 'x', extensionAttribute2: 'y' } }))
        ?.attributes,
    ).toEqual({ extensionAttribute1: 'x' });
  });
  test('9.3 a manager comes by delta as an id; a cleared one as @removed', async () => {
    expect(await one({ 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: bob }] })).toMatchObject({
      managerId: bob,
    });
    expect(
      await one({
        'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: bob, '@removed': { reason: 'deleted' } }],
      }),
    ).toMatchObject({ managerId: null });
    const changed = [
      { id: team, '@removed': { reason: 'deleted' } },
      { '@odata.type': '#microsoft.graph.user', id: bob },
    ];
    for (const both of [changed, changed.toReversed()])
      expect(await one({ 'manager@delta': both })).toMatchObject({ managerId: bob });
  });
  test('8.1 unknown members are borne: users are open', async () => {
    expect(
      await one({ displayName: 'Ada', extension_ab_x: { y: [1] }, '@odata.etag': 'W/"1"', unheardOf: {} }),
    ).toMatchObject({ displayName: 'Ada' });
  });
  test('8.5 a very old account may have no type', async () =>
    expect(await one({ userType: null })).toMatchObject({ userType: null }));
});

describe('9.4 groups and members', () => {
  const user = { '@odata.type': '#microsoft.graph.user' };
  test('9.4 parts are parts: each names its members, those who left by @removed', async () => {
    const items = await groups(
      page([{ id: team, displayName: 'Team', 'members@delta': [{ ...user, id: ada }] }], next),
      page([
        { id: team, displayName: 'Team', 'members@delta': [{ ...user, id: bob, '@removed': { reason: 'deleted' } }] },
      ]),
    );
    expect(items.flatMap(({ members }) => members)).toEqual([
      { id: ada, kind: 'user', removed: false },
      { id: bob, kind: 'user', removed: true },
    ]);
  });
  test('9.4 a nested group is a member of its kind; devices and contacts are no people', async () => {
    const [group] = await groups(
      page([
        {
          id: team,
          'members@delta': [
            { '@odata.type': '#microsoft.graph.group', id: bob },
            { '@odata.type': '#microsoft.graph.device', id: ada },
            { '@odata.type': '#microsoft.graph.orgContact', id: ada },
          ],
        },
      ]),
    );
    expect(group?.members).toEqual([{ id: bob, kind: 'group', removed: false }]);
  });
  test('9.4 a group without members@delta says nothing of its members', async () =>
    expect((await groups(page([{ id: team, displayName: 'New name' }])))[0]?.members).toEqual([]));
  test.each(['changed', 'deleted'])('9.5 a group that is %s is not available', async (reason) => {
    expect((await groups(page([{ id: team, '@removed': { reason } }])))[0]).toMatchObject({ id: team, removed: true });
  });
});
