// A link, a state and a connecting are good until the millisecond before their end, and refused from that moment on (T5).
import { afterEach, expect, test } from 'vitest';
import { scriptedBrowser, type ScriptedBrowser } from './scripted-browser.ts';
import { asa, useTheftWorld } from './theft/kit.ts';
import { bringTo, newLink, type Standing } from './theft/standing.ts';

const world = await useTheftWorld();
const { a, admin, clock, publicUrl } = world;
const until = new Date(clock.now().getTime() + 60_000);
const moments = [
  [-1, true],
  [0, false],
  [1, false],
] as const;

afterEach(async () => {
  clock.stopped = undefined;
  for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
  await admin.query('truncate connect_flow, connect_link cascade');
});

const stopAt = (offsetMs: number): void => void (clock.stopped = new Date(until.getTime() + offsetMs));

function browserOf({ cookie, byLink }: Standing): ScriptedBrowser {
  const browser = byLink ? scriptedBrowser() : world.signedIn(a);
  browser.setCookie(publicUrl, 'samsyn-connect', cookie);
  return browser;
}

async function stepOf({ flowId }: Standing): Promise<unknown> {
  const { rows } = await admin.query<{ step: string }>('select step from connect_flow where id = $1', [flowId]);
  return rows[0]?.step;
}

const post = (browser: ScriptedBrowser, path: string, body?: unknown) => browser.call('POST', `${publicUrl}/api/v1${path}`, body); // prettier-ignore
const goBack = (standing: Standing) => browserOf(standing).visit(standing.callback.href, { stopAt: (to) => to.pathname === '/connect/flow' }); // prettier-ignore

async function linkThatEnds(): Promise<string> {
  const link = await newLink(world, a);
  await admin.query('update connect_link set expires_at = $1', [until]);
  return link;
}

test.each(moments)('%d ms from its end a link opens: %s', async (offsetMs, isGood) => {
  const token = await linkThatEnds();
  stopAt(offsetMs);
  const { status, body } = await post(scriptedBrowser(), '/connect-link/open', { token });
  expect(status).toBe(isGood ? 200 : 410);
  if (!isGood) expect(body).toMatchObject({ error: { code: 'connect_link_invalid' } });
});

test.each(moments)('%d ms from its end a link that is open leads to the sign-in: %s', async (offsetMs, isGood) => {
  const token = await linkThatEnds();
  const browser = scriptedBrowser();
  await post(browser, '/connect-link/open', { token });
  stopAt(offsetMs);
  expect((await post(browser, '/connect-link/sign-in')).status).toBe(isGood ? 200 : 410);
});

test.each(moments)('%d ms from its end a link can be declined: %s', async (offsetMs, isGood) => {
  const token = await linkThatEnds();
  const browser = scriptedBrowser();
  await post(browser, '/connect-link/open', { token });
  stopAt(offsetMs);
  expect((await post(browser, '/connect-link/decline')).status).toBe(isGood ? 204 : 410);
});

test.each(moments)('%d ms from the end of its link a sign-in comes back: %s', async (offsetMs, isGood) => {
  const standing = await bringTo(world, {
    name: 'link',
    org: a,
    upn: asa,
    link: await linkThatEnds(),
    step: 'sign_in',
  });
  stopAt(offsetMs);
  await goBack(standing);
  expect(await stepOf(standing)).toBe(isGood ? 'confirm' : 'failed');
});

test.each(moments)('%d ms from the end of its link a connecting is confirmed: %s', async (offsetMs, isGood) => {
  const standing = await bringTo(world, {
    name: 'link',
    org: a,
    upn: asa,
    link: await linkThatEnds(),
    step: 'sign_in',
  });
  await goBack(standing);
  stopAt(offsetMs);
  const { status } = await post(browserOf(standing), '/connect-flow/confirm', {});
  expect([status, await stepOf(standing)]).toEqual(isGood ? [200, 'consent'] : [410, 'confirm']);
});

test('who has confirmed in time may come back from Microsoft after the end of the link', async () => {
  const standing = await bringTo(world, {
    name: 'link',
    org: a,
    upn: asa,
    link: await linkThatEnds(),
    step: 'consent',
  });
  stopAt(1);
  await goBack(standing);
  expect(['proving', 'connected']).toContain(await stepOf(standing));
  clock.stopped = undefined;
  while ((await stepOf(standing)) === 'proving') await clock.sleep(10);
  await admin.query('truncate connection cascade');
});

test.each([
  ['sign_in', 'state_expires_at'],
  ['consent', 'state_expires_at'],
  ['sign_in', 'expires_at'],
  ['consent', 'expires_at'],
] as const)('the callback of %s is taken until the last millisecond of %s', async (step, column) => {
  for (const [offsetMs, isGood] of moments) {
    const standing = await bringTo(world, { name: 'own', org: a, upn: asa, step });
    // Nobody has consented: what is taken ends by itself.
    for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
    await admin.query(`update connect_flow set ${column} = $2 where id = $1`, [standing.flowId, until]);
    stopAt(offsetMs);
    await goBack(standing);
    const taken = step === 'sign_in' ? ['confirm'] : ['proving', 'failed'];
    expect(isGood ? taken : [step]).toContain(await stepOf(standing));
    clock.stopped = undefined;
  }
});

test.each(moments)('%d ms from its end the page of a connecting is shown: %s', async (offsetMs, isGood) => {
  const standing = await bringTo(world, { name: 'own', org: a, upn: asa, step: 'consent' });
  await admin.query('update connect_flow set expires_at = $1', [until]);
  stopAt(offsetMs);
  expect((await world.page(browserOf(standing))).status).toBe(isGood ? 200 : 410);
});

test('all that was asked of Microsoft is to read, with the permissions to read', () => {
  expect(world.relay.ofProduct()).toBeGreaterThan(10);
  expect(world.relay.unwanted()).toEqual([]);
});

test('and whatever else would be noticed', async () => {
  const { relay } = world;
  const seen = relay.asked.length;
  const form = (values: Record<string, string>) => new URLSearchParams(values).toString();
  const token = '/organizations/oauth2/v2.0/token';
  const bad: [string, string, string?][] = [
    ['PATCH', '/v1.0/users/1', '{}'], ['DELETE', '/v1.0/users/1'], ['POST', '/v1.0/users', '{}'], ['POST', '/v1.0/$batch', '{"requests":[{"method":"PATCH"}]}'],
    ['POST', '/v1.0/$batch', '{"requests":[]}'], ['GET', '/beta/users'], ['GET', '/thief/keys'], ['POST', token, form({ grant_type: 'refresh_token' })],
    ['POST', token, form({ grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/Directory.ReadWrite.All' })],
    ['POST', token, form({ grant_type: 'authorization_code', scope: 'User.Read' })],
    ['GET', '/organizations/oauth2/v2.0/authorize?scope=openid+profile+offline_access'], ['GET', '/organizations/v2.0/adminconsent?scope=User.ReadWrite.All'],
  ]; // prettier-ignore
  for (const [method, path, body] of bad)
    await fetch(`${relay.url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  expect(relay.asked.length).toBe(seen + bad.length);
  expect(relay.unwanted()).toHaveLength(bad.length);
});
