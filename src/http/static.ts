// The built web app: its files, and the one page that every address of the app opens with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { AppError } from '../contract/errors.ts';
import { sendError } from './errors.ts';
import { allowStyles } from './headers.ts';
import type { App } from './route.ts';

const page = 'index.html';
const nonceMark = /__CSP_NONCE__/g;

export async function serveWebApp(app: App, { webRoot }: { webRoot: string }): Promise<void> {
  const built = readPage(webRoot);
  const html = built ?? notBuilt;
  const serveHtml = (reply: FastifyReply) => {
    const nonce = allowStyles(reply);
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(html.replace(nonceMark, nonce));
  };
  if (built !== null) {
    await app.register(fastifyStatic, {
      root: webRoot,
      wildcard: false,
      index: false,
      // The page goes out with a nonce, by the handlers below.
      globIgnore: [page],
      cacheControl: false,
      setHeaders: (response, path) => {
        // Built files carry a hash of what is in them.
        const isHashed = path.startsWith(join(webRoot, 'assets'));
        response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
      },
    });
  }
  app.get('/', { schema: { hide: true } }, (_request, reply) => serveHtml(reply));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split(/[?#]/, 1)[0] ?? '';
    const isAddressOfPage =
      request.method === 'GET' && !/^\/(api|entra|assets)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path);
    return isAddressOfPage ? serveHtml(reply) : sendError(reply, new AppError('not_found'));
  });
}

const notBuilt =
  '<!doctype html><meta charset="utf-8"><title>Samsyn</title><p>The web app is not built: run <code>npm run build</code> and start again.</p>';

function readPage(webRoot: string): string | null {
  try {
    return readFileSync(join(webRoot, page), 'utf8');
  } catch {
    return null;
  }
}
