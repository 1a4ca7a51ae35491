import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { otherPrivateKey, testCertificate, testPrivateKey } from '../test/certificate.ts';
import { ConfigError, describeOptions, loadConfig, loadSecretKeys, options } from './config.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const clientId = '11111111-2222-3333-4444-555555555555';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('with nothing set all has a default that works on one machine', () => {
  expect(loadConfig({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: undefined,
    smtpUrl: undefined,
    mailFrom: undefined,
    dataDir: path.resolve('data'),
    publicUrl: 'http://localhost:3000',
    secretKeys: [],
    entra: {
      clientId: undefined,
      clientSecret: undefined,
      certificatePem: undefined,
      credentialExpiresAt: undefined,
      loginUrl: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
      lanes: 8,
    },
    logLevel: 'info',
    postgresBin: undefined,
    trustProxy: [],
    approveConnections: false,
    demoUsers: 0,
  });
});

test('everything that is set arrives', async () => {
  const pem = testPrivateKey + testCertificate;
  await writeFile(path.join(folder, 'both.pem'), pem);
  const config = loadConfig({
    PORT: '8080',
    HOST: '0.0.0.0',
    DATABASE_URL: 'postgresql://samsyn:p%40ss@db/samsyn',
    SMTP_URL: 'smtps://mail.example.com',
    SAMSYN_MAIL_FROM: 'Samsyn <samsyn@example.com>',
    SAMSYN_DATA_DIR: '/srv/samsyn',
    SAMSYN_PUBLIC_URL: 'https://samsyn.example.com/',
    SAMSYN_SECRET_KEY: `${key},${Buffer.alloc(32, 8).toString('base64url')}`,
    SAMSYN_ENTRA_CLIENT_ID: clientId.toUpperCase(),
    SAMSYN_ENTRA_CERTIFICATE: path.join(folder, 'both.pem'),
    SAMSYN_ENTRA_LOGIN_URL: 'http://localhost:4000',
    SAMSYN_GRAPH_URL: 'http://127.0.0.1:4000',
    SAMSYN_LOG_LEVEL: 'debug',
    SAMSYN_TRUST_PROXY: 'loopback, 10.0.0.0/8,fd00::1',
    SAMSYN_DEMO_USERS: '20000',
  });
  expect(config).toMatchObject({
    port: 8080,
    databaseUrl: 'postgresql://samsyn:p%40ss@db/samsyn',
    publicUrl: 'https://samsyn.example.com',
    entra: { clientId, certificatePem: pem, loginUrl: 'http://localhost:4000', graphUrl: 'http://127.0.0.1:4000' },
    logLevel: 'debug',
    trustProxy: ['loopback', '10.0.0.0/8', 'fd00::1'],
    demoUsers: 20_000,
  });
  expect(config.secretKeys.map((one) => one[0])).toEqual([7, 8]);
});

