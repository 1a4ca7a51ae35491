// The command line: what a start says, and the sentence for each argument that cannot be used.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { HELP, readCommandLine, WrongArgument } from './command-line.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'emulator-command-line-'));
// A process or four on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number | null;
  out: string;
  errors: string;
}

/** Runs the emulator; one that starts is stopped as Ctrl-C would, when it has said everything. */
async function run(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder });
  const ended: Ended = { code: null, out: '', errors: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    ended.out += bytes.toString();
    if (ended.out.includes('Ctrl-C stops')) child.kill('SIGINT');
  });
  child.stderr.on('data', (bytes: Buffer) => (ended.errors += bytes.toString()));
  ended.code = await new Promise((done) => child.once('close', done));
  return ended;
}

test('Point 13: 5000 people in two tenants start in seconds, and everything to try them with is said', async () => {
  const since = performance.now();
  const { code, out, errors } = await run(
    '--users=5000', '--tenants=2', '--port=0', '--https-port=0', '--ca-out=ca.pem', '--redirect-uri=http://localhost:8080/callback',
  ); // prettier-ignore
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(performance.now() - since).toBeLessThan(20_000);
  expect(out).toMatch(/^Emulator of Entra ID and Graph: http:\/\/localhost:\d+$/m);
  expect(out).toMatch(/^The same over HTTPS: https:\/\/localhost:\d+$/m);
  const ca = join(folder, 'ca.pem');
  expect(out).toContain(`NODE_EXTRA_CA_CERTS=${ca}`);
  expect(out).toContain(`curl --cacert ${ca} https://localhost:`);
  expect(readFileSync(ca, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(out).toContain('secret demo-secret-not-for-production, redirect http://localhost:8080/callback');
  expect(out).toMatch(
    /^Tenant Norrsken Energi AB: aaaaaaaa-0001-4000-8000-000000000001, .* 5\d\d\d people, \d+ groups/m,
  );
  expect(out).toMatch(/^Tenant Fjällbygg AB: bbbbbbbb-0002-4000-8000-000000000002, /m);
  expect(out).toMatch(/^Sign in as asa\.oberg@norrsken\.se \(Åsa Öberg, Global Administrator, Norrsken Energi AB\)$/m);
  expect(out).toMatch(/^Control API, from this machine: http:\/\/localhost:\d+\/_control\/state$/m);
});

test('a long list of tenants is cut short, and an authority in memory is told to be useless to clients', async () => {
  const { out } = await run('--tenants=12', '--port=0', '--https-port=0');
  expect(out.match(/^Tenant /gm)).toHaveLength(8);
  expect(out).toMatch(/^… and 4 more tenants: /m);
  expect(out).toContain('start with --ca-out FILE');
});

test('a kept directory says where its authority is', async () => {
  const { out } = await run('--port=0', '--https-port=0', '--data-dir=kept');
  expect(out).toContain(`The certificate of its authority: ${join(folder, 'kept', 'tls', 'ca.pem')}`);
});

test('what cannot be done is said in one sentence, and the process ends', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => taken.once('listening', done));
  const { port } = taken.address() as AddressInfo; // it listens on a port
  const [inUse, nowhere, unknown, help] = await Promise.all([
    run('--port=0', `--https-port=${port}`),
    run('--port=0', '--https-port=0', '--ca-out=no/such/folder/ca.pem', '--quiet'),
    run('--colour'),
    run('--help'),
  ]);
  taken.close();
  expect(inUse).toEqual({
    code: 1,
    out: '',
    errors: `Port ${port} is in use. Choose another with --port or --https-port, or end what runs there.\n`,
  });
  expect([nowhere.code, nowhere.out]).toEqual([1, '']);
  expect(nowhere.errors).toMatch(/^--ca-out no\/such\/folder\/ca\.pem cannot be written: ENOENT/);
  expect(unknown).toEqual({ code: 1, out: '', errors: "Unknown option '--colour'\nSee --help.\n" });
  expect(help).toEqual({ code: 0, out: `${HELP}\n`, errors: '' });
});

test.each([
  [['--port', 'x'], "--port needs a whole number from 0 to 65535, not 'x'."],
  [['--port', '65536'], "--port needs a whole number from 0 to 65535, not '65536'."],
  [['--users=-1'], "--users needs a whole number from 0 to 1000000, not '-1'."],
  [['--users', '1e3'], "--users needs a whole number from 0 to 1000000, not '1e3'."],
  [['--tenants', '0'], "--tenants needs a whole number from 1 to 1000, not '0'."],
  [['--ca-out', 'ca.pem'], '--ca-out is about HTTPS: give --https-port as well.'],
  [['--https-port', '4000'], '--port and --https-port must be two different ports.'],
  [['--empty', '--users', '3'], '--empty starts without people and tenants: leave out --users and --tenants.'],
  [['--public-url', 'here'], "--public-url needs an address like http://localhost:4000, not 'here'."],
  [['--public-url', 'http://here/graph'], "--public-url is an origin without a path, not 'http://here/graph'."],
  [['--client-id', 'mine'], "--client-id needs a GUID like 11111111-2222-4333-8444-555555555555, not 'mine'."],
  [['--redirect-uri', 'back'], "--redirect-uri needs an address like http://localhost:4000, not 'back'."],
])('%j is refused', (args, message) => {
  expect(() => readCommandLine(args)).toThrow(new WrongArgument(message));
});

test('what is given reaches the emulator, and the rest is left to it', () => {
  expect(readCommandLine([])).toEqual({
    help: false,
    quiet: false,
    caOut: undefined,
    options: { port: 4000, seed: 'demo' },
  });
  const id = '22222222-3333-4444-8555-666666666666';
  const { options } = readCommandLine(['--https-port=0', '--port=0', '--empty', `--client-id=${id}`, '--host=::1']);
  expect(options).toMatchObject({ port: 0, httpsPort: 0, seed: 'none', host: '::1' });
  expect(options.apps).toMatchObject([{ clientId: id, secret: 'demo-secret-not-for-production', redirectUris: [] }]);
});
