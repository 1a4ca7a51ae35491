// Looking users up by id, twenty a request: the evidence that somebody is gone (R6). Who is not found is looked for among the
// deleted items; only who is in neither is `missing`. Any other answer is no evidence and ends the look-up.
import type { SourceAttribute } from '../contract/settings.ts';
import { readEnvelope } from './answer.ts';
import type { Client } from './client.ts';
import { triesMax } from './client.ts';
import type { Cloud } from './cloud.ts';
import { failureOfAnswer, GraphFailure, isAbsent, isPassing, isThrottled } from './failures.ts';
import { asArray, asObject, Malformed, parseJson, readTime, type Members } from './parse.ts';
import { parseUser, userQuery, type UserItem } from './users.ts';

export type UserLookUp =
  | { state: 'present'; user: UserItem }
  /** In deleted items: can be restored. */
  | { state: 'deleted'; at: string | null }
  | { state: 'missing' };

export const batchMax = 20;

export async function lookUpUsers(
  client: Client,
  cloud: Cloud,
  ids: readonly string[],
  sources: readonly SourceAttribute[],
): Promise<Map<string, UserLookUp>> {
  const found = new Map<string, UserLookUp>();
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  for (let start = 0; start < wanted.length; start += batchMax) {
    const chunk = wanted.slice(start, start + batchMax);
    const users = await getEach(client, cloud, chunk, (id) => `/users/${id}?${userQuery(sources)}`);
    const absent: string[] = [];
    for (const id of chunk) {
      const body = users.get(id);
      if (body) found.set(id, { state: 'present', user: readUser(body, sources, id) });
      else absent.push(id);
    }
    if (absent.length === 0) continue;
    const deleted = await getEach(
      client,
      cloud,
      absent,
      (id) => `/directory/deletedItems/${id}?$select=id,deletedDateTime`,
    );
    for (const id of absent) {
      const body = deleted.get(id);
      found.set(id, body ? { state: 'deleted', at: readTime(body['deletedDateTime']) } : { state: 'missing' });
    }
  }
  return found;
}

function readUser(body: Members, sources: readonly SourceAttribute[], id: string): UserItem {
  try {
    const user = parseUser(body, sources, true);
    if (user.id !== id) throw new Malformed('another user was asked for');
    return user;
  } catch (cause) {
    if (cause instanceof Malformed) throw new GraphFailure('stop_run', 'graph_malformed', { cause });
    throw cause;
  }
}

export interface ItemAnswer {
  id: string;
  status: number;
  body: Members | null;
  waitSeconds: number | null;
  requestId: string | null;
  graphCode: string | null;
}

/** The body by id, or null for who Graph says is not there. */
async function getEach(
  client: Client,
  cloud: Cloud,
  ids: readonly string[],
  path: (id: string) => string,
): Promise<Map<string, Members | null>> {
  const isAnswer = ({ status, graphCode }: ItemAnswer) => isAbsent(status, graphCode);
  const answers = await askEach(client, cloud, { ids, path, isAnswer });
  return new Map([...answers].map(([id, { status, body }]) => [id, status === 200 ? body : null]));
}

export interface Asked {
  /** At most batchMax, in small letters. */
  ids: readonly string[];
  path: (id: string) => string;
  /** Which refusal is an answer too. Any other ends the asking, unless it may pass. */
  isAnswer: (answer: ItemAnswer) => boolean;
}

/** One batch, by id. Items that were throttled or not answered are asked again, and only those (7.5). */
export async function askEach(
  client: Client,
  cloud: Cloud,
  { ids, path, isAnswer }: Asked,
): Promise<Map<string, ItemAnswer>> {
  const given = new Map<string, ItemAnswer>();
  let left = ids;
  let refreshed = false;
  for (let tries = 1; left.length > 0; tries += 1) {
    const asked = left;
    const answers = await client.request({
      url: `${cloud.graphBase}/$batch`,
      method: 'POST',
      body: { requests: asked.map((id) => ({ id, method: 'GET', url: path(id) })) },
      parse: (text) => parseAnswers(text, asked, client),
    });
    let longest: GraphFailure | null = null;
    const again: string[] = [];
    for (const answer of answers) {
      if (answer.status === 200 || isAnswer(answer)) given.set(answer.id, answer);
      else {
        const failure = failureOfItem(answer);
        // The token ran out between the batch and its items: the next request mints anew.
        const expired = failure.code === 'graph_credentials_refused' && !refreshed;
        const passing = isThrottled(answer.status) || isPassing(answer.status);
        if ((!expired && !passing) || tries === triesMax) throw failure;
        if (expired) client.refreshToken();
        again.push(answer.id);
        if (passing && (longest === null || (failure.waitSeconds ?? 0) >= (longest.waitSeconds ?? 0)))
          longest = failure;
      }
    }
    refreshed ||= again.length > 0;
    if (longest) await client.wait(longest, tries);
    left = again;
  }
  return given;
}

/** A 404 in other words than Graph's tells nothing of the object: something on the way has answered. */
function failureOfItem(answer: ItemAnswer): GraphFailure {
  if (answer.status === 404) return new GraphFailure('stop_run', 'graph_malformed', answer);
  return failureOfAnswer(answer, false);
}

/** Answers come in any order; each one that was asked for must be there. */
function parseAnswers(text: string, asked: readonly string[], client: Pick<Client, 'retryAfter'>): ItemAnswer[] {
  const byId = new Map<string, ItemAnswer>();
  for (const item of asArray(asObject(parseJson(text))['responses']).map(asObject)) {
    const { id, status, body } = item;
    if (typeof id !== 'string' || typeof status !== 'number') throw new Malformed('an answer of a batch');
    const headers = new Map(
      Object.entries(asObject(item['headers'] ?? {})).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const requestId = headers.get('request-id');
    const members = typeof body === 'object' && body !== null ? asObject(body) : null;
    const said = status === 200 ? { graphCode: null, requestId: null } : readEnvelope(members);
    byId.set(id.toLowerCase(), {
      id: id.toLowerCase(),
      status,
      body: members,
      graphCode: said.graphCode,
      waitSeconds: client.retryAfter(headers.get('retry-after')),
      requestId: typeof requestId === 'string' ? requestId.slice(0, 64) : said.requestId,
    });
  }
  return asked.map((id) => {
    const answer = byId.get(id);
    if (!answer || (answer.status === 200 && !answer.body)) throw new Malformed('an answer of a batch is missing');
    return answer;
  });
}
