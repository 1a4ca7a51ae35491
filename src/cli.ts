#!/usr/bin/env node
// The command line: `demo` (npm start), `serve`, `web`, `work`, `migrate`, `add-organisation`, `approvals`, `take-new-key`, `doctor`. Whatever goes wrong at the start is one clear line with the next
// step, and never a stack trace.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { addOrganisation, UsageError } from './add-organisation.ts';
import { answerApprovals } from './approvals.ts';
import { systemClock } from './base/clock.ts';
import { createLogger } from './base/log.ts';
import { ConfigError, describeOptions, loadConfig, type Config } from './config.ts';
import { migrate } from './db/migrate.ts';
import { DatabaseStartError } from './db/start-error.ts';
import { demoAccounts, demoPassword, seedDemo } from './demo.ts';
import { runDoctor } from './doctor/doctor.ts';
import { installJobs } from './jobs/install.ts';
import { startSamsyn } from './main.ts';
import { takeNewKey } from './take-key.ts';

const help = `Samsyn keeps the users of a business app in step with Microsoft Entra ID.

  npm start              the demo: an embedded database, a demo directory in place of Microsoft, and Samsyn
  npm run serve          Samsyn alone, for your own Entra ID
  node src/cli.ts web, node src/cli.ts work
                         its two parts as processes of their own, any number of each on one DATABASE_URL: pages, and runs
  node src/cli.ts migrate   only brings the database (DATABASE_URL) up to date
  node src/cli.ts add-organisation --name … --admin-email … --admin-name …
                         makes an organisation and prints the link by which its administrator chooses a password
  node src/cli.ts approvals
                         lists connections that wait for you (SAMSYN_APPROVE_CONNECTIONS=yes); --approve ID, --refuse ID answer one
  node src/cli.ts take-new-key
                         only when the secret key is lost for good: goes on with the one that is configured, or with a new key file
  npm run doctor         goes through the configuration step by step and says what to change;
                         node src/cli.ts doctor --tenant contoso.com --mail-to anna@example.com asks more

Options are read from the environment:

`;

/** A cause that is told in one line. */
class StartError extends Error {}

// Far enough from the server's own port that neither is taken by mistake for the other.
const demoDirectoryPortOffset = 1000;
const demoClient = { clientId: '11111111-2222-4333-8444-555555555555', secret: 'demo-secret-not-for-production' };

async function main(stops: Stops): Promise<void> {
  const [command = 'serve'] = process.argv.slice(2);
  switch (command) {
    case 'demo':
      return runDemo(stops);
    case 'serve':
      return runServer(stops);
    case 'web':
    case 'work':
      return runPart(stops, command);
    case 'migrate':
      return runMigrate();
    case 'add-organisation':
      return runAddOrganisation(process.argv.slice(3));
    case 'approvals':
      return runApprovals(process.argv.slice(3));
    case 'take-new-key':
      return runTakeNewKey();
    case 'doctor':
      process.exit(
        await runDoctor({
          args: process.argv.slice(3),
          env: process.env,
          clock: systemClock,
          print: (line) => console.log(line),
        }),
      );
    // oxlint-disable-next-line no-fallthrough -- the line above does not come back
    case 'help':
    case '--help':
    case '-h':
      console.log(help + describeOptions());
      return;
    default:
      throw new StartError(`There is no command '${command}'. 'node src/cli.ts --help' lists them.`);
  }
}

async function runServer(stops: Stops): Promise<void> {
  const config = loadConfig();
  requireRegistration(config);
  const log = createLogger({ level: config.logLevel });
  buildWeb();
  await startSamsyn({ config, log, onStop: stops.add });
  log.info('Samsyn answers', { url: config.publicUrl });
}

async function runPart(stops: Stops, part: 'web' | 'work'): Promise<void> {
  const config = loadConfig();
  requireRegistration(config);
  if (config.databaseUrl === undefined)
    throw new StartError(
      'Set DATABASE_URL: only one process can use the embedded database. npm run serve is both parts in one.',
    );
  if (config.secretKeys.length === 0)
    throw new StartError('Set SAMSYN_SECRET_KEY, the same for every process: a key file belongs to one of them.');
  const log = createLogger({ level: config.logLevel });
  if (part === 'web') buildWeb();
  await startSamsyn({ config, log, part, onStop: stops.add });
  log.info(part === 'web' ? 'Samsyn answers' : 'Samsyn works', { url: config.publicUrl });
}

/** Without a registration nobody can connect; the product would start and disappoint. */
function requireRegistration({ entra }: Config): void {
  if (entra.clientId !== undefined && (entra.clientSecret !== undefined || entra.certificatePem !== undefined)) return;
  throw new StartError(
    'Samsyn needs an app registration in Entra ID: set SAMSYN_ENTRA_CLIENT_ID, and SAMSYN_ENTRA_CLIENT_SECRET or SAMSYN_ENTRA_CERTIFICATE. To try it without one, run npm start.',
  );
}

async function runMigrate(): Promise<void> {
  const config = loadConfig();
  if (config.databaseUrl === undefined)
    throw new StartError('Set DATABASE_URL: the embedded database is migrated at each start.');
  const log = createLogger({ level: config.logLevel });
  const applied = await migrate({ connectionString: config.databaseUrl, log });
  await installJobs(config.databaseUrl);
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
}

