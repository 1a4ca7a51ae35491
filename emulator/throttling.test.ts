// Throttling: what requests cost, what a tenant and an application have to spend, and what a refused request is told.
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createThrottle } from './graph/throttle.ts';
import type { Charge } from './graph/throttle.ts';
import { FJALLBYGG, groupId, userId } from './people.ts';
import { A, APP, startKit } from './test-kit.ts';
import type { Kit } from './test-kit.ts';

const SAMPLE = new URL('../../shared/graph/corpus/throttling-01.json', import.meta.url);
const sampleNote = existsSync(SAMPLE) ? '' : ' (skipped: shared/graph/corpus is not beside this checkout)';
const ASA = userId('asa.oberg@norrsken.se');
const GROUP = groupId(A, 'telefoni');

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(async () => {
  await kit.control('PUT', '/settings', { throttling: { enforced: true, share: 1 } });
  await kit.grantAndUse(APP.requiredRoles);
});
afterAll(() => kit.close());

describe('Point 11: a request costs what Microsoft’s table says', () => {
  test.each([
    ['/users', 2],
    ['/users?$select=id', 1],
    ['/users?$top=5', 1],
    ['/users?$top=20', 2],
    ['/users?$expand=manager', 3],
    ['/users?$select=id&$top=5', 1],
    [`/users/${ASA}`, 1],
    ['/users/delta', 1],
    ['/groups', 1],
    ['/groups/delta', 1],
    ['/organization', 1],
    [`/groups/${GROUP}/members`, 3],
    [`/groups/${GROUP}/members?$select=id`, 2],
    [`/groups/${GROUP}/transitiveMembers`, 5],
    [`/groups/${GROUP}/transitiveMembers?$select=id&$top=5`, 3],
    [`/users/${ASA}/memberOf`, 2],
    [`/users/${ASA}/transitiveMemberOf`, 2],
  ])('GET %s: %i', async (path, units) => {
    const { headers } = await kit.get(path);
    expect(headers.get('x-ms-resource-unit')).toBe(String(units));
    expect(headers.get('x-ms-throttle-limit-percentage')).toBeNull();
  });
  test('getByIds costs 5, with $select 2, and a refusal costs as well', async () => {
    await kit.grantAndUse(['Directory.Read.All']);
    const cost = async (path: string) =>
      (await kit.ask('POST', path, {}, { ids: [ASA] })).headers.get('x-ms-resource-unit');
    expect([await cost('/directoryObjects/getByIds'), await cost('/directoryObjects/getByIds?$select=id')]).toEqual([
      '5',
      '2',
    ]);
    expect((await kit.get('/users?$filter=nothing')).headers.get('x-ms-resource-unit')).toBe('2');
  });
});

describe('Point 11: the buckets', () => {
  const charge = (more: Partial<Charge> = {}): Charge => ({
    tenantId: 't', clientId: 'c', people: 10, units: 1, write: false, at: 0, share: 1, ...more,
  }); // prettier-ignore
  test.each([
    [0, 3500],
    [49, 3500],
    [50, 5000],
    [500, 5000],
    [501, 8000],
  ])('a tenant with %i people gives one application %i units in ten seconds', (people, limit) => {
    const throttle = createThrottle();
    expect(throttle.charge(charge({ people, units: limit })).refused).toBeNull();
    expect(throttle.charge(charge({ people })).refused).toMatchObject({
      scope: 'Tenant_Application/ReadWrite/c/t',
      information: 'ResourceUnitLimitExceeded',
    });
    // A tenth of the time brings a tenth of the units.
    expect(throttle.charge(charge({ people, units: limit / 10, at: 1000 })).refused).toBeNull();
    expect(throttle.charge(charge({ people, at: 1000 })).refused).not.toBeNull();
  });
  test('another application and another tenant have buckets of their own; one application gets 150,000 of all tenants', () => {
    const throttle = createThrottle();
    throttle.charge(charge({ units: 3500 }));
    expect(throttle.charge(charge({ clientId: 'd' })).refused).toBeNull();
    for (let tenant = 1; tenant < 42; tenant += 1)
      expect(throttle.charge(charge({ tenantId: `t${tenant}`, units: 3500 })).refused).toBeNull();
    expect(throttle.charge(charge({ tenantId: 'next', units: 3500 })).refused).toMatchObject({
      scope: 'Application/ReadWrite/c',
    });
  });
  test('writing has limits of its own', () => {
    const throttle = createThrottle();
    const write = () => throttle.charge(charge({ write: true })).refused;
    for (let count = 0; count < 3000; count += 1) expect(write()).toBeNull();
    expect(write()).toMatchObject({ information: 'WriteLimitExceeded', scope: 'Tenant_Application/Write/c/t' });
    expect(throttle.charge(charge()).refused).toBeNull();
  });
  test('a refused request pays nothing, and a clock that is put back takes nothing away', () => {
    const throttle = createThrottle();
    throttle.charge(charge({ units: 3499, at: 10_000 }));
    expect(throttle.charge(charge({ units: 2, at: 10_000 })).refused).not.toBeNull();
    expect(throttle.charge(charge({ units: 1, at: 5_000 })).refused).toBeNull();
  });
});

