// One port for all of it: the login host, Graph, the control API and the page where a person edits the directory.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answerControl } from './control/routes.ts';
import { answerBatch } from './graph/batch.ts';
import { bodyForStatus } from './graph/graph-error.ts';
import { answerGraph } from './graph/routes.ts';
import { page, readAsked, send, spoil, TooLarge } from './http.ts';
import type { Answer, Asked } from './http.ts';
import { openKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { answerLoginHost } from './login/routes.ts';
import { DEFAULT_APP } from './model.ts';
import type { AppRegistration, Fault } from './model.ts';
import { openStore } from './open-store.ts';
import { answerPage } from './page/routes.ts';
import { routeOf } from './request-log.ts';
import { seedDirectory } from './seed/seed.ts';
import type { Store } from './store.ts';

export type { AppRegistration } from './model.ts';
export { Store } from './store.ts';

export interface EmulatorOptions {
  /** 0 is any free port. */
  port?: number;
  host?: string;
  /** Where clients reach the emulator; endpoints and links are built on it. */
  publicUrl?: string;
  /** Where tokens say that they come from. */
  issuerOrigin?: string;
  /** Everything is kept here; without it, in memory only. */
  dataDir?: string;
  seed?: 'demo' | 'none';
  /** Synthetic people in the first tenant, beyond the demo's. */
  users?: number;
  /** Tenants of the demo directory: 1 or 2, more are small invented ones. */
  tenants?: number;
  apps?: AppRegistration[];
  log?: (line: string) => void;
}

export interface Emulator {
  url: string;
  port: number;
  store: Store;
  keys: Keys;
  close(): Promise<void>;
}

interface Running {
  store: Store;
  keys: Keys;
  publicUrl: string;
  issuerOrigin: string;
  log: (line: string) => void;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const store = openStore(options.dataDir, (empty) => {
    if (options.seed !== 'none') seedDirectory(empty, { users: options.users ?? 0, tenants: options.tenants ?? 2 });
  });
  const keys = await openKeys(options.dataDir);
  if (store.apps.size === 0) store.putApp(structuredClone(DEFAULT_APP));
  for (const app of options.apps ?? []) store.putApp(app);
  store.flush();

  const running: Running = {
    store,
    keys,
    publicUrl: '',
    issuerOrigin: options.issuerOrigin ?? 'https://login.microsoftonline.com',
    log: options.log ?? (() => {}),
  };
  const server = createServer((request, response) => {
    serve(running, request, response).catch((error: unknown) => {
      running.log(
        `error ${request.method ?? ''} ${request.url ?? ''}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({
          error: { code: 'EmulatorFault', message: 'The emulator itself failed; its log says where.' },
        }),
      );
    });
  });
  // 127.0.0.1 and not localhost: the control API must not listen beyond this machine.
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', done);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  running.publicUrl = (options.publicUrl ?? `http://localhost:${port}`).replace(/\/$/, '');
  return {
    url: running.publicUrl,
    port,
    store,
    keys,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

async function serve(running: Running, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { store } = running;
  let asked: Asked;
  try {
    asked = await readAsked(incoming, running.publicUrl);
  } catch (error) {
    await send(
      response,
      {
        status: error instanceof TooLarge ? 413 : 400,
        body: { error: { code: 'BadRequest', message: 'The request cannot be read.' } },
      },
      undefined,
    );
    return;
  }
  const path = asked.url.pathname;
  const own = path === '/' || path.startsWith('/_');
  if (own) {
    const answer = !path.startsWith('/_control')
      ? answerPage(asked)
      : isLocal(running, incoming)
        ? await answerControl(running, asked)
        : { status: 403, body: { error: 'The control API answers on this machine only.' } };
    store.flush();
    await send(response, answer, undefined);
    return;
  }
  if (store.settings.latencyMs > 0) await wait(store.settings.latencyMs);
  const { answer, fault } = await answerOutside(running, asked);
  store.flush();
  store.requests.record({
    at: new Date(store.now()).toISOString(),
    method: asked.method,
    path,
    route: routeOf(path),
    status: answer.status,
  });
  running.log(`${asked.method} ${path} ${answer.status}`);
  await send(response, answer, fault);
}

/** From this machine, and addressed by a name of it: a foreign name that resolves to loopback is a trick on the visitor's browser. */
function isLocal(running: Running, incoming: IncomingMessage): boolean {
  const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
  return (
    LOOPBACK.has(incoming.socket.remoteAddress ?? '') &&
    (['localhost', '127.0.0.1', '[::1]'].includes(host) || host === new URL(running.publicUrl).hostname)
  );
}

/** What the outside sees: the right answer, or what a scripted fault makes of it. */
async function answerOutside(running: Running, asked: Asked): Promise<{ answer: Answer; fault: Fault | undefined }> {
  const fault = running.store.faults.meet(asked.method, `${asked.url.pathname}${asked.url.search}`);
  const forced = fault?.answer.status !== undefined || fault?.answer.body !== undefined;
  // A forced answer replaces the work: a token endpoint that "fails" must not use up the code.
  const right: Answer = forced ? { status: 200 } : await answerRightly(running, asked);
  return { answer: fault === undefined ? right : spoil(right, fault, asked, bodyForStatus), fault };
}

async function answerRightly(running: Running, asked: Asked): Promise<Answer> {
  const version = /^\/v1\.0(\/.*|$)/i.exec(asked.url.pathname);
  if (version !== null) {
    const below = version[1] ?? '';
    if (asked.method === 'POST' && below.toLowerCase() === '/$batch') {
      return answerBatch(asked.body, asked.headers, async (item) => {
        const url = new URL(`${running.publicUrl}/v1.0${item.pathAndQuery}`);
        const inner: Asked = { method: item.method, url, headers: item.headers, body: item.body };
        const { answer } = await answerOutside(running, inner);
        running.store.requests.record({
          at: new Date(running.store.now()).toISOString(),
          method: item.method,
          path: url.pathname,
          route: routeOf(url.pathname),
          status: answer.status,
        });
        return answer;
      });
    }
    return answerGraph(running, {
      method: asked.method,
      pathAndQuery: `${below}${asked.url.search}`,
      headers: asked.headers,
      body: asked.body,
    });
  }
  return (
    (await answerLoginHost(running, asked)) ??
    page(404, '<!doctype html><title>Not found</title><p>There is nothing at this address.</p>')
  );
}
