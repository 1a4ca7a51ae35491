// The client before what the login host was recorded to answer: tokens, their refusals, documents, keys, and the way back from
// the sign-in page.
import { cloudOf } from '../../src/graph/cloud.ts';
import { createExaminer } from '../../src/graph/examine.ts';
import { createKeys } from '../../src/graph/keys.ts';
import { createSend, defaultLimits } from '../../src/graph/send.ts';
import { SignInRefused } from '../../src/graph/sign-in.ts';
import { clock, failureOf, log, toldBy, type Of, type Reading } from './reading.ts';
import { anOrganisation, answerOf, type Served } from './recorded-server.ts';
import type { ReaderUse } from './table-types.ts';

export async function readToken({ server, reader, recorded, body }: Of): Promise<Reading> {
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

export async function readRefusedToken(
  { server, reader, recorded, body }: Of,
  use: ReaderUse & { kind: 'refused token' },
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

export async function readLogin(of: Of, kind: ReaderUse['kind']): Promise<Reading> {
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
