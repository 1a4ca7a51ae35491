// Runs over HTTP: start one, follow it, look at what it did.
import { getPersonRun as getPersonRoute, startPersonRun as startPersonRoute } from '../../contract/api-person-run.ts';
import * as api from '../../contract/api-runs.ts';
import { getRun, listRunChanges, listRunIssues, listRuns } from '../../sync/list-runs.ts';
import { getPersonRun, startPersonRun } from '../../sync/start-person-run.ts';
import { startRun, type StartDeps } from '../../sync/start-run.ts';
import type { AuthorizeDeps } from '../authorize.ts';
import { addRoute, type App } from '../route.ts';

export function runRoutes(app: App, deps: AuthorizeDeps & StartDeps): void {
  addRoute(app, deps, api.startRun, ({ actor }) => startRun(deps, actor));
  addRoute(app, deps, api.listRuns, ({ actor, query }) => listRuns(deps, actor, query));
  addRoute(app, deps, api.getRun, ({ actor, params }) => getRun(deps, actor, params));
  addRoute(app, deps, startPersonRoute, ({ actor, body }) => startPersonRun(deps, actor, body));
  addRoute(app, deps, getPersonRoute, ({ actor, params }) => getPersonRun(deps, actor, params));
  addRoute(app, deps, api.listRunChanges, ({ actor, params, query }) =>
    listRunChanges(deps, actor, { ...query, id: params.id }),
  );
  addRoute(app, deps, api.listRunIssues, ({ actor, params, query }) =>
    listRunIssues(deps, actor, { ...query, id: params.id }),
  );
}
