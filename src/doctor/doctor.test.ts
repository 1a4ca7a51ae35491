// The doctor against a real PostgreSQL, a real SMTP server and the emulator: all is well, and then one thing after the other is broken.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/server.ts';
import { otherPrivateKey, testCertificate, testPrivateKey } from '../../test/certificate.ts';
import { useDatabase } from '../../test/database.ts';
import { startMailServer, type MailServer } from '../../test/mail-server.ts';
import { freePort, runCommand } from '../../test/whole-server.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { startEmbedded } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { createExaminer } from '../graph/examine.ts';
import { runDoctor } from './doctor.ts';

const { connectionString, adminConnectionString } = await useDatabase();
const empty = await useDatabase({ empty: true });
const admin = new pg.Client({ connectionString: adminConnectionString });
const log = createLogger({ level: 'silent' });
const clientId = '11111111-2222-4333-8444-555555555555';
const secret = 'hemligt-hemligt-hemligt';
const publicUrl = 'http://localhost:3000';
const key = Buffer.alloc(32, 7).toString('base64');
let folder: string;
let emulator: Emulator;
let mail: MailServer;
let tenantId: string;
let env: Record<string, string>;
const servers: Server[] = [];
/** Everything that any test has seen. */
const seen: string[] = [];

beforeAll(async () => {
  await admin.connect();
  mail = await startMailServer();
  emulator = await startEmulator({ tenants: 1 });
  tenantId = [...emulator.store.tenants.keys()][0] ?? '';
});
afterAll(async () => {
  await admin.end();
  await mail.close();
  await emulator.close();
  const all = seen.join('\n');
  for (const hidden of [secret, key, 'lösenord', 'BEGIN PRIVATE']) expect(all).not.toContain(hidden);
  expect(all).not.toMatch(/^\s+at |\bundefined\b|\[object/m);
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-doctor-'));
  mail.mails.length = 0;
  mail.tries = 0;
  mail.refusal = null;
  emulator.store.faults.clear();
  register();
  emulator.store.grant(tenantId, clientId, ['User.Read.All', 'GroupMember.Read.All']);
  env = {
    DATABASE_URL: connectionString,
    SMTP_URL: mail.url,
    SAMSYN_MAIL_FROM: 'Samsyn <samsyn@norrsken.test>',
    SAMSYN_DATA_DIR: folder,
    SAMSYN_PUBLIC_URL: publicUrl,
    SAMSYN_SECRET_KEY: key,
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CLIENT_SECRET: secret,
    SAMSYN_ENTRA_SECRET_EXPIRES: '2126-01-31',
    SAMSYN_ENTRA_LOGIN_URL: emulator.url,
    SAMSYN_GRAPH_URL: emulator.url,
  };
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true, force: true });
});

function register(more: { redirectUris?: string[]; certificates?: string[] } = {}): void {
  const known = emulator.store.app(clientId);
  if (!known) throw new Error('the emulator knows the app');
  const redirectUris = [`${publicUrl}/entra/callback`, `${publicUrl}/entra/consent`];
  emulator.store.putApp({ ...known, secret, certificates: [], redirectUris, ...more });
}

function grantOnly(...roles: string[]): void {
  emulator.store.tenant(tenantId).grants.delete(clientId);
  if (roles.length > 0) emulator.store.grant(tenantId, clientId, roles);
}

interface Report {
  code: number;
  /** Step -> status and text. */
  steps: Record<string, string>;
  lines: string[];
}

async function doctor(args: string[] = [], clock: Clock = systemClock): Promise<Report> {
  const lines: string[] = [];
  const code = await runDoctor({ args, env, clock, print: (line) => void lines.push(line) });
  seen.push(...lines);
  const steps: Record<string, string> = {};
  for (const line of lines) {
    const [, status, name, text] = /^(ok|warning|FAILED|skipped) +(.{19}) (.+)$/.exec(line) ?? [];
    if (name !== undefined) steps[name.trim()] = `${status} ${text}`;
  }
  return { code, steps, lines };
}

const withTenant = (clock?: Clock) => doctor(['--tenant', 'norrsken.se'], clock);
const bad = ({ steps }: Report) => Object.entries(steps).filter(([, said]) => !/^(ok|skipped)/.test(said)).map(([name]) => name); // prettier-ignore
const off = (seconds: number): Clock => ({
  ...systemClock,
  now: () => new Date(systemClock.now().getTime() + seconds * 1000),
});

