// Connecting, settings and turning off. The two addresses that Microsoft sends people back to are plain routes: they move the
// flow of this browser on and lead to its page, and never put anything of it into an address.
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as api from '../../contract/api-connection.ts';
import {
  cancelConnectFlow,
  confirmConnectFlow,
  finishConsent,
  getConnectFlow,
  type ConfirmDeps,
} from '../../connection/confirm.ts';
import { createConnectLink, listConnectLinks, revokeConnectLink } from '../../connection/connect-link.ts';
import { finishSignIn, startLinkSignIn, startSignIn } from '../../connection/connect.ts';
import { countScope, getExamplePerson, searchGroups } from '../../connection/directory.ts';
import { flowMinutes, type FindSigned } from '../../connection/flow.ts';
import { getConnection } from '../../connection/get-connection.ts';
import { getSettings } from '../../connection/get-settings.ts';
import { declineConnectLink, openConnectLink } from '../../connection/open-link.ts';
import { listRecipientChoices } from '../../connection/recipients.ts';
import { remindConnectLink } from '../../connection/remind-link.ts';
import { saveFields, saveGroups, saveNotices, saveSchedule } from '../../connection/save-settings.ts';
import { turnOff } from '../../connection/turn-off.ts';
import { listMemberships } from '../../people/memberships.ts';
import { addRoute, type App } from '../route.ts';
import type { RouteDeps } from '../route-deps.ts';

export type ConnectionRouteDeps = RouteDeps &
  ConfirmDeps & {
    /** Sends one test message to a recipient, and says what the mail server said. */
    sendTestNotice(organisationId: string, email: string): Promise<{ sent: boolean; error: string | null }>;
  };

// Guessing 256 bits is hopeless at any rate; these keep the noise down (trust.md, e).
const linkPerMinute = 10;
const linkPerMinuteAll = 100;
const flowPerMinute = 240;
const testNoticePerMinute = 5;

export function connectionRoutes(app: App, deps: ConnectionRouteDeps): void {
  addConnecting(app, deps);
  addCallbacks(app, deps);
  addSettings(app, deps);

  addRoute(app, deps, api.getConnection, async ({ actor }) => {
    // A proof that a restart has interrupted is taken up by whoever looks.
    await deps.prover.resume(actor.organisationId);
    return getConnection(deps, actor);
  });
  addRoute(app, deps, api.turnOff, ({ actor }) => turnOff(deps, actor));
}

function addConnecting(app: App, deps: ConnectionRouteDeps): void {
  const { limit } = deps;

  addRoute(app, deps, api.startSignIn, async ({ actor, reply }) => {
    const { redirectUrl, cookie } = await startSignIn(deps, actor);
    setFlowCookie(deps, reply, cookie);
    return { redirectUrl };
  });
  addRoute(app, deps, api.listConnectLinks, async ({ actor }) => {
    await deps.prover.resume(actor.organisationId);
    return { items: await listConnectLinks(deps, actor) };
  });
  addRoute(app, deps, api.createConnectLink, ({ actor }) => createConnectLink(deps, actor));
  addRoute(app, deps, api.remindConnectLink, ({ actor, params, body }) =>
    remindConnectLink(deps, actor, { linkId: params.id, email: body.email }),
  );
  addRoute(app, deps, api.revokeConnectLink, ({ actor, params }) => revokeConnectLink(deps, actor, params.id));

  addRoute(app, deps, api.openConnectLink, async ({ body, request, reply }) => {
    limit('connect-link', request.ip, linkPerMinute);
    limit('connect-link', 'all', linkPerMinuteAll);
    const { cookie, ...landing } = await openConnectLink(deps, {
      token: body.token,
      cookie: flowCookie(deps, request),
    });
    if (cookie !== null) setFlowCookie(deps, reply, cookie);
    return landing;
  });
  addRoute(app, deps, api.startLinkSignIn, ({ request }) => {
    limit('connect-link', request.ip, linkPerMinute);
    return startLinkSignIn(deps, flowCookie(deps, request));
  });
  addRoute(app, deps, api.declineConnectLink, ({ request }) => declineConnectLink(deps, flowCookie(deps, request)));

  addRoute(app, deps, api.getConnectFlow, ({ request }) => {
    limit('connect-flow', request.ip, flowPerMinute);
    return getConnectFlow(deps, flowCookie(deps, request));
  });
  addRoute(app, deps, api.confirmConnectFlow, ({ body, request }) => {
    limit('connect-link', request.ip, linkPerMinute);
    const findSigned = signedIn(deps, request);
    return confirmConnectFlow(deps, { cookie: flowCookie(deps, request), typedName: body.typedName, findSigned });
  });
  addRoute(app, deps, api.cancelConnectFlow, ({ request }) => cancelConnectFlow(deps, flowCookie(deps, request)));
}

