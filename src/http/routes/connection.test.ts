import { createServer as createTcpServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/server.ts';
import { useDatabase } from '../../../test/database.ts';
import { scriptedBrowser, type ScriptedBrowser, type Visit } from '../../../test/scripted-browser.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { newId } from '../../base/ids.ts';
import { createLogger } from '../../base/log.ts';
import { createSealer } from '../../base/seal.ts';
import type { TellEvent } from '../../connection/deps.ts';
import { createProver, type Prover } from '../../connection/prove.ts';
import { createGraph } from '../../graph/graph.ts';
import type { SignIn } from '../../people/sign-in.ts';
import type { App } from '../route.ts';
import { createServer } from '../server.ts';
import { unheard } from '../../../test/unheard.ts';

const clientId = '11111111-2222-4333-8444-555555555555';
const clientSecret = 'demo-secret-not-for-production';
const log = createLogger({ level: 'silent' });
const permissions = ['User.Read.All', 'GroupMember.Read.All'];

const { db, adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });

/** Real time that a test can move, in which one waits twenty times as fast. */
const clock: Clock & { aheadMs: number } = {
  aheadMs: 0,
  now() {
    return new Date(systemClock.now().getTime() + this.aheadMs);
  },
  monotonicMs: () => systemClock.monotonicMs(),
  sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
};

interface Org {
  id: string;
  name: string;
  adminId: string;
  memberId: string;
}

let emulator: Emulator;
let app: App;
let publicUrl: string;
const provers: Prover[] = [];
let told: TellEvent[] = [];
let norrsken: { id: string };
let fjallbygg: { id: string };
let a: Org;
let b: Org;

/** Stands in for the sessions of the app: the cookie names the account. */
const signIn: SignIn = {
  async findSession(cookieHeader) {
    const id = /(?:^|; )account=([^;]*)/.exec(cookieHeader ?? '')?.[1];
    return id ? { id, email: `${id}@example.test`, name: id, language: null, signedInAt: new Date() } : null;
  },
} as SignIn; // nothing else of it is used here

beforeAll(async () => {
  await admin.connect();
  const port = await freePort();
  publicUrl = `http://localhost:${port}`;
  emulator = await startEmulator({ tenants: 2 });
  const tenants = [...emulator.store.tenants.values()];
  norrsken = tenants.find((one) => one.domains.includes('norrsken.se')) ?? { id: '' };
  fjallbygg = tenants.find((one) => one.domains.includes('fjallbygg.se')) ?? { id: '' };
  const registration = emulator.store.app(clientId);
  if (!registration) throw new Error('no app registration');
  emulator.store.putApp({
    ...registration,
    redirectUris: [`${publicUrl}/entra/callback`, `${publicUrl}/entra/consent`],
  });
  a = await insertOrg('Norrsken AB', 'norrsken.se');
  b = await insertOrg('Bolaget B', 'bolaget.test');
  app = (await startApp()).app;
  await app.listen({ port, host: '127.0.0.1' });
});
afterAll(async () => {
  await Promise.all(provers.map((prover) => prover.stop()));
  await app.close();
  await emulator.close();
  await admin.end();
});
beforeEach(async () => {
  clock.aheadMs = 0;
  told = [];
  emulator.store.faults.clear();
  emulator.store.changeSettings({ propagationMs: 0, missingPrincipal: 7000229 });
  for (const tenant of emulator.store.tenants.values()) tenant.grants.clear();
  await admin.query('truncate connect_flow, connect_link, connection, audit_event cascade');
});

