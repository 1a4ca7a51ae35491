// HTTPS beside HTTP: the certificates and their keeping, and links that lead back to where the client is. Microsoft's own libraries
// judge the same in microsoft-clients-*.test.ts.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCertificates } from './certificates.ts';
import { NORRSKEN } from './people.ts';
import { startEmulator } from './server.ts';
import { APP } from './test-kit.ts';
import { startTrusted } from './trusted.ts';
import type { SecureEmulator } from './trusted.ts';

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'emulator-https-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('certificates', () => {
  test('Point 13: name this machine and the public host, and are signed by an authority that signs nothing else', async () => {
    const { ca, cert } = await openCertificates({ dataDir: undefined, host: 'entra.example' });
    const [authority, server] = [new X509Certificate(ca), new X509Certificate(cert)];
    expect(authority.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.checkIssued(authority)).toBe(true);
    expect(server.verify(authority.publicKey)).toBe(true);
    for (const name of ['localhost', 'entra.example']) expect(server.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '::1']) expect(server.checkIP(address)).toBe(address);
    expect(server.checkHost('login.microsoftonline.com')).toBeUndefined();
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const days = (server.validToDate.getTime() - server.validFromDate.getTime()) / DAY_MS;
    expect(days).toBeLessThanOrEqual(398);
  });

  test('Point 13: are kept with the directory, the keys for the owner only', async () => {
    const dataDir = join(folder, 'kept');
    const first = await openCertificates({ dataDir, host: 'localhost' });
    expect(await openCertificates({ dataDir, host: 'localhost' })).toEqual(first);
    expect(readFileSync(first.caFile ?? '', 'utf8')).toBe(first.ca);
    for (const name of ['ca-key.pem', 'server-key.pem'])
      expect(statSync(join(dataDir, 'tls', name)).mode & 0o777).toBe(0o600);
  });

  test('Point 13: a new public host and a near end bring a new certificate of the same authority, which itself ends later', async () => {
    const dataDir = join(folder, 'renewed');
    const first = await openCertificates({ dataDir, host: 'localhost' });
    const named = await openCertificates({ dataDir, host: 'entra.example' });
    expect([named.ca === first.ca, named.cert === first.cert]).toEqual([true, false]);

    const inAYear = Date.now() + 360 * DAY_MS;
    expect((await openCertificates({ dataDir, host: 'localhost', nowMs: inAYear })).cert).toBe(named.cert);
    const late = Date.now() + 370 * DAY_MS;
    const renewed = await openCertificates({ dataDir, host: 'localhost', nowMs: late });
    expect([renewed.ca === first.ca, renewed.cert === named.cert]).toEqual([true, false]);
    expect(new X509Certificate(renewed.cert).validToDate.getTime()).toBeGreaterThan(late + 390 * DAY_MS);

    const muchLater = Date.now() + 3500 * DAY_MS;
    const anew = await openCertificates({ dataDir, host: 'localhost', nowMs: muchLater });
    expect(anew.ca).not.toBe(first.ca);
    expect(new X509Certificate(anew.cert).verify(new X509Certificate(anew.ca).publicKey)).toBe(true);
  });
});

