// Lets Samsyn's client read a recorded body over HTTP, and says what came out beside what had to: one reader for each kind of (b).
import { sourceAttributes } from '../../src/contract/settings.ts';
import { expectedGroup, expectedGroupChange, expectedUser } from './expected.ts';
import type { Recorded } from './load.ts';
import { readLogin, readRefusedToken, readToken } from './login-readers.ts';
import { aim, all, failureOf, toldBy, type Of, type Reading } from './reading.ts';
import { answerOf, tenantId, type RecordedServer, type Served } from './recorded-server.ts';
import type { ReaderUse } from './table-types.ts';

const lastPage: Served = { status: 200, body: { value: [] } };
const groupId = '22222222-0000-4000-8000-000000000000';

export async function readRecorded(server: RecordedServer, recorded: Recorded, use: ReaderUse): Promise<Reading> {
  const of = aim(server, recorded);
  const { body, items } = of;
  server.serve({ graph: [answerOf(recorded), lastPage] });
  switch (use.kind) {
    case 'users':
      return {
        read: (await all(of.reader.listUsers(sourceAttributes))).flatMap(({ items: people }) => people),
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

async function readFailure(of: Of, use: ReaderUse & { kind: 'failure' }): Promise<Reading> {
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
