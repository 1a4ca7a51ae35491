// Everything that a browser test stands on, real and of its own: Samsyn on a fresh database with the demo's people, the emulator
// in place of Microsoft, a mail server that keeps what it gets, and one browser.
import { createServer } from 'node:net';
import pg from 'pg';
import { chromium, type Browser } from 'playwright-core';
import { afterAll } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { NORRSKEN } from '../emulator/people.ts';
import { findBrowser } from '../scripts/browser.ts';
import { createLogger } from '../src/base/log.ts';
import { loadConfig } from '../src/config.ts';
import { demoAccounts, demoOrganisationId, demoPassword, seedDemo } from '../src/demo.ts';
import { startSamsyn, type Samsyn } from '../src/main.ts';
import { useDatabase } from '../test/database.ts';
import { startMailServer, type MailServer } from '../test/mail-server.ts';

export const clientId = '11111111-2222-4333-8444-555555555555';
export const organisationId = demoOrganisationId;
export const organisationName = 'Norrsken Energi AB';
export const tenantId = NORRSKEN.id;
export const administrator = { email: demoAccounts[0].email, name: demoAccounts[0].name, password: demoPassword };
export const colleague = { email: demoAccounts[1].email, name: demoAccounts[1].name, password: demoPassword };

export interface World {
  url: string;
  readonly samsyn: Samsyn;
  emulator: Emulator;
  mail: MailServer;
  browser: Browser;
  /** Past the walls: for arranging, and for looking at what no page shows. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Stops the server and starts it with further options on the same database. */
  restart(env: Record<string, string>): Promise<void>;
}

/** `const world = await useWorld();` at the top of a file; ends with it. `env`: further options of the server. */
export async function useWorld(env: Record<string, string> = {}): Promise<World> {
  const { connectionString, adminConnectionString } = await useDatabase();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  const mail = await startMailServer();
  ends.push(() => mail.close());
  const emulator = await startEmulator({
    apps: [
      {
        clientId,
        secret: 'secret-of-the-tests',
        name: 'Samsyn',
        redirectUris: [`${url}/entra/callback`, `${url}/entra/consent`],
        requiredRoles: ['User.Read.All', 'GroupMember.Read.All'],
        groupMembershipClaims: 'DirectoryRole',
      },
    ],
  });
  ends.push(() => emulator.close());
  const options = {
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
  };
  const log = createLogger({ level: 'error', format: 'plain' });
  const start = (more: Record<string, string> = {}) =>
    startSamsyn({ config: loadConfig({ ...options, ...more }), log, seed: seedDemo });
  const running = { samsyn: await start() };
  ends.push(() => running.samsyn.stop());
  const admin = new pg.Client({ connectionString: adminConnectionString });
  await admin.connect();
  ends.push(() => admin.end());
  const browser = await chromium.launch({ ...(await findBrowser()), headless: true });
  ends.push(() => browser.close());
  const query: World['query'] = async (text, values = []) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await admin.query<Record<string, unknown>>(text, values)).rows;
      } catch (error) {
        // The server goes on working while a test arranges: of two that wait for each other, one tries again.
        if (!(error instanceof pg.DatabaseError) || error.code !== '40P01' || attempt === 5) throw error;
      }
    }
  };
  return {
    url,
    get samsyn() {
      return running.samsyn;
    },
    emulator,
    mail,
    browser,
    query,
    async restart(more) {
      await running.samsyn.stop();
      running.samsyn = await start(more);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