/** Something else that listens, and answers everything so. */
async function stranger(status: number, body: string, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  servers.push(server);
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

describe('a configuration that is right', () => {
  test('is ok in every step, and the test mail arrives', async () => {
    const report = await doctor(['--tenant', 'norrsken.se', '--mail-to', 'anna@norrsken.test']);
    expect(report.lines.filter((line) => !line.startsWith('ok '))).toEqual(['', '19 ok, 0 warnings, 0 failed, 0 skipped']);
    expect(report.code).toBe(0);
    expect(report.steps['tenant']).toBe(`ok ${tenantId}`);
    expect(report.steps['redirect addresses']).toBe(`ok registered: ${publicUrl}/entra/callback and ${publicUrl}/entra/consent`);
    expect(mail.mails.map(({ to, parsed }) => [to, parsed.subject])).toEqual([[['anna@norrsken.test'], 'Test mail from samsyn doctor']]);
  }); // prettier-ignore

  test('is asked as far as it can be without a tenant and a mail address, and sends nothing', async () => {
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([0, []]);
    expect(report.steps['credential']).toMatch(/^ok Microsoft knows the app; .* --tenant$/);
    expect(report.steps['permission: users']).toMatch(/^skipped --tenant/);
    expect(mail.tries).toBe(0);
  });

  test('with a certificate in place of the secret', async () => {
    const file = path.join(folder, 'entra.pem');
    await writeFile(file, testPrivateKey + testCertificate);
    register({ certificates: [testCertificate] });
    env = { ...env, SAMSYN_ENTRA_CLIENT_SECRET: '', SAMSYN_ENTRA_SECRET_EXPIRES: '', SAMSYN_ENTRA_CERTIFICATE: file };
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([0, []]);
    expect(report.steps).toMatchObject({
      expiry: 'ok the certificate lasts until 2126-11-01',
      credential: 'ok Microsoft takes the certificate',
    });
    register();
    expect((await withTenant()).steps['credential']).toMatch(/^FAILED .* upload the certificate of SAMSYN_ENTRA_CERTIFICATE/);
    await writeFile(file, otherPrivateKey + testCertificate);
    expect((await withTenant()).steps['options']).toMatch(/^FAILED SAMSYN_ENTRA_CERTIFICATE must hold .* made for this key/);
  }); // prettier-ignore
});

describe('on this machine', () => {
  test('wrong options are told, a line each, and nothing else is asked', async () => {
    env = { ...env, PORT: 'x', SAMSYN_PUBLIC_ULR: 'https://x.example' };
    const { code, lines } = await doctor();
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('FAILED'))).toHaveLength(2);
    expect(lines.join('\n')).toMatch(/did you mean SAMSYN_PUBLIC_URL/);
  });

  test.each([
    [['--tenant', 'no tenant!'], /--tenant is the id of a tenant/],
    [['--teant', 'x'], /Unknown option '--teant'.*doctor \[--tenant/],
  ])('a wrong command line %j is told', async (args, words) => {
    const { code, lines } = await doctor(args);
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(words)]);
  });

  test('a data folder that is a file, or cannot be made', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    for (const [place, words] of [[file, /is no folder/], [path.join(file, 'below'), /ENOTDIR/]] as const) {
      env['SAMSYN_DATA_DIR'] = place;
      const report = await doctor();
      expect([report.code, bad(report)]).toEqual([1, ['data folder']]);
      expect(report.steps['data folder']).toMatch(words);
    }
    env['SAMSYN_DATA_DIR'] = path.join(folder, 'new');
    expect((await doctor()).steps['data folder']).toMatch(/^ok .* the first start makes it$/);
  }); // prettier-ignore

  test('a key file with the wrong length, or that others may read', async () => {
    env['SAMSYN_SECRET_KEY'] = '';
    const file = path.join(folder, 'secret-key');
    expect((await doctor()).steps['secret key']).toMatch(/^ok .* the first start makes it$/);
    await writeFile(file, `${key}\n`, { mode: 0o600 });
    expect((await doctor()).steps['secret key']).toMatch(/^ok .* readable by its owner only$/);
    await chmod(file, 0o644);
    const open = await doctor();
    expect([open.code, open.steps['secret key']]).toEqual([1, expect.stringMatching(/^FAILED others .* chmod 600/)]);
    await writeFile(file, 'c2hvcnQ=\n');
    expect((await doctor()).steps['secret key']).toMatch(/^FAILED .* base64 of 32 bytes.* backup/);
  });
});

