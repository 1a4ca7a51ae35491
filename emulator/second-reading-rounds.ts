// Rounds of delta for the second reading: people and groups are arranged by the control API, pages are followed from a link to its end.
import { expect } from 'vitest';
import { at, type Reply, value, type World } from './second-reading-kit.ts';

type Item = Record<string, unknown>;

export interface Rounds {
  /** Makes a person or a group and gives the id. */
  person(more?: Item): Promise<string>;
  group(...members: string[]): Promise<string>;
  kind(more: Item): Promise<string>;
  change(id: string, to: Item): Promise<unknown>;
  /** All pages from a link on: the items as they came, and the delta link at the end. */
  round(link: string, headers?: Record<string, string>): Promise<{ items: Item[]; link: string; pages: Reply[] }>;
}

export const people = 'tenants/{tenant}/users';
export const groups = 'tenants/{tenant}/groups';

export const about = (items: Item[], id: string): Item[] => items.filter((item) => item['id'] === id);
export const own = (item: Item | undefined): string[] =>
  Object.keys(item ?? {})
    .filter((name) => !name.startsWith('@odata.'))
    .toSorted();
export const removed = (reason: string): Item => ({ '@removed': { reason } });

export function openRounds(world: () => World): Rounds {
  let counter = 0;
  const make = async (path: string, more: Item) => String(at((await world().control('POST', path, more)).body, 'id'));
  const kind = (more: Item) => make(groups, { displayName: `G${(counter += 1)}`, ...more });
  return {
    person: (more = {}) => {
      counter += 1;
      return make(people, { displayName: `P${counter}`, userPrincipalName: `p${counter}@contoso.example`, ...more });
    },
    kind,
    group: async (...members) => {
      const id = await kind({});
      for (const member of members) await world().control('PUT', `${groups}/${id}/members/${member}`);
      return id;
    },
    change: (id, to) => world().control('PATCH', `${people}/${id}`, to),
    round: async (link, headers = {}) => {
      const pages: Reply[] = [];
      for (let next: unknown = link; typeof next === 'string'; next = at(pages.at(-1)?.body, '@odata.nextLink')) {
        pages.push(await world().ask(next, { headers }));
        expect(pages.at(-1)?.status, pages.at(-1)?.text).toBe(200);
      }
      return {
        items: pages.flatMap((page) => value(page)),
        link: String(at(pages.at(-1)?.body, '@odata.deltaLink')),
        pages,
      };
    },
  };
}
