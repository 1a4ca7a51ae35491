// Listings and delta rounds, page by page: the next page is fetched while the one before is used, and never more than that.
// Links are opaque, but where they lead is checked before anything is sent (T19), and a ring of links ends with an error.
import { sha256 } from '../base/ids.ts';
import type { Client } from './client.ts';
import type { Cloud } from './cloud.ts';
import { GraphFailure } from './failures.ts';
import { asArray, asObject, Malformed, parseJson, type Members } from './parse.ts';

export interface Page<T> {
  items: T[];
  /** Where the reading goes on, also later and by somebody else; null on the last page. */
  next: string | null;
  /** On the last page of a delta round. */
  deltaLink: string | null;
}

export interface PagesOptions<T> {
  url: string;
  /** The address was stored from an earlier round. */
  stored?: boolean;
  /** delta: the last page must bring a delta link. */
  kind: 'list' | 'delta';
  headers?: Record<string, string>;
  /** How many items there should be, if anybody has said so: pages without end are noticed sooner. */
  itemsExpected?: number | null;
  bodyBytesMax?: number;
  /** Ends it, beside the client's own. */
  signal?: AbortSignal;
  parseItem: (item: Members) => T;
}

/** The most that Graph gives in one page: https://learn.microsoft.com/graph/api/user-list */
export const itemsPerPage = 999;
/** For searches, counts and filters that an index of their own answers. It has to be repeated on each page (7.4). */
export const eventual = { ConsistencyLevel: 'eventual' };

// Above 20,000 pages of 100 there would be more people than any directory holds: links that never end (T20).
const pagesMax = 20_000;
// Pages may be smaller than asked for, and empty: so few on each is no directory, but a listing that does not end.
const itemsPerPageMin = 10;
const pagesSpare = 100;

function pagesMaxOf(itemsExpected: number | null | undefined): number {
  if (itemsExpected === undefined || itemsExpected === null) return pagesMax;
  return Math.min(pagesMax, pagesSpare + Math.ceil(itemsExpected / itemsPerPageMin));
}

const linkLengthMax = 65_536;

// Five times an honest page: less than what is allowed for a body, as several are in memory at a time.
const pageBytesMax = 16 * 1024 * 1024;
// A page of this size is three times an honest one: the next one is then not held beside it.
const aheadTextMax = 8 * 1024 * 1024;

interface RawPage<T> extends Page<T> {
  /** Of the body, in signs. */
  length: number;
}

export async function* readPages<T>(
  client: Client,
  cloud: Cloud,
  options: PagesOptions<T>,
): AsyncGenerator<Page<T>, void> {
  const left = new AbortController();
  const signal = AbortSignal.any([client.signal, left.signal, ...(options.signal ? [options.signal] : [])]);
  const seen = new Set<string>();
  const max = pagesMaxOf(options.itemsExpected);

  function fetchPage(url: string, link: boolean): Promise<RawPage<T>> {
    if (link) checkLink(url, cloud);
    const key = sha256(url).toString('base64');
    if (seen.has(key) || seen.size === max) throw new GraphFailure('stop_run', 'graph_loop');
    seen.add(key);
    return client.request(
      {
        url,
        link,
        headers: options.headers ?? {},
        bodyBytesMax: options.bodyBytesMax ?? pageBytesMax,
        parse: (text) => parsePage(text, options),
      },
      signal,
    );
  }

  try {
    let coming = fetchPage(options.url, options.stored ?? false);
    for (;;) {
      const page = await coming;
      const { next } = page;
      if (next !== null) {
        const begin = () => fetchPage(next, true);
        const isSmall = page.length <= aheadTextMax;
        if (isSmall) coming = ahead(begin);
        yield { items: page.items, next, deltaLink: null };
        if (!isSmall) coming = begin();
      } else {
        yield { items: page.items, next, deltaLink: page.deltaLink };
        return;
      }
    }
  } finally {
    // Whoever reads may stop in the middle: the page under way is then of no use.
    left.abort();
  }
}

/** Begins now; a failure waits until the page is asked for. */
function ahead<T>(begin: () => Promise<T>): Promise<T> {
  const coming = (async () => begin())();
  coming.catch(() => undefined);
  return coming;
}

function parsePage<T>(text: string, options: PagesOptions<T>): RawPage<T> {
  const body = asObject(parseJson(text));
  const next = readLink(body['@odata.nextLink']);
  const deltaLink = readLink(body['@odata.deltaLink']);
  if (next !== null && deltaLink !== null) throw new Malformed('a page has a next link or a delta link, never both');
  // A page that neither goes on nor ends would be read as "nobody is left" (F21).
  if (options.kind === 'delta' && next === null && deltaLink === null) throw new Malformed('a page without a link');
  const items = asArray(body['value']).map((item) => options.parseItem(asObject(item)));
  return { items, next, deltaLink, length: text.length };
}

function readLink(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value === '' || value.length > linkLengthMax)
    throw new Malformed('a link was expected');
  return value;
}

/** Blanks, backslashes, control and non-ASCII signs: readers of a URL take them out or turn them round, each in its own way. */
const hasOddSigns = (link: string): boolean => !/^[!-[\]-~]+$/.test(link);

/** Refuses a link to anywhere but the configured Graph, before a token goes there. */
export function checkLink(link: string, cloud: Cloud): void {
  const url = URL.parse(link);
  const inside =
    url !== null &&
    url.origin === cloud.graphOrigin &&
    // As it is written, too: a host has more spellings than one.
    link.toLowerCase().startsWith(`${cloud.graphOrigin}/`) &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '' &&
    /^\/v1\.0\/(users|groups|directory)(?=[/?]|$)/i.test(url.pathname) &&
    !url.pathname.includes('//') &&
    // What a server may read as another path than we do.
    !/%(2f|5c|2e|00)/i.test(url.pathname) &&
    !hasOddSigns(link);
  if (!inside) throw new GraphFailure('stop_run', 'graph_foreign_link');
}
