import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/server.ts';
import { manualClock } from '../../test/manual-clock.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import type { SourceAttribute } from '../contract/settings.ts';
import { GraphFailure } from './failures.ts';
import { createGraph, type ReaderOptions } from './graph.ts';
import type { Limits } from './send.ts';
import type { UserItem } from './users.ts';

const clientId = '11111111-2222-4333-8444-555555555555';
const clientSecret = 'demo-secret-not-for-production';
const log = createLogger({ level: 'silent' });

/** Time that passes only by waiting, at once: what was waited is noted. */
function hastyClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  let nowMs = 0;
  return {
    waits,
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() + nowMs,
    async sleep(ms, signal) {
      // The watch over an exchange sleeps a second at a time, in real time.
      if (ms === 1000) return systemClock.sleep(ms, signal);
      waits.push(ms);
      nowMs += ms;
    },
  };
}

let emulator: Emulator;
let tenants: { id: string }[];

beforeAll(async () => {
  emulator = await startEmulator({ users: 2500, tenants: 2 });
  tenants = [...emulator.store.tenants.values()];
  for (const tenant of tenants) emulator.store.grant(tenant.id, clientId, ['User.Read.All', 'GroupMember.Read.All']);
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.store.faults.clear();
  emulator.store.changeSettings({
    deltaQuirks: { emptyPages: false, removedInFirstRound: false, duplicates: false, reversed: false },
  });
});

interface Options extends ReaderOptions {
  tenant?: number;
  clock?: Clock;
  secret?: string;
  limits?: Partial<Limits>;
}

function reader(options: Options = {}) {
  const { tenant = 0, clock = hastyClock(), secret = clientSecret, limits = {}, ...rest } = options;
  const graph = createGraph({
    config: { clientId, clientSecret: secret, loginUrl: emulator.url, graphUrl: emulator.url },
    clock,
    log,
    limits,
  });
  return graph.reader(tenantId(tenant), rest);
}

const tenantId = (index: number): string => tenants[index]?.id ?? '';

async function everyone(from: AsyncGenerator<{ items: UserItem[] }, void>): Promise<UserItem[]> {
  const all: UserItem[] = [];
  for await (const { items } of from) all.push(...items);
  return all;
}

async function failure(of: Promise<unknown>): Promise<GraphFailure> {
  const error: unknown = await of.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof GraphFailure) return error;
  throw error;
}

const fault = (path: string, answer: Record<string, unknown>, match: { times?: number; skip?: number } = {}) =>
  emulator.store.faults.add({ match: { path, ...match }, answer });