async function startApp(): Promise<{ app: App; prover: Prover }> {
  const graph = createGraph({
    config: { clientId, clientSecret, loginUrl: emulator.url, graphUrl: emulator.url },
    clock,
    log,
  });
  const room = {
    db, clock, log, graph, publicUrl,
    sealer: createSealer(new Uint8Array(32)),
    tell: async (_tx: unknown, event: TellEvent) => void told.push(event),
    schedule: async () => undefined,
    ...unheard,
    nextNightly: () => new Date('2026-01-01T02:00:00Z'),
  }; // prettier-ignore
  const prover = createProver(room);
  provers.push(prover);
  const config = { publicUrl, version: 'test', demo: null, readOnly: null, webRoot: '', trustProxy: [] };
  const made = await createServer({
    ...room,
    config,
    signIn,
    prover,
    jobs: { enqueue: async () => undefined },
    limiter: { limit: () => undefined, giveBack: () => undefined },
    rescheduleNightly: async () => undefined,
    sendTestNotice: async () => ({ sent: true, error: null }),
  });
  return { app: made, prover };
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function insertOrg(name: string, domain: string): Promise<Org> {
  const org = { id: newId(), name, adminId: newId(), memberId: newId() };
  await admin.query('insert into organisation (id, name) values ($1, $2)', [org.id, name]);
  for (const [id, role, rights] of [
    [org.adminId, 'admin', ['users_and_teams']],
    [org.memberId, 'member', []],
  ] as const) {
    await admin.query('insert into auth_user (id, name, email) values ($1, $2, $3)', [id, role, `${role}@${domain}`]);
    await admin.query(
      `insert into app_user (organisation_id, id, account_id, sign_in_email, fields, permissions) values ($1, $2::uuid, $6, $3, $4, $5)`,
      [org.id, id, `${role}@${domain}`, JSON.stringify({ displayName: `${role} of ${name}` }), rights, id],
    );
  }
  return org;
}

const base = (org: Org): string => `${publicUrl}/api/v1/organisations/${org.id}/connection`;
const back = (url: URL): boolean => url.origin === publicUrl;
const atFlowPage = (url: URL): boolean => url.origin === publicUrl && url.pathname === '/connect/flow';

function signedIn(org: Org, who: 'admin' | 'member' = 'admin'): ScriptedBrowser {
  const browser = scriptedBrowser();
  browser.setCookie(publicUrl, 'account', who === 'admin' ? org.adminId : org.memberId);
  return browser;
}

/** To Microsoft's sign-in and as far as the callback, which is not asked for yet. */
async function signInAs(browser: ScriptedBrowser, redirectUrl: string, upn: string): Promise<Visit> {
  const page = await browser.visit(redirectUrl);
  return browser.submit(page, { account: upn }, { stopAt: back });
}

async function startOwn(browser: ScriptedBrowser, org: Org): Promise<string> {
  const { status, body } = await browser.call('POST', `${base(org)}/sign-in`);
  expect(status).toBe(200);
  return (body as { redirectUrl: string }).redirectUrl;
}

async function newLink(org: Org): Promise<string> {
  const { body } = await signedIn(org).call('POST', `${base(org)}/links`);
  const { url } = body as { url: string };
  expect(url).toMatch(/\/connect#/);
  return url.slice(url.indexOf('#') + 1);
}

async function openLink(browser: ScriptedBrowser, token: string) {
  return browser.call('POST', `${publicUrl}/api/v1/connect-link/open`, { token });
}

async function startByLink(browser: ScriptedBrowser): Promise<string> {
  const { body } = await browser.call('POST', `${publicUrl}/api/v1/connect-link/sign-in`);
  return (body as { redirectUrl: string }).redirectUrl;
}

async function getFlow(browser: ScriptedBrowser): Promise<Record<string, unknown>> {
  const { body } = await browser.call('GET', `${publicUrl}/api/v1/connect-flow`);
  return body as Record<string, unknown>;
}

const confirm = (browser: ScriptedBrowser, typedName?: string) =>
  browser.call('POST', `${publicUrl}/api/v1/connect-flow/confirm`, typedName === undefined ? {} : { typedName });

/** From the confirmed flow to Microsoft's consent page, and as far as the callback. */
async function consentAs(
  browser: ScriptedBrowser,
  upn: string,
  answer: 'accept' | 'cancel' | 'back',
  typedName?: string,
): Promise<Visit> {
  const { status, body } = await confirm(browser, typedName);
  expect(status).toBe(200);
  const page = await browser.visit((body as { redirectUrl: string }).redirectUrl);
  const decision = await browser.submit(page, { account: upn });
  return browser.submit(decision, { answer }, { stopAt: back });
}

/** Until the flow is not proving any more. */
async function settle(browser: ScriptedBrowser): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 150; tries += 1) {
    const flow = await getFlow(browser);
    if (flow['step'] !== 'proving') return flow;
    await systemClock.sleep(50);
  }
  throw new Error('the proof did not end');
}

async function connect(
  browser: ScriptedBrowser,
  redirectUrl: string,
  upn: string,
  typedName?: string,
): Promise<Record<string, unknown>> {
  await browser.visit((await signInAs(browser, redirectUrl, upn)).url.href, { stopAt: atFlowPage });
  await browser.visit((await consentAs(browser, upn, 'accept', typedName)).url.href, { stopAt: atFlowPage });
  return settle(browser);
}

