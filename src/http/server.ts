// The door: one HTTP server for the API, its documentation, the web app and the two questions that a supervisor asks.
import fastify from 'fastify';
import { newId } from '../base/ids.ts';
import { AppError } from '../contract/errors.ts';
import { isMigrated } from '../db/migrate.ts';
import { useCrossSiteDefence } from './cross-site.ts';
import { useDocumentation } from './documentation.ts';
import { sendError, useErrors } from './errors.ts';
import { useHeaders } from './headers.ts';
import { createLimit, type Limiter } from './limit.ts';
import { useReadOnly } from './read-only.ts';
import { useSchemas, type App } from './route.ts';
import type { RouteDeps } from './route-deps.ts';
import { brakeRoutes } from './routes/brake.ts';
import { connectionRoutes, type ConnectionRouteDeps } from './routes/connection.ts';
import { historyRoutes } from './routes/history.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { peopleRoutes, type PeopleRouteDeps } from './routes/people.ts';
import { reviewRoutes } from './routes/review.ts';
import { runRoutes } from './routes/runs.ts';
import { sessionRoutes } from './routes/session.ts';
import { whyRoutes } from './routes/why.ts';
import { serveWebApp } from './static.ts';
import type { StartDeps } from '../sync/start-run.ts';

export type ServerDeps = Omit<RouteDeps & PeopleRouteDeps & ConnectionRouteDeps & StartDeps, 'limit'> & {
  /** A test that asks more often than people do brings its own. */
  limiter?: Limiter;
};

// Thousand ids take 39 kB, five thousand members 200 kB.
const bodyBytesMax = 1024 * 1024;

export async function createServer(serverDeps: ServerDeps): Promise<App> {
  const { config, clock, log } = serverDeps;
  const { limit, giveBack } = serverDeps.limiter ?? createLimit(clock);
  const deps = { ...serverDeps, limit };
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: config.trustProxy.length > 0 ? config.trustProxy : false,
    routerOptions: { maxParamLength: 200 },
    // Connections that wait for nothing end at once; requests under way are answered.
    forceCloseConnections: 'idle',
    frameworkErrors: (_error, _request, reply) => void sendError(reply, new AppError('invalid_input')),
  });

  useErrors(app, log);
  useRequestLog(app, deps);
  useHeaders(app, { https: config.publicUrl.startsWith('https:') });
  useCrossSiteDefence(app, config.publicUrl);
  if (config.readOnly !== null) useReadOnly(app, config.publicUrl);
  useSchemas(app);
  useJsonOnly(app);
  await useDocumentation(app, config);

  addHealth(app, deps);
  sessionRoutes(app, { ...deps, giveBack });
  peopleRoutes(app, deps);
  notificationRoutes(app, deps);
  connectionRoutes(app, deps);
  reviewRoutes(app, deps);
  runRoutes(app, deps);
  historyRoutes(app, deps);
  whyRoutes(app, deps);
  brakeRoutes(app, deps);
  await serveWebApp(app, config);
  return app;
}

/** A line a request: the pattern of the route, never the address with its ids, query or body (T24). */
function useRequestLog(app: App, { log }: RouteDeps): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    // A supervisor asks every few seconds.
    const level = route === '/healthz' || route === '/readyz' ? 'debug' : 'info';
    log[level]('Request', {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      requestId: request.id,
    });
  });
}

/** A form of another site can post text or a form without asking, JSON it cannot. An empty body is no body. */
function useJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, String(body), done);
  });
}

function addHealth(app: App, { config, db, log }: RouteDeps): void {
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'alive' }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    try {
      // Ready also when it only shows: nobody else could say why.
      if (await isMigrated(db))
        return config.readOnly === null ? { status: 'ready' } : { status: 'ready', readOnly: config.readOnly };
      return await reply.code(503).send({ status: 'not_ready', reason: 'not_migrated' });
    } catch (error) {
      log.warn('The database does not answer', { error });
      return reply.code(503).send({ status: 'not_ready', reason: 'database_unreachable' });
    }
  });
}