describe('reading a tenant', () => {
  test('each tenant gives its own name and people', async () => {
    const [first, second] = [reader(), reader({ tenant: 1 })];
    const names = [(await first.getOrganisation()).name, (await second.getOrganisation()).name];
    expect(new Set(names).size).toBe(2);
    const ids = new Set((await everyone(first.listUsers([]))).map((user) => user.id));
    const others = await everyone(second.listUsers([]));
    expect(others.length).toBeGreaterThan(0);
    expect(others.some((user) => ids.has(user.id))).toBe(false);
  });

  test('everybody is listed once, over several pages, with the coupled attributes and no others', async () => {
    const sources: SourceAttribute[] = ['department', 'businessPhones', 'extensionAttribute3', 'manager'];
    const live = [...(emulator.store.tenant(tenantId(0)).users.values() ?? [])].filter((one) => one.deletedAt === null);
    const one = reader();
    const all = await everyone(one.listUsers(sources));
    expect(all.length).toBe(live.length);
    expect(new Set(all.map((user) => user.id)).size).toBe(live.length);
    expect(one.requests).toBe(Math.ceil(live.length / 999));
    expect(
      all.every(
        (user) => Object.keys(user.attributes).toSorted().join() === 'businessPhones,department,extensionAttribute3',
      ),
    ).toBe(true);
    expect(all.filter((user) => typeof user.managerId === 'string').length).toBe(
      live.filter((user) => user.managerId !== null).length,
    );
    expect(all.every((user) => user.managerId !== undefined)).toBe(true);
    const phones = live.find(
      (user) => Array.isArray(user.props['businessPhones']) && user.props['businessPhones'].length > 0,
    );
    expect([all.find((user) => user.id === phones?.id)?.attributes.businessPhones]).toEqual(
      phones?.props['businessPhones'],
    );
  });

  test('at most one page is fetched ahead of the one in use', async () => {
    const one = reader();
    const pages = one.listUsers([]);
    await pages.next();
    await systemClock.sleep(200);
    expect(one.requests).toBe(2);
    await pages.return();
  });

  test('a delta link from now on tells later changes, removals and managers, and nothing else', async () => {
    const { store } = emulator;
    const sources: SourceAttribute[] = ['department', 'manager'];
    const link = await reader().usersFromNow(sources);
    const [anna = ''] = (await reader().findUsers('', [])).map((user) => user.id);
    const carl = store.createUser(
      tenantId(0),
      { displayName: 'Carl Ny', userPrincipalName: 'carl.ny@example.test' },
      [],
    );
    store.updateUser(tenantId(0), anna, { department: 'Växeln' });
    store.setManager(tenantId(0), anna, carl.id);
    const doris = store.createUser(
      tenantId(0),
      { displayName: 'Doris', userPrincipalName: 'doris.ny@example.test' },
      [],
    );
    store.deleteUser(tenantId(0), doris.id);
    const items: UserItem[] = [];
    let next: string | null = null;
    for await (const page of reader().usersDelta(link)) {
      items.push(...page.items);
      next = page.deltaLink;
    }
    const byId = new Map(items.map((item) => [item.id, item]));
    expect([...byId.keys()].toSorted()).toEqual([anna, carl.id, doris.id].toSorted());
    expect(byId.get(anna)).toMatchObject({ removed: null, managerId: carl.id, attributes: { department: 'Växeln' } });
    expect(byId.get(doris.id)).toEqual({ id: doris.id, removed: 'changed', attributes: {} });
    expect(byId.get(carl.id)).not.toHaveProperty('managerId');
    expect(next).not.toBeNull();
    for await (const page of reader().usersDelta(next ?? '')) expect(page.items).toEqual([]);
  });

  test('a first round over groups gives all direct members, also of groups that come in parts', async () => {
    emulator.store.changeSettings({ pageSizes: { deltaMembers: 7 } });
    const members = new Map<string, Set<string>>();
    for await (const page of reader().groupsDelta(null)) {
      for (const group of page.items) {
        const known = members.get(group.id) ?? new Set();
        for (const member of group.members) known.add(member.id);
        members.set(group.id, known);
      }
    }
    const live = [...emulator.store.tenant(tenantId(0)).groups.values()].filter((group) => group.deletedAt === null);
    expect(members.size).toBe(live.length);
    for (const group of live) {
      // Microsoft shows nobody of such a group to an app without Member.Read.Hidden, and does not say so.
      const hidden = group.props['visibility'] === 'HiddenMembership';
      expect(members.get(group.id)?.size).toBe(hidden ? 0 : group.members.size);
    }
  });

  test('a look-up tells present, deleted and missing apart, and repeats only what was throttled', async () => {
    const { store } = emulator;
    const gone = store.createUser(tenantId(0), { displayName: 'Gone', userPrincipalName: 'gone@example.test' }, []);
    store.deleteUser(tenantId(0), gone.id);
    const present = (await reader().findUsers('', [], 25)).map((user) => user.id);
    const missing = '99999999-0000-4000-8000-000000000000';
    fault(`/users/${present[0]}`, { status: 429, headers: { 'Retry-After': '1' } }, { times: 1 });
    const clock = hastyClock();
    const one = reader({ clock });
    const found = await one.lookUpUsers([...present, gone.id, missing]);
    expect(found.size).toBe(present.length + 2);
    expect(present.every((id) => found.get(id)?.state === 'present')).toBe(true);
    expect(found.get(gone.id)).toMatchObject({ state: 'deleted', at: expect.any(String) });
    expect(found.get(missing)).toEqual({ state: 'missing' });
    expect(clock.waits.length).toBe(1);
  });

  test('groups are found by words of their name, and a search stays a search', async () => {
    const group = emulator.store.createGroup(tenantId(0), { displayName: 'Växel "Nord"' });
    expect((await reader().searchGroups('växel')).map((one) => one.id)).toContain(group.id);
    expect(await reader().searchGroups('" OR "displayName:a')).toEqual([]);
    expect(await reader().getGroup('99999999-0000-4000-8000-000000000000')).toBeNull();
    expect((await reader().searchGroups('')).length).toBeLessThanOrEqual(20);
  });

  test('people are counted, of a group with those within it', async () => {
    const live = [...emulator.store.tenant(tenantId(0)).users.values()].filter((one) => one.deletedAt === null);
    expect(await reader().countUsers()).toBe(live.length);
    const enabled = live.filter((one) => one.props['accountEnabled'] !== false).length;
    expect(await reader().countUsers('accountEnabled eq true')).toBe(enabled);
    const [group] = await reader().searchGroups('telefoni');
    let people = 0;
    for await (const page of reader().listGroupPeople(group?.id ?? '')) people += page.length;
    expect(people).toBeGreaterThan(0);
    expect(await reader().countGroupPeople(group?.id ?? '')).toBe(people);
  });
});

