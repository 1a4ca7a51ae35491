// A server without the right key for its secrets shows what there is and changes nothing (F69): all that would write is refused
// before it is read. Signing in stays, or nobody could look.
import { AppError } from '../contract/errors.ts';
import type { App } from './route.ts';

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const session = '/api/v1/session';

export function useReadOnly(app: App, publicUrl: string): void {
  app.addHook('onRequest', async ({ method, routeOptions: { url = '' } }, reply) => {
    // The way back from Microsoft would go on with what was begun: its page says what the matter is.
    if (url.startsWith('/entra/')) return reply.redirect(`${publicUrl}/connect/flow`, 302);
    const isSession = url === session && (method === 'POST' || method === 'DELETE');
    if (!readMethods.has(method) && !isSession) throw new AppError('server_read_only');
    return undefined;
  });
}
