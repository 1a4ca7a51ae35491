// The secrets of an operator and those that Microsoft hands out, planted in a whole server at its most talkative: through connecting,
// runs and mails that succeed and that fail with the secret in the answer, none of them is found in the log, in any table, in a mail
// or in an answer to a browser (T13, T24, I36).
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../emulator/model.ts';
import { startEmulator, type Emulator } from '../emulator/server.ts';
import { testCertificate, testPrivateKey } from './certificate.ts';
import { useDatabase } from './database.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import { startRelay, type Relay } from './theft/relay.ts';
import { dump, find, type Secret } from './theft/search.ts';
import { addOrganisation, administrator, configure, connect, enter, freePort, startServer, sync, type ServerProcess, type Session } from './whole-server.ts'; // prettier-ignore

const { connectionString, adminConnectionString } = await useDatabase();
const admin = new pg.Client({ connectionString: adminConnectionString });
const clientId = '11111111-2222-4333-8444-555555555555';
const smtp = { user: 'samsyn', password: `smtp-${randomBytes(12).toString('base64url')}` };
const secretKey = randomBytes(32).toString('base64');
let folder: string;
let emulator: Emulator;
let relay: Relay;
let mail: MailServer;
let server: ServerProcess | undefined;

beforeAll(async () => {
  await admin.connect();
  folder = await mkdtemp(path.join(tmpdir(), 'samsyn-canary-'));
  relay = await startRelay();
  emulator = await startEmulator({ publicUrl: relay.url });
  relay.aim(emulator.port);
  mail = await startMailServer(smtp);
});
afterAll(async () => {
  await server?.end('SIGKILL');
  await emulator.close();
  await relay.close();
  await mail.close();
  await admin.end();
  await rm(folder, { recursive: true, force: true });
});

const lineOf = (pem: string, at: number) => pem.split('\n')[at] ?? '';

test('T13 neither key, certificate, SMTP password nor token is found anywhere outside', async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const pem = path.join(folder, 'entra.pem');
  await writeFile(pem, testPrivateKey + testCertificate, { mode: 0o600 });
  const env = {
    PORT: String(port),
    DATABASE_URL: connectionString,
    SMTP_URL: mail.url,
    SAMSYN_MAIL_FROM: 'Samsyn <samsyn@example.test>',
    SAMSYN_PUBLIC_URL: url,
    SAMSYN_SECRET_KEY: secretKey,
    SAMSYN_ENTRA_CLIENT_ID: clientId,
    SAMSYN_ENTRA_CERTIFICATE: pem,
    SAMSYN_ENTRA_LOGIN_URL: relay.url,
    SAMSYN_GRAPH_URL: relay.url,
    SAMSYN_LOG_LEVEL: 'debug',
  };
  const known = emulator.store.app(clientId);
  if (!known) throw new Error('the emulator knows the app');
  emulator.store.putApp({
    ...known,
    certificates: [testCertificate],
    redirectUris: [`${url}/entra/callback`, `${url}/entra/consent`],
  });
  const token = addOrganisation(env);
  server = await startServer('serve', env);
  const session = await enter(url, token);
  const answers: string[] = [];
  const call: Session['call'] = async (method, address, body) => {
    const answer = await session.call(method, address, body);
    answers.push(JSON.stringify(answer));
    return answer;
  };
  const listening: Session = { ...session, call };
  await connect(listening, url);
  await configure(listening);
  expect(await sync(listening)).toMatchObject({ state: 'ok' });

  const bodies = () => relay.asked.filter((one) => one.path.endsWith('/token'));
  const assertion = () => new URLSearchParams(bodies().at(-1)?.body).get('client_assertion') ?? '';
  const access = () => /"access_token":"([^"]{40,})/.exec(bodies().at(-1)?.answer ?? '')?.[1] ?? '';
  const tokens: Secret[] = [];
  const keepTokens = () => {
    expect([assertion().length > 100, access().length > 40]).toEqual([true, true]);
    tokens.push({ name: 'client assertion', text: assertion() }, { name: 'access token', text: access() });
  };
  keepTokens();
  // Microsoft, or what stands between, says the secrets back: in an error of Graph, of the token endpoint, and in a body that breaks off.
  const echo = `secret ${assertion()} ${access()} ${lineOf(testPrivateKey, 5)}`;
  const graph = (status: number, body: Json) => ({ match: { path: '/v1.0/users' }, answer: { status, body } });
  const denied = graph(401, { error: { code: 'InvalidAuthenticationToken', message: echo } });
  const noToken = { match: { path: '/oauth2/v2.0/token' }, answer: { status: 401, body: { error: 'invalid_client', error_description: echo } } }; // prettier-ignore
  const refused = graph(400, { error: { code: 'Request_BadRequest', message: echo } });
  for (const faults of [[refused], [denied], [graph(200, { value: [{ id: echo }] })], [denied, noToken]]) {
    for (const fault of faults) emulator.store.faults.add(fault);
    expect((await sync(listening)).state).not.toBe('ok');
    emulator.store.faults.clear();
    // A blocked connection is taken up by its administrator.
    await admin.query(`update connection set status = 'active', trouble_code = null, trouble_since = null, trouble_request_id = null`); // prettier-ignore
  }
  expect(await sync(listening)).toMatchObject({ state: 'ok' });
  keepTokens();

  mail.refusal = { code: 535, text: `no, not with ${smtp.password}` };
  const notSent = await call('POST', '/connection/test-notice', { email: 'it@norrsken.test' });
  expect(notSent).toMatchObject({ sent: false });
  mail.refusal = null;
  expect(await call('POST', '/connection/test-notice', { email: 'it@norrsken.test' })).toMatchObject({ sent: true }); // prettier-ignore
  await expect.poll(() => mail.mails.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);

  const secrets: Secret[] = [
    ...tokens,
    { name: 'private key', text: lineOf(testPrivateKey, 5) },
    { name: 'private key, its end', text: lineOf(testPrivateKey, 20) },
    { name: 'SMTP password', text: smtp.password },
    { name: 'key of the server', text: secretKey.replace('=', '') },
    { name: 'key of the server in hex', text: Buffer.from(secretKey, 'base64').toString('hex') },
    { name: 'password of the administrator', text: administrator.password },
    { name: 'password of the database', text: decodeURIComponent(new URL(connectionString).password) },
    { name: 'password link', text: token.slice(37) },
    { name: 'session cookie', text: session.browser.cookie(url, 'samsyn') ?? '' },
  ];
  for (const { name, text } of secrets) expect(text.length, name).toBeGreaterThan(15);
  const mails = mail.mails.map(({ raw, parsed }) => `${raw}\n${parsed.text ?? ''}\n${parsed.html || ''}`).join('\n');
  const places = { log: server.output(), tables: await dump(admin), mails, answers: answers.join('\n') };
  for (const [place, text] of Object.entries(places)) expect([place, find(secrets, text)]).toEqual([place, []]);
  // The search is not blind: it was talkative, and there is something everywhere.
  expect(places.log).toContain('"level":"debug"');
  for (const [place, text] of Object.entries(places)) expect(text.length, place).toBeGreaterThan(500);
  for (const one of secrets) expect(find([one], `… ${one.text} …`)).toEqual([one.name]);
  expect(relay.unwanted()).toEqual([]);
}, 120_000);
