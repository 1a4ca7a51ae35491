// The inbox of whoever is signed in.
import * as api from '../../contract/api-notifications.ts';
import { countUnread, listNotifications, markRead } from '../../notify/inbox.ts';
import { addRoute, type App } from '../route.ts';
import type { RouteDeps } from '../route-deps.ts';

export function notificationRoutes(app: App, deps: RouteDeps): void {
  addRoute(app, deps, api.listNotifications, ({ actor, query }) => listNotifications(deps, actor, query));
  addRoute(app, deps, api.countUnread, ({ actor }) => countUnread(deps, actor));
  addRoute(app, deps, api.markRead, ({ actor, body }) => markRead(deps, actor, body));
}
