// The product's own client over HTTPS, against the emulator's own authority, and against certificates that do not fit.
import { createServer, type Server } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openCertificates } from '../../emulator/certificates.ts';
import { drive } from '../../emulator/drive.ts';
import { NORRSKEN, userId } from '../../emulator/people.ts';
import { startEmulator } from '../../emulator/server.ts';
import { startTrusted, type SecureEmulator } from '../../emulator/trusted.ts';
import { clientOnlyCertificate, clientOnlyKey, testCertificate, testPrivateKey } from '../../test/certificate.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { GraphFailure } from './failures.ts';
import { createGraph } from './graph.ts';

const clientId = '11111111-2222-4333-8444-555555555555';
const clientSecret = 'demo-secret-not-for-production';
const redirectUrl = 'https://samsyn.example/entra/callback';
const dayMs = 86_400_000;

let emulator: SecureEmulator;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  emulator = await startTrusted({ users: 1200 });
  const app = emulator.store.app(clientId);
  if (app === undefined) throw new Error('the emulator knows the app');
  emulator.store.putApp({ ...app, redirectUris: [redirectUrl] });
  emulator.store.grant(NORRSKEN.id, clientId, ['User.Read.All', 'GroupMember.Read.All']);
});
afterAll(() => emulator.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** Waits are noted, and pass at once; the watch over an exchange sleeps its second in real time. */
function graphAt(url: string) {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs(),
    async sleep(ms, signal) {
      if (ms === 1000) return systemClock.sleep(ms, signal);
      waits.push(ms);
    },
  };
  const config = { clientId, clientSecret, loginUrl: url, graphUrl: url };
  return { graph: createGraph({ config, clock, log: createLogger({ level: 'silent' }) }), waits };
}

test('the client reads a tenant over HTTPS, page after page', async () => {
  const { graph, waits } = graphAt(emulator.secure.url);
  const reader = graph.reader(NORRSKEN.id);
  expect((await reader.getOrganisation()).name).toBe(NORRSKEN.displayName);
  const ids = new Set<string>();
  for await (const { items } of reader.listUsers(['department'])) for (const user of items) ids.add(user.id);
  const live = [...emulator.store.tenant(NORRSKEN.id).users.values()].filter((user) => user.deletedAt === null);
  expect(ids).toEqual(new Set(live.map((user) => user.id)));
  expect(waits).toEqual([]);
});

test('a person signs in over HTTPS', async () => {
  const { graph } = graphAt(emulator.secure.url);
  const state = 'the state';
  const { redirectUrl: address, nonce, verifier } = await graph.signIn.start({ redirectUri: redirectUrl, state });
  expect(new URL(address).origin).toBe(emulator.secure.url);
  const { redirect } = await drive(address, { account: 'per.user@norrsken.se' });
  const query = redirect?.searchParams ?? new URLSearchParams();
  const person = await graph.signIn.finish({ redirectUri: redirectUrl, query, state, nonce, verifier });
  expect(person).toMatchObject({ tenantId: NORRSKEN.id, oid: userId('per.user@norrsken.se') });
});

interface Stranger {
  url: string;
  server: Server;
  /** What reached it inside the encryption: a secret would be in here. */
  requests: string[];
  connections(): number;
}

/** A server with the given certificate that answers everything with 200. */
async function strangerWith(pair: { cert: string; key: string }): Promise<Stranger> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer(pair, (request, response) => {
    requests.push(request.url ?? '');
    response.end('{}');
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push({ close: () => server.close() });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { url: `https://localhost:${port}`, server, requests, connections: () => connections };
}

function trust(ca: string): void {
  setDefaultCACertificates([...getCACertificates('default'), ca]);
}

test.each([
  [
    'of an authority that nobody trusts',
    /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/,
    async () => strangerWith(await openCertificates({ dataDir: undefined, host: 'localhost' })),
  ],
  [
    'that signed itself',
    /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
    () => strangerWith({ cert: testCertificate, key: testPrivateKey }),
  ],
  [
    'that has expired',
    /^CERT_HAS_EXPIRED$/,
    async () => {
      const certificates = await openCertificates({
        dataDir: undefined,
        host: 'localhost',
        nowMs: Date.now() - 400 * dayMs,
      });
      trust(certificates.ca);
      return strangerWith(certificates);
    },
  ],
  [
    'that is not valid yet',
    /^CERT_NOT_YET_VALID$/,
    async () => {
      const certificates = await openCertificates({
        dataDir: undefined,
        host: 'localhost',
        nowMs: Date.now() + 400 * dayMs,
      });
      trust(certificates.ca);
      return strangerWith(certificates);
    },
  ],
  [
    'of another name',
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    async () => {
      trust(testCertificate);
      return strangerWith({ cert: testCertificate, key: testPrivateKey });
    },
  ],
  [
    'that is for clients only',
    /^INVALID_PURPOSE$/,
    async () => {
      trust(clientOnlyCertificate);
      return strangerWith({ cert: clientOnlyCertificate, key: clientOnlyKey });
    },
  ],
])('F17: a certificate %s is refused at once, and nothing is sent', async (_what, graphCode, start) => {
  const stranger = await start();
  const { graph, waits } = graphAt(stranger.url);
  const failure = await graph
    .reader(NORRSKEN.id)
    .getOrganisation()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GraphFailure);
  expect(failure).toMatchObject({
    reaction: 'stop_run',
    code: 'graph_certificate',
    graphCode: expect.stringMatching(graphCode) as string,
  });
  expect(waits).toEqual([]);
  expect(stranger.connections()).toBe(1);
  expect(stranger.requests).toEqual([]);
});

test('F17: a port that speaks no TLS is refused at once', async () => {
  const { graph, waits } = graphAt(`https://localhost:${emulator.port}`);
  const failure = await graph
    .reader(NORRSKEN.id)
    .getOrganisation()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ reaction: 'stop_run', code: 'graph_certificate' });
  expect(waits).toEqual([]);
});

test('F17: the emulator’s certificate is refused by a client that was not told of its authority', async () => {
  const other = await startEmulator({ httpsPort: 0 });
  open.push(other);
  const { graph, waits } = graphAt(other.secure?.url ?? '');
  const failure = await graph
    .reader(NORRSKEN.id)
    .getOrganisation()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ reaction: 'stop_run', code: 'graph_certificate' });
  expect(waits).toEqual([]);
  expect(other.store.requests.summary().count).toBe(0);
});
