// Samsyn as main.ts starts it, in the process of the test: the demo's organisations, an emulator with its two tenants, a mail server, a
// clock that a test can move; and the steps of connecting as browsers take them.
import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { systemClock, type Clock } from '../src/base/clock.ts';
import { createLogger } from '../src/base/log.ts';
import { loadConfig, type Config } from '../src/config.ts';
import { demoAccounts, demoOrganisationId, demoPassword, seedDemo } from '../src/demo.ts';
import { startSamsyn, type Samsyn } from '../src/main.ts';
import { useDatabase } from './database.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import { scriptedBrowser, type ScriptedBrowser } from './scripted-browser.ts';
import { freePort } from './whole-server.ts';

export const clientId = '11111111-2222-4333-8444-555555555555';
export const organisationId = demoOrganisationId;
export const administrator = { email: demoAccounts[0].email, password: demoPassword };

export interface SamsynWorld {
  url: string;
  config: Config;
  samsyn: Samsyn;
  emulator: Emulator;
  mail: MailServer;
  clock: Clock & { aheadMs: number; restedMs: number };
  lines: string[];
  /** Past the walls. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A minute during which nobody asks anything: the limits of the door are full again. */
  rest(): void;
  signIn(who?: { email: string; password: string }): Promise<ScriptedBrowser>;
  /** An address of the organisation's connection. */
  api(path: string, organisation?: string): string;
}

export async function useSamsyn(env: Record<string, string> = {}): Promise<SamsynWorld> {
  const { connectionString, adminConnectionString } = await useDatabase();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  const mail = await startMailServer();
  ends.push(() => mail.close());
  const redirectUris = [`${url}/entra/callback`, `${url}/entra/consent`];
  const requiredRoles = ['User.Read.All', 'GroupMember.Read.All'];
  const emulator = await startEmulator({
    tenants: 2,
    apps: [{ clientId, secret: 'secret-of-the-tests', name: 'Samsyn', redirectUris, requiredRoles, groupMembershipClaims: 'DirectoryRole' }],
  }); // prettier-ignore
  ends.push(() => emulator.close());
  const config = loadConfig({
    PORT: String(port),
    DATABASE_URL: connectionString,
    SMTP_URL: mail.url,
    SAMSYN_MAIL_FROM: 'Samsyn <samsyn@example.test>',
    SAMSYN_PUBLIC_URL: url,
    SAMSYN_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: 'secret-of-the-tests',
    SAMSYN_ENTRA_LOGIN_URL: emulator.url,
    SAMSYN_GRAPH_URL: emulator.url,
    ...env,
  });
  const clock: SamsynWorld['clock'] = {
    aheadMs: 0,
    restedMs: 0,
    now() {
      return new Date(systemClock.now().getTime() + this.aheadMs);
    },
    monotonicMs() {
      return systemClock.monotonicMs() + this.restedMs;
    },
    // Waiting for Microsoft twenty times as fast.
    sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
  };
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', write: (line) => void lines.push(line) });
  const samsyn = await startSamsyn({ config, log, clock, seed: seedDemo });
  ends.push(() => samsyn.stop());
  const admin = new pg.Client({ connectionString: adminConnectionString });
  await admin.connect();
  ends.push(() => admin.end());
  return {
    url, config, samsyn, emulator, mail, clock, lines,
    query: async (text, values = []) => (await admin.query<Record<string, unknown>>(text, values)).rows,
    rest: () => void (clock.restedMs += 61_000),
    async signIn(who = administrator) {
      const browser = scriptedBrowser();
      const { status } = await browser.call('POST', `${url}/api/v1/session`, who);
      expect(status).toBe(200);
      return browser;
    },
    api: (path, organisation = organisationId) => `${url}/api/v1/organisations/${organisation}/connection${path}`,
  }; // prettier-ignore
}

/** What an answer of the API says of a failure. */
export const codeOf = (body: unknown): unknown => (body as { error?: { code?: unknown } } | null)?.error?.code;

/** `answer`: what the person does on Microsoft's page of consent, or on the page that sends people away. */
export interface Way {
  upn: string;
  answer?: 'accept' | 'cancel' | 'back';
  typedName?: string;
}