async function rows(table: string): Promise<Record<string, unknown>[]> {
  return (await admin.query(`select * from ${table} order by 1, 2`)).rows as Record<string, unknown>[];
}
const connections = () => rows('connection');
const code = (body: unknown): unknown => (body as { error?: { code?: unknown } }).error?.code;

const asa = 'asa.oberg@norrsken.se';
const per = 'per.user@norrsken.se';

describe('the administrator signs in', () => {
  test('sign-in, confirmation, consent and proof connect the tenant, and nothing else changes', async () => {
    const before = await rows('app_user');
    const browser = signedIn(a);
    const callback = await signInAs(browser, await startOwn(browser, a), asa);
    const end = await browser.visit(callback.url.href, { stopAt: atFlowPage });
    expect(end.url.href).toBe(`${publicUrl}/connect/flow`);
    expect(await getFlow(browser)).toMatchObject({
      step: 'confirm', error: null, organisationName: 'Norrsken AB', tenantId: norrsken.id, tenantDomain: 'norrsken.se',
      signerName: 'Åsa Öberg', signerMayConsent: true, nameMustBeTyped: false, byLink: false,
    }); // prettier-ignore
    expect(await connections()).toEqual([]);
    await browser.visit((await consentAs(browser, asa, 'accept')).url.href, { stopAt: atFlowPage });
    expect(await settle(browser)).toMatchObject({ step: 'connected', error: null });
    const { body } = await browser.call('GET', base(a));
    expect(body).toMatchObject({
      connection: {
        status: 'configuring',
        tenantId: norrsken.id,
        consentedBy: 'Åsa Öberg',
        stepsDone: [],
        mode: null,
        scope: null,
      },
    });
    expect(await rows('app_user')).toEqual(before);
    expect(told).toMatchObject([{ kind: 'connected', askerId: a.adminId, params: { person: 'Åsa Öberg' } }]);
    expect((await rows('audit_event')).map((row) => String(row['action'])).toSorted()).toEqual([
      'connection.confirmed',
      'connection.connected',
    ]);
  });

  test('a second connecting of the organisation is refused', async () => {
    const browser = signedIn(a);
    await connect(browser, await startOwn(browser, a), asa);
    const again = await browser.call('POST', `${base(a)}/sign-in`);
    expect([again.status, code(again.body)]).toEqual([409, 'already_connected']);
  });

  test('a connection whose consent was withdrawn is taken up again by a new consent, with all that it has', async () => {
    const browser = signedIn(a);
    await connect(browser, await startOwn(browser, a), asa);
    await admin.query(
      `update connection set status = 'blocked', trouble_code = 'graph_consent_revoked', trouble_since = now(),
         steps_done = '{groups,fields,notices,schedule}', scope = 'all', mode = 'manual'`,
    );
    const [before] = await connections();
    for (const tenant of emulator.store.tenants.values()) tenant.grants.clear();
    // Another tenant is not what was connected.
    const other = signedIn(a);
    const callback = await signInAs(other, await startOwn(other, a), 'erik.fjall@fjallbygg.se');
    await other.visit(callback.url.href, { stopAt: atFlowPage });
    const { organisationName } = (await getFlow(other)) as { organisationName: string };
    expect(code((await confirm(other, organisationName)).body)).toBe('connect_tenant_mismatch');

    expect(await connect(browser, await startOwn(browser, a), asa)).toMatchObject({ step: 'connected' });
    const after = await connections();
    const { consented_at: _at, ...kept } = before ?? {};
    expect(after).toMatchObject([
      { ...kept, status: 'active', trouble_code: null, trouble_since: null, trouble_request_id: null },
    ]);
    expect((await rows('audit_event')).map((row) => row['action'])).toContain('connection.reconnected');
  });

  test('the name of the organisation must be typed when the asker is of another domain', async () => {
    const browser = signedIn(b);
    await browser.visit((await signInAs(browser, await startOwn(browser, b), asa)).url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ nameMustBeTyped: true });
    for (const typed of [undefined, '', 'Norrsken AB', 'bolaget b']) {
      expect(code((await confirm(browser, typed)).body)).toBe('invalid_input');
    }
    await browser.visit((await consentAs(browser, asa, 'accept', ' Bolaget  B ')).url.href, { stopAt: atFlowPage });
    expect(await settle(browser)).toMatchObject({ step: 'connected' });
  });

  test('who signed out of the app meanwhile, or is somebody else, does not connect', async () => {
    for (const change of [
      (browser: ScriptedBrowser) => browser.deleteCookie(publicUrl, 'account'),
      (browser: ScriptedBrowser) => browser.setCookie(publicUrl, 'account', a.memberId),
      (browser: ScriptedBrowser) => browser.setCookie(publicUrl, 'account', b.adminId),
    ]) {
      const atSignIn = signedIn(a);
      const callback = await signInAs(atSignIn, await startOwn(atSignIn, a), asa);
      change(atSignIn);
      await atSignIn.visit(callback.url.href, { stopAt: atFlowPage });
      expect(await getFlow(atSignIn)).toMatchObject({ step: 'failed', error: { code: 'connect_flow_missing' } });

      const atConsent = signedIn(a);
      await atConsent.visit((await signInAs(atConsent, await startOwn(atConsent, a), asa)).url.href, {
        stopAt: atFlowPage,
      });
      const consented = await consentAs(atConsent, asa, 'accept');
      change(atConsent);
      await atConsent.visit(consented.url.href, { stopAt: atFlowPage });
      expect(await getFlow(atConsent)).toMatchObject({ step: 'failed', error: { code: 'connect_flow_missing' } });
      emulator.store.tenant(norrsken.id).grants.clear();
    }
    expect(await connections()).toEqual([]);
  });
});

