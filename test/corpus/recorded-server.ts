// A server in Microsoft's place that answers with recorded bodies, word for word but for the host of their links.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Recorded } from './load.ts';

export interface Served {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

export interface RecordedServer {
  url: string;
  /** What was asked of Graph and of the login host so far, with the token and the form that came along. */
  asked: { path: string; authorization: string; form: URLSearchParams }[];
  /** By kind of request. The first of `graph` answers the first request, and so on; the last one all others. */
  serve(answers: { token?: Served; discovery?: Served; keys?: Served; graph?: Served[] }): void;
  close(): Promise<void>;
}

export const tenantId = '11111111-0000-4000-8000-000000000000';
const aToken: Served = { status: 200, body: { token_type: 'Bearer', access_token: 'a token', expires_in: 3600 } };
const nothing: Served = { status: 500, body: {} };
/** What `getOrganisation` is content with. */
export const anOrganisation: Served = {
  status: 200,
  body: { value: [{ id: tenantId, displayName: 'Norrsken', verifiedDomains: [] }] },
};

export const answerOf = ({ response }: Recorded, status = 200): Served => ({
  status: response.status ?? status,
  headers: response.headers,
  body: response.body,
});

export async function startRecordedServer(): Promise<RecordedServer> {
  let answers: Parameters<RecordedServer['serve']>[0] = {};
  let next = 0;
  const asked: RecordedServer['asked'] = [];
  const server = createServer(async (request, response) => {
    let form = '';
    for await (const part of request) form += String(part);
    const path = request.url ?? '';
    asked.push({ path, authorization: request.headers.authorization ?? '', form: new URLSearchParams(form) });
    const { status, headers = {}, body } = answerFor(path);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const sent = Object.entries(headers).filter(([name]) => !/^content-length$/i.test(name));
    response.writeHead(status, { 'content-type': 'application/json', ...Object.fromEntries(sent) });
    response.end(text.replaceAll('https://graph.microsoft.com', recorded.url));
  });

  function answerFor(path: string): Served {
    if (path.includes('/oauth2/v2.0/token')) return answers.token ?? aToken;
    if (path.includes('/openid-configuration')) return answers.discovery ?? nothing;
    if (path.includes('/discovery/v2.0/keys')) return answers.keys ?? nothing;
    const answer = answers.graph?.[next] ?? answers.graph?.at(-1) ?? nothing;
    next += 1;
    return answer;
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const recorded: RecordedServer = {
    url: `http://localhost:${port}`,
    asked,
    serve(given) {
      answers = given;
      next = 0;
      asked.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return recorded;
}