describe('faults', () => {
  test('429 with a decimal Retry-After is waited out and told', async () => {
    fault('/v1.0/users', { status: 429, headers: { 'Retry-After': '2.128' } }, { times: 1 });
    const clock = hastyClock();
    const told: (Date | null)[] = [];
    const all = await everyone(reader({ clock, onWait: (until) => told.push(until) }).listUsers([]));
    expect(all.length).toBeGreaterThan(2500);
    expect(clock.waits).toHaveLength(1);
    expect(clock.waits[0]).toBeGreaterThanOrEqual(3000);
    expect(clock.waits[0]).toBeLessThanOrEqual(3300);
    expect(told).toEqual([expect.any(Date), null]);
  });

  test('429 as an HTTP date is waited out', async () => {
    fault(
      '/v1.0/users',
      { status: 429, headers: { 'Retry-After': new Date(Date.now() + 20_000).toUTCString() } },
      { times: 1 },
    );
    const clock = hastyClock();
    await reader({ clock }).listUsers([]).next();
    expect(clock.waits[0]).toBeGreaterThan(15_000);
  });

  test('a wait beyond the budget ends as wait at once, and says for how long', async () => {
    fault('/v1.0/users', { status: 429, headers: { 'Retry-After': '90000' } });
    const clock = hastyClock();
    expect(await failure(reader({ clock }).listUsers([]).next())).toMatchObject({
      reaction: 'wait',
      code: 'graph_busy',
      waitSeconds: 90_000,
      requestId: expect.any(String),
    });
    expect(clock.waits).toEqual([]);
  });

  test('503 is tried again, eight times at most', async () => {
    fault('/v1.0/users', { status: 503 }, { times: 7 });
    await reader().listUsers([]).next();
    emulator.store.faults.clear();
    fault('/v1.0/users', { status: 503 });
    const one = reader();
    expect(await failure(one.listUsers([]).next())).toMatchObject({
      reaction: 'retry',
      code: 'graph_unreachable',
      status: 503,
    });
    expect(one.requests).toBe(8);
  });

  test('a body that is cut off is thrown away and asked for again', async () => {
    fault('/v1.0/users', { cut: true }, { times: 1 });
    const one = reader();
    expect((await one.listUsers([]).next()).done).toBe(false);
    expect(one.requests).toBeGreaterThanOrEqual(2);
  });

  test('what is not JSON three times is no Graph', async () => {
    fault('/v1.0/users', { malformed: true });
    const one = reader();
    expect(await failure(one.listUsers([]).next())).toMatchObject({ reaction: 'stop_run', code: 'graph_malformed' });
    expect(one.requests).toBe(3);
  });

  test('a page without value is an error and never "nobody"', async () => {
    fault('/v1.0/users', { transform: 'drop-value' });
    expect(await failure(everyone(reader().listUsers([])))).toMatchObject({ code: 'graph_malformed' });
  });

  test('a delta page without any link is an error', async () => {
    const link = await reader().usersFromNow([]);
    fault('/v1.0/users/delta', { body: { value: [] } });
    expect(await failure(reader().usersDelta(link).next())).toMatchObject({ code: 'graph_malformed' });
  });

  test('links in a ring end with an error', async () => {
    fault('/v1.0/users', { transform: 'loop-next' });
    expect(await failure(everyone(reader().listUsers([])))).toMatchObject({ reaction: 'stop_run', code: 'graph_loop' });
  });

  test('a link to a stranger is refused before anything is sent', async () => {
    fault('/v1.0/users', { transform: 'foreign-next' });
    const one = reader();
    expect(await failure(everyone(one.listUsers([])))).toMatchObject({
      reaction: 'stop_run',
      code: 'graph_foreign_link',
    });
    expect(one.requests).toBe(1);
  });

  test('a redirect is not followed', async () => {
    fault('/v1.0/users', { status: 302, headers: { Location: 'https://graph.attacker.example/v1.0/users' }, body: {} });
    expect(await failure(reader().listUsers([]).next())).toMatchObject({ code: 'graph_intercepted' });
  });

  test('401 once brings a new token, twice needs a person', async () => {
    fault('/v1.0/users', { status: 401 }, { times: 1 });
    await reader().listUsers([]).next();
    emulator.store.faults.clear();
    fault('/v1.0/users', { status: 401 });
    const one = reader();
    expect(await failure(one.listUsers([]).next())).toMatchObject({
      reaction: 'reconsent',
      code: 'graph_credentials_refused',
    });
    expect(one.requests).toBe(2);
  });

  test('a token of an application that was removed and granted anew is replaced, and only once', async () => {
    const one = reader();
    await one.getOrganisation();
    const unknown = (times: number) =>
      emulator.store.faults.add({
        match: { path: '/v1.0/organization', times },
        answer: { status: 401, body: { error: { code: 'Authorization_IdentityNotFound', message: '' } } },
      });
    unknown(1);
    expect((await one.getOrganisation()).id).toBe(one.tenantId);
    const before = one.requests;
    unknown(2);
    expect(await failure(one.getOrganisation())).toMatchObject({
      code: 'graph_consent_revoked',
      reaction: 'reconsent',
    });
    expect(one.requests - before).toBe(2);
  });

  test('403 says that a permission is missing', async () => {
    fault('/v1.0/groups', { status: 403 });
    expect(await failure(reader().searchGroups('x'))).toMatchObject({
      reaction: 'reconsent',
      code: 'graph_permission_missing',
    });
  });

  test('a wrong secret needs a person, and is not tried again', async () => {
    const one = reader({ secret: 'wrong' });
    expect(await failure(one.getOrganisation())).toMatchObject({
      reaction: 'reconsent',
      code: 'graph_credentials_refused',
    });
    expect(one.requests).toBe(0);
  });

  test('a consent that was taken back is told apart from a wrong secret', async () => {
    const made = emulator.store.createTenant({ displayName: 'Without', domains: ['without.example.test'] });
    const graph = createGraph({
      config: { clientId, clientSecret, loginUrl: emulator.url, graphUrl: emulator.url },
      clock: hastyClock(),
      log,
    });
    expect(await failure(graph.reader(made.id).getOrganisation())).toMatchObject({ code: 'graph_consent_revoked' });
    const nowhere = graph.reader('99999999-0000-4000-8000-000000000000');
    expect(await failure(nowhere.getOrganisation())).toMatchObject({ reaction: 'stop_run', code: 'graph_tenant_gone' });
  });

  test.each(['unsupportedQuery', 'syncStateNotFound', 'gone', 'resyncRequired', 'notFound'] as const)(
    'a dead delta link (%s) means: list everything',
    async (answer) => {
      const link = await reader().usersFromNow([]);
      emulator.store.changeSettings({ expiredDeltaAnswer: answer });
      emulator.store.advanceClock(40 * 86_400);
      expect(await failure(reader().usersDelta(link).next())).toMatchObject({
        reaction: 'resync',
        code: 'graph_resync',
      });
    },
  );

  test('a stored link that is not found means: list everything', async () => {
    const link = await reader().usersFromNow([]);
    fault('/v1.0/users/delta', {
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound', message: 'Not found.' } },
    });
    expect(await failure(reader().usersDelta(link).next())).toMatchObject({ reaction: 'resync' });
  });

  test('empty pages with a next link are gone through', async () => {
    emulator.store.changeSettings({ deltaQuirks: { emptyPages: true } });
    let groups = 0;
    let empty = 0;
    for await (const page of reader().groupsDelta(null)) {
      groups += page.items.length;
      if (page.items.length === 0) empty += 1;
    }
    expect(empty).toBeGreaterThan(0);
    expect(groups).toBeGreaterThan(2);
  });

  test('a body over the limit is not read to its end', async () => {
    const one = reader({ limits: { bodyBytesMax: 50_000 } });
    expect(await failure(one.listUsers([]).next())).toMatchObject({ reaction: 'stop_run', code: 'graph_too_large' });
    expect(one.requests).toBe(1);
  });

  test('silence ends as unreachable', async () => {
    fault('/v1.0/organization', { delayMs: 5_000 });
    const one = reader({ limits: { idleMs: 500 }, waitSecondsMax: 0 });
    expect(await failure(one.getOrganisation())).toMatchObject({ reaction: 'retry', code: 'graph_unreachable' });
  });

  test('whoever stops waiting gets the own reason back, also in the middle of a wait', async () => {
    fault('/v1.0/organization', { status: 429, headers: { 'Retry-After': '60' } });
    const stop = new AbortController();
    const clock = manualClock(systemClock.now());
    const asked = reader({
      clock,
      signal: stop.signal,
      onWait: (until) => until && stop.abort(new Error('turned off')),
    }).getOrganisation();
    await expect(asked).rejects.toThrow('turned off');
  });

  test('hostile values are bounded: too long becomes empty, control and half characters go', async () => {
    const id = '12345678-0000-4000-8000-000000000000';
    const user = {
      id, displayName: 'A\u0000nna\r\nB\ud800', mail: 'x'.repeat(5000), accountEnabled: 'yes', department: { a: 1 }, secret: 'no', proxyAddresses: ['SMTP:a@b.se', 'x500:/o=x', 7],
    }; // prettier-ignore
    fault('/v1.0/users', { body: { value: [user] } }, { times: 1 });
    const [item] = await everyone(reader().listUsers(['department']));
    expect(item).toEqual({
      id,
      removed: null,
      displayName: 'Anna B\ufffd',
      mail: null,
      aliases: ['a@b.se'],
      attributes: { department: null },
    });
    fault('/v1.0/users', { body: { value: [{ id: '../../x' }] } });
    expect(await failure(everyone(reader().listUsers([])))).toMatchObject({ code: 'graph_malformed' });
  });
});
