// Short collections of things that are neither users nor groups: one page, $select, and a number when it is asked for.
import type { Json, Props } from '../model.ts';
import { badRequest } from './graph-error.ts';
import { hasAdvancedHeader } from './listing.ts';
import type { GraphContext, GraphRequest } from './request.ts';

/** `context` is what stands after `$metadata#`. */
export function answerList(
  graph: GraphContext,
  request: GraphRequest,
  context: string,
  items: readonly Props[],
): { [name: string]: Json } {
  const counted = request.query.get('$count') === 'true' && hasAdvancedHeader(request);
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#${context}`,
    ...(counted ? { '@odata.count': items.length } : {}),
    value: items.map((item) => selected(request, item)),
  };
}

/** One of them, or a thing that stands alone. */
export const answerEntity = (
  graph: GraphContext,
  request: GraphRequest,
  context: string,
  item: Props,
): { [name: string]: Json } => ({
  '@odata.context': `${graph.publicUrl}/v1.0/$metadata#${context}`,
  ...selected(request, item),
});

/** Exactly the selected members; annotations stay. */
function selected(request: GraphRequest, item: Props): Props {
  const raw = request.query.get('$select');
  if (raw === null || raw.trim() === '') return item;
  const wanted = raw.split(',').map((name) => name.trim().toLowerCase());
  const names = Object.keys(item);
  const unknown = wanted.find((name) => !names.some((one) => one.toLowerCase() === name));
  if (unknown !== undefined) throw badRequest(`Could not find a property named '${unknown}'.`);
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => name.startsWith('@') || wanted.includes(name.toLowerCase())),
  );
}
