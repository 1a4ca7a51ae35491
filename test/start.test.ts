import { createServer, type Server } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, runCommand, startServer } from './whole-server.ts';

// What an operator meets when something is wrong: words with the next step, an exit code, and never a stack trace.
let folder: string;
let taken: Server;
let takenPort: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-start-'));
  taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const address = taken.address();
  takenPort = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  await new Promise((done) => taken.close(done));
  await rm(folder, { recursive: true, force: true });
});

const registration = {
  SAMSYN_ENTRA_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  SAMSYN_ENTRA_CLIENT_SECRET: 'a secret',
};

function fails(args: readonly string[], env: Record<string, string>): string {
  const { code, stderr, stdout } = runCommand(args, env);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).not.toMatch(/^\s+at /m);
  expect(code).toBe(1);
  return stderr.trim();
}

describe('a start that cannot succeed says why and what to do', () => {
  test('a port that is in use', () => {
    const said = fails(['demo'], { PORT: String(takenPort), SAMSYN_DATA_DIR: path.join(folder, 'a') });
    expect(said).toMatch(/port .*in use.*PORT/is);
  }, 60_000);

  test('a demo directory port that is in use', async () => {
    const said = fails(['demo'], { PORT: String(takenPort - 1000), SAMSYN_DATA_DIR: path.join(folder, 'b') });
    expect(said).toContain(`Port ${takenPort} for the demo directory is in use`);
  }, 60_000);

  test.each([
    ['nothing there', 'postgresql://samsyn:hemligt@127.0.0.1:1/samsyn', /DATABASE_URL|database/i],
    ['not an address of PostgreSQL', 'mysql://localhost/samsyn', /DATABASE_URL must be written like postgresql:/],
    ['no such host', 'postgresql://samsyn:hemligt@nowhere.invalid/samsyn', /nowhere\.invalid/],
  ])(
    'a wrong DATABASE_URL: %s',
    (_what, databaseUrl, words) => {
      const said = fails(['serve'], {
        ...registration,
        DATABASE_URL: databaseUrl,
        SAMSYN_DATA_DIR: path.join(folder, 'c'),
      });
      expect(said).toMatch(words);
      expect(said).not.toContain('hemligt');
    },
    60_000,
  );

  test('a data folder that another Samsyn has open', async () => {
    const dataDir = path.join(folder, 'locked');
    const first = await startServer('demo', { PORT: String(await freePort()), SAMSYN_DATA_DIR: dataDir });
    try {
      const said = fails(['demo'], { PORT: String(await freePort()), SAMSYN_DATA_DIR: dataDir });
      expect(said).toContain(dataDir);
      expect(said).toMatch(/another|already/i);
      expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    } finally {
      await first.end();
    }
  }, 90_000);

  test.each([
    ['a misspelt option', { SAMSYN_PUBLIC_ULR: 'https://x.example' }, /did you mean SAMSYN_PUBLIC_URL/],
    ['no registration', {}, /SAMSYN_ENTRA_CLIENT_ID/],
    ['SMTP without a sender', { ...registration, SMTP_URL: 'smtp://localhost' }, /SAMSYN_MAIL_FROM/],
    [
      'a certificate that is not there',
      { SAMSYN_ENTRA_CLIENT_ID: registration.SAMSYN_ENTRA_CLIENT_ID, SAMSYN_ENTRA_CERTIFICATE: '/no/such.pem' },
      /SAMSYN_ENTRA_CERTIFICATE must be a readable file/,
    ],
    ['a public address without https', { ...registration, SAMSYN_PUBLIC_URL: 'http://samsyn.example.com' }, /https/],
    ['a key of the wrong length', { ...registration, SAMSYN_SECRET_KEY: 'c2hvcnQ=' }, /32 bytes/],
  ])(
    '%s',
    (_what, env, words) => {
      expect(fails(['serve'], { ...env, SAMSYN_DATA_DIR: path.join(folder, 'd') })).toMatch(words);
    },
    60_000,
  );

  test('an unknown command, and options of a command', () => {
    expect(fails(['sreve'], {})).toMatch(/no command 'sreve'.*--help/);
    expect(fails(['add-organisation', '--name', 'X'], {})).toContain('--admin-email');
    expect(runCommand(['--help'], {}).stdout).toContain('DATABASE_URL');
  });
});

test('the demo prints where to go and how to sign in, and stopped and started again it keeps its data', async () => {
  const env = { PORT: String(await freePort()), SAMSYN_DATA_DIR: path.join(folder, 'demo') };
  const first = await startServer('demo', env);
  await expect.poll(() => first.output()).toContain(first.url);
  expect(first.output()).toContain('asa.oberg@norrsken.se');
  const signIn = await fetch(`${first.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-samsyn': '1' },
    body: JSON.stringify({ email: 'asa.oberg@norrsken.se', password: 'samsyn-demo-2026' }),
  });
  expect(signIn.status).toBe(200);
  const cookie = signIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  await first.end();
  const second = await startServer('demo', env);
  // The session of before still opens the app.
  expect((await fetch(`${second.url}/api/v1/session`, { headers: { cookie } })).status).toBe(200);
  await second.end();
}, 120_000);
