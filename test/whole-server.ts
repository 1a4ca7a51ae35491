// Samsyn as an operator has it: a process of its own, told by environment and command line, spoken to over HTTP alone.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { scriptedBrowser, type ScriptedBrowser } from './scripted-browser.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
export const administrator = { email: 'asa.oberg@norrsken.se', name: 'Åsa Öberg', password: 'en lång lösenfras' };

export type Environment = Record<string, string>;

export interface ServerProcess {
  url: string;
  pid: number;
  child: ChildProcess;
  /** What the process wrote to its log and to its errors. */
  output(): string;
  /** Ends it, by default as an operator would; resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

// On a machine that does other things too.
const readyWithinMs = 90_000;

/** Starts a command of the command line, and waits until it is ready to answer. */
export async function startServer(
  command: 'serve' | 'demo' | 'web' | 'work',
  env: Environment,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [cli, command], { env: { ...cleanEnvironment(), ...env }, stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const url = `http://localhost:${env['PORT'] ?? '3000'}`;
  const server: ServerProcess = {
    url,
    pid: child.pid ?? 0,
    child,
    output: () => output,
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
  const until = performance.now() + readyWithinMs;
  for (;;) {
    const ready =
      command === 'work'
        ? output.includes('Samsyn works')
        : (await fetch(`${url}/readyz`).catch(() => null))?.ok === true;
    if (ready) return server;
    if (child.exitCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`Samsyn is not ready: ${output}`);
    }
    await wait(100);
  }
}

/** Runs a command to its end. */
export function runCommand(
  args: readonly string[],
  env: Environment,
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    env: { ...cleanEnvironment(), ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** Options of the machine that runs the tests must not leak into what is tested. */
function cleanEnvironment(): Environment {
  // The last: an emulator in there is judged as well.
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'EMULATOR_JUDGE_DIR'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

export interface Session {
  browser: ScriptedBrowser;
  organisationId: string;
  /** Throws unless the answer is a success. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** Makes the organisation on the command line; answers the token of its administrator's password link. */
export function addOrganisation(env: Environment): string {
  const { email, name } = administrator;
  const made = runCommand(
    ['add-organisation', '--name', 'Norrsken Energi AB', '--admin-email', email, '--admin-name', name],
    env,
  );
  const token = /\/password#(\S+)/.exec(made.stdout)?.[1];
  if (token === undefined) throw new Error(`No organisation was made: ${made.stderr}`);
  return token;
}

/** Chooses the password by the link, and signs in. */
export async function enter(url: string, token: string): Promise<Session> {
  const browser = scriptedBrowser();
  const { email, password } = administrator;
  await succeed(browser.call('POST', `${url}/api/v1/password-link`, { token, password }));
  const session = await succeed(browser.call('POST', `${url}/api/v1/session`, { email, password }));
  const organisationId = (session['organisations'] as { id: string }[])[0]?.id ?? ''; // by the contract
  return {
    browser,
    organisationId,
    call: (method, path, body) =>
      succeed(browser.call(method, `${url}/api/v1/organisations/${organisationId}${path}`, body)),
  };
}

async function succeed(answer: ReturnType<ScriptedBrowser['call']>): Promise<Record<string, unknown>> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`Answered ${status}: ${JSON.stringify(body)}`);
  return (body ?? {}) as Record<string, unknown>; // every answer of the API is an object or nothing
}

/** The whole way through Microsoft's pages, as the tenant's administrator. */
export async function connect(session: Session, url: string): Promise<void> {
  const { browser } = session;
  const upn = administrator.email;
  const { redirectUrl } = await session.call('POST', '/connection/sign-in');
  const account = await browser.visit(String(redirectUrl));
  await browser.submit(account, { account: upn });
  const confirmed = await succeed(browser.call('POST', `${url}/api/v1/connect-flow/confirm`, {}));
  const again = await browser.visit(String(confirmed['redirectUrl']));
  const consent = await browser.submit(again, { account: upn });
  await browser.submit(consent, { answer: 'accept' });
  for (;;) {
    const flow = await succeed(browser.call('GET', `${url}/api/v1/connect-flow`));
    if (flow['step'] === 'connected') return;
    if (flow['step'] === 'failed') throw new Error(`Not connected: ${JSON.stringify(flow['error'])}`);
    await wait(200);
  }
}

/** Everybody, the default fields, one address told, by hand. */
export async function configure(session: Session): Promise<void> {
  await session.call('PUT', '/connection/settings/groups', {
    scope: 'all',
    groups: [],
    includeGuests: true,
    includeDisabled: true,
  });
  const sources = [['givenName', 'firstName'], ['surname', 'lastName'], ['displayName', 'displayName'], ['mail', 'email']]; // prettier-ignore
  await session.call('PUT', '/connection/settings/fields', {
    mappings: sources.map(([source, target]) => ({ source, target, write: 'always', empty: 'keep' })),
  });
  await session.call('PUT', '/connection/settings/notices', {
    recipients: [{ email: 'it@norrsken.test', kinds: ['run_failed'] }],
  });
  await session.call('PUT', '/connection/settings/schedule', { mode: 'manual' });
}

export interface RunResult {
  id: string;
  state: string;
  mode: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  progress: { peopleRead: number; turn: { kind: string } | null };
  counts: Record<string, number>;
  error: { code: string } | null;
}

export async function getRun(session: Session, id: string): Promise<RunResult> {
  return (await session.call('GET', `/connection/runs/${id}`)) as unknown as RunResult; // by the contract
}

/** Starts a run and waits for its end. */
export async function sync(session: Session, withinMs = 120_000): Promise<RunResult> {
  const { id } = await session.call('POST', '/connection/runs');
  const until = performance.now() + withinMs;
  for (;;) {
    const run = await getRun(session, String(id));
    if (run.state !== 'queued' && run.state !== 'running') return run;
    if (performance.now() > until) throw new Error(`The run does not end: ${JSON.stringify(run)}`);
    await wait(250);
  }
}

/** The most memory that a process has held, in MiB. Linux only. */
export function peakRssMiB(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}
