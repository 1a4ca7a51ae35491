// The few requests that are not reads and are answered all the same: subscriptions, and what is deleted.
import { answerSubscriptions } from '../subscriptions/routes.ts';
import { purgeDeleted, restoreDeleted } from './deleted-items.ts';
import type { GraphContext, GraphRequest, Written } from './request.ts';

/** Null when it is none of them. */
export async function answerWrite(graph: GraphContext, request: GraphRequest): Promise<Written | null> {
  const [root = '', ...below] = request.path.map((part) => part.toLowerCase());
  if (root === 'subscriptions') return answerSubscriptions(graph, request);
  if (root !== 'directory' || below[0] !== 'deleteditems') return null;
  if (request.method === 'POST' && below.length === 3 && below[2] === 'restore') return restoreDeleted(graph, request);
  if (request.method === 'DELETE' && below.length === 2) return purgeDeleted(graph, request);
  return null;
}