function addCallbacks(app: App, deps: ConnectionRouteDeps): void {
  const back =
    (fn: typeof finishSignIn | typeof finishConsent) => async (request: FastifyRequest, reply: FastifyReply) => {
      deps.limit('connect-flow', request.ip, flowPerMinute);
      const query = new URL(request.url, deps.publicUrl).searchParams;
      await fn(deps, { query, cookie: flowCookie(deps, request), findSigned: signedIn(deps, request) });
      return reply.header('cache-control', 'no-store').redirect(`${deps.publicUrl}/connect/flow`, 302);
    };
  app.get('/entra/callback', { schema: { hide: true } }, back(finishSignIn));
  app.get('/entra/consent', { schema: { hide: true } }, back(finishConsent));
}

function addSettings(app: App, deps: ConnectionRouteDeps): void {
  addRoute(app, deps, api.getSettings, ({ actor }) => getSettings(deps, actor));
  addRoute(app, deps, api.saveGroups, ({ actor, body }) => saveGroups(deps, actor, body));
  addRoute(app, deps, api.saveFields, ({ actor, body }) => saveFields(deps, actor, body));
  addRoute(app, deps, api.saveNotices, ({ actor, body }) => saveNotices(deps, actor, body));
  addRoute(app, deps, api.saveSchedule, ({ actor, body }) => saveSchedule(deps, actor, body));
  addRoute(app, deps, api.searchGroups, ({ actor, query }) => searchGroups(deps, actor, query));
  addRoute(app, deps, api.countScope, ({ actor, body }) => countScope(deps, actor, body));
  addRoute(app, deps, api.getExamplePerson, ({ actor, query }) => getExamplePerson(deps, actor, query));
  addRoute(app, deps, api.listRecipientChoices, async ({ actor, query }) => ({
    items: await listRecipientChoices(deps, actor, query),
  }));
  addRoute(app, deps, api.sendTestNotice, ({ actor, body }) => {
    deps.limit('test-notice', actor.organisationId, testNoticePerMinute);
    return deps.sendTestNotice(actor.organisationId, body.email);
  });
}

/** Who of an organisation is signed in to the app in this browser, with the permissions of this moment. */
function signedIn(deps: ConnectionRouteDeps, request: FastifyRequest): FindSigned {
  return async (organisationId) => {
    const account = await deps.signIn.findSession(request.headers.cookie);
    if (!account) return null;
    return (await listMemberships(deps.db, account.id)).find((one) => one.organisationId === organisationId) ?? null;
  };
}

const isSecure = (deps: ConnectionRouteDeps): boolean => deps.publicUrl.startsWith('https:');
/** With the prefix a browser takes the cookie from this very host only. It needs https. */
const cookieName = (deps: ConnectionRouteDeps): string => (isSecure(deps) ? '__Host-samsyn-connect' : 'samsyn-connect');

/** Lax: the way back from Microsoft is a navigation from another site. */
function setFlowCookie(deps: ConnectionRouteDeps, reply: FastifyReply, value: string): void {
  const secure = isSecure(deps) ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${cookieName(deps)}=${value}; Path=/; Max-Age=${flowMinutes * 60}; HttpOnly; SameSite=Lax${secure}`,
  );
}

/** Null also when there are two of the name: then somebody has slipped one in. */
function flowCookie(deps: ConnectionRouteDeps, request: FastifyRequest): string | null {
  const start = `${cookieName(deps)}=`;
  const found = (request.headers.cookie ?? '').split(/;\s*/).filter((one) => one.startsWith(start));
  return found.length === 1 ? (found[0]?.slice(start.length) ?? null) : null;
}
