// Everybody of a large tenant in several lists side by side: by the first sign of the user principal name, which everyone has and
// which Microsoft holds to a small alphabet. Whoever begins with another sign is asked for as "the rest". See decision record 0023.
import type { SourceAttribute } from '../contract/settings.ts';
import { lookUpUsers } from './batch.ts';
import type { Client } from './client.ts';
import type { Cloud } from './cloud.ts';
import { GraphFailure } from './failures.ts';
import { eventual, itemsPerPage, readPages } from './pages.ts';
import { asId } from './parse.ts';
import { parseUser, userQuery, type UserItem } from './users.ts';

// https://learn.microsoft.com/entra/identity/hybrid/connect/plan-connect-userprincipalname: letters without accents, digits and a
// few marks. Capital letters are the same to Graph. A mark is seldom the first sign, and is left to the rest.
const firstSigns = 'abcdefghijklmnopqrstuvwxyz0123456789_'.split('');
// So many are looked up one by one; more of them make the one chain the better way.
const restMax = 1000;
// A page of 999 with all attributes is some 3 MiB: with what is kept of several lanes the memory stays bounded.
const bodyBytesMax = 8 * 1024 * 1024;

/** By shard the link at which it goes on, or null when it is done. */
export type ShardLinks = Readonly<Record<string, string | null>>;

export interface ShardPage {
  shard: string;
  items: UserItem[];
  /** null: that was all of this shard. */
  next: string | null;
}

export interface ShardsOptions {
  sources: readonly SourceAttribute[];
  /** How many lists at a time. */
  lanes: number;
  expected: number;
  from: ShardLinks;
}

const restOfAll = 'rest';

/**
 * Pages of people, from several lists at once and so in no order. When Graph refuses a filter it ends early: that everybody was
 * listed is for the caller to prove by the count.
 */
export async function* listInShards(
  client: Client,
  cloud: Cloud,
  options: ShardsOptions,
): AsyncGenerator<ShardPage, void> {
  const { from } = options;
  const left = new AbortController();
  const isOpen = (shard: string) => from[shard] !== null;
  const shards = firstSigns
    .filter(isOpen)
    .map((sign) => () => listShard(client, cloud, { ...options, sign, signal: left.signal }));
  const rest = () => listRest(client, cloud, { ...options, signal: left.signal });
  try {
    yield* merge(isOpen(restOfAll) ? [...shards, rest] : shards, options.lanes);
  } catch (error) {
    // A link from before that is refused is dead, which says nothing of the filter.
    const isStale = error instanceof GraphFailure && error.reaction === 'resync' && Object.values(from).some(Boolean);
    if (isStale || !isRefusedFilter(error)) throw error;
  } finally {
    left.abort();
  }
}

// https://learn.microsoft.com/graph/aad-advanced-queries: startsWith on the name works by default; `not` needs the second store.
const beginsWith = (sign: string): string => `startsWith(userPrincipalName,'${sign}')`;

interface ShardOptions extends ShardsOptions {
  signal: AbortSignal;
}

async function* listShard(
  client: Client,
  cloud: Cloud,
  { sign, sources, expected, from, signal }: ShardOptions & { sign: string },
): AsyncGenerator<ShardPage, void> {
  const filter = encodeURIComponent(beginsWith(sign));
  const link = from[sign] ?? null;
  const pages = readPages(client, cloud, {
    kind: 'list',
    url: link ?? `${cloud.graphBase}/users?$top=${itemsPerPage}&$filter=${filter}&${userQuery(sources)}`,
    stored: link !== null,
    itemsExpected: expected,
    bodyBytesMax,
    signal,
    parseItem: (item) => parseUser(item, sources, true),
  });
  for await (const { items, next } of pages) yield { shard: sign, items, next };
}

/** The second store lags behind and takes no $expand: it only names who there is, and the directory itself says the rest. */
async function* listRest(
  client: Client,
  cloud: Cloud,
  { sources, signal }: ShardOptions,
): AsyncGenerator<ShardPage, void> {
  const filter = encodeURIComponent(firstSigns.map((sign) => `not(${beginsWith(sign)})`).join(' and '));
  const pages = readPages(client, cloud, {
    kind: 'list',
    url: `${cloud.graphBase}/users?$top=${itemsPerPage}&$count=true&$filter=${filter}&$select=id`,
    headers: eventual,
    itemsExpected: restMax,
    signal,
    parseItem: (item) => asId(item['id']),
  });
  const ids: string[] = [];
  for await (const { items } of pages) {
    ids.push(...items);
    if (ids.length > restMax) return;
  }
  const found = await lookUpUsers(client, cloud, ids, sources);
  const items = [...found.values()].flatMap((one) => (one.state === 'present' ? [one.user] : []));
  yield { shard: restOfAll, items, next: null };
}

function isRefusedFilter(error: unknown): boolean {
  return error instanceof GraphFailure && (error.status === 400 || error.status === 501);
}

/** What the generators yield, as it comes; at most `lanes` of them are under way, and none is asked for more than is used. */
async function* merge<T>(sources: (() => AsyncGenerator<T, void>)[], lanes: number): AsyncGenerator<T, void> {
  const waiting = [...sources];
  const coming = new Map<AsyncGenerator<T, void>, Promise<[AsyncGenerator<T, void>, IteratorResult<T, void>]>>();
  const ask = (source: AsyncGenerator<T, void>) => {
    const answer = source.next().then((result): [typeof source, typeof result] => [source, result]);
    // One that fails while another is used is met when it is its turn; after an early end nobody waits for it.
    answer.catch(() => undefined);
    coming.set(source, answer);
  };
  const begin = () => {
    const next = waiting.shift();
    if (next) ask(next());
  };
  for (let lane = 0; lane < lanes; lane += 1) begin();
  while (coming.size > 0) {
    const [source, { done, value }] = await Promise.race(coming.values());
    coming.delete(source);
    if (done === true) begin();
    else {
      yield value;
      ask(source);
    }
  }
}
