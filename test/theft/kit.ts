// What the tests of theft begin with: the door as main.ts opens it, listening, with an emulator behind a relay; two organisations
// with an administrator and a mere member each; and the steps of connecting as browsers take them.
import pg from 'pg';
import { afterAll, expect } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/server.ts';
import { present } from '../../src/base/assert.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { newId } from '../../src/base/ids.ts';
import { createLogger } from '../../src/base/log.ts';
import { createSealer } from '../../src/base/seal.ts';
import type { ConnectionDeps } from '../../src/connection/deps.ts';
import { createProver } from '../../src/connection/prove.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { createServer } from '../../src/http/server.ts';
import { createSignIn, type SignIn } from '../../src/people/sign-in.ts';
import { tell } from '../../src/notify/tell.ts';
import { useDatabase } from '../database.ts';
import { scriptedBrowser, type ScriptedBrowser } from '../scripted-browser.ts';
import { freePort } from '../whole-server.ts';
import { startRelay, type Relay } from './relay.ts';
import { unheard } from '../unheard.ts';

export const clientId = '11111111-2222-4333-8444-555555555555';
export const asa = 'asa.oberg@norrsken.se';
export const erik = 'erik.fjall@fjallbygg.se';
export const permissions = ['User.Read.All', 'GroupMember.Read.All'];

export interface Org {
  id: string;
  name: string;
  adminId: string;
  memberId: string;
}

/** Real time that a test can move. */
export interface MovableClock extends Clock {
  aheadMs: number;
  /** It stands still, for what is a matter of a millisecond. */
  stopped?: Date | undefined;
}

export interface TheftWorld {
  /** As the product has it. */
  room: ConnectionDeps;
  /** Of the superuser. */
  admin: pg.Client;
  clock: MovableClock;
  /** Of the proofs: whoever waits for a consent to spread gives up at the first wait. To be set back before the next. */
  proofClock: MovableClock;
  /** Of the Graph client: moves what it keeps, and no token's time. */
  keptAhead: { ms: number };
  emulator: Emulator;
  relay: Relay;
  publicUrl: string;
  lines: string[];
  a: Org;
  b: Org;
  /** Norrsken of organisation A, and Fjällbygg of B. */
  tenants: { a: string; b: string };
  signedIn(org: Org, who?: 'admin' | 'member'): ScriptedBrowser;
  /** What the page of the connecting shows to whoever has these cookies. */
  page(browser: ScriptedBrowser): Promise<{ status: number; body: Record<string, unknown> }>;
}

export interface WorldOptions {
  secretKey?: Uint8Array;
  clientSecret?: string;
  /** Without it, a cookie that names the account stands for a session. */
  realSignIn?: boolean;
}

