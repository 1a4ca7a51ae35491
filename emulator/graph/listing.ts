// Collections: $filter, $search, $orderby, $top, $count and opaque next links that are bound to their query.
import type { DirectoryGroup, DirectoryUser, Json, Props, Tenant } from '../model.ts';
import { text } from '../tenant.ts';
import { parseFilter } from './filter.ts';
import type { Test } from './filter.ts';
import { badRequest, GraphError, unsupported } from './graph-error.ts';
import { knownName, valueOf } from './properties.ts';
import type { Kind } from './properties.ts';
import { contextOf } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';
import { parseSearch } from './search.ts';

export interface Item {
  n: number;
  kind: Kind;
  object: DirectoryUser | DirectoryGroup;
}

/** The items of a collection in order of `n`, from the first whose `n` is greater than the given one. */
export type Source = (afterN: number) => Iterable<Item>;

export interface Wanted {
  /** The type that $filter and $orderby speak of. */
  kind: Kind;
  source: Source;
  context: string;
  write: (item: Item) => Props;
  /** A cast that only the index with eventual consistency answers. */
  advancedCast?: boolean;
}

interface PageToken {
  tenantId: string;
  clientId: string;
  bound: string;
  after: number;
  advanced: boolean;
  at: number;
}

const TOP_DEFAULT = 100;
const SIGN_IN_PAGE_MAX = 500;
const PAGE_TOKEN_LIFE_MS = 3_600_000;
const SUPPORTED = new Set([
  '$select',
  '$filter',
  '$search',
  '$orderby',
  '$top',
  '$count',
  '$expand',
  '$skiptoken',
  '$format',
]);

export function answerCollection(graph: GraphContext, request: GraphRequest, wanted: Wanted): Json {
  const { query, caller } = request;
  const header = hasAdvancedHeader(request);
  const advanced = header && query.get('$count') === 'true';
  for (const name of query.keys())
    if (name.startsWith('$') && !SUPPORTED.has(name))
      throw badRequest(
        name === '$skip' ? "'$skip' is not supported by the service." : `The query option '${name}' is not supported.`,
      );
  // First: a next link without the header that it was made with is an expired one, whatever else it asks for.
  const token = openToken(graph, request, header);
  const test = parseTests(wanted.kind, query, { header, advanced });
  const sort = parseOrder(wanted.kind, query, advanced);
  if (wanted.advancedCast === true && !advanced)
    throw unsupported('This cast needs the header ConsistencyLevel: eventual together with $count=true.');
  const top = Math.min(parseTop(query, graph.store.settings.pageSizes.listMax), pageMaxOf(query));
  const matching = function* (afterN: number): Generator<Item> {
    for (const item of wanted.source(afterN))
      if (test === null || test((name) => valueOf(item.kind, item.object, name))) yield item;
  };

  const page: Item[] = [];
  let more = false;
  let cursor = token?.after ?? 0;
  if (sort === null) {
    for (const item of matching(cursor)) {
      if (page.length === top) {
        more = true;
        break;
      }
      page.push(item);
    }
    cursor = page.at(-1)?.n ?? cursor;
  } else {
    const all = sorted(caller.tenant, boundTo(request), () => [...matching(0)].sort(sort));
    page.push(...all.slice(cursor, cursor + top));
    cursor += page.length;
    more = cursor < all.length;
  }

  const body: { [name: string]: Json } = { '@odata.context': contextOf(graph, request, wanted.context) };
  // Without the header `$count=true` is ignored in silence; with it the number comes on the first page only.
  if (advanced && token === null) body['@odata.count'] = countOf(matching(0));
  if (more) {
    const next: PageToken = {
      tenantId: caller.tenant.id,
      clientId: caller.clientId,
      bound: boundTo(request),
      after: cursor,
      advanced: header,
      at: graph.store.now(),
    };
    body['@odata.nextLink'] = nextLink(graph, request, graph.keys.seal('page', next as unknown as Json)); // plain data by its type
  }
  body['value'] = page.map(wanted.write);
  return body;
}

/** The `/$count` segment: a number as text, and only with the header. */
export function answerCount(request: GraphRequest, wanted: Pick<Wanted, 'kind' | 'source'>): string {
  if (!hasAdvancedHeader(request)) throw badRequest('$count is not currently supported.');
  const test = parseTests(wanted.kind, request.query, { header: true, advanced: true });
  let count = 0;
  for (const item of wanted.source(0))
    if (test === null || test((name) => valueOf(item.kind, item.object, name))) count += 1;
  return String(count);
}

export const hasAdvancedHeader = (request: GraphRequest): boolean =>
  request.headers['consistencylevel']?.toLowerCase() === 'eventual';

