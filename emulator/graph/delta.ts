// Delta: a first round that lists everything, then links that give only what the change log holds since.
// A link carries its own position and options, sealed; nothing about it is kept, so it outlives a restart.
import type { DeadLinkAnswer, Json } from '../model.ts';
import { parseFilter } from './filter.ts';
import { deadLinkError } from './dead-link.ts';
import { badRequest, unsupported } from './graph-error.ts';
import type { GraphError } from './graph-error.ts';
import { changesPage, listingPage } from './delta-pages.ts';
import type { DeltaToken, Page } from './delta-pages.ts';
import { parseSelect } from './properties.ts';
import type { Kind } from './properties.ts';
import type { GraphContext, GraphRequest } from './request.ts';

const IDS_MAX = 50;
const DAY_MS = 86_400_000;

export function answerDelta(graph: GraphContext, request: GraphRequest, kind: Kind): Json {
  const skip = request.query.get('$skiptoken');
  const delta = request.query.get('$deltatoken');
  const page =
    skip !== null
      ? turn(graph, request, openLink(graph, request, kind, 'deltaskip', skip), false)
      : delta !== null && delta !== '' && delta !== 'latest'
        ? turn(graph, request, openLink(graph, request, kind, 'delta', delta), true)
        : first(graph, request, kind, delta === 'latest');
  const path = kind === 'user' ? 'users' : 'groups';
  const link = (name: string, sealed: string) => `${graph.publicUrl}/v1.0/${path}/delta?${name}=${sealed}`;
  const seal = (as: string, token: DeltaToken) => graph.keys.seal(as, token as unknown as Json); // plain data by its type
  return {
    '@odata.context': `${graph.publicUrl}/v1.0/$metadata#${path}`,
    ...(page.next === null
      ? { '@odata.deltaLink': link('$deltatoken', seal('delta', page.done)) }
      : { '@odata.nextLink': link('$skiptoken', seal('deltaskip', page.next)) }),
    value: page.value,
  };
}

function first(graph: GraphContext, request: GraphRequest, kind: Kind, latest: boolean): Page {
  const { query, caller } = request;
  // Not documented any more, and still taken: others have measured that its links report no change of members.
  const expanded = kind === 'group' && /^members(\(.*\))?$/i.test(query.get('$expand') ?? '');
  for (const name of ['$expand', '$orderby', '$search', '$count', '$skip'])
    if (query.has(name) && !(name === '$expand' && expanded)) throw unsupported('Unsupported Query.');
  const filter = query.get('$filter');
  const ids = filter === null ? null : parseIds(kind, filter);
  const token: DeltaToken = {
    tenantId: caller.tenant.id,
    clientId: caller.clientId,
    kind,
    select: parseSelect([kind], query, kind === 'user' ? ['manager'] : ['members']),
    ids,
    generation: caller.tenant.deltaGeneration,
    at: graph.store.now(),
    listing: null,
    seq: caller.tenant.lastSeq,
  };
  if (latest) return { value: [], next: null, done: token };
  return turn(
    graph,
    request,
    {
      ...token,
      ...(expanded ? { expanded } : {}),
      listing: { n: 0, memberN: null, empty: graph.store.settings.deltaQuirks.emptyPages },
    },
    false,
  );
}

function parseIds(kind: Kind, filter: string): string[] {
  const parsed = (() => {
    try {
      return parseFilter(kind, filter);
    } catch {
      throw unsupported('Unsupported Query.');
    }
  })();
  if (parsed.ids === null || parsed.ids.length > IDS_MAX) throw unsupported('Unsupported Query.');
  return parsed.ids;
}

/** One page from where the token stands. */
function turn(graph: GraphContext, request: GraphRequest, token: DeltaToken, newRound: boolean): Page {
  const { caller } = request;
  const quirks = graph.store.settings.deltaQuirks;
  const minimal = /\breturn=minimal\b/i.test(request.headers['prefer'] ?? '');
  const fresh: DeltaToken = { ...token, at: newRound ? graph.store.now() : token.at };
  if (fresh.listing?.empty === true || (newRound && quirks.emptyPages && token.listing === null)) {
    // The next page begins where this one would have.
    const next: DeltaToken = {
      ...fresh,
      listing: fresh.listing === null ? null : { n: fresh.listing.n, memberN: fresh.listing.memberN },
    };
    return { value: [], next, done: fresh };
  }
  const page = fresh.listing === null ? changesPage(graph, caller, fresh, minimal) : listingPage(graph, caller, fresh);
  if (quirks.duplicates && page.value[0] !== undefined) page.value.push(page.value[0]);
  if (quirks.reversed) page.value.reverse();
  return page;
}

function openLink(graph: GraphContext, request: GraphRequest, kind: Kind, as: string, sealed: string): DeltaToken {
  const { tenant, clientId } = request.caller;
  const token = graph.keys.unseal(as, sealed) as unknown as DeltaToken | null; // sealed by us
  if (token === null || token.kind !== kind || token.tenantId !== tenant.id || token.clientId !== clientId)
    throw badRequest('The delta or skip token is not valid for this request.');
  if (token.generation !== tenant.deltaGeneration) throw deadLink(graph, token, tenant.deadLinkAnswer);
  if (graph.store.now() - token.at > graph.store.settings.deltaLinkDays * DAY_MS)
    throw deadLink(graph, token, graph.store.settings.expiredDeltaAnswer);
  return token;
}

function deadLink(graph: GraphContext, token: DeltaToken, answer: DeadLinkAnswer): GraphError {
  const path = token.kind === 'user' ? 'users' : 'groups';
  const select = token.select === null ? '' : `$select=${token.select.join(',')}&`;
  return deadLinkError(answer, `${graph.publicUrl}/v1.0/${path}/delta?${select}$deltatoken=`);
}
