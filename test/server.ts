// The door as main.ts opens it, on the database of a test file, without a port: requests are injected.
import { createJobs } from '../src/jobs/jobs.ts';
import { createLogger } from '../src/base/log.ts';
import { createSealer } from '../src/base/seal.ts';
import type { ConnectionDeps } from '../src/connection/deps.ts';
import { createProver } from '../src/connection/prove.ts';
import { rescheduleNightly } from '../src/connection/reschedule.ts';
import type { Database } from '../src/db/pool.ts';
import { createGraph } from '../src/graph/graph.ts';
import type { App } from '../src/http/route.ts';
import type { ServerConfig } from '../src/http/route-deps.ts';
import { createServer } from '../src/http/server.ts';
import { nextNightly } from '../src/jobs/nightly.ts';
import { createTransport } from '../src/mail/transport.ts';
import { sendTestMail } from '../src/notify/send-test-mail.ts';
import { tell } from '../src/notify/tell.ts';
import { createSignIn } from '../src/people/sign-in.ts';
import { password, type Person } from './people.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';
import { unheard } from './unheard.ts';

export const secretKey = new Uint8Array(32).fill(7);

export interface TestServer {
  app: App;
  /** Shows the real time until a test moves it. */
  clock: ManualClock;
  lines: string[];
  /** As the web app calls; `cookie` is what signIn has answered. */
  call(method: string, url: string, options?: CallOptions): Promise<Answer>;
  /** Answers the cookie. */
  signIn(person: Pick<Person, 'email'>, secret?: string): Promise<string>;
}

export interface CallOptions {
  cookie?: string;
  body?: unknown;
  headers?: Record<string, string>;
  remoteAddress?: string;
}

export interface Answer {
  status: number;
  text: string;
  /** Null when there is none. */
  body: Record<string, unknown> | null;
  headers: Record<string, string | string[] | number | undefined>;
}

/** Whoever starts it closes `app`. */
export async function startServer(db: Database, config: Partial<ServerConfig> = {}): Promise<TestServer> {
  const clock = manualClock(new Date());
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', write: (line) => void lines.push(line) });
  const publicUrl = config.publicUrl ?? 'http://localhost:8080';
  const jobs = createJobs({ db, log });
  const room: ConnectionDeps = {
    db,
    clock,
    log,
    tell,
    publicUrl,
    // Nobody listens there: what these tests ask for never gets as far as Microsoft.
    graph: createGraph({
      config: {
        clientId: 'none',
        clientSecret: 'none',
        loginUrl: 'http://127.0.0.1:1',
        graphUrl: 'http://127.0.0.1:1',
      },
      clock,
      log,
    }),
    sealer: createSealer(secretKey),
    ...unheard,
    nextNightly: (connection) => nextNightly(connection, clock.now()),
    schedule: async () => undefined,
  };
  const transport = createTransport({ smtpUrl: undefined, from: undefined });
  const app = await createServer({
    ...room,
    config: { publicUrl, version: '1.2.3', demo: null, readOnly: null, webRoot: '', trustProxy: [], ...config },
    signIn: createSignIn({ db, clock, log, publicUrl, secretKey }),
    prover: createProver(room),
    jobs,
    rescheduleNightly: (organisationId) => rescheduleNightly(room, organisationId),
    sendTestNotice: (organisationId, email) => sendTestMail({ db, log, publicUrl, transport }, organisationId, email),
  });

  async function call(method: string, url: string, options: CallOptions = {}): Promise<Answer> {
    const { cookie, body, headers, remoteAddress } = options;
    const response = await app.inject({
      method: method as 'GET', // inject wants the literal; the tests come with a method of the contract
      url,
      headers: { 'x-samsyn': '1', ...(cookie && { cookie }), ...headers },
      ...(body === undefined ? {} : { payload: body as object }), // whatever can be sent as JSON
      ...(remoteAddress && { remoteAddress }),
    });
    const isJson = String(response.headers['content-type']).startsWith('application/json');
    return {
      status: response.statusCode,
      text: response.body,
      body: isJson ? response.json<Record<string, unknown>>() : null,
      headers: response.headers,
    };
  }

  return {
    app,
    clock,
    lines,
    call,
    async signIn({ email }, secret = password) {
      const { status, headers, text } = await call('POST', '/api/v1/session', { body: { email, password: secret } });
      if (status !== 200) throw new Error(`signing in answered ${status}: ${text}`);
      return cookieOf(headers['set-cookie']);
    },
  };
}

/** What a browser would send back. */
export function cookieOf(setCookie: Answer['headers'][string]): string {
  return [setCookie]
    .flat()
    .map((line) => String(line).split(';')[0])
    .join('; ');
}

/** What the caller can tell apart: without the id of the request, which is another each time. */
export function comparable({ status, text }: Answer): string {
  return `${status} ${text.replace(/"requestId":"[^"]*"/, '"requestId":""')}`;
}

/** The code of an error body. */
export function codeOf({ body }: Pick<Answer, 'body'>): unknown {
  const error = body?.['error'];
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
