// *Historik* over HTTP: changes and decisions, as pages and as files.
import * as api from '../../contract/api-history.ts';
import type { Database } from '../../db/pool.ts';
import { listChanges } from '../../people/history-changes.ts';
import { listDecisions, listHistoryActors } from '../../people/history-decisions.ts';
import type { AuthorizeDeps } from '../authorize.ts';
import { exportTable } from '../export.ts';
import { addRoute, type App } from '../route.ts';
import { changesTable, decisionsTable, runChangesTable } from './history-tables.ts';

export function historyRoutes(app: App, deps: AuthorizeDeps & { db: Database }): void {
  addRoute(app, deps, api.listChanges, ({ actor, query }) => listChanges(deps, actor, query));
  addRoute(app, deps, api.listDecisions, ({ actor, query }) => listDecisions(deps, actor, query));
  addRoute(app, deps, api.listHistoryActors, ({ actor }) => listHistoryActors(deps, actor));

  addRoute(app, deps, api.exportChanges, async ({ actor, body, reply }) => {
    const { format, language: _, search, ...filter } = body;
    const record = { what: 'history_changes', format, detail: { ...filter, searched: search !== undefined } };
    await exportTable(deps, { actor, reply }, { record, ...(await changesTable(deps, actor, body)) });
  });
  addRoute(app, deps, api.exportRunChanges, async ({ actor, params, body, reply }) => {
    const record = { what: 'run_changes', format: body.format, detail: { runId: params.id } };
    const table = await runChangesTable(deps, actor, { ...body, id: params.id });
    await exportTable(deps, { actor, reply }, { record, ...table });
  });
  addRoute(app, deps, api.exportDecisions, async ({ actor, body, reply }) => {
    const { format, language: _, ...filter } = body;
    const record = { what: 'history_decisions', format, detail: filter };
    await exportTable(deps, { actor, reply }, { record, ...(await decisionsTable(deps, actor, body)) });
  });
}
