// A server in Microsoft's place that gives a token to everybody and then answers as the test wants: what the emulator, which is
// honest, does not do.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answering = (asked: { url: URL; request: IncomingMessage }, response: ServerResponse) => void;

export interface HostileGraph {
  url: string;
  /** Requests but those for tokens. */
  asked: string[];
  answer(answering: Answering): void;
  close(): Promise<void>;
}

export const tenantId = '11111111-0000-4000-8000-000000000000';

export async function startHostileGraph(): Promise<HostileGraph> {
  let answering: Answering = (_asked, response) => void response.writeHead(500).end();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.endsWith('/oauth2/v2.0/token'))
      return json(response, { access_token: 'a token', expires_in: 3600 });
    asked.push(url.pathname);
    answering({ url, request }, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer(next) {
      asked.length = 0;
      answering = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export function json(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'hostile-request', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