describe('at the database', () => {
  test.each([
    ['nobody listens', 'postgresql://samsyn:l%C3%B6senord@127.0.0.1:1/samsyn', /No database server answers at 127\.0\.0\.1:1/],
    ['its host is not known', 'postgresql://samsyn:l%C3%B6senord@nowhere.invalid/samsyn', /nowhere\.invalid is not known/],
  ])('%s', async (_what, url, words) => {
    env['DATABASE_URL'] = url;
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([1, ['database']]);
    expect(report.steps['database']).toMatch(words);
    expect(report.steps['tables']).toBe('skipped needs the database');
  }); // prettier-ignore

  test('a new one is migrated by the first start, and left alone by the doctor', async () => {
    env['DATABASE_URL'] = empty.connectionString;
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([0, []]);
    expect(report.steps).toMatchObject({
      tables: 'ok not migrated yet: the next start does it, or run node src/cli.ts migrate',
      'database roles': 'skipped made with the tables',
    });
    const looking = new pg.Client({ connectionString: empty.adminConnectionString });
    await looking.connect();
    const { rows } = await looking.query("select 1 from pg_tables where schemaname = 'public'");
    await looking.end();
    expect(rows).toEqual([]);
  });

  test('one that a newer version has migrated', async () => {
    await admin.query("insert into samsyn_migration (number, name, checksum) values (9999, '9999-later', 'x')");
    const report = await doctor();
    await admin.query('delete from samsyn_migration where number = 9999');
    expect([report.code, bad(report)]).toEqual([1, ['database']]);
    expect(report.steps['database']).toMatch(/9999-later.*newer version/);
  });

  test('a superuser in DATABASE_URL is a warning', async () => {
    env['DATABASE_URL'] = adminConnectionString;
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([0, ['database']]);
    expect(report.steps['database']).toMatch(/^warning .* superuser/);
  });

  test('a wall between organisations that was taken down', async () => {
    await admin.query('alter table team no force row level security');
    const report = await doctor();
    await admin.query('alter table team force row level security');
    expect([report.code, bad(report)]).toEqual([1, ['database roles']]);
    expect(report.steps['database roles']).toMatch(/team \(lacks FORCE ROW LEVEL SECURITY\)/);
  });

  test('the embedded one: before it is made, in use, and at rest', async () => {
    env['DATABASE_URL'] = '';
    expect((await doctor()).steps['database']).toBe('ok the embedded one: the first start makes it');
    const embedded = await startEmbedded({ dataDir: folder, log });
    try {
      await migrate({ connectionString: embedded.connectionString, log });
      const inUse = await doctor();
      expect([inUse.code, inUse.steps['database']]).toEqual([
        0,
        `skipped Samsyn is running with it: ask ${publicUrl}/readyz, or stop it and ask again`,
      ]);
    } finally {
      await embedded.stop();
    }
    const atRest = await doctor();
    expect([atRest.code, bad(atRest)]).toEqual([0, []]);
    expect(atRest.steps).toMatchObject({
      database: expect.stringMatching(/^ok embedded PostgreSQL \d+\.\d+ answers$/),
      tables: 'ok migrated to this version',
      'database roles': expect.stringMatching(/^ok /),
    });
    // It was given back.
    await (await startEmbedded({ dataDir: folder, log })).stop();
  }, 120_000);
});

