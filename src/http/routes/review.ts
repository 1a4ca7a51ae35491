// *Hantera användare* over HTTP.
import * as api from '../../contract/api-review.ts';
import type { Database } from '../../db/pool.ts';
import { searchAppUsers, searchDirectory } from '../../review/choices.ts';
import { getReviewCounts } from '../../review/counts.ts';
import { createFromDirectory } from '../../review/create.ts';
import { keep, remove, unkeep } from '../../review/gone.ts';
import { ignore, restore } from '../../review/ignore.ts';
import { link, unlink } from '../../review/link.ts';
import { listReturning, moveLinks } from '../../review/returning.ts';
import { listReview } from '../../review/lists.ts';
import type { AuthorizeDeps } from '../authorize.ts';
import { addRoute, type App } from '../route.ts';

export function reviewRoutes(app: App, deps: AuthorizeDeps & { db: Database }): void {
  addRoute(app, deps, api.getReviewCounts, ({ actor }) => getReviewCounts(deps, actor));
  addRoute(app, deps, api.listReview, ({ actor, params, query }) =>
    listReview(deps, actor, { ...query, list: params.list }),
  );
  addRoute(app, deps, api.listReturning, ({ actor, query }) => listReturning(deps, actor, query));
  addRoute(app, deps, api.moveLinks, ({ actor, body }) => moveLinks(deps, actor, body));
  addRoute(app, deps, api.searchAppUsers, ({ actor, query }) => searchAppUsers(deps, actor, query));
  addRoute(app, deps, api.searchDirectory, ({ actor, query }) => searchDirectory(deps, actor, query));
  addRoute(app, deps, api.link, ({ actor, body }) => link(deps, actor, body));
  addRoute(app, deps, api.unlink, ({ actor, body }) => unlink(deps, actor, body));
  addRoute(app, deps, api.create, ({ actor, body }) => createFromDirectory(deps, actor, body));
  addRoute(app, deps, api.ignore, ({ actor, body }) => ignore(deps, actor, body));
  addRoute(app, deps, api.restore, ({ actor, body }) => restore(deps, actor, body));
  addRoute(app, deps, api.keep, ({ actor, body }) => keep(deps, actor, body));
  addRoute(app, deps, api.unkeep, ({ actor, body }) => unkeep(deps, actor, body));
  addRoute(app, deps, api.remove, ({ actor, body }) => remove(deps, actor, body));
}