/** Through Microsoft's pages and back, as far as they lead; answers the flow when it is not proving any more. */
export async function goThroughMicrosoft(
  world: SamsynWorld,
  browser: ScriptedBrowser,
  redirectUrl: string,
  { upn, answer = 'accept', typedName }: Way,
): Promise<Record<string, unknown>> {
  const { url } = world;
  const atFlow = (to: URL): boolean => to.origin === url && to.pathname === '/connect/flow';
  const account = await browser.visit(redirectUrl);
  await browser.submit(account, { account: upn }, { stopAt: atFlow });
  const before = await flowOf(world, browser);
  if (before['step'] !== 'confirm') return before;
  const body = typedName === undefined ? {} : { typedName };
  const confirmed = await browser.call('POST', `${url}/api/v1/connect-flow/confirm`, body);
  const { redirectUrl: consentUrl } = (confirmed.body ?? {}) as { redirectUrl?: string };
  if (consentUrl === undefined) return flowOf(world, browser);
  const again = await browser.visit(consentUrl);
  const page = await browser.submit(again, { account: upn });
  // Whoever may not consent is shown a page that only leads back.
  const given = page.text.includes('value="back"') ? 'back' : answer;
  await browser.submit(page, { answer: given }, { stopAt: atFlow });
  return settled(world, browser);
}

export async function flowOf(world: SamsynWorld, browser: ScriptedBrowser): Promise<Record<string, unknown>> {
  const { body } = await browser.call('GET', `${world.url}/api/v1/connect-flow`);
  return body as Record<string, unknown>; // every answer of the API is an object
}

async function settled(world: SamsynWorld, browser: ScriptedBrowser): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const flow = await flowOf(world, browser);
    if (flow['step'] !== 'proving') return flow;
    await systemClock.sleep(50);
  }
  throw new Error('the proof did not end');
}

/** The administrator's own way. */
export async function connectSelf(world: SamsynWorld, browser: ScriptedBrowser, way: Way, organisation?: string) {
  const { status, body } = await browser.call('POST', world.api('/sign-in', organisation));
  if (status !== 200) return { step: 'refused', error: { code: codeOf(body) } };
  return goThroughMicrosoft(world, browser, (body as { redirectUrl: string }).redirectUrl, way);
}

/** The token of a new link, and its id. */
export async function newLink(world: SamsynWorld, browser: ScriptedBrowser): Promise<{ token: string; id: string }> {
  const { status, body } = await browser.call('POST', world.api('/links'));
  expect(status).toBe(200);
  const { url, link } = body as { url: string; link: { id: string } };
  return { token: url.slice(url.indexOf('#') + 1), id: link.id };
}

export const openLink = (world: SamsynWorld, browser: ScriptedBrowser, token: string) =>
  browser.call('POST', `${world.url}/api/v1/connect-link/open`, { token });

/** A colleague's whole way, in a browser of their own. */
export async function connectByLink(world: SamsynWorld, token: string, way: Way) {
  const browser = scriptedBrowser();
  const opened = await openLink(world, browser, token);
  if (opened.status !== 200) return { browser, flow: { step: 'refused', error: { code: codeOf(opened.body) } } };
  return { browser, flow: await goOnByLink(world, browser, way) };
}

export async function goOnByLink(world: SamsynWorld, browser: ScriptedBrowser, way: Way) {
  const { body } = await browser.call('POST', `${world.url}/api/v1/connect-link/sign-in`);
  const { redirectUrl } = body as { redirectUrl?: string };
  if (redirectUrl === undefined) return { step: 'refused', error: { code: codeOf(body) } };
  return goThroughMicrosoft(world, browser, redirectUrl, way);
}

export interface ListedLink {
  id: string;
  state: string;
  canRemind: boolean;
  isOpen: boolean;
  expiresAt: string;
  events: { kind: string; by: string | null; address: string | null; permissions: string[] }[];
}

export async function linksOf(world: SamsynWorld, browser: ScriptedBrowser): Promise<ListedLink[]> {
  const { body } = await browser.call('GET', world.api('/links'));
  return (body as { items: ListedLink[] }).items;
}

/** Back to two organisations that nobody has connected. */
export async function startOver(world: SamsynWorld): Promise<void> {
  world.rest();
  world.clock.aheadMs = 0;
  world.mail.mails.length = 0;
  world.mail.refusal = null;
  world.emulator.store.faults.clear();
  for (const tenant of world.emulator.store.tenants.values()) tenant.grants.clear();
  await world.query('truncate connect_flow, connect_link, connection, notification, outbox cascade');
}
