// Which attributes Microsoft would not give, when it has refused a question for people: each is asked for alone, in a listing and in
// a delta round. What refuses is never read out of a message (R7).
import type { SourceAttribute } from '../contract/settings.ts';
import { askEach, batchMax } from './batch.ts';
import type { Client } from './client.ts';
import type { Cloud } from './cloud.ts';
import { userDeltaQuery, userQuery } from './users.ts';

/** Those of `sources` that are refused by themselves. None when the question is refused without any of them, too: then it is not they. */
export async function findRefused(
  client: Client,
  cloud: Cloud,
  sources: readonly SourceAttribute[],
): Promise<SourceAttribute[]> {
  const ways = [
    (asked: readonly SourceAttribute[]) => `/users?$top=1&${userQuery(asked)}`,
    (asked: readonly SourceAttribute[]) => `/users/delta?${userDeltaQuery(asked)}&$deltatoken=latest`,
  ];
  const none: readonly SourceAttribute[] = [];
  const paths = new Map<string, { source: SourceAttribute | null; path: string }>();
  for (const [way, path] of ways.entries()) {
    paths.set(`none ${way}`, { source: null, path: path(none) });
    for (const source of new Set(sources)) {
      if (path([source]) !== path(none)) paths.set(`${source} ${way}`.toLowerCase(), { source, path: path([source]) });
    }
  }
  const refused = new Set<SourceAttribute | null>();
  const ids = [...paths.keys()];
  for (let start = 0; start < ids.length; start += batchMax) {
    const answers = await askEach(client, cloud, {
      ids: ids.slice(start, start + batchMax),
      path: (id) => paths.get(id)?.path ?? '',
      isAnswer: ({ status }) => isRefusal(status),
    });
    for (const [id, { status }] of answers) if (isRefusal(status)) refused.add(paths.get(id)?.source ?? null);
  }
  return refused.has(null) ? [] : [...new Set(sources)].filter((source) => refused.has(source));
}

/** F10: of a property that is not known, or cannot be had in a collection. */
const isRefusal = (status: number): boolean => status === 400 || status === 501;
