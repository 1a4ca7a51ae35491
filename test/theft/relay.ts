// Stands between the product and the emulator, hands everything through, and keeps what was asked for: what the product wants of
// Microsoft is judged by what went over the wire, and not by what client or emulator say of it (T25).
import { Agent, createServer, request as send, type IncomingMessage } from 'node:http';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
  /** Empty until it is there. */
  answer: string;
}

export interface Relay {
  url: string;
  asked: Asked[];
  /** Awaited when a request has come, before it is handed on. */
  hold: ((one: Asked) => Promise<void>) | null;
  /** What was asked that nobody should ask: any write, any other scope, any unknown address. */
  unwanted(): string[];
  /** How many requests came from the product itself, and not from a browser. */
  ofProduct(): number;
  /** To the emulator on this port. */
  aim(port: number): void;
  close(): Promise<void>;
}

const graphScope = 'https://graph.microsoft.com/.default';
const browserPaths = /^\/[^/]+\/(oauth2\/v2\.0\/authorize|v2\.0\/adminconsent|login|consent)$/;

export async function startRelay(): Promise<Relay> {
  const asked: Asked[] = [];
  const agent = new Agent({ keepAlive: true });
  let port = 0;
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await read(incoming);
      const url = new URL(incoming.url ?? '/', 'http://localhost');
      const { pathname: path, searchParams: query } = url;
      const one: Asked = { method: incoming.method ?? '', path, query, body: body.toString(), answer: '' };
      asked.push(one);
      await relay.hold?.(one);
      const { method, url: target, headers } = incoming;
      const onward = send({ agent, host: '127.0.0.1', port, method, path: target, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('data', (part: Buffer) => (one.answer += part.toString('latin1')));
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const relay: Relay = {
    url: `http://localhost:${own}`,
    asked,
    hold: null,
    unwanted: () =>
      asked.flatMap((one) => (isWanted(one) ? [] : [`${one.method} ${one.path} ${one.query.toString()}`])),
    ofProduct: () => asked.filter((one) => !browserPaths.test(one.path)).length,
    aim: (to) => void (port = to),
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
  return relay;
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding is set on the stream
  return Buffer.concat(chunks);
}

function isWanted({ method, path, query, body }: Asked): boolean {
  if (path === '/v1.0/$batch') return method === 'POST' && readsOnly(body);
  if (path.startsWith('/v1.0/')) return method === 'GET';
  const [, , ...rest] = path.split('/');
  switch (rest.join('/')) {
    case 'v2.0/.well-known/openid-configuration':
    case 'discovery/v2.0/keys':
      return method === 'GET';
    case 'oauth2/v2.0/authorize':
      return method === 'GET' && query.get('scope') === 'openid profile';
    case 'v2.0/adminconsent':
      return method === 'GET' && query.get('scope') === graphScope;
    case 'oauth2/v2.0/token':
      return method === 'POST' && isWantedToken(new URLSearchParams(body));
    default:
      return method === 'POST' && browserPaths.test(path);
  }
}

/** Tokens for reading by application permissions, and the sign-in; no refresh token, no delegated access to Graph. */
function isWantedToken(form: URLSearchParams): boolean {
  if (form.get('grant_type') === 'client_credentials') return form.get('scope') === graphScope;
  return (
    form.get('grant_type') === 'authorization_code' && (form.get('scope') ?? 'openid profile') === 'openid profile'
  );
}

function readsOnly(body: string): boolean {
  const { requests } = JSON.parse(body) as { requests: { method: string }[] }; // the shape of a batch
  return requests.length > 0 && requests.every((one) => one.method === 'GET');
}
