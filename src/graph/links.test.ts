import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { json, startHostileGraph, tenantId, type HostileGraph } from '../../test/hostile-graph.ts';
import { systemClock } from '../base/clock.ts';
import { createLogger } from '../base/log.ts';
import { GraphFailure } from './failures.ts';
import { createGraph } from './graph.ts';

let hostile: HostileGraph;
beforeAll(async () => {
  hostile = await startHostileGraph();
});
afterAll(() => hostile.close());

/** HERE stands for the origin that is configured, PORT for its port. */
const refused = [
  // other hosts
  'https://graph.attacker.example/v1.0/users', 'https://graph.microsoft.com.attacker.example/v1.0/users', 'http://localhost:PORT/v1.0/users',
  'http://127.0.0.1/v1.0/users', 'http://127.0.0.1:1/v1.0/users', 'https://127.0.0.1:PORT/v1.0/users', 'http://127.0.0.2:PORT/v1.0/users',
  'http://[::1]:PORT/v1.0/users', 'http://[::ffff:127.0.0.1]:PORT/v1.0/users', 'http://0.0.0.0:PORT/v1.0/users', 'http://2130706434:PORT/v1.0/users',
  'http://0177.0.0.2:PORT/v1.0/users', 'http://169.254.169.254/v1.0/users', 'http://metadata.google.internal/v1.0/users', 'http://10.0.0.1/v1.0/users',
  'http://192.168.1.1:PORT/v1.0/users', 'http://127.0.0.1.nip.io:PORT/v1.0/users', 'http://127.0.0.1.:PORT/v1.0/users', 'http://xn--grph-5qa.microsoft.com/v1.0/users',
  'http://grаph.microsoft.com/v1.0/users', 'http://１２７.0.0.1:PORT/v1.0/users',
  // user information and tricks with what is read as the host
  'http://127.0.0.1:PORT@attacker.example/v1.0/users', 'http://user@127.0.0.1:PORT/v1.0/users', 'http://user:pass@127.0.0.1:PORT/v1.0/users',
  'http://attacker.example#@127.0.0.1:PORT/v1.0/users', 'http://attacker.example?@127.0.0.1:PORT/v1.0/users', 'http://attacker.example\\@127.0.0.1:PORT/v1.0/users',
  'http:\\\\127.0.0.1:PORT\\v1.0\\users', 'http://127.0.0.1:PORT\\@attacker.example/v1.0/users', '//attacker.example/v1.0/users', '\\\\attacker.example/v1.0/users',
  '/v1.0/users', 'users', '?$skiptoken=1', 'http:/v1.0/users', 'http://', 'http://127.0.0.1:99999/v1.0/users',
  // other schemes
  'ftp://127.0.0.1:PORT/v1.0/users', 'file:///v1.0/users', 'data:application/json,{"value":[]}', 'javascript:alert(1)', 'gopher://127.0.0.1:PORT/v1.0/users',
  'ws://127.0.0.1:PORT/v1.0/users', 'blob:HERE/v1.0/users', 'view-source:HERE/v1.0/users',
  // other paths
  'HERE', 'HERE/', 'HERE/v1.0', 'HERE/v1.0/', 'HERE/beta/users', 'HERE/v1.0/../beta/users', 'HERE/v1.0/users/../../beta/users', 'HERE/v1.0/%2e%2e/beta/users',
  'HERE/v1.0/users/..%2f..%2fbeta', 'HERE/v1.0/users%2f..%2f..%2fbeta', 'HERE/v1.0/users%5c..%5c..%5cbeta', 'HERE/v1.0/usersx', 'HERE/v1.0/me', 'HERE/v1.0/servicePrincipals',
  'HERE/v1.0//users', 'HERE//v1.0/users', 'HERE/V1.0x/users', 'HERE/v1.0/users%00', 'HERE/v1.0/users#fragment', 'HERE/_control/reset', 'HERE/organizations/oauth2/v2.0/token',
  // signs that one reader takes out and another does not
  ' HERE/v1.0/users', 'HERE/v1.0/users ', 'HERE/v1.0/\tusers', 'HERE/v1.0/us\ners', 'HERE/v1.0/users?a=\r\nHost: attacker.example', 'HERE/v1.0/users?a=\u202e', 'HERE/v1.0/ü',
]; // prettier-ignore

test('T19, F24: more than 63 links are refused before a socket opens, and the failure says so', async () => {
  expect(refused.length).toBeGreaterThanOrEqual(63);
  const connect = vi.spyOn(Socket.prototype, 'connect');
  const reader = createGraph({
    config: { clientId: tenantId, clientSecret: 'x', loginUrl: hostile.url, graphUrl: hostile.url },
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
  }).reader(tenantId);
  await answerWith([]);
  await collect();
  for (const template of refused) {
    const link = template.replace('HERE', hostile.url).replace('PORT', new URL(hostile.url).port);
    await answerWith([link]);
    connect.mockClear();
    const error: unknown = await collect().catch((reason: unknown) => reason);
    expect(error, link).toBeInstanceOf(GraphFailure);
    expect(error, link).toMatchObject({ reaction: 'stop_run', code: 'graph_foreign_link' });
    expect(hostile.asked, link).toHaveLength(1);
    expect(opened(connect), link).toBe(0);
  }
  connect.mockRestore();

  async function collect(): Promise<void> {
    for await (const _ of reader.listUsers([]));
  }
});

test('T19: links as Graph makes them are followed, opaque as they are', async () => {
  const links = [
    'HERE/v1.0/users?$top=999&$skiptoken=RFNwdAoAA-_x.y~z%2B%2f%3D', 'HERE/v1.0/users/delta?$skiptoken=a/b+c=d', "HERE/v1.0/users?$filter=startswith(displayName,'a')&$skiptoken=1",
    'HERE/v1.0/Users?$skiptoken=X%27..%2f', 'HERE/v1.0/directory/deletedItems/microsoft.graph.user?$skiptoken=1', 'HERE/v1.0/users/microsoft.graph.delta()?$skiptoken=1',
  ]; // prettier-ignore
  await answerWith(links.map((link) => link.replace('HERE', hostile.url)));
  const reader = createGraph({
    config: { clientId: tenantId, clientSecret: 'x', loginUrl: hostile.url, graphUrl: hostile.url },
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
  }).reader(tenantId);
  for await (const _ of reader.listUsers([]));
  expect(hostile.asked).toHaveLength(links.length + 1);
});

/** To connections that were kept nothing is opened; the first request of all has opened the one. */
function opened(connect: { mock: { calls: unknown[] } }): number {
  return connect.mock.calls.length;
}

async function answerWith(links: readonly string[]): Promise<void> {
  let page = 0;
  hostile.answer((_, response) => {
    const next = links[page];
    page += 1;
    json(response, { value: [], ...(next === undefined ? {} : { '@odata.nextLink': next }) });
  });
}
