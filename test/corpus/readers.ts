// Lets Samsyn's client read a recorded body over HTTP, and says what came out beside what had to: one reader for each kind of (b).
import { systemClock } from '../../src/base/clock.ts';
import { createLogger } from '../../src/base/log.ts';
import { sourceAttributes } from '../../src/contract/settings.ts';
import { cloudOf, type GraphConfig } from '../../src/graph/cloud.ts';
import { createExaminer } from '../../src/graph/examine.ts';
import { GraphFailure } from '../../src/graph/failures.ts';
import { createGraph, type Graph } from '../../src/graph/graph.ts';
import { createKeys } from '../../src/graph/keys.ts';
import type { TenantReader } from '../../src/graph/reader.ts';
import { createSend, defaultLimits } from '../../src/graph/send.ts';
import { SignInRefused } from '../../src/graph/sign-in.ts';
import { expectedGroup, expectedGroupChange, expectedUser } from './expected.ts';
import type { Recorded } from './load.ts';
import { anOrganisation, answerOf, tenantId, type RecordedServer, type Served } from './recorded-server.ts';
import type { ClientUse } from './table-types.ts';

export interface Reading {
  read: unknown;
  expected: unknown;
}

interface Of {
  server: RecordedServer;
  recorded: Recorded;
  config: GraphConfig;
  graph: Graph;
  reader: TenantReader;
  body: Record<string, unknown>;
  /** Of a collection. */
  items: Record<string, unknown>[];
}

const log = createLogger({ level: 'silent' });
// The watch over an exchange stays real; nobody waits for Microsoft.
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === 1000 ? ms : 0, signal),
};
const lastPage: Served = { status: 200, body: { value: [] } };
const groupId = '22222222-0000-4000-8000-000000000000';

export async function readRecorded(server: RecordedServer, recorded: Recorded, use: ClientUse): Promise<Reading> {
  const config = { clientId: tenantId, clientSecret: 'x', loginUrl: server.url, graphUrl: server.url };
  const graph = createGraph({ config, clock, log });
  const body = (typeof recorded.response.body === 'object' ? recorded.response.body : {}) as Of['body']; // an object
  const items = (Array.isArray(body['value']) ? body['value'] : []) as Of['items']; // of objects
  const of = { server, recorded, config, graph, reader: graph.reader(tenantId, { waitSecondsMax: 1 }), body, items };
  server.serve({ graph: [answerOf(recorded), lastPage] });
  switch (use.kind) {
    case 'users':
      return {
        read: (await all(of.reader.listUsers(sourceAttributes))).flat(),
        expected: items.map((item) => expectedUser(item, true)),
      };
    case 'user':
      return readUser(of);
    case 'groups':
      return { read: await of.reader.searchGroups(''), expected: items.map(expectedGroup) };
    case 'group':
      return { read: await of.reader.getGroup(String(body['id'])), expected: expectedGroup(body) };
    case 'people of a group':
      return {
        read: (await all(of.reader.listGroupPeople(groupId))).flat(),
        expected: items.map((item) => ({
          id: item['id'],
          accountEnabled: item['accountEnabled'],
          guest: item['userType'] === 'Guest',
        })),
      };
    case 'count':
      return { read: await of.reader.countUsers(), expected: Number(recorded.response.body) };
    case 'users delta':
    case 'groups delta':
      return readDelta(of, use.kind);
    case 'batch':
      return readBatch(of);
    case 'failure':
      return readFailure(of, use);
    case 'token':
      return readToken(of);
    case 'refused token':
      return readRefusedToken(of, use);
    case 'discovery':
    case 'unknown tenant':
    case 'keys':
    case 'sign-in answer':
      return readLogin(of, use.kind);
  }
}

async function all<T>(pages: AsyncGenerator<T, void>): Promise<T[]> {
  const read: T[] = [];
  for await (const page of pages) read.push(page);
  return read;
}

