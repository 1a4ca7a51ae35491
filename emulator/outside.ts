// What clients see: the login host and Graph, with the faults in force. No socket is in it, so that a test can ask it in process.
import { effectOf } from './faults/effects.ts';
import type { Line } from './faults/line.ts';
import type { Scene } from './faults/scene.ts';
import { whoAsks } from './faults/who.ts';
import { answerBatch } from './graph/batch.ts';
import { errorAnswer, openEnvelope } from './graph/envelope.ts';
import { GraphError } from './graph/graph-error.ts';
import { answerGraph } from './graph/routes.ts';
import { answerUserInfo } from './graph/user-info.ts';
import { page } from './http.ts';
import type { Answer, Asked } from './http.ts';
import { pass } from './judge.ts';
import type { Keys } from './keys.ts';
import { answerLoginHost } from './login/routes.ts';
import { routeOf } from './request-log.ts';
import type { Judge } from './schema-judge.ts';
import type { Store } from './store.ts';

export interface Outside {
  store: Store;
  keys: Keys;
  /** The origin by which the client came: links that it gets lead back to where it is. */
  publicUrl: string;
  /** Over HTTP, and over HTTPS when there is one. */
  origins: readonly string[];
  issuerOrigin: string;
  judge: Judge | null;
}

/** What the outside sees: the right answer, or what a fault makes of it, and how it goes over the line. */
export async function answerOutside(
  running: Outside,
  asked: Asked,
  inBatch = false,
): Promise<{ answer: Answer; line: Line | undefined }> {
  const met = running.store.faults.meet({ asked, inBatch, who: () => whoAsks(running, asked) });
  if (met === undefined)
    return { answer: judged(running, asked, await answerRightly(running, asked)), line: undefined };
  const effect = effectOf(met.fault, asked.url.pathname);
  const scene: Scene = {
    asked,
    publicUrl: running.publicUrl,
    at: running.store.now(),
    faultId: met.fault.id,
    memory: met.memory,
    isRegistered: (clientId, address) => running.store.app(clientId)?.redirectUris.includes(address) === true,
  };
  const answer = effect.instead?.(scene) ?? judged(running, asked, await answerRightly(running, asked));
  const changed = effect.change?.(answer, scene) ?? answer;
  return { answer: effect.wellShaped ? judged(running, asked, changed) : changed, line: effect.line };
}

const judged = (running: Outside, asked: Asked, answer: Answer): Answer =>
  pass(running.judge, { method: asked.method, path: asked.url.pathname, answer });

async function answerRightly(running: Outside, asked: Asked): Promise<Answer> {
  const version = /^\/v1\.0(\/.*|$)/i.exec(asked.url.pathname);
  if (version !== null) {
    const below = version[1] ?? '';
    if (asked.method === 'POST' && below.toLowerCase() === '/$batch') {
      const { body, headers } = asked;
      return answerBatch({ body, headers, at: running.store.now() }, async (item) => {
        const url = new URL(`${running.publicUrl}/v1.0${item.pathAndQuery}`);
        const inner: Asked = { method: item.method, url, headers: item.headers, body: item.body };
        const { answer } = await answerOutside(running, inner, true);
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
  if (asked.url.pathname.toLowerCase() === '/oidc/userinfo') return answerUserInfo(running, asked);
  if (/^\/(beta|v\d+\.\d+)(\/|$)/i.test(asked.url.pathname)) {
    const refused = new GraphError(400, 'BadRequest', 'Invalid version.');
    return errorAnswer(refused, openEnvelope(asked.headers), running.store.now());
  }
  return (
    (await answerLoginHost(running, asked)) ??
    page(404, '<!doctype html><title>Not found</title><p>There is nothing at this address.</p>')
  );
}