function parseTests(kind: Kind, query: URLSearchParams, how: { header: boolean; advanced: boolean }): Test | null {
  const filterText = query.get('$filter');
  const searchText = query.get('$search');
  const tests: Test[] = [];
  if (searchText !== null) {
    if (!how.header)
      throw unsupported(
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
      );
    tests.push(parseSearch(searchText));
  }
  if (filterText !== null) {
    const filter = parseFilter(kind, filterText);
    if (filter.advanced && !how.advanced)
      throw unsupported(
        'Unsupported query: this filter needs the header ConsistencyLevel: eventual together with $count=true.',
      );
    // The limit of the default store; the index takes as many as an address holds.
    if (filter.alternativesMost > alternativesMax && !how.advanced)
      throw unsupported(
        `Too many child clauses specified in search filter expression containing 'OR' operators: ${filter.alternativesMost}. Max allowed: ${alternativesMax}`,
      );
    tests.push(filter.test);
  }
  if ((filterText !== null || searchText !== null) && query.has('$expand') && how.advanced)
    throw unsupported('$expand cannot be combined with advanced query parameters.');
  return tests.length === 0 ? null : (read) => tests.every((test) => test(read));
}

// https://learn.microsoft.com/graph/filter-query-parameter
const alternativesMax = 15;

type Order = (a: Item, b: Item) => number;

function parseOrder(kind: Kind, query: URLSearchParams, advanced: boolean): Order | null {
  const raw = query.get('$orderby');
  if (raw === null) return null;
  const [name = '', direction = 'asc'] = raw.trim().split(/\s+/);
  const known = knownName(kind, name);
  if (known === undefined)
    throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${kind}'.`);
  const easy = known === 'displayName' || known === 'userPrincipalName';
  if ((!easy || query.has('$filter')) && !advanced) throw unsupported('Sorting not supported for current query.');
  const collator = new Intl.Collator('en');
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  return (a, b) =>
    sign * collator.compare(text(valueOf(a.kind, a.object, known)), text(valueOf(b.kind, b.object, known))) ||
    a.n - b.n;
}

/** Sign-in activity comes from another store, which gives 500 people at once. */
const pageMaxOf = (query: URLSearchParams): number =>
  /\bsignInActivity\b/i.test(`${query.get('$select') ?? ''} ${query.get('$filter') ?? ''}`)
    ? SIGN_IN_PAGE_MAX
    : Infinity;

function parseTop(query: URLSearchParams, max: number): number {
  const raw = query.get('$top');
  if (raw === null) return Math.min(TOP_DEFAULT, max);
  const top = Number(raw);
  if (!Number.isInteger(top) || top < 1 || top > 999)
    throw badRequest(`Invalid page size specified: '${raw}'. Must be between 1 and 999 inclusive.`);
  // A page may be smaller than asked for; the setting makes it so.
  return Math.min(top, max);
}

function openToken(graph: GraphContext, request: GraphRequest, header: boolean): PageToken | null {
  const sealed = request.query.get('$skiptoken');
  if (sealed === null) return null;
  const token = graph.keys.unseal('page', sealed) as unknown as PageToken | null; // sealed by us
  const expired = () =>
    new GraphError(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    );
  if (
    token === null ||
    token.tenantId !== request.caller.tenant.id ||
    token.clientId !== request.caller.clientId ||
    token.bound !== boundTo(request)
  )
    throw badRequest('The specified page token is invalid for this query.');
  // The header is not inside the link, and the second store cannot go on without it.
  if (token.advanced !== header || graph.store.now() - token.at > PAGE_TOKEN_LIFE_MS) throw expired();
  return token;
}

function boundTo(request: GraphRequest): string {
  const rest = [...request.query].filter(([name]) => name !== '$skiptoken').map(([name, value]) => `${name}=${value}`);
  return `${request.path.join('/').toLowerCase()}?${rest.toSorted().join('&')}`;
}

function nextLink(graph: GraphContext, request: GraphRequest, token: string): string {
  const rest = [...request.query]
    .filter(([name]) => name !== '$skiptoken')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${graph.publicUrl}/v1.0/${request.path.map(encodeURIComponent).join('/')}?${[...rest, `$skiptoken=${token}`].join('&')}`;
}

function countOf(items: Iterable<Item>): number {
  let count = 0;
  for (const _ of items) count += 1;
  return count;
}

/** One sorted list per tenant is kept, so that paging through it does not sort anew for each page. */
const lastSorted = new WeakMap<Tenant, { key: string; list: Item[] }>();

function sorted(tenant: Tenant, bound: string, make: () => Item[]): Item[] {
  const key = `${tenant.lastSeq} ${tenant.users.size} ${tenant.groups.size} ${bound}`;
  const kept = lastSorted.get(tenant);
  if (kept?.key === key) return kept.list;
  const list = make();
  lastSorted.set(tenant, { key, list });
  return list;
}
