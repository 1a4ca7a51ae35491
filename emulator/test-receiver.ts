// Somebody who wants to be told, for the emulator's own tests: a real HTTP server that answers the handshake and takes
// notifications, holds each payload against Microsoft's schema, and can be slow, rude or gone.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { openCertificates } from './certificates.ts';
import { violationOf } from './schema-judge.ts';

export type Notice = Record<string, unknown>;

export interface Receiver {
  url: string;
  /** The bodies that came, in order, those that were not taken included. */
  posts: { path: string; contentType: string; value: Notice[] }[];
  /** All notices in the order in which they came. */
  notices(): Notice[];
  /** The validation tokens as they stood in the query, not decoded. */
  tokens: { path: string; token: string; contentType: string; body: string }[];
  /** What it does with a handshake and with a notification; each may answer late, otherwise, or never. */
  onHandshake: (response: ServerResponse, token: string) => void;
  onNotice: (response: ServerResponse, count: number) => void;
  /** How the payloads that came break the schema. */
  violations: string[];
  close(): Promise<void>;
}

export const echo = (response: ServerResponse, token: string): void =>
  void response.writeHead(200, { 'Content-Type': 'text/plain' }).end(token);
export const accept = (response: ServerResponse): void => void response.writeHead(202).end();

export async function startReceiver(of: { secure?: boolean } = {}): Promise<Receiver> {
  const answer = (request: IncomingMessage, response: ServerResponse) => void take(receiver, request, response);
  const secure = of.secure === true;
  const server = secure
    ? createSecureServer(await openCertificates({ dataDir: undefined, host: 'localhost' }), answer)
    : createServer(answer);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const receiver: Receiver = {
    url: secure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    posts: [],
    notices: () => receiver.posts.flatMap((post) => post.value),
    tokens: [],
    onHandshake: echo,
    onNotice: accept,
    violations: [],
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
}

async function take(receiver: Receiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => {}); // the emulator may have hung up
  let body = '';
  for await (const part of request) body += String(part);
  const path = request.url ?? '';
  const contentType = request.headers['content-type'] ?? '';
  const token = /[?&]validationToken=([^&]*)/.exec(path)?.[1];
  if (token !== undefined) {
    receiver.tokens.push({ path, token, contentType, body });
    receiver.onHandshake(response, decodeURIComponent(token.replaceAll('+', ' ')));
    return;
  }
  const payload = JSON.parse(body) as { value: Notice[] };
  const violation = violationOf('changeNotificationCollection', payload);
  if (violation !== null) receiver.violations.push(violation);
  receiver.posts.push({ path, contentType, value: payload.value });
  receiver.onNotice(response, receiver.posts.length);
}
