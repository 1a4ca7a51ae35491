// README.md is true: its commands are run as they stand, in their order, in one folder and one shell's variables, and what they print
// is what the page shows. Only the ports are others, so that nothing else on this machine is in the way.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Block {
  kind: string;
  /** For programs: the file to save as. */
  file: string;
  text: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'emulator-readme-'));
const missing = ['bash', 'curl', 'openssl'].filter((name) => spawnSync(name, ['--version']).error !== undefined);
const note = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`;

let blocks: Block[];
let running: ChildProcess | undefined;
let said = '';

beforeAll(async () => {
  for (const name of ['emulator', 'node_modules', 'package.json']) symlinkSync(join(root, name), join(folder, name));
  const [http, https] = [await freePort(), await freePort()];
  const text = readFileSync(new URL('README.md', import.meta.url), 'utf8')
    .replaceAll(/(?<=localhost:|--port )4000/g, String(http))
    .replaceAll(/(?<=localhost:|--https-port )4443/g, String(https));
  blocks = [...text.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(([, kind = '', file = '', inner = '']) => ({
    kind,
    file,
    text: inner,
  }));
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo; // it listens on a port
  await new Promise((done) => server.close(done));
  return port;
}

/** Node's own folder first: the commands say `node`, and mean the one that the tests run on. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };

async function start(command: string): Promise<string> {
  await stop();
  said = '';
  const child = spawn('bash', ['-c', `exec ${command.trim()}`], { cwd: folder, env, detached: true });
  running = child;
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const until = Date.now() + 60_000;
  while (!said.includes('Ctrl-C stops') && child.exitCode === null && Date.now() < until)
    await new Promise((done) => setTimeout(done, 20));
  expect(said).toContain('Ctrl-C stops');
  return said;
}

/** npm and the emulator below it are one group. */
async function stop(): Promise<void> {
  const child = running;
  running = undefined;
  if (child?.pid === undefined || child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  process.kill(-child.pid, 'SIGTERM');
  await gone;
}

/** Runs commands as the next lines of one shell: variables stay, and the first failure ends it. */
function run(commands: string): string {
  const state = join(folder, 'variables.sh');
  const before = existsSync(state) ? `. ${state}\n` : '';
  const script = `set -euo pipefail\n${before}set -a\n${commands}\nset +a\nexport -p > ${state}\n`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
  expect(stderr, commands).toBe('');
  expect(status, commands).toBe(0);
  return stdout;
}

/** `…` stands for anything. */
const shown = (expected: string): RegExp =>
  new RegExp(
    expected
      .trim()
      .split('…')
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^]*?'),
  );

test.skipIf(missing.length > 0)(
  `Point 13: every command of README.md works, and prints what it says${note}`,
  async () => {
    let output = '';
    let ran = 0;
    for (const { kind, file, text } of blocks) {
      if (kind === 'js') writeFileSync(join(folder, file), text);
      else if (kind === 'text') expect(output).toMatch(shown(text));
      else {
        output = text.startsWith('npm run emulator') ? await start(text) : run(text);
        // An answer of Entra, of Graph or of the control API that refuses.
        expect(output, text).not.toMatch(/"error":/);
        ran += 1;
      }
    }
    expect(ran).toBeGreaterThan(15);
    expect(new Set(blocks.map((block) => block.kind))).toEqual(new Set(['sh', 'text', 'js']));
  },
  300_000,
);

test('README.md links to files that exist', () => {
  const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, to = '']) => to);
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((to) => !existsSync(new URL(to, import.meta.url)))).toEqual([]);
});