test.each([
  ['PORT', '70000', /0 to 65535/],
  ['PORT', '3000x', /0 to 65535/],
  ['HOST', 'http://localhost', /without a port/],
  ['HOST', 'localhost:3000', /without a port/],
  ['DATABASE_URL', 'mysql://u:hunter2@h/d', /postgresql:\/\//],
  ['DATABASE_URL', 'postgresql://u:hunter2#@h:x/d', /percent-encoded/],
  ['SMTP_URL', 'mail.example.com', /smtp:\/\//],
  ['SAMSYN_MAIL_FROM', 'Samsyn', /Samsyn <samsyn@example.com>/],
  ['SAMSYN_MAIL_FROM', 'a@b.se\r\nBcc: c@d.se', /Samsyn <samsyn@example.com>/],
  ['SAMSYN_PUBLIC_URL', 'samsyn.example.com', /https:\/\//],
  ['SAMSYN_PUBLIC_URL', 'http://samsyn.example.com', /must start with https/],
  ['SAMSYN_PUBLIC_URL', 'https://example.com/samsyn', /scheme, host and port only/],
  ['SAMSYN_SECRET_KEY', 'hunter2', /32 bytes/],
  ['SAMSYN_SECRET_KEY', Buffer.alloc(31).toString('base64'), /32 bytes/],
  ['SAMSYN_SECRET_KEY', `${key},hunter2`, /32 bytes/],
  ['SAMSYN_ENTRA_CLIENT_ID', 'my-app', /must be an id/],
  ['SAMSYN_ENTRA_CERTIFICATE', '/nowhere/at/all.pem', /readable file \(ENOENT\)/],
  [
    'SAMSYN_ENTRA_CERTIFICATE',
    import.meta.filename.replace('config.test', 'base/assert'),
    /private key and the certificate/,
  ],
  ['SAMSYN_ENTRA_LOGIN_URL', 'http://login.example.com', /must start with https/],
  ['SAMSYN_ENTRA_LOGIN_URL', 'http://127.0.0.1.example.com', /must start with https/],
  ['SAMSYN_GRAPH_URL', 'http://graph.example.com', /must start with https/],
  ['SAMSYN_GRAPH_URL', 'https://graph.microsoft.com/v1.0', /scheme, host and port only/],
  ['SAMSYN_LOG_LEVEL', 'loud', /debug, info, warn, error/],
  ['SAMSYN_TRUST_PROXY', 'true', /10\.0\.0\.0\/8/],
  ['SAMSYN_TRUST_PROXY', '0.0.0.0/0', /10\.0\.0\.0\/8/],
  ['SAMSYN_TRUST_PROXY', '10.0.0.0/33', /10\.0\.0\.0\/8/],
])('%s=%j is refused with what is allowed', (name, value, words) => {
  const problem = problemsOf({ [name]: value }).find((text) => text.startsWith(`${name} must`));
  expect(problem).toMatch(words);
  expect(problem).not.toMatch(/hunter2|\n/);
});

test('all that is wrong is told at once, a line each', () => {
  expect(problemsOf({ PORT: 'x', SAMSYN_LOG_LEVEL: 'x', SAMSYN_GRAPH_URL: 'x' })).toHaveLength(3);
});

test.each([
  [{ SAMSYN_ENTRA_CLIENT_ID: clientId }, /also needs/],
  [{ SAMSYN_ENTRA_CLIENT_SECRET: 'hunter2' }, /need SAMSYN_ENTRA_CLIENT_ID/],
  [
    { SAMSYN_ENTRA_CLIENT_ID: clientId, SAMSYN_ENTRA_CLIENT_SECRET: 'hunter2', SAMSYN_ENTRA_CERTIFICATE: '/x' },
    /both set/,
  ],
  [{ SMTP_URL: 'smtp://mail' }, /needs SAMSYN_MAIL_FROM/],
])('what belongs together is asked for together: %j', (env, words) => {
  const problems = problemsOf(env as Record<string, string>).join('\n');
  expect(problems).toMatch(words);
  expect(problems).not.toContain('hunter2');
});

test('when the certificate or the secret runs out is known from the certificate, or from the operator', async () => {
  const file = path.join(folder, 'entra.pem');
  await writeFile(file, testPrivateKey + testCertificate);
  const byCertificate = loadConfig({ SAMSYN_ENTRA_CLIENT_ID: clientId, SAMSYN_ENTRA_CERTIFICATE: file });
  expect(byCertificate.entra.credentialExpiresAt).toEqual(new Date('2126-11-01T14:32:40Z'));
  const secret = { SAMSYN_ENTRA_CLIENT_ID: clientId, SAMSYN_ENTRA_CLIENT_SECRET: 'hunter2' };
  expect(loadConfig(secret).entra.credentialExpiresAt).toBeUndefined();
  const bySecret = loadConfig({ ...secret, SAMSYN_ENTRA_SECRET_EXPIRES: '2027-03-31' });
  expect(bySecret.entra.credentialExpiresAt).toEqual(new Date('2027-03-31T00:00:00Z'));
  for (const day of ['31.3.2027', '2027-02-30', 'soon']) {
    expect(problemsOf({ ...secret, SAMSYN_ENTRA_SECRET_EXPIRES: day })).toEqual([
      'SAMSYN_ENTRA_SECRET_EXPIRES must be a day such as 2027-03-31',
    ]);
  }
  expect(
    problemsOf({
      SAMSYN_ENTRA_CLIENT_ID: clientId,
      SAMSYN_ENTRA_CERTIFICATE: file,
      SAMSYN_ENTRA_SECRET_EXPIRES: '2027-03-31',
    }).join(),
  ).toMatch(/SAMSYN_ENTRA_CLIENT_SECRET, which is not set/);
});

test.each([
  ['the key of another certificate', otherPrivateKey + testCertificate, /made for this key/],
  ['text that is no key', testPrivateKey.replace('MII', '!!!') + testCertificate, /cannot be read/],
])('a certificate file with %s is refused', async (_what, pem, words) => {
  const file = path.join(folder, 'entra.pem');
  await writeFile(file, pem);
  const problems = problemsOf({ SAMSYN_ENTRA_CLIENT_ID: clientId, SAMSYN_ENTRA_CERTIFICATE: file }).join();
  expect(problems).toMatch(words);
  expect(problems).not.toMatch(/MII|BEGIN/);
});

test('a misspelt option is an error with a proposal', () => {
  expect(problemsOf({ SAMSYN_PUBLICURL: 'https://x.se' })).toEqual([
    'SAMSYN_PUBLICURL is not an option: did you mean SAMSYN_PUBLIC_URL?',
  ]);
  expect(problemsOf({ SAMSYN_FLUX_CAPACITOR_SETTING: '1' })).toEqual([
    'SAMSYN_FLUX_CAPACITOR_SETTING is not an option: see --help for all options',
  ]);
});

test('an option that is set to nothing is not set', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: ' ', SAMSYN_SECRET_KEY: '' })).toEqual(loadConfig({}));
});

test('the help names every option', () => {
  for (const { name, description } of options) {
    expect(describeOptions()).toContain(`${name} (`);
    expect(describeOptions()).toContain(description);
  }
});

test('without a key a file is made that only the owner may read, and it stays', async () => {
  const config = loadConfig({ SAMSYN_DATA_DIR: path.join(folder, 'data') });
  expect(await loadSecretKeys(config, { mayMake: false })).toBeNull();
  const make = () => loadSecretKeys(config, { mayMake: true });
  const [first, atOnce] = await Promise.all([make(), make()]);
  expect(first?.key).toHaveLength(32);
  expect(atOnce).toEqual(first);
  expect(await make()).toEqual(first);
  expect(await loadSecretKeys(config, { mayMake: false })).toEqual(first);
  expect((await stat(path.join(folder, 'data/secret-key'))).mode & 0o777).toBe(0o600);
});

test('a damaged key file is refused and not overwritten', async () => {
  await writeFile(path.join(folder, 'secret-key'), 'hunter2');
  for (const mayMake of [true, false])
    await expect(loadSecretKeys(loadConfig({ SAMSYN_DATA_DIR: folder }), { mayMake })).rejects.toThrow(
      /cannot be used.*32 bytes/,
    );
  expect(await readFile(path.join(folder, 'secret-key'), 'utf8')).toBe('hunter2');
});
