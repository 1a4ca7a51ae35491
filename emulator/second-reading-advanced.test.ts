// The second reading, section 7.4: what needs the header, `$count=true` or both, and what happens without.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, eventual, questions, type Row, type World } from './second-reading-kit.ts';
import { openDirectory } from './second-reading-people.ts';

let world: World;
beforeAll(async () => {
  world = await openDirectory();
});
afterAll(() => world.close());

questions(() => world, advanced());

function advanced(): Row[] {
  return [
    {
      says: '7.4 /$count without the header is 400',
      ask: '/v1.0/users/$count',
      status: 400,
      code: 'Request_BadRequest',
      is: { 'error>message': '$count is not currently supported.' },
    },
    {
      says: '7.4 /$count with the header alone is a number in plain text',
      ask: '/v1.0/users/$count',
      headers: eventual,
      status: 200,
      text: /^﻿?4$/,
      header: { 'content-type': /^text\/plain/ },
    },
    {
      says: '7.4 $search without the header is 400',
      ask: '/v1.0/users?$search="displayName:Ada"',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 $search with the header alone is answered',
      ask: '/v1.0/users?$search="displayName:Ada"',
      headers: eventual,
      status: 200,
      is: { 'value>length': 1 },
    },
    {
      says: '7.4 ne without the two parts is 400',
      ask: '/v1.0/users?$filter=accountEnabled ne true',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 ne with the header alone is 400',
      ask: '/v1.0/users?$filter=accountEnabled ne true',
      headers: eventual,
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 ne with $count alone is 400',
      ask: '/v1.0/users?$count=true&$filter=accountEnabled ne true',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 ne with both is answered',
      ask: '/v1.0/users?$count=true&$filter=accountEnabled ne true',
      headers: eventual,
      status: 200,
      is: { '@odata.count': 1, 'value>0>displayName': 'Cid Ce' },
    },
    {
      says: '7.4 not without the two parts is 400',
      ask: "/v1.0/users?$filter=not startsWith(displayName,'A')",
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 endsWith without the two parts is 400',
      ask: "/v1.0/users?$filter=endsWith(mail,'contoso.example')",
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 $filter with $orderby is 400 without the two parts',
      ask: "/v1.0/users?$filter=startsWith(displayName,'A')&$orderby=displayName",
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 $orderby displayName is in the default store',
      ask: '/v1.0/users?$orderby=displayName',
      status: 200,
      is: { 'value>0>displayName': 'Ada Admin' },
    },
    {
      says: '7.4 $orderby on anything else is 400',
      ask: '/v1.0/users?$orderby=surname',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 eq null on most properties is 400',
      ask: '/v1.0/users?$filter=mobilePhone eq null',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 eq null on department needs the two parts as well',
      ask: '/v1.0/users?$filter=department eq null',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 licences that are none are 400 without the two parts',
      ask: '/v1.0/users?$filter=assignedLicenses/$count eq 0',
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 a filter on a cast is 400 without the two parts',
      ask: "/v1.0/groups/{team}/members/microsoft.graph.user?$filter=startsWith(displayName,'A')",
      status: 400,
      code: 'Request_UnsupportedQuery',
    },
    {
      says: '7.4 a count on a cast needs the header',
      ask: '/v1.0/groups/{team}/members/microsoft.graph.user/$count',
      status: 400,
      code: 'Request_BadRequest',
    },
    {
      says: '7.4 $count=true without the header is 200 without a count',
      ask: '/v1.0/users?$count=true',
      status: 200,
      lacks: ['@odata.count'],
    },
    {
      says: '7.4 $count=true with the header counts',
      ask: '/v1.0/users?$count=true',
      headers: eventual,
      status: 200,
      is: { '@odata.count': 4 },
    },
    {
      says: '7.4 $expand with advanced parts is refused',
      ask: '/v1.0/users?$count=true&$expand=manager&$filter=accountEnabled ne true',
      headers: eventual,
      status: 400,
    },
    { says: '7.4 $skip is not supported on users', ask: '/v1.0/users?$skip=1', status: 400 },
    { says: '7.4 $skip is not supported on groups', ask: '/v1.0/groups?$skip=1', status: 400 },
  ];
}

test('7.4 the header is not in the nextLink: page 2 without it is Directory_ExpiredPageToken', async () => {
  const first = await world.ask('/v1.0/users?$count=true&$top=1&$filter=accountEnabled ne null', { headers: eventual });
  const search = await world.ask(
    "/v1.0/users?$count=true&$top=1&$orderby=displayName&$filter=startsWith(displayName,'A') or startsWith(displayName,'B')",
    { headers: eventual },
  );
  expect([first.status === 200 || first.status === 400, search.status]).toEqual([true, 200]);
  const next = String(at(search.body, '@odata.nextLink'));
  const without = await world.ask(next);
  expect([without.status, at(without.body, 'error>code')]).toEqual([400, 'Directory_ExpiredPageToken']);
  const withIt = await world.ask(next, { headers: eventual });
  expect(withIt.status).toBe(200);
  expect(at(withIt.body, '@odata.count')).toBeUndefined();
});
