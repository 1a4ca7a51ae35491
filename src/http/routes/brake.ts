// Previews, held runs, the limits of the brake, and undoing over HTTP.
import * as heldApi from '../../contract/api-held.ts';
import * as previewApi from '../../contract/api-preview.ts';
import * as undoApi from '../../contract/api-undo.ts';
import { getBrakeLimits, saveBrakeLimits } from '../../connection/brake-limits.ts';
import type { ConnectionDeps } from '../../connection/deps.ts';
import { decideHeld } from '../../sync/decide-held.ts';
import { getHeld, listHeldRows } from '../../sync/held.ts';
import { getPreview, listPreviewRows } from '../../sync/previews.ts';
import { startPreview } from '../../sync/start-preview.ts';
import type { StartDeps } from '../../sync/start-run.ts';
import { getUndoPlan, listUndoRows, undo } from '../../sync/undo.ts';
import type { AuthorizeDeps } from '../authorize.ts';
import { exportTable } from '../export.ts';
import { addRoute, type App } from '../route.ts';
import { heldTable, previewTable } from './brake-tables.ts';

export function brakeRoutes(app: App, deps: AuthorizeDeps & StartDeps & Pick<ConnectionDeps, 'graph'>): void {
  addRoute(app, deps, previewApi.startPreview, ({ actor, body }) => startPreview(deps, actor, body));
  addRoute(app, deps, previewApi.getPreview, ({ actor, params }) => getPreview(deps, actor, params));
  addRoute(app, deps, previewApi.listPreviewRows, ({ actor, params, query }) =>
    listPreviewRows(deps, actor, { ...query, id: params.id }),
  );
  addRoute(app, deps, previewApi.exportPreview, async ({ actor, params, query, body, reply }) => {
    const table = await previewTable(deps, actor, { ...query, id: params.id, language: body.language });
    const record = { what: 'preview', format: body.format, detail: { previewId: params.id } };
    return exportTable(deps, { actor, reply }, { ...table, record });
  });
  addRoute(app, deps, heldApi.getHeld, ({ actor }) => getHeld(deps, actor));
  addRoute(app, deps, heldApi.listHeldRows, ({ actor, query }) => listHeldRows(deps, actor, query));
  addRoute(app, deps, heldApi.exportHeldRows, async ({ actor, query, body, reply }) => {
    const table = await heldTable(deps, actor, { ...query, language: body.language });
    return exportTable(deps, { actor, reply }, { ...table, record: { what: 'held', format: body.format } });
  });
  addRoute(app, deps, heldApi.decideHeld, ({ actor, body }) => decideHeld(deps, actor, body));
  addRoute(app, deps, heldApi.getBrakeLimits, ({ actor }) => getBrakeLimits(deps, actor));
  addRoute(app, deps, heldApi.saveBrakeLimits, ({ actor, body }) => saveBrakeLimits(deps, actor, body));
  addRoute(app, deps, undoApi.getUndoPlan, ({ actor, params, query }) =>
    getUndoPlan(deps, actor, { ...params, ...query }),
  );
  addRoute(app, deps, undoApi.listUndoRows, ({ actor, params, query }) =>
    listUndoRows(deps, actor, { ...params, ...query }),
  );
  addRoute(app, deps, undoApi.undo, ({ actor, params, body }) => undo(deps, actor, { ...params, ...body }));
}
