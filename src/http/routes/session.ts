// Signing in and out, the session, and choosing a password.
import type { FastifyReply } from 'fastify';
import * as api from '../../contract/api-session.ts';
import { setLanguage } from '../../people/accounts.ts';
import { emailKey } from '../../people/fields.ts';
import { usePasswordLink } from '../../people/password-link.ts';
import { describeSession } from '../../people/session.ts';
import type { GiveBack } from '../limit.ts';
import { addRoute, type App } from '../route.ts';
import type { RouteDeps } from '../route-deps.ts';

const perAccountAndMinute = 5;
const perAddressAndMinute = 20;

export function sessionRoutes(app: App, deps: RouteDeps & { giveBack: GiveBack }): void {
  const { config, limit, giveBack, signIn } = deps;

  addRoute(app, deps, api.getServerInfo, async () => ({
    version: config.version,
    demo: config.demo,
    readOnly: config.readOnly,
  }));

  addRoute(app, deps, api.signIn, async ({ body, request, reply }) => {
    // Also for an address that nobody has: the answer does not tell them apart (T23).
    const accountKey = emailKey(body.email) ?? '';
    limit('sign-in address', request.ip, perAddressAndMinute);
    limit('sign-in account', accountKey, perAccountAndMinute);
    const { account, setCookies } = await signIn.signIn({ ...body, cookieHeader: request.headers.cookie });
    giveBack('sign-in address', request.ip);
    giveBack('sign-in account', accountKey);
    sendCookies(reply, setCookies);
    return describeSession(deps, account);
  });

  addRoute(app, deps, api.getSession, ({ account }) => describeSession(deps, account));

  addRoute(app, deps, api.updateSession, async ({ account, body }) => {
    await setLanguage(deps, account.id, body.language);
    return describeSession(deps, { ...account, language: body.language });
  });

  addRoute(app, deps, api.confirmPassword, async ({ account, body, request, reply }) => {
    // The same counts as for signing in: this too is a place to guess at.
    const accountKey = emailKey(account.email) ?? '';
    limit('sign-in address', request.ip, perAddressAndMinute);
    limit('sign-in account', accountKey, perAccountAndMinute);
    const { setCookies } = await signIn.confirm({ ...body, cookieHeader: request.headers.cookie });
    giveBack('sign-in address', request.ip);
    giveBack('sign-in account', accountKey);
    sendCookies(reply, setCookies);
  });

  addRoute(app, deps, api.signOut, async ({ request, reply }) => {
    const { setCookies } = await signIn.signOut(request.headers.cookie);
    sendCookies(reply, setCookies);
    // Not "cookies": that would also end the connecting that a colleague is in the middle of in the same browser.
    reply.header('clear-site-data', '"cache", "storage"');
  });

  addRoute(app, deps, api.usePasswordLink, async ({ body, request }) => {
    limit('password-link address', request.ip, perAddressAndMinute);
    limit('password-link token', body.token, perAccountAndMinute);
    await usePasswordLink(deps, { ...body, requestId: request.id });
  });
}

function sendCookies(reply: FastifyReply, cookies: readonly string[]): void {
  for (const cookie of cookies) reply.header('set-cookie', cookie);
}
