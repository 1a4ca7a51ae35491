// $batch: up to twenty requests in one, each answered as if sent alone.
import type { Answer } from '../http.ts';
import type { Json } from '../model.ts';
import { written } from '../tenant.ts';
import { errorAnswer, openEnvelope } from './envelope.ts';
import { GraphError } from './graph-error.ts';
import { parseJson } from './request.ts';

export interface BatchItem {
  method: string;
  pathAndQuery: string;
  headers: Record<string, string>;
  body: string;
}

const ITEMS_MAX = 20;

export async function answerBatch(
  { body, headers, at }: { body: string; headers: Record<string, string>; at: number },
  answerOne: (item: BatchItem) => Promise<Answer>,
): Promise<Answer> {
  const envelope = openEnvelope(headers);
  const problem = (message: string): Answer => errorAnswer(new GraphError(400, 'BadRequest', message), envelope, at);
  let parsed: Json;
  try {
    parsed = parseJson(body);
  } catch (error) {
    if (error instanceof GraphError) return problem(error.message);
    throw error;
  }
  const requests = isObject(parsed) ? parsed['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) return problem('Invalid batch payload format.');
  if (requests.length > ITEMS_MAX)
    return problem(`Number of batch request steps exceeds the maximum value of ${ITEMS_MAX}.`);
  const items = requests.filter(isObject);
  const ids = items.map((item) => written(item['id']).toLowerCase());
  if (items.length !== requests.length || ids.includes('') || new Set(ids).size !== ids.length)
    return problem('Each request of a batch needs an id of its own.');
  if (items.some((item) => item['body'] !== undefined && !isObject(item['headers'] ?? null)))
    return problem('A request with a body needs headers with a Content-Type.');

  const statuses = new Map<string, number>();
  const responses: Json[] = [];
  const note = (id: string, answer: Answer): void => {
    statuses.set(id.toLowerCase(), answer.status);
    responses.push({
      id,
      status: answer.status,
      headers: { ...answer.headers },
      body: answer.bytes?.toString('base64url') ?? answer.text ?? answer.body ?? null,
    });
  };
  const refuse = (id: string, error: GraphError): void => note(id, errorAnswer(error, openEnvelope(headers), at));
  for (const item of items) {
    const id = written(item['id']);
    const waitsFor = Array.isArray(item['dependsOn']) ? item['dependsOn'].map((one) => written(one).toLowerCase()) : [];
    if (waitsFor.some((one) => (statuses.get(one) ?? 500) >= 400)) {
      refuse(id, new GraphError(424, 'FailedDependency', 'A request that this one depends on has failed.'));
      continue;
    }
    const pathAndQuery = written(item['url']).replace(/^\/?/, '/');
    if (/^\/\$batch/i.test(pathAndQuery)) {
      refuse(id, new GraphError(400, 'BadRequest', 'A batch cannot hold a batch.'));
      continue;
    }
    const given = isObject(item['headers'] ?? null) ? (item['headers'] as { [name: string]: Json }) : {}; // just checked
    const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), written(value)]));
    const answer = await answerOne({
      method: (written(item['method']) || 'GET').toUpperCase(),
      pathAndQuery,
      // The token goes with the batch; ConsistencyLevel and the like belong to the item.
      headers: {
        ...(headers['authorization'] === undefined ? {} : { authorization: headers['authorization'] }),
        ...own,
      },
      body: item['body'] === undefined ? '' : JSON.stringify(item['body']),
    });
    note(id, answer);
  }
  // The service answers in any order; so that nobody relies on ours, it is turned round.
  return {
    status: 200,
    headers: { ...envelope.headers, 'Content-Type': 'application/json' },
    body: { responses: responses.toReversed() },
  };
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