test('Point 11: a share of the limits is above 0, and the smallest one still lets a request through at a time', async () => {
  for (const share of [0, -1, 'all', null]) {
    const { status, code } = await kit.control('PUT', '/settings', { throttling: { share } });
    expect([status, code]).toEqual([400, 'throttling.share must be a number above 0.']);
  }
  const throttle = createThrottle();
  const ask = (at: number) =>
    throttle.charge({ tenantId: 't', clientId: 'c', people: 1, units: 5, write: true, at, share: 0.0001 }).refused;
  expect([ask(0), ask(0)?.scope, ask(3_000_000)]).toEqual([null, 'Tenant_Application/ReadWrite/c/t', null]);
});

describe('Point 11: who asks too much', () => {
  /** The tenant has 50 to 500 people, so this gives 20 units, and 2 in a second: less than anybody can ask in that time. */
  const tighten = () => kit.control('PUT', '/settings', { throttling: { share: 0.004 } });
  const ask = () => kit.get(`/users/${ASA}`);

  test('is warned above 0.8, refused at 1, and let in again after Retry-After by the emulator’s clock', async () => {
    await tighten();
    const percentages: number[] = [];
    let answer = await ask();
    for (; answer.status === 200; answer = await ask())
      percentages.push(Number(answer.headers.get('x-ms-throttle-limit-percentage') ?? 0));
    expect(percentages.filter((one) => one === 0).length).toBeGreaterThanOrEqual(16);
    const told = percentages.filter((one) => one > 0);
    expect(told.length).toBeGreaterThan(2);
    expect(told.every((one) => one > 0.8 && one <= 1)).toBe(true);
    const { status, headers, code } = answer;
    expect([status, code]).toEqual([429, 'TooManyRequests']);
    expect(headers.get('x-ms-throttle-scope')).toBe(`Tenant_Application/ReadWrite/${APP.clientId}/${A}`);
    expect(headers.get('x-ms-throttle-information')).toBe('ResourceUnitLimitExceeded');
    expect(Number(headers.get('x-ms-throttle-limit-percentage'))).toBeGreaterThanOrEqual(1);
    const wait = headers.get('retry-after') ?? '';
    expect(wait).toMatch(/^\d+\.\d+$/);
    await kit.control('POST', '/clock', { advanceSeconds: Number(wait) });
    expect((await ask()).status).toBe(200);
  });
  test.skipIf(sampleNote !== '')(`gets the body of Microsoft's sample${sampleNote}`, async () => {
    await tighten();
    let answer = await ask();
    while (answer.status === 200) answer = await ask();
    const sample = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { response: { body: { error: Shape } } };
    const wanted = sample.response.body.error;
    const error = answer.body['error'] as Shape; // judged by the schema
    expect(Object.keys(error).toSorted()).toEqual(Object.keys(wanted).toSorted());
    expect(Object.keys(error.innerError).toSorted()).toEqual(Object.keys(wanted.innerError).toSorted());
    expect(error).toMatchObject({
      code: wanted.code,
      message: wanted.message,
      innerError: { code: '429', status: '429', message: 'Please retry after' },
    });
  });
  test('does not disturb another tenant, nor is anybody refused when throttling is switched off', async () => {
    await tighten();
    while ((await ask()).status === 200);
    await kit.grantAndUse(APP.requiredRoles, FJALLBYGG.id);
    const { status, headers } = await kit.get('/organization');
    expect([status, headers.get('x-ms-throttle-limit-percentage')]).toEqual([200, null]);
    await kit.use();
    await kit.control('PUT', '/settings', { throttling: { enforced: false } });
    for (let count = 0; count < 100; count += 1) expect((await ask()).status).toBe(200);
    expect((await ask()).headers.get('x-ms-resource-unit')).toBe('1');
  });
  test('pays for each request of a batch, and the refused ones carry 429 and Retry-After of their own in a 200', async () => {
    await tighten();
    const requests = Array.from({ length: 20 }, (_, index) => ({ id: String(index), method: 'GET', url: '/groups/x/members' })); // prettier-ignore
    const statuses: number[] = [];
    const refused: { headers: Record<string, string>; body: unknown }[] = [];
    const { status, headers, body } = await kit.ask('POST', '/$batch', {}, { requests });
    expect([status, headers.get('retry-after')]).toEqual([200, null]);
    for (const one of body['responses'] as { status: number; headers: Record<string, string>; body: unknown }[]) {
      statuses.push(one.status);
      if (one.status === 429) refused.push(one);
    }
    // 20 units, and three each: six can be paid for, or a few more as time passes. None of the groups is there.
    expect(statuses.filter((one) => one === 404).length).toBeGreaterThanOrEqual(6);
    expect(refused.length).toBeGreaterThanOrEqual(3);
    for (const one of refused) {
      expect(one.headers['Retry-After']).toMatch(/^\d+\.\d+$/);
      expect(one.body).toMatchObject({ error: { code: 'TooManyRequests' } });
    }
  });
});

interface Shape {
  code: string;
  message: string;
  innerError: Record<string, string>;
}