describe('it ends without a connection, and can be tried again', () => {
  test('cancelled at the sign-in', async () => {
    const browser = signedIn(a);
    const page = await browser.visit(await startOwn(browser, a));
    await browser.submit(page, { cancel: '1' }, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_cancelled' } });
    expect(await connections()).toEqual([]);
    expect(await connect(browser, await startOwn(browser, a), asa)).toMatchObject({ step: 'connected' });
  });

  test('declined on the consent page', async () => {
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), asa)).url.href, { stopAt: atFlowPage });
    const answered = await consentAs(browser, asa, 'cancel');
    // Microsoft says admin_consent=True in a refusal as well.
    expect(answered.url.searchParams.get('admin_consent')).toBe('True');
    await browser.visit(answered.url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_declined' } });
    expect(await connections()).toEqual([]);
    expect(await connect(browser, await startOwn(browser, a), asa)).toMatchObject({ step: 'connected' });
  });

  test('a role that may not consent', async () => {
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), 'oskar.app@norrsken.se')).url.href, {
      stopAt: atFlowPage,
    });
    expect(await getFlow(browser)).toMatchObject({ step: 'confirm', signerMayConsent: false });
    await browser.visit((await consentAs(browser, 'oskar.app@norrsken.se', 'back')).url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_role_missing' } });
    expect(await connections()).toEqual([]);
  });

  test('left by the person', async () => {
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), asa)).url.href, { stopAt: atFlowPage });
    const consented = await consentAs(browser, asa, 'accept');
    await browser.call('POST', `${publicUrl}/api/v1/connect-flow/cancel`);
    await browser.visit(consented.url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_cancelled' } });
    expect(await connections()).toEqual([]);
  });

  test('a wrong secret of this server', async () => {
    const browser = signedIn(a);
    const callback = await signInAs(browser, await startOwn(browser, a), asa);
    emulator.store.faults.add({
      match: { path: '/oauth2/v2.0/token' },
      answer: { status: 401, body: { error: 'invalid_client', error_codes: [7000215] } },
    });
    await browser.visit(callback.url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'graph_credentials_refused' } });
  });
});