async function runAddOrganisation(args: readonly string[]): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel });
  const { url, expiresAt } = await addOrganisation(config, log, args);
  console.log(
    `The organisation is made. Its administrator chooses a password here, once, until ${expiresAt}:\n\n  ${url}\n`,
  );
}

async function runApprovals(args: readonly string[]): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel });
  for (const line of await answerApprovals(config, log, args)) console.log(line);
}

async function runTakeNewKey(): Promise<void> {
  const config = loadConfig();
  const log = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel });
  console.log(
    (await takeNewKey(config, log))
      ? 'Samsyn goes on with this key: start it again. Everybody signs in anew; attempts to connect that were under way are begun anew.'
      : 'The key belongs to this database already; nothing was changed.',
  );
}

async function runDemo(stops: Stops): Promise<void> {
  const own = loadConfig();
  const log = createLogger({ level: own.logLevel === 'info' ? 'warn' : own.logLevel });
  buildWeb();
  const { emulator, users } = await startDirectory(own);
  stops.add({ stop: () => emulator.close() });
  const config: Config = {
    ...own,
    entra: {
      clientId: demoClient.clientId,
      clientSecret: demoClient.secret,
      certificatePem: undefined,
      second: undefined,
      credentialExpiresAt: undefined,
      loginUrl: emulator.url,
      graphUrl: emulator.url,
      lanes: own.entra.lanes,
    },
  };
  const demo = {
    directoryUrl: emulator.url,
    password: demoPassword,
    accounts: demoAccounts.map((account) => ({ ...account })),
  };
  try {
    await startSamsyn({ config, log, demo, seed: seedDemo, onStop: stops.add });
    console.log(welcome(config, emulator, users));
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

async function startDirectory(config: Config): Promise<{ emulator: Emulator; users: number }> {
  const port = config.port === 0 ? 0 : config.port + demoDirectoryPortOffset;
  const users = config.demoUsers;
  const redirectUris = [`${config.publicUrl}/entra/callback`, `${config.publicUrl}/entra/consent`];
  try {
    const emulator = await startEmulator({
      port,
      dataDir: join(config.dataDir, 'directory'),
      users,
      apps: [
        {
          clientId: demoClient.clientId,
          secret: demoClient.secret,
          name: 'Samsyn',
          redirectUris,
          requiredRoles: ['User.Read.All', 'GroupMember.Read.All'],
          groupMembershipClaims: 'DirectoryRole',
        },
      ],
    });
    return { emulator, users };
  } catch (error) {
    if (isPortInUse(error)) {
      throw new StartError(
        `Port ${port} for the demo directory is in use: end the program that has it, or set PORT to another number than ${config.port}.`,
      );
    }
    throw error;
  }
}

function welcome(config: Config, emulator: Emulator, users: number): string {
  const [administrator] = demoAccounts;
  return `
  Samsyn          ${config.publicUrl}
  Demo directory  ${emulator.url}   (stands in for Microsoft Entra ID${users > 0 ? `, with ${users} invented people` : ''})

  Sign in as      ${administrator.email}
  Password        ${demoPassword}

  First: open Samsyn, sign in, press the gear (Inställningar) at the bottom left, choose Norrsken Energi AB,
  then Användare & Team and Anslut Entra ID. At the demo's Microsoft sign-in choose Åsa Öberg, who is Global Administrator.
  Change people in the demo directory, press Synkronisera nu, and see what happens.

  Data is kept in ${config.dataDir}. Ctrl-C stops.
`;
}

/** The web app is built once, and again when its sources are newer. A release without them has it built already. */
function buildWeb(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const built = changedAt(join(root, 'dist/web/index.html'));
  const sources = ['web', 'src/contract', 'src/i18n', 'package-lock.json'].map((name) => newest(join(root, name)));
  if (built > 0 && built >= Math.max(...sources)) return;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) {
    if (built > 0) return;
    throw new StartError('The web app is not built, and the tools to build it are not installed: run npm ci.');
  }
  console.log('  Building the web app …');
  const result = spawnSync(process.execPath, [vite, 'build', 'web', '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status !== 0) throw new StartError('The web app could not be built; the lines above say why.');
}

const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** When anything in a folder was last changed; 0 when it is not there. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return changedAt(path);
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...files.map((file) => changedAt(join(path, file))));
}

interface Stops {
  /** Takes what is to be ended, the last first. */
  add: (part: { stop(): Promise<void> }) => void;
  isStopping(): boolean;
}

/** Ctrl-C and SIGTERM end what has been started so far, also in the middle of the start; a second one does not wait. */
function stopOnSignal(): Stops {
  const parts: { stop(): Promise<void> }[] = [];
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    void (async () => {
      for (const part of parts.reverse()) await part.stop();
      process.exit(0);
    })();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { add: (part) => void parts.push(part), isStopping: () => stopping };
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

const stops = stopOnSignal();
main(stops).catch((error: unknown) => {
  // What was pulled away from under a start that is being stopped says nothing.
  if (stops.isStopping()) return;
  if (
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof UsageError ||
    error instanceof DatabaseStartError
  ) {
    console.error(`\n${error.message}\n`);
  } else if (isPortInUse(error)) {
    console.error('\nThe port is in use: end the program that has it, or set PORT to another number.\n');
  } else {
    console.error('\nSamsyn could not start:', error instanceof Error ? error.message : error, '\n');
  }
  process.exit(1);
});
