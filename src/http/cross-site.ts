// Writes come from our own pages or from a program, never from another site's page in a signed-in browser (T21). Another
// site can neither send the header x-samsyn (that would need our leave, which no answer gives) nor lie about Origin.
import { AppError } from '../contract/errors.ts';
import type { App } from './route.ts';

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function useCrossSiteDefence(app: App, publicUrl: string): void {
  const origins = ownOrigins(new URL(publicUrl));
  app.addHook('onRequest', async ({ method, headers }) => {
    if (readMethods.has(method)) return;
    const site = headers['sec-fetch-site'];
    const isForeign =
      headers['x-samsyn'] !== '1' ||
      (headers.origin !== undefined && !origins.has(headers.origin)) ||
      (site !== undefined && site !== 'same-origin');
    if (isForeign) throw new AppError('cross_site');
  });
}

/** On one's own machine, localhost and its addresses are the same place. */
function ownOrigins({ origin, protocol, hostname, port }: URL): Set<string> {
  const loopback = ['localhost', '127.0.0.1', '[::1]'];
  if (!loopback.includes(hostname)) return new Set([origin]);
  return new Set(loopback.map((host) => `${protocol}//${host}${port ? `:${port}` : ''}`));
}