describe('a mere user of a tenant that gave its consent long ago', () => {
  test('does not connect it', async () => {
    emulator.store.grant(norrsken.id, clientId, permissions);
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), per)).url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_not_proved' } });
    expect((await confirm(browser)).status).toBe(410);
    expect(await connections()).toEqual([]);
  });

  test('does not profit by somebody who consents between sign-in and confirmation', async () => {
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), per)).url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'confirm', signerMayConsent: false });
    emulator.store.grant(norrsken.id, clientId, permissions);
    expect(code((await confirm(browser)).body)).toBe('connect_not_proved');
    expect(await connections()).toEqual([]);
  });

  test('nor by somebody who consents after a forged way back from Microsoft', async () => {
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), per)).url.href, { stopAt: atFlowPage });
    const { redirectUrl } = (await confirm(browser)).body as { redirectUrl: string };
    const state = new URL(redirectUrl).searchParams.get('state') ?? '';
    const forged = new URLSearchParams({ admin_consent: 'True', tenant: norrsken.id, state });
    await browser.visit(`${publicUrl}/entra/consent?${forged.toString()}`, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'proving' });
    emulator.store.grant(norrsken.id, clientId, permissions);
    expect(await settle(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_not_proved' } });
    expect(await connections()).toEqual([]);
  });

  test('but somebody who may consent does, also there', async () => {
    emulator.store.grant(norrsken.id, clientId, permissions);
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), 'karin.lind@norrsken.se')).url.href, {
      stopAt: atFlowPage,
    });
    expect(await getFlow(browser)).toMatchObject({
      step: 'confirm',
      signerMayConsent: true,
      tenantName: expect.any(String),
    });
    await browser.visit((await consentAs(browser, 'karin.lind@norrsken.se', 'accept')).url.href, {
      stopAt: atFlowPage,
    });
    expect(await settle(browser)).toMatchObject({ step: 'connected' });
  });

  test('a guest is refused', async () => {
    emulator.store.grant(fjallbygg.id, clientId, permissions);
    const guest = [...emulator.store.tenant(fjallbygg.id).users.values()].find(
      (user) => user.props['userType'] === 'Guest',
    );
    emulator.store.setRoles(fjallbygg.id, guest?.id ?? '', ['62e90394-69f5-4237-9190-012177145e10']);
    const browser = signedIn(a);
    const upn = 'maria.strom_norrsken.se#EXT#@fjallbygg.onmicrosoft.com';
    await browser.visit((await signInAs(browser, await startOwn(browser, a), upn)).url.href, { stopAt: atFlowPage });
    expect(await getFlow(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_guest' } });
    emulator.store.setRoles(fjallbygg.id, guest?.id ?? '', []);
  });
});

describe('callbacks decide nothing', () => {
  /** Each is sent to the callback in place of the honest one. */
  function variants(honest: URL, other: URL): URL[] {
    const change = (fn: (query: URLSearchParams) => void): URL => {
      const url = new URL(honest);
      fn(url.searchParams);
      return url;
    };
    return [
      change((query) => query.delete('state')),
      change((query) => query.append('state', query.get('state') ?? '')),
      change((query) => query.set('state', other.searchParams.get('state') ?? '')),
      change((query) => query.set('state', `${a.id}.${'A'.repeat(43)}`)),
      change((query) => query.set('state', '')),
      change((query) => query.set('state', (query.get('state') ?? '').replace(a.id, b.id))),
      change((query) => {
        query.delete('code');
        query.delete('tenant');
      }),
      change((query) => {
        for (const name of ['code', 'tenant']) if (query.has(name)) query.append(name, fjallbygg.id);
      }),
    ];
  }

  async function bothFlows(): Promise<{ own: ScriptedBrowser; other: ScriptedBrowser; ownBack: URL; otherBack: URL }> {
    const [own, other] = [signedIn(a), signedIn(b)];
    const ownBack = (await signInAs(own, await startOwn(own, a), asa)).url;
    const otherBack = (await signInAs(other, await startOwn(other, b), 'erik.fjall@fjallbygg.se')).url;
    return { own, other, ownBack, otherBack };
  }

  test('the way back from the sign-in: each parameter swapped, missing or doubled changes no row', async () => {
    const { own, ownBack, otherBack } = await bothFlows();
    const before = await rows('connect_flow');
    for (const url of variants(ownBack, otherBack)) {
      const end = await own.visit(url.href, { stopAt: atFlowPage });
      expect(end.url.href).toBe(`${publicUrl}/connect/flow`);
      expect(await rows('connect_flow')).toEqual(before);
    }
    // Another browser has the state, but not the cookie; or the cookie of another flow.
    for (const stranger of [scriptedBrowser(), signedIn(a)]) await stranger.visit(ownBack.href, { stopAt: atFlowPage });
    const thief = signedIn(a);
    await startOwn(thief, a);
    const now = await rows('connect_flow');
    await thief.visit(ownBack.href, { stopAt: atFlowPage });
    expect(await rows('connect_flow')).toEqual(now);
    // The sign-in's state is none for the consent's callback.
    await own.visit(`${publicUrl}/entra/consent?tenant=${norrsken.id}&state=${ownBack.searchParams.get('state')}`, {
      stopAt: atFlowPage,
    });
    expect(await rows('connect_flow')).toEqual(now);
    // None of it has used the state up.
    await own.visit(ownBack.href, { stopAt: atFlowPage });
    expect(await getFlow(own)).toMatchObject({ step: 'confirm' });
    const after = await rows('connect_flow');
    await own.visit(ownBack.href, { stopAt: atFlowPage });
    expect(await rows('connect_flow')).toEqual(after);
  });

  test('a code of another sign-in is refused by its nonce and verifier', async () => {
    const { own, ownBack, otherBack } = await bothFlows();
    const url = new URL(ownBack);
    url.searchParams.set('code', otherBack.searchParams.get('code') ?? '');
    await own.visit(url.href, { stopAt: atFlowPage });
    expect(await getFlow(own)).toMatchObject({ step: 'failed', error: { code: 'connect_failed' } });
  });

  test('a state is good for ten minutes', async () => {
    const browser = signedIn(a);
    const callback = await signInAs(browser, await startOwn(browser, a), asa);
    clock.aheadMs = 10 * 60_000 + 1;
    await browser.visit(callback.url.href, { stopAt: atFlowPage });
    expect(code(await getFlow(browser))).toBe('connect_flow_missing');
  });

  test('the way back from the consent: each parameter swapped, missing or doubled changes no row', async () => {
    const { own, other, ownBack, otherBack } = await bothFlows();
    await own.visit(ownBack.href, { stopAt: atFlowPage });
    await other.visit(otherBack.href, { stopAt: atFlowPage });
    const ownConsent = (await consentAs(own, asa, 'accept')).url;
    const otherConsent = (await consentAs(other, 'erik.fjall@fjallbygg.se', 'accept', 'Bolaget B')).url;
    const before = await rows('connect_flow');
    for (const url of variants(ownConsent, otherConsent)) {
      await own.visit(url.href, { stopAt: atFlowPage });
      expect(await rows('connect_flow')).toEqual(before);
    }
    await scriptedBrowser().visit(ownConsent.href, { stopAt: atFlowPage });
    expect(await rows('connect_flow')).toEqual(before);
    expect(await connections()).toEqual([]);
    // Another tenant than the one of the sign-in: refused for good.
    const swapped = new URL(ownConsent);
    swapped.searchParams.set('tenant', fjallbygg.id);
    await own.visit(swapped.href, { stopAt: atFlowPage });
    expect(await getFlow(own)).toMatchObject({ step: 'failed', error: { code: 'connect_tenant_mismatch' } });
    await own.visit(ownConsent.href, { stopAt: atFlowPage });
    expect(await getFlow(own)).toMatchObject({ step: 'failed' });
    expect(await connections()).toEqual([]);
  });

  test('a consent that was only claimed is not believed', async () => {
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), per)).url.href, { stopAt: atFlowPage });
    const { body } = await confirm(browser);
    const state = new URL((body as { redirectUrl: string }).redirectUrl).searchParams.get('state') ?? '';
    await browser.visit(`${publicUrl}/entra/consent?admin_consent=True&tenant=${norrsken.id}&state=${state}`, {
      stopAt: atFlowPage,
    });
    expect(await getFlow(browser)).toMatchObject({ step: 'proving' });
    clock.aheadMs = 5 * 60_000;
    expect(await settle(browser)).toMatchObject({ step: 'failed', error: { code: 'connect_permission_missing' } });
    expect(await connections()).toEqual([]);
  });
});