/** As one of a batch, the only way in which the client asks for single people. */
async function readUser({ server, reader, body, recorded }: Of): Promise<Reading> {
  const id = String(body['id']).toLowerCase();
  server.serve({
    graph: [{ status: 200, body: { responses: [{ id, status: 200, headers: {}, body: recorded.response.body }] } }],
  });
  const [read] = (await reader.lookUpUsers([id], sourceAttributes)).values();
  return { read, expected: { state: 'present', user: expectedUser(body, true) } };
}

/** The page and where it leads: to the next page, or to the round after. */
async function readDelta({ server, reader, body, items }: Of, kind: 'users delta' | 'groups delta'): Promise<Reading> {
  const base = `${server.url}/v1.0/${kind === 'users delta' ? 'users' : 'groups'}/delta`;
  const after = `${base}?$deltatoken=after`;
  const page = { status: 200, body };
  server.serve({ graph: [page, { status: 200, body: { value: [], '@odata.deltaLink': after } }] });
  const pages: { items: unknown[]; deltaLink: string | null }[] =
    kind === 'users delta' ? await all(reader.usersDelta(`${base}?$select=id`)) : await all(reader.groupsDelta(null));
  const local = (link: unknown): string => String(link).replace('https://graph.microsoft.com', server.url);
  const isLast = body['@odata.nextLink'] === undefined;
  const followed = server.asked.at(-1)?.path ?? '';
  return {
    read: {
      items: pages.flatMap((one) => one.items),
      deltaLink: pages.at(-1)?.deltaLink,
      ...(isLast ? {} : { followed: new URL(followed, server.url).href }),
    },
    expected: {
      items: items.map((item) => (kind === 'users delta' ? expectedUser(item, false) : expectedGroupChange(item))),
      deltaLink: isLast ? local(body['@odata.deltaLink']) : after,
      ...(isLast ? {} : { followed: new URL(local(body['@odata.nextLink'])).href }),
    },
  };
}

/** Each item that was refused, as the answer for somebody who was looked up. */
async function readBatch({ server, graph, body }: Of): Promise<Reading> {
  const responses = body['responses'] as Record<string, unknown>[]; // by graph-protocol.md 7.5
  const refused = responses.filter(({ status }) => Number(status) >= 400);
  const reading: { read: unknown[]; expected: unknown[] } = { read: [], expected: [] };
  for (const item of refused) {
    const id = groupId;
    server.serve({ graph: [{ status: 200, body: { responses: [{ ...item, id }] } }] });
    const failure = await failureOf(graph.reader(tenantId, { waitSecondsMax: 1 }).lookUpUsers([id]));
    const error = (item['body'] as { error: Record<string, unknown> }).error; // a refused item has an envelope
    const inner = (error['innerError'] ?? error['innererror'] ?? {}) as Record<string, unknown>; // as above
    reading.read.push({ status: failure.status, graphCode: failure.graphCode, requestId: failure.requestId });
    reading.expected.push({ status: item['status'], graphCode: error['code'], requestId: inner['request-id'] ?? null });
  }
  if (refused.length === 0) throw new Error('Nothing in the batch was refused.');
  return reading;
}

async function readFailure(of: Of, use: ClientUse & { kind: 'failure' }): Promise<Reading> {
  const { server, reader, recorded, body } = of;
  server.serve({ graph: [answerOf(recorded, 400)] });
  const asking =
    use.link === true
      ? all(reader.usersDelta(`${server.url}/v1.0/users/delta?$deltatoken=x`))
      : reader.getOrganisation();
  const failure = await failureOf(asking);
  const { error } = body as { error: { code: string; innerError?: Record<string, unknown> } }; // by graph-protocol.md 7.2
  const header = recorded.response.headers['request-id'];
  return {
    read: toldBy(failure),
    expected: {
      code: use.code,
      reaction: use.reaction,
      status: recorded.response.status ?? 400,
      graphCode: error.code,
      requestId: header ?? error.innerError?.['request-id'] ?? null,
      waitSeconds: use.waitSeconds ?? null,
    },
  };
}

