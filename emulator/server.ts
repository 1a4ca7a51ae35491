// One address for all of it: the login host, Graph, the control API and the page where a person edits the directory.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answerControl } from './control/routes.ts';
import { errorAnswer, openEnvelope } from './graph/envelope.ts';
import { GraphError } from './graph/graph-error.ts';
import { readAsked, send, TooLarge } from './http.ts';
import type { Answer, Asked } from './http.ts';
import { judgeOfEnvironment } from './judge.ts';
import { openKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { cameSecurely, openDoors } from './listen.ts';
import type { SecureDoor } from './listen.ts';
import { DEFAULT_APP } from './model.ts';
import type { AppRegistration } from './model.ts';
import { openStore } from './open-store.ts';
import { answerOutside } from './outside.ts';
import type { Outside } from './outside.ts';
import { answerPage } from './page/routes.ts';
import { routeOf } from './request-log.ts';
import type { Judge } from './schema-judge.ts';
import { seedDirectory } from './seed/seed.ts';
import type { Store } from './store.ts';
import { startNotifier } from './subscriptions/notifier.ts';
import type { Notifier } from './subscriptions/notifier.ts';

export type { AppRegistration } from './model.ts';
export { Store } from './store.ts';

export interface EmulatorOptions {
  /** 0 is any free port. */
  port?: number;
  /** HTTPS beside HTTP, with a certificate of the emulator's own; 0 is any free port. */
  httpsPort?: number;
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
  /** Looks at each right answer; by default what the environment names, which is nobody outside of the tests. */
  judge?: Judge | null;
}

export interface Emulator {
  url: string;
  port: number;
  /** The same over HTTPS, when it was asked for. */
  secure: SecureDoor | undefined;
  store: Store;
  keys: Keys;
  close(): Promise<void>;
}

interface Running extends Outside {
  notifier: Notifier;
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
    notifier: startNotifier(store),
    publicUrl: '',
    origins: [],
    issuerOrigin: options.issuerOrigin ?? 'https://login.microsoftonline.com',
    log: options.log ?? (() => {}),
    judge: options.judge === undefined ? await judgeOfEnvironment() : options.judge,
  };
  const doors = await openDoors(
    (request, response) => {
      serve(seenFrom(running, request), request, response).catch((error: unknown) => {
        running.log(
          `error ${request.method ?? ''} ${request.url ?? ''}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        const failed = new GraphError(500, 'EmulatorFault', 'The emulator itself failed; its log says where.');
        if (response.headersSent) response.destroy();
        else void send(response, errorAnswer(failed, openEnvelope({}), store.now()));
      });
    },
    {
      port: options.port ?? 0,
      // 127.0.0.1 and not localhost: the control API must not listen beyond this machine.
      host: options.host ?? '127.0.0.1',
      publicUrl: options.publicUrl,
      httpsPort: options.httpsPort,
      dataDir: options.dataDir,
    },
  );
  running.publicUrl = doors.url;
  running.origins = [doors.url, ...(doors.secure === undefined ? [] : [doors.secure.url])];
  return {
    url: doors.url,
    port: doors.port,
    secure: doors.secure,
    store,
    keys,
    async close() {
      running.notifier.stop();
      await doors.close();
      store.close();
    },
  };
}

const seenFrom = (running: Running, incoming: IncomingMessage): Running => ({
  ...running,
  publicUrl: running.origins[cameSecurely(incoming) ? 1 : 0] ?? running.publicUrl,
});

async function serve(running: Running, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { store } = running;
  let asked: Asked;
  try {
    asked = await readAsked(incoming, running.publicUrl);
  } catch (error) {
    await send(response, unreadable(error, incoming, store.now()));
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
    await send(response, answer);
    return;
  }
  if (store.settings.latencyMs > 0) await wait(store.settings.latencyMs);
  const { answer, line } = await answerOutside(running, asked);
  store.flush();
  store.requests.record({
    at: new Date(store.now()).toISOString(),
    method: asked.method,
    path,
    route: routeOf(path),
    status: answer.status,
  });
  running.log(`${asked.method} ${path} ${answer.status}`);
  // A browser that believes it would ask every server on localhost for HTTPS, for a year.
  if (cameSecurely(incoming)) delete answer.headers?.['Strict-Transport-Security'];
  await send(response, answer, line);
}

/** A request that is too large, or whose address is none. */
function unreadable(error: unknown, incoming: IncomingMessage, at: number): Answer {
  const clientRequestId = incoming.headers['client-request-id'];
  const envelope = openEnvelope(typeof clientRequestId === 'string' ? { 'client-request-id': clientRequestId } : {});
  const refused =
    error instanceof TooLarge
      ? new GraphError(413, 'RequestEntityTooLarge', 'The request entity is too large.')
      : new GraphError(400, 'BadRequest', 'The request cannot be read.');
  const answer = errorAnswer(refused, envelope, at);
  // What is left of the request is not read, so nothing can follow it on the same connection.
  return { ...answer, headers: { ...answer.headers, Connection: 'close' } };
}

/** From this machine, and addressed by a name of it: a foreign name that resolves to loopback is a trick on the visitor's browser. */
function isLocal(running: Running, incoming: IncomingMessage): boolean {
  const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
  return (
    LOOPBACK.has(incoming.socket.remoteAddress ?? '') &&
    (['localhost', '127.0.0.1', '[::1]'].includes(host) || host === new URL(running.publicUrl).hostname)
  );
}