describe('a colleague with a link', () => {
  test('sees who asks, signs in without an account and connects; the asker is told', async () => {
    const token = await newLink(a);
    const colleague = scriptedBrowser();
    const landing = await openLink(colleague, token);
    expect(landing.body).toMatchObject({
      organisationName: 'Norrsken AB',
      askedBy: { name: 'admin of Norrsken AB', email: 'admin@norrsken.se' },
    });
    expect(landing.headers.get('set-cookie')).toMatch(/^samsyn-connect=.*; HttpOnly; SameSite=Lax$/);
    await openLink(scriptedBrowser(), token);
    expect(await connect(colleague, await startByLink(colleague), asa)).toMatchObject({
      step: 'connected',
      byLink: true,
    });
    const { body } = await signedIn(a).call('GET', `${base(a)}/links`);
    expect(body).toMatchObject({
      items: [
        {
          state: 'used',
          createdBy: 'admin of Norrsken AB',
          isOpen: false,
          canRemind: false,
          events: [
            { kind: 'created', by: 'admin of Norrsken AB' },
            { kind: 'opened' },
            { kind: 'used', by: 'Åsa Öberg', permissions },
          ],
        },
      ],
    });
    expect(told.map((event) => [event.kind, event.askerId])).toEqual([['connect_link_opened', a.adminId], ['connected', a.adminId]]); // prettier-ignore
    // The secret itself stands nowhere.
    const [link] = await rows('connect_link');
    expect(JSON.stringify(link)).not.toContain(token.slice(37));
  });

  test('declines: the asker is told, and the link is dead', async () => {
    const token = await newLink(a);
    const colleague = scriptedBrowser();
    await openLink(colleague, token);
    expect((await colleague.call('POST', `${publicUrl}/api/v1/connect-link/decline`)).status).toBe(204);
    expect(told.map((event) => event.kind)).toEqual(['connect_link_opened', 'connect_link_declined']);
    expect(code((await openLink(scriptedBrowser(), token)).body)).toBe('connect_link_invalid');
    expect((await colleague.call('POST', `${publicUrl}/api/v1/connect-link/sign-in`)).status).toBe(410);
  });

  test('unknown, used, expired, revoked and declined links all answer alike', async () => {
    const answers: unknown[] = [];
    const ask = async (token: string) => {
      const { status, body } = await openLink(scriptedBrowser(), token);
      answers.push(JSON.stringify({ status, body }).replace(/"requestId":"[^"]*"/, ''));
    };
    await ask(`${a.id}.${'A'.repeat(43)}`);
    await ask(`${newId()}.${'A'.repeat(43)}`);
    await ask('nonsense');
    const revoked = await newLink(a);
    const next = await newLink(a);
    await ask(revoked);
    clock.aheadMs = 72 * 3600_000 + 1000;
    await ask(next);
    clock.aheadMs = 0;
    const declined = scriptedBrowser();
    const declinedToken = await newLink(a);
    await openLink(declined, declinedToken);
    await declined.call('POST', `${publicUrl}/api/v1/connect-link/decline`);
    await ask(declinedToken);
    const used = await newLink(a);
    const colleague = scriptedBrowser();
    await openLink(colleague, used);
    await connect(colleague, await startByLink(colleague), asa);
    await ask(used);
    expect(answers).toHaveLength(7);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('connect_link_invalid');
  });

  test('a link is good until its last millisecond', async () => {
    const token = await newLink(a);
    const [row] = await rows('connect_link');
    const until = row?.['expires_at'];
    const untilMs = until instanceof Date ? until.getTime() : Number.NaN;
    // The clock of this test runs, so two seconds are left before.
    clock.aheadMs = untilMs - systemClock.now().getTime() - 2000;
    expect((await openLink(scriptedBrowser(), token)).status).toBe(200);
    clock.aheadMs = untilMs - systemClock.now().getTime();
    expect((await openLink(scriptedBrowser(), token)).status).toBe(410);
  });

  test('a link that is revoked while the colleague is at Microsoft connects nothing', async () => {
    const token = await newLink(a);
    const colleague = scriptedBrowser();
    await openLink(colleague, token);
    await colleague.visit((await signInAs(colleague, await startByLink(colleague), asa)).url.href, {
      stopAt: atFlowPage,
    });
    const consented = await consentAs(colleague, asa, 'accept');
    const [link] = await rows('connect_link');
    expect((await signedIn(a).call('DELETE', `${base(a)}/links/${String(link?.['id'])}`)).status).toBe(204);
    await colleague.visit(consented.url.href, { stopAt: atFlowPage });
    expect(await settle(colleague)).toMatchObject({ step: 'failed', error: { code: 'connect_link_invalid' } });
    expect(await connections()).toEqual([]);
  });

  test('of two who open the same link, one connects', async () => {
    const token = await newLink(a);
    const both = [scriptedBrowser(), scriptedBrowser()];
    const ways: URL[] = [];
    for (const browser of both) {
      await openLink(browser, token);
      await browser.visit((await signInAs(browser, await startByLink(browser), asa)).url.href, { stopAt: atFlowPage });
      ways.push((await consentAs(browser, asa, 'accept')).url);
    }
    await Promise.all(both.map((browser, index) => browser.visit(ways[index]?.href ?? '', { stopAt: atFlowPage })));
    const ends = await Promise.all(both.map(settle));
    expect(ends.map((flow) => String(flow['step'])).toSorted()).toEqual(['connected', 'failed']);
    expect(await connections()).toHaveLength(1);
    expect(told.filter((event) => event.kind === 'connected')).toHaveLength(1);
  });

  test('one link is active at a time, and ten an hour can be made', async () => {
    for (let made = 0; made < 10; made += 1) await newLink(a);
    expect((await signedIn(a).call('POST', `${base(a)}/links`)).status).toBe(429);
    const { body } = await signedIn(a).call('GET', `${base(a)}/links`);
    const states = (body as { items: { state: string }[] }).items.map((link) => link.state);
    expect(states).toEqual(['created', ...Array.from({ length: 9 }, () => 'revoked')]);
  });
});

describe('one tenant, one organisation', () => {
  test('a tenant that another organisation has connected is taken', async () => {
    const first = signedIn(a);
    await connect(first, await startOwn(first, a), asa);
    const second = signedIn(b);
    expect(await connect(second, await startOwn(second, b), asa, 'Bolaget B')).toMatchObject({
      step: 'failed',
      error: { code: 'tenant_taken' },
    });
    expect(await connections()).toHaveLength(1);
  });

  test('of two organisations at the same time, one gets it', async () => {
    const orgs = [a, b];
    const browsers = orgs.map((org) => signedIn(org));
    const ways: string[] = [];
    for (const [index, browser] of browsers.entries()) {
      const org = orgs[index] ?? a;
      await browser.visit((await signInAs(browser, await startOwn(browser, org), asa)).url.href, {
        stopAt: atFlowPage,
      });
      ways.push((await consentAs(browser, asa, 'accept', org.name)).url.href);
    }
    await Promise.all(browsers.map((browser, index) => browser.visit(ways[index] ?? '', { stopAt: atFlowPage })));
    const ends = await Promise.all(browsers.map(settle));
    expect(ends.map((flow) => String(flow['step'])).toSorted()).toEqual(['connected', 'failed']);
    expect(await connections()).toHaveLength(1);
  });
});

describe('the proof', () => {
  test.each([7000229, 700016] as const)(
    'waits while Microsoft spreads the consent (AADSTS%d, then a poor token)',
    async (missingPrincipal) => {
      emulator.store.changeSettings({ propagationMs: 1500, missingPrincipal });
      const browser = signedIn(a);
      await browser.visit((await signInAs(browser, await startOwn(browser, a), asa)).url.href, { stopAt: atFlowPage });
      await browser.visit((await consentAs(browser, asa, 'accept')).url.href, { stopAt: atFlowPage });
      expect(await getFlow(browser)).toMatchObject({ step: 'proving' });
      expect(await connections()).toEqual([]);
      expect(await settle(browser)).toMatchObject({ step: 'connected' });
    },
  );

  test('goes on after a restart, when a page asks', async () => {
    emulator.store.changeSettings({ propagationMs: 600_000 });
    const browser = signedIn(a);
    await browser.visit((await signInAs(browser, await startOwn(browser, a), asa)).url.href, { stopAt: atFlowPage });
    const consented = await consentAs(browser, asa, 'accept');
    await browser.visit(consented.url.href, { stopAt: atFlowPage });
    const running = provers.at(-1);
    await running?.stop();
    emulator.store.changeSettings({ propagationMs: 0 });
    const cookie = browser.cookie(publicUrl, 'samsyn-connect') ?? '';
    const restarted = await startApp();
    const ask = () =>
      restarted.app.inject({
        method: 'GET',
        url: '/api/v1/connect-flow',
        headers: { cookie: `samsyn-connect=${cookie}` },
      });
    expect((await ask()).json()).toMatchObject({ step: 'proving' });
    for (let tries = 0; tries < 50 && (await connections()).length === 0; tries += 1) await systemClock.sleep(50);
    expect((await ask()).json()).toMatchObject({ step: 'connected' });
    await restarted.app.close();
  });
});

describe('access', () => {
  const routes: [string, string, unknown?][] = [
    ['GET', ''], ['POST', '/turn-off'], ['POST', '/sign-in'], ['GET', '/links'], ['POST', '/links'], ['DELETE', `/links/${newId()}`],
    ['GET', '/settings'], ['PUT', '/settings/groups', {}], ['PUT', '/settings/fields', {}], ['PUT', '/settings/notices', {}],
    ['PUT', '/settings/schedule', {}], ['GET', '/groups'], ['POST', '/scope-count', {}], ['GET', '/example-person'],
    ['GET', '/recipient-choices'], ['POST', '/test-notice', {}],
  ]; // prettier-ignore

  test.each(routes)('%s %s needs sign-in, the permission and the organisation', async (method, path, body) => {
    expect((await scriptedBrowser().call(method, base(a) + path, body)).status).toBe(401);
    expect((await signedIn(a, 'member').call(method, base(a) + path, body)).status).toBe(403);
    expect((await signedIn(b).call(method, base(a) + path, body)).status).toBe(404);
  });

  test('a link of another organisation cannot be revoked', async () => {
    const token = await newLink(a);
    const [link] = await rows('connect_link');
    expect((await signedIn(b).call('DELETE', `${base(b)}/links/${String(link?.['id'])}`)).status).toBe(404);
    expect((await openLink(scriptedBrowser(), token)).status).toBe(200);
  });
});