async function readToken({ server, reader, recorded, body }: Of): Promise<Reading> {
  server.serve({ token: answerOf(recorded), graph: [anOrganisation] });
  await reader.getOrganisation();
  await reader.getOrganisation();
  const toGraph = server.asked.filter(({ path }) => path.startsWith('/v1.0/'));
  const minted = server.asked.length - toGraph.length;
  // The capture has a placeholder for the life, so that token is minted anew each time.
  const isKept = typeof body['expires_in'] === 'number';
  return {
    read: { sent: toGraph.map((one) => one.authorization), minted },
    expected: {
      sent: Array.from({ length: 2 }, () => `Bearer ${String(body['access_token'])}`),
      minted: isKept ? 1 : 2,
    },
  };
}

async function readRefusedToken(
  { server, reader, recorded, body }: Of,
  use: ClientUse & { kind: 'refused token' },
): Promise<Reading> {
  const unknown: Served = { status: 400, body: { ...body, error: 'invalid_tenant' } };
  const known: Served = { status: 200, body: { issuer: 'somebody' } };
  server.serve({ token: answerOf(recorded), discovery: use.code === 'graph_tenant_gone' ? unknown : known });
  const failure = await failureOf(reader.getOrganisation());
  const { status } = recorded.response;
  return {
    read: toldBy(failure),
    expected: {
      code: use.code,
      reaction: use.reaction,
      status,
      graphCode: body['error'],
      requestId: body['trace_id'],
      waitSeconds: null,
    },
  };
}

async function readLogin(of: Of, kind: ClientUse['kind']): Promise<Reading> {
  const { server, recorded, config, graph, body } = of;
  const redirectUri = 'http://localhost';
  if (kind === 'unknown tenant') {
    server.serve({ discovery: answerOf(recorded) });
    return { read: await createExaminer({ config, clock, log }).discover('x'), expected: { kind: 'unknown_tenant' } };
  }
  if (kind === 'discovery') {
    server.serve({ discovery: answerOf(recorded) });
    const found = await createExaminer({ config, clock, log }).discover('common');
    const read = { kind: found.kind, issuer: 'issuer' in found ? found.issuer : null };
    return { read, expected: { kind: 'found', issuer: body['issuer'] } };
  }
  if (kind === 'keys') {
    server.serve({ keys: answerOf(recorded) });
    const keys = createKeys({ cloud: cloudOf(config), clock, send: createSend({ clock, limits: defaultLimits }) });
    const all = body['keys'] as Record<string, string>[]; // by graph-protocol.md 1.4
    const read = await Promise.all(all.map(async ({ kid = '' }) => keys.find(kid)));
    return {
      read: read.map((key) => ({ kid: key?.jwk['kid'], n: key?.jwk['n'], e: key?.jwk['e'], issuer: key?.issuer })),
      expected: all.map(({ kid, n, e, issuer }) => ({ kid, n, e, issuer })),
    };
  }
  // What the browser brings back from the sign-in page.
  const document = {
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    authorization_endpoint: 'https://login.microsoftonline.com/x',
    token_endpoint: 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token',
    jwks_uri: 'https://login.microsoftonline.com/x',
  };
  server.serve({
    discovery: { status: 200, body: document },
    token: { status: 400, body: { error: 'invalid_grant' } },
  });
  const query = new URL(recorded.response.redirect ?? '').searchParams;
  const finishing = graph.signIn.finish({ redirectUri, query, state: '12345', nonce: 'n', verifier: 'v'.repeat(43) });
  const refused = await finishing.then(
    () => null,
    (error: unknown) => error instanceof SignInRefused,
  );
  return {
    read: { refused, code: server.asked.map(({ form }) => form.get('code')).find((code) => code !== null) ?? null },
    expected: { refused: true, code: query.get('code') },
  };
}

async function failureOf(asking: Promise<unknown>): Promise<GraphFailure> {
  try {
    await asking;
  } catch (error) {
    if (error instanceof GraphFailure) return error;
    throw error;
  }
  throw new Error('The client took the recorded refusal for an answer.');
}

const toldBy = ({
  code,
  reaction,
  status,
  graphCode,
  requestId,
  waitSeconds,
}: GraphFailure): Record<string, unknown> => ({
  code,
  reaction,
  status,
  graphCode,
  requestId,
  waitSeconds,
});
