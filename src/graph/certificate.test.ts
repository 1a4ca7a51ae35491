import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/server.ts';
import { testCertificate, testPrivateKey } from '../../test/certificate.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { createGraph } from './graph.ts';

const clientId = '11111111-2222-4333-8444-555555555555';
const log = createLogger({ level: 'silent' });
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ tenants: 1 });
});
afterAll(() => emulator.close());

function countUsers(certificatePem: string) {
  const graph = createGraph({
    config: { clientId, clientSecret: undefined, certificatePem, loginUrl: emulator.url, graphUrl: emulator.url },
    clock: systemClock,
    log,
  });
  const [tenant] = emulator.store.tenants.keys();
  return graph.reader(tenant ?? '', { signal: AbortSignal.timeout(10_000), onWait: () => undefined }).countUsers();
}

test('a certificate signs in place of a secret, and one that is not registered is named as the cause', async () => {
  const known = emulator.store.app(clientId);
  if (!known) throw new Error('the emulator knows the app');
  emulator.store.putApp({ ...known, secret: 'nobody knows it', certificates: [testCertificate] });
  for (const tenant of emulator.store.tenants.values())
    emulator.store.grant(tenant.id, clientId, ['User.Read.All', 'GroupMember.Read.All']);
  expect(await countUsers(testPrivateKey + testCertificate)).toBeGreaterThan(200);
  emulator.store.putApp({ ...known, secret: 'nobody knows it', certificates: [] });
  await expect(countUsers(testPrivateKey + testCertificate)).rejects.toMatchObject({
    code: 'graph_credentials_refused',
  });
});