describe('both doors', () => {
  let emulator: SecureEmulator;
  let token: string;

  beforeAll(async () => {
    emulator = await startTrusted({ apps: [structuredClone(APP)] });
    emulator.store.grant(NORRSKEN.id, APP.clientId, APP.requiredRoles);
    const response = await fetch(`${emulator.url}/${NORRSKEN.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: APP.clientId,
        client_secret: APP.secret,
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    token = ((await response.json()) as { access_token: string }).access_token; // by graph-protocol 4
  });
  afterAll(() => emulator.close());

  const get = async (url: string): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>, // JSON objects all
    };
  };
  const doors = () => [emulator.url, emulator.secure.url];
  const swapped = (link: unknown): string => {
    const [plain = '', secure = ''] = doors();
    const url = String(link);
    return url.startsWith(plain) ? url.replace(plain, secure) : url.replace(secure, plain);
  };

  test('Point 13: every link leads to the door by which the client came', async () => {
    for (const origin of doors()) {
      const { body: page } = await get(`${origin}/v1.0/users?$top=5`);
      expect(page['@odata.nextLink']).toMatch(`${origin}/v1.0/`);
      expect(page['@odata.context']).toMatch(`${origin}/v1.0/`);
      const { body: latest } = await get(`${origin}/v1.0/users/delta?$deltatoken=latest`);
      expect(latest['@odata.deltaLink']).toMatch(`${origin}/v1.0/`);
      const { body: document } = await get(`${origin}/common/v2.0/.well-known/openid-configuration`);
      for (const name of ['token_endpoint', 'authorization_endpoint', 'jwks_uri', 'end_session_endpoint'])
        expect(document[name]).toMatch(`${origin}/`);
      // Where tokens come from is no address of a door.
      expect(document['issuer']).toBe('https://login.microsoftonline.com/{tenantid}/v2.0');
    }
  });

  test('Point 13: tokens, pages and rounds begun at one door go on at the other', async () => {
    for (const origin of doors()) {
      const { body: first } = await get(`${origin}/v1.0/users?$top=5&$select=id`);
      const next = await get(swapped(first['@odata.nextLink']));
      expect(next.status).toBe(200);
      expect(next.body['value']).toHaveLength(5);
      const { body: latest } = await get(`${origin}/v1.0/groups/delta?$deltatoken=latest`);
      const round = await get(swapped(latest['@odata.deltaLink']));
      expect([round.status, round.body['value']]).toEqual([200, []]);
    }
  });

  test('Point 13: no browser is told to ask this machine for HTTPS only', async () => {
    const [plain = '', secure = ''] = doors();
    expect((await get(`${plain}/v1.0/organization`)).headers.get('strict-transport-security')).toMatch(/max-age/);
    expect((await get(`${secure}/v1.0/organization`)).headers.get('strict-transport-security')).toBeNull();
  });

  test('Point 13: instance discovery names Microsoft’s hosts by their aliases and the emulator’s own, and no others', async () => {
    const ask = (host: string) =>
      get(
        `${emulator.secure.url}/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(`https://${host}/${NORRSKEN.id}/oauth2/v2.0/authorize`)}`,
      );
    const own = new URL(emulator.secure.url).host;
    for (const host of ['login.windows.net', own, own.replace('localhost', '127.0.0.1')]) {
      const { status, headers, body } = await ask(host);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(headers.get('cache-control')).toMatch('max-age=86400');
      expect(body['tenant_discovery_endpoint']).toBe(
        `${emulator.secure.url}/${NORRSKEN.id}/v2.0/.well-known/openid-configuration`,
      );
      const groups = body['metadata'] as { preferred_network: string; preferred_cache: string; aliases: string[] }[]; // 1.5
      expect(groups[0]).toEqual({
        preferred_network: 'login.microsoftonline.com',
        preferred_cache: 'login.windows.net',
        aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
      });
      expect(groups.map((group) => group.aliases.length)).toEqual([4, 2, 2, 1, 6]);
      expect(groups.at(-1)?.aliases).toContain(host.startsWith('login') ? own : host);
    }
    for (const host of ['login.attacker.example', `${own}1`]) {
      const { status, body } = await ask(host);
      expect([status, body['error'], body['error_codes']]).toEqual([400, 'invalid_instance', [50049]]);
    }
    const { status, body } = await get(`${emulator.secure.url}/common/discovery/instance?api-version=1.1`);
    expect([status, body['error'], body['error_codes']]).toEqual([400, 'invalid_request', [900144]]);
  });

  test('Point 13: a port that is taken leaves nothing open', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => taken.once('listening', done));
    const httpsPort = (taken.address() as AddressInfo).port; // it listens on a port
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => free.once('listening', done));
    const { port } = free.address() as AddressInfo; // likewise
    await new Promise((done) => free.close(done));
    await expect(startEmulator({ port, httpsPort, seed: 'none' })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const again = await startEmulator({ port, seed: 'none' });
    expect(again.secure).toBeUndefined();
    await again.close();
    taken.close();
  });
});