describe('on the way to Microsoft', () => {
  test('nobody at the login host: what needs it is not asked', async () => {
    env['SAMSYN_ENTRA_LOGIN_URL'] = `http://127.0.0.1:${await freePort()}`;
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([1, ['login host']]);
    expect(report.steps['login host']).toMatch(/cannot be reached \(ECONNREFUSED\).*SAMSYN_ENTRA_LOGIN_URL/);
    expect(report.steps['credential']).toBe('skipped needs the login host');
  });

  test.each([
    ['a web page', 200, '<h1>Välkommen</h1>', {}, /not as Microsoft's login does \(status 200\)/],
    ['a redirect', 302, '', { location: 'https://login.example/' }, /\(status 302\).*proxy/],
    ['the login of another cloud', 200, '{"issuer":"https://login.elsewhere.example/{tenantid}/v2.0"}', { 'content-type': 'application/json' }, /speaks for https:\/\/login\.elsewhere/],
  ])('%s at the login host', async (_what, status, body, headers, words) => {
    env['SAMSYN_ENTRA_LOGIN_URL'] = await stranger(status, body, headers);
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([1, ['login host']]);
    expect(report.steps['login host']).toMatch(words);
  }); // prettier-ignore

  test('something else at the Graph host', async () => {
    env['SAMSYN_GRAPH_URL'] = await stranger(401, 'Proxy authentication needed');
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([1, ['Graph host']]);
    expect(report.steps).toMatchObject({
      'Graph host': expect.stringMatching(/not as Microsoft Graph does \(status 401\)/),
      credential: 'ok Microsoft takes the client secret',
      'permission: users': 'skipped needs the Graph host',
    });
  });

  test.each([
    ['https://login.microsoftonline.com', 'https://graph.microsoft.com', true],
    ['https://login.microsoftonline.us', 'https://dod-graph.microsoft.us', true],
    ['https://login.microsoftonline.com', 'https://graph.microsoft.us', false],
    ['https://login.microsoftonline.com', 'http://127.0.0.1:4000', false],
    ['http://127.0.0.1:4000', 'https://graph.microsoft.com', false],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4001', true],
  ])('%s and %s are of one cloud: %s', (loginUrl, graphUrl, isOne) => {
    const config = { clientId, clientSecret: secret, loginUrl, graphUrl };
    expect(createExaminer({ config, clock: systemClock, log }).isOneCloud).toBe(isOne);
  });

  test.each([
    [-30, 0, /^ok .* behind/],
    [120, 0, /^warning .* ahead of .*NTP/],
    [-120, 0, /^warning .* behind/],
    [400, 1, /^FAILED .* time service/],
  ])('a clock that is %i seconds off', async (seconds, code, words) => {
    const report = await doctor([], off(seconds));
    expect([report.code, report.steps['clock']]).toEqual([code, expect.stringMatching(words)]);
  });
});

describe('the app registration', () => {
  test('there is none', async () => {
    env = { ...env, SAMSYN_ENTRA_CLIENT_ID: '', SAMSYN_ENTRA_CLIENT_SECRET: '', SAMSYN_ENTRA_SECRET_EXPIRES: '' };
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([1, ['app registration']]);
  });

  test('the client id is of no app', async () => {
    env['SAMSYN_ENTRA_CLIENT_ID'] = '99999999-2222-4333-8444-555555555555';
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([1, ['credential']]);
    expect(report.steps['credential']).toMatch(/knows no app 99999999-.*SAMSYN_ENTRA_CLIENT_ID/);
  });

  test('T14 a second credential is asked by itself: it neither stands in for the first nor is overlooked', async () => {
    env['SAMSYN_ENTRA_SECOND_CLIENT_SECRET'] = secret;
    expect((await withTenant()).steps['second credential']).toBe('ok Microsoft takes the second client secret too');
    env['SAMSYN_ENTRA_SECOND_CLIENT_SECRET'] = 'a wrong one';
    const wrong = await withTenant();
    expect(bad(wrong)).toEqual(['second credential']);
    env['SAMSYN_ENTRA_CLIENT_SECRET'] = 'an earlier one';
    env['SAMSYN_ENTRA_SECOND_CLIENT_SECRET'] = secret;
    expect(bad(await withTenant())).toEqual(['credential']);
  });

  test('the secret is another', async () => {
    env['SAMSYN_ENTRA_CLIENT_SECRET'] = 'lösenord-av-igår';
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([1, ['credential']]);
    expect(report.steps['credential']).toMatch(/does not take the client secret.*its Value, not its id/);
    expect(report.steps['permission: users']).toBe('skipped needs the credential');
  });

  test.each([
    ['2126-01-31', 'ok the client secret lasts until 2126-01-31'],
    ['', 'skipped Microsoft does not tell'],
    ['2020-01-31', 'FAILED the client secret ran out on 2020-01-31'],
  ])('a secret that lasts until %j', async (day, words) => {
    env['SAMSYN_ENTRA_SECRET_EXPIRES'] = day;
    const report = await doctor();
    expect(report.steps['expiry']).toContain(words);
    expect(report.code).toBe(words.startsWith('FAILED') ? 1 : 0);
  });

  test('a secret that runs out within two months is a warning', async () => {
    const day = new Date(systemClock.now().getTime() + 20 * 86_400_000).toISOString().slice(0, 10);
    env['SAMSYN_ENTRA_SECRET_EXPIRES'] = day;
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([0, ['expiry']]);
    expect(report.steps['expiry']).toMatch(new RegExp(`^warning .* runs out on ${day}, in 20 days`));
  });

  test.each(['nobody.example', '99999999-0001-4000-8000-000000000001'])('there is no tenant %s', async (tenant) => {
    const report = await doctor(['--tenant', tenant]);
    expect([report.code, bad(report)]).toEqual([1, ['tenant']]);
    expect(report.steps['tenant']).toContain(`knows no tenant ${tenant}`);
  });

  test('the tenant has not consented', async () => {
    grantOnly();
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([1, ['credential']]);
    expect(report.steps['credential']).toMatch(/no consent in this tenant.*Microsoft's number: /);
  });

  test.each([
    ['GroupMember.Read.All', 'permission: users', 'User.Read.All'],
    ['User.Read.All', 'permission: groups', 'GroupMember.Read.All'],
  ])('only %s is granted', async (granted, step, missing) => {
    grantOnly(granted);
    const report = await withTenant();
    expect([report.code, bad(report)]).toEqual([1, [step]]);
    expect(report.steps[step]).toMatch(new RegExp(`^FAILED ${missing} is missing: add it under API permissions`));
  });

  test.each([undefined, 'norrsken.se'])(
    'one of the redirect addresses is not registered (tenant %s)',
    async (tenant) => {
      register({ redirectUris: [`${publicUrl}/entra/callback`] });
      const report = await doctor(tenant === undefined ? [] : ['--tenant', tenant]);
      expect([report.code, bad(report)]).toEqual([1, ['redirect addresses']]);
      expect(report.steps['redirect addresses']).toBe(
        `FAILED not registered: add ${publicUrl}/entra/consent under Authentication, of type Web, written exactly so`,
      );
    },
  );

  test('Microsoft shows a page that says neither: the two addresses are still told', async () => {
    emulator.store.faults.add({ match: { path: '/authorize' }, answer: { status: 200 } });
    const report = await doctor();
    expect([report.code, bad(report)]).toEqual([0, []]);
    expect(report.steps['redirect addresses']).toMatch(/^skipped .*\/entra\/callback and .*\/entra\/consent, both of type Web/);
  }); // prettier-ignore
});

describe('mail', () => {
  test('no server is no fault', async () => {
    env = { ...env, SMTP_URL: '', SAMSYN_MAIL_FROM: '' };
    const report = await doctor(['--mail-to', 'anna@norrsken.test']);
    expect([report.code, report.steps['test mail']]).toEqual([0, 'skipped needs the mail server']);
  });

  test('nobody at the mail server, or something else', async () => {
    for (const url of ['smtp://user:l%C3%B6senord@127.0.0.1:1', (await stranger(200, 'x')).replace('http:', 'smtp:')]) {
      env['SMTP_URL'] = url;
      const report = await doctor();
      expect([report.code, bad(report)]).toEqual([1, ['mail server']]);
      expect(report.steps['mail server']).toMatch(/check .*SMTP_URL/);
    }
  }, 30_000);

  test('a server that refuses the recipient is quoted, without a secret that it repeats', async () => {
    mail.refusal = { code: 550, text: `We do not relay, ${secret}` };
    const report = await doctor(['--mail-to', 'anna@norrsken.test']);
    expect([report.code, bad(report)]).toEqual([1, ['test mail']]);
    expect(report.steps['test mail']).toMatch(/refused .*We do not relay, ….*SAMSYN_MAIL_FROM/);
  });

  test('an address that is none', async () => {
    const report = await doctor(['--mail-to', 'anna']);
    expect([report.code, bad(report)]).toEqual([1, ['test mail']]);
  });
});

test('on the command line: a line each, exit code 1 when one has failed, and no stack trace', () => {
  const own = { ...env, SAMSYN_ENTRA_LOGIN_URL: 'http://127.0.0.1:1', SAMSYN_GRAPH_URL: 'http://127.0.0.1:1', SMTP_URL: 'smtp://127.0.0.1:1' }; // prettier-ignore
  const { code, stdout, stderr } = runCommand(['doctor'], own);
  seen.push(stdout);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(/^ok +options/);
  expect(stdout).toMatch(/3 failed, \d+ skipped\n$/);
}, 60_000);
