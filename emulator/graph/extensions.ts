// Members that applications have added to the directory: which there are, over the tenant and per application.
// https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties
import type { ExtensionProperty, Json, Props } from '../model.ts';
import { badRequest, notFound } from './graph-error.ts';
import { answerEntity, answerList } from './plain-list.ts';
import { noSegment, parseJson } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

const written = ({ applicationId: _application, appId: _app, ...property }: ExtensionProperty): Props => ({
  deletedDateTime: null,
  ...property,
  targetObjects: ['User'],
});

/** Of all applications; with `isSyncedFromOnPremises` in the body only those that come, or do not come, from there. */
export function availableExtensions(graph: GraphContext, request: GraphRequest): Json {
  const body = request.body.trim() === '' ? {} : parseJson(request.body);
  const wanted =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? body['isSyncedFromOnPremises'] : null;
  if (wanted !== undefined && typeof wanted !== 'boolean')
    throw badRequest("'isSyncedFromOnPremises' must be true or false.");
  const items = request.caller.tenant.extensionProperties
    .filter((one) => wanted === undefined || one.isSyncedFromOnPremises === wanted)
    .map((one) => ({ '@odata.type': '#microsoft.graph.extensionProperty', ...written(one) }));
  return answerList(graph, request, 'Collection(extensionProperty)', items);
}

/** `/applications/{id}/extensionProperties` and one of them; `key` is the object id or `appId=…`. */
export function answerApplications(
  graph: GraphContext,
  request: GraphRequest,
  key: string,
  rest: readonly string[],
): Json {
  const [relation = '', id, tail] = rest;
  const asked = key.toLowerCase();
  const own = request.caller.tenant.extensionProperties.filter(
    ({ applicationId, appId }) => asked === applicationId || asked === `appid=${appId}`,
  );
  if (own.length === 0) throw notFound(key);
  if (relation !== 'extensionproperties' || tail !== undefined) throw noSegment(tail ?? relation);
  const context = `applications('${own[0]?.applicationId ?? ''}')/extensionProperties`;
  if (id === undefined) return answerList(graph, request, context, own.map(written));
  const one = own.find((property) => property.id === id);
  if (one === undefined) throw notFound(id);
  return answerEntity(graph, request, `${context}/$entity`, written(one));
}