export async function useTheftWorld(options: WorldOptions = {}): Promise<TheftWorld> {
  const { secretKey = new Uint8Array(32).fill(9), clientSecret = 'demo-secret-not-for-production' } = options;
  const { db, adminConnectionString } = await useDatabase({ maxConnections: 8 });
  const admin = new pg.Client({ connectionString: adminConnectionString });
  await admin.connect();
  const publicUrl = `http://localhost:${await freePort()}`;
  const relay = await startRelay();
  const emulator = await startEmulator({ tenants: 2, publicUrl: relay.url });
  relay.aim(emulator.port);
  const registration = present(emulator.store.app(clientId), 'the emulator knows the app');
  const redirectUris = [`${publicUrl}/entra/callback`, `${publicUrl}/entra/consent`];
  emulator.store.putApp({ ...registration, secret: clientSecret, redirectUris });

  const lines: string[] = [];
  const log = createLogger({ level: 'debug', write: (line) => void lines.push(line) });
  const clock: MovableClock = {
    aheadMs: 0,
    now() {
      return this.stopped ?? new Date(systemClock.now().getTime() + this.aheadMs);
    },
    monotonicMs: () => systemClock.monotonicMs(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
  const keptAhead = { ms: 0 };
  const graphClock: Clock = {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() + keptAhead.ms,
    sleep: (ms, signal) => systemClock.sleep(ms === 1000 ? ms : 0, signal), // the watch over an exchange stays real
  };
  const config = { clientId, clientSecret, loginUrl: relay.url, graphUrl: relay.url };
  const room: ConnectionDeps = {
    db, clock, log, publicUrl, tell,
    graph: createGraph({ config, clock: graphClock, log }),
    sealer: createSealer(secretKey),
    schedule: async () => undefined,
    ...unheard,
    nextNightly: () => new Date('2026-01-01T02:00:00Z'),
  }; // prettier-ignore
  const proofClock = impatient(clock);
  const prover = createProver({ ...room, clock: proofClock });
  const app = await createServer({
    ...room,
    config: { publicUrl, version: 'test', demo: null, readOnly: null, webRoot: '', trustProxy: [] },
    signIn: options.realSignIn ? createSignIn({ db, clock, log, publicUrl, secretKey }) : byCookie,
    prover,
    jobs: { enqueue: async () => undefined },
    // Thieves ask more often than people do; how often they may is tested elsewhere.
    limiter: { limit: () => undefined, giveBack: () => undefined },
    rescheduleNightly: async () => undefined,
    sendTestNotice: async () => ({ sent: true, error: null }),
  });
  await app.listen({ port: Number(new URL(publicUrl).port), host: '127.0.0.1' });
  // The database is dropped by a hook that was set earlier, and so runs later.
  afterAll(async () => {
    await prover.stop();
    await app.close();
    await emulator.close();
    await relay.close();
    await admin.end();
  });

  const tenantOf = (domain: string) =>
    present(
      [...emulator.store.tenants.values()].find((one) => one.domains.includes(domain)),
      `${domain} is there`,
    ).id;
  return {
    room, admin, clock, proofClock, keptAhead, emulator, relay, publicUrl, lines,
    a: await insertOrg(admin, 'Norrsken AB', 'norrsken.se'),
    b: await insertOrg(admin, 'Fjällbygg AB', 'fjallbygg.se'),
    tenants: { a: tenantOf('norrsken.se'), b: tenantOf('fjallbygg.se') },
    signedIn(org, who = 'admin') {
      const browser = scriptedBrowser();
      browser.setCookie(publicUrl, 'account', who === 'admin' ? org.adminId : org.memberId);
      return browser;
    },
    async page(browser) {
      const { status, body } = await browser.call('GET', `${publicUrl}/api/v1/connect-flow`);
      return { status, body: body as Record<string, unknown> }; // every answer of the API is an object
    },
  }; // prettier-ignore
}

/** Stands in for the sessions of the app: the cookie names the account. */
const byCookie: SignIn = {
  async findSession(cookieHeader) {
    const id = /(?:^|; )account=([^;]*)/.exec(cookieHeader ?? '')?.[1];
    return id ? { id, email: `${id}@example.test`, name: id, language: null, signedInAt: new Date() } : null;
  },
} as SignIn; // nothing else of it is used

/** Six minutes pass at the first wait, which is longer than a proof goes on; over when it is told to be. */
function impatient(clock: Clock): MovableClock {
  return {
    aheadMs: 0,
    now() {
      return new Date(clock.now().getTime() + this.aheadMs);
    },
    monotonicMs: () => clock.monotonicMs(),
    async sleep() {
      this.aheadMs = 6 * 60_000;
    },
  };
}

async function insertOrg(admin: pg.Client, name: string, domain: string): Promise<Org> {
  const org = { id: newId(), name, adminId: newId(), memberId: newId() };
  await admin.query('insert into organisation (id, name) values ($1, $2)', [org.id, name]);
  for (const [id, who, rights] of [
    [org.adminId, 'admin', ['users_and_teams']],
    [org.memberId, 'member', []],
  ] as const) {
    await admin.query('insert into auth_user (id, name, email) values ($1, $2, $3)', [id, who, `${who}@${domain}`]);
    await admin.query(
      `insert into app_user (organisation_id, id, account_id, sign_in_email, fields, permissions) values ($1, $2::uuid, $6, $3, $4, $5)`,
      [org.id, id, `${who}@${domain}`, JSON.stringify({ displayName: `${who} of ${name}` }), rights, id],
    );
  }
  return org;
}

export const urlOf = (body: unknown): string => {
  const url = (body as { redirectUrl?: unknown } | null)?.redirectUrl;
  expect(url).toBeTypeOf('string');
  return String(url);
};
