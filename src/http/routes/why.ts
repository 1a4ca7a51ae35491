// *Varför är personen (inte) här?* over HTTP.
import * as api from '../../contract/api-why.ts';
import { askEntra } from '../../connection/ask-entra.ts';
import type { ConnectionDeps } from '../../connection/deps.ts';
import { getWhy, searchWhy } from '../../review/why.ts';
import type { AuthorizeDeps } from '../authorize.ts';
import { addRoute, type App } from '../route.ts';

export function whyRoutes(app: App, deps: AuthorizeDeps & ConnectionDeps): void {
  addRoute(app, deps, api.searchWhy, ({ actor, query }) => searchWhy(deps, actor, query));
  addRoute(app, deps, api.getWhy, ({ actor, params }) => getWhy(deps, actor, params));
  addRoute(app, deps, api.askEntra, ({ actor, query }) => askEntra(deps, actor, query));
}
