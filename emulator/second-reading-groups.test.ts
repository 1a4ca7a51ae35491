// The second reading, sections 10 and 11.1: groups, their members, and deleted items.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventual, inOrder, questions, type Row, value, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

questions(() => world, groupsAndDeleted());

function groupsAndDeleted(): Row[] {
  return [
    {
      says: '10 startsWith(displayName) is in the default store',
      ask: "/v1.0/groups?$filter=startsWith(displayName,'te')",
      status: 200,
      is: { 'value>length': 1 },
    },
    {
      says: '10 groupTypes/any is in the default store',
      ask: "/v1.0/groups?$filter=groupTypes/any(c:c eq 'Unified')",
      status: 200,
      is: { 'value>length': 1, 'value>0>displayName': 'secret' },
    },
    {
      says: '10 $search on groups is advanced',
      ask: '/v1.0/groups?$search="displayName:team"',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '10 members are direct, and a nested group is one of them',
      ask: '/v1.0/groups/{team}/members',
      status: 200,
      is: { 'value>length': 3 },
    },
    {
      says: '10 the cast to users without a filter needs the advanced parts or is answered',
      ask: '/v1.0/groups/{team}/members/microsoft.graph.user?$count=true',
      headers: eventual,
      status: 200,
      is: { 'value>length': 2, '@odata.count': 2 },
    },
    {
      says: '10 a count of transitive members that are users is text/plain',
      ask: '/v1.0/groups/{team}/transitiveMembers/microsoft.graph.user/$count',
      headers: eventual,
      status: 200,
      text: /^﻿?3$/,
      header: { 'content-type': /^text\/plain/ },
    },
    {
      says: '10 getByIds takes no more than 1000 ids',
      ask: '/v1.0/directoryObjects/getByIds',
      json: {
        ids: Array.from({ length: 1001 }, (_, nth) => `0badbad0-0000-4000-8000-${String(nth).padStart(12, '0')}`),
        types: ['user'],
      },
      status: 400,
    },
    {
      says: '10 getByIds hydrates what there is and leaves out what is not',
      ask: '/v1.0/directoryObjects/getByIds',
      json: { ids: ['{ada}', '{missing}'], types: ['user'] },
      status: 200,
      is: { 'value>length': 1, 'value>0>displayName': 'Ada Admin', 'value>0>@odata.type': '#microsoft.graph.user' },
    },
    {
      says: '10 checkMemberGroups takes no more than 20',
      ask: '/v1.0/users/{ada}/checkMemberGroups',
      json: {
        groupIds: Array.from({ length: 21 }, (_, nth) => `0badbad0-0000-4000-8000-${String(nth).padStart(12, '0')}`),
      },
      status: 400,
    },
    {
      says: '10 checkMemberGroups answers those that hold, nested ones too',
      ask: '/v1.0/users/{cid}/checkMemberGroups',
      json: { groupIds: ['{team}', '{secret}'] },
      status: 200,
      is: { value: [expect.stringMatching(/./)] },
    },
    { says: '11.1 a type is required', ask: '/v1.0/directory/deletedItems', status: 400 },
    {
      says: '11.1 deleted people have deletedDateTime',
      ask: '/v1.0/directory/deletedItems/microsoft.graph.user?$select=id,deletedDateTime',
      status: 200,
      is: { 'value>length': 1, 'value>0>deletedDateTime': expect.stringMatching(/Z$/) },
    },
    { says: '11.1 one deleted person', ask: '/v1.0/directory/deletedItems/{dee}', status: 200, has: ['id'] },
    {
      says: '11.1 $orderby deletedDateTime needs the advanced parts',
      ask: '/v1.0/directory/deletedItems/microsoft.graph.user?$orderby=deletedDateTime desc',
      status: 400,
    },
    {
      says: '11.1 $orderby deletedDateTime is answered with them',
      ask: '/v1.0/directory/deletedItems/microsoft.graph.user?$count=true&$orderby=deletedDateTime desc',
      headers: eventual,
      status: 200,
    },
    { says: '11.1 who is not deleted is not there', ask: '/v1.0/directory/deletedItems/{ada}', status: 404 },
  ];
}

test('10 who is in a group by two paths is in transitiveMembers once, the groups themselves too, and a circle ends', async () => {
  const ids = value(await world.ask('/v1.0/groups/{team}/transitiveMembers?$select=id')).map(({ id }) => id);
  const expected = ['ada', 'bob', 'cid', 'inner'].map((name) => world.names[name]);
  expect(inOrder(ids.filter((id) => id !== world.names['team']))).toEqual(inOrder(expected));
  expect(new Set(ids).size).toBe(ids.length);
});

test('10 hidden membership shows nobody and no error without Member.Read.Hidden', async () => {
  expect(value(await world.ask('/v1.0/groups/{secret}/members', { as: 'product' }))).toEqual([]);
  expect(value(await world.ask('/v1.0/groups/{secret}/members', { as: 'all' }))).toHaveLength(1);
});
