// Subscriptions over Graph: ask to be told of changes, see what was asked for, renew it, end it.
// https://learn.microsoft.com/graph/api/resources/subscription
import { randomUUID } from 'node:crypto';
import { denied, GraphError, notFound } from '../graph/graph-error.ts';
import { isGuid, noSegment, parseJson } from '../graph/request.ts';
import type { GraphContext, GraphRequest, Written } from '../graph/request.ts';
import type { Caller } from '../graph/permissions.ts';
import type { Store } from '../store.ts';
import { acceptedCreation, acceptedRenewal } from './accepted.ts';
import { shakeHands } from './handshake.ts';
import { ROLE_NEEDED, writeSubscription } from './subscription.ts';
import type { Subscription, Watch } from './subscription.ts';

/** Over users and groups. https://learn.microsoft.com/graph/change-notifications-overview#supported-resources */
const QUOTA = { appAndTenant: 100, tenant: 1000, app: 50_000 };

export async function answerSubscriptions(graph: GraphContext, request: GraphRequest): Promise<Written> {
  const { caller, method } = request;
  const [, id = '', action = '', tail] = request.path;
  if (tail !== undefined || (action !== '' && action.toLowerCase() !== 'reauthorize')) throw noSegment(tail ?? action);
  const context = `${graph.publicUrl}/v1.0/$metadata#subscriptions`;
  switch (`${method}${id === '' ? '' : ' id'}${action === '' ? '' : ' reauthorize'}`) {
    case 'GET':
      return { status: 200, body: { '@odata.context': context, value: list(graph.store, caller) } };
    case 'POST': {
      const made = await create(graph.store, request);
      return { status: 201, body: { '@odata.context': `${context}/$entity`, ...writeSubscription(made, true) } };
    }
    case 'GET id': {
      const found = find(graph.store, caller, id);
      return { status: 200, body: { '@odata.context': `${context}/$entity`, ...writeSubscription(found, true) } };
    }
    case 'PATCH id': {
      const renewed = await renew(graph.store, request, find(graph.store, caller, id));
      return { status: 200, body: { '@odata.context': `${context}/$entity`, ...writeSubscription(renewed, true) } };
    }
    case 'DELETE id':
      graph.store.dropSubscription(find(graph.store, caller, id).id);
      return { status: 204, body: null };
    case 'POST id reauthorize':
      authorize(graph.store, find(graph.store, caller, id));
      return { status: 204, body: null };
    default:
      throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  }
}

const reads = (caller: Caller, { kind }: Watch): boolean => caller.roles.has(ROLE_NEEDED[kind]);

/** An application sees its own in this tenant, as far as it may read what they watch. */
function list(store: Store, caller: Caller): ReturnType<typeof writeSubscription>[] {
  if (!Object.values(ROLE_NEEDED).some((role) => caller.roles.has(role))) throw denied();
  return living(store)
    .filter((one) => isOwn(one, caller) && reads(caller, one.watch))
    .map((one) => writeSubscription(one, false));
}

function find(store: Store, caller: Caller, id: string): Subscription {
  const found = store.subscriptions.get(id.toLowerCase());
  const there = found !== undefined && found.expiresAt > store.now() && isOwn(found, caller);
  if (!there) throw new GraphError(404, 'ResourceNotFound', 'The object was not found.');
  if (!reads(caller, found.watch)) throw denied();
  return found;
}

async function create(store: Store, request: GraphRequest): Promise<Subscription> {
  const { caller } = request;
  const asked = acceptedCreation(parseJson(request.body), store.now());
  if (!reads(caller, asked.watch)) throw denied();
  watchedIsThere(caller, asked.watch);
  withinQuota(store, caller);
  const { notificationUrl, lifecycleNotificationUrl } = asked;
  const urls = lifecycleNotificationUrl === null ? [notificationUrl] : [notificationUrl, lifecycleNotificationUrl];
  await shakeHands(urls, store.settings.notifications.handshakeWithinMs);
  // Others may have subscribed while the receiver thought about it.
  withinQuota(store, caller);
  const grant = caller.tenant.grants.get(caller.clientId.toLowerCase());
  const made: Subscription = {
    ...asked,
    id: randomUUID(),
    tenantId: caller.tenant.id,
    clientId: caller.clientId,
    creatorId: grant?.principalId ?? randomUUID(),
    authorizedAt: store.now(),
    challengedAt: null,
    paused: false,
  };
  store.putSubscription(made);
  return made;
}

async function renew(store: Store, request: GraphRequest, found: Subscription): Promise<Subscription> {
  const expiresAt = acceptedRenewal(parseJson(request.body), store.now());
  const { handshakeOnRenewal, handshakeWithinMs } = store.settings.notifications;
  if (handshakeOnRenewal) await shakeHands([found.notificationUrl], handshakeWithinMs);
  return authorize(store, { ...found, expiresAt });
}

/** Whoever may read has shown it by asking; what had been held back until then stays untold. */
function authorize(store: Store, subscription: Subscription): Subscription {
  const authorized = { ...subscription, authorizedAt: store.now(), challengedAt: null, paused: false };
  store.putSubscription(authorized);
  return authorized;
}

function watchedIsThere({ tenant }: Caller, { kind, id }: Watch): void {
  if (id === null) return;
  const object = kind === 'user' ? tenant.users.get(id) : tenant.groups.get(id);
  if (!isGuid(id) || object === undefined || object.deletedAt !== null) throw notFound(id);
}

const living = (store: Store): Subscription[] =>
  [...store.subscriptions.values()].filter((one) => one.expiresAt > store.now());

const isOwn = (one: Subscription, { tenant, clientId }: Caller): boolean =>
  one.tenantId === tenant.id && one.clientId.toLowerCase() === clientId.toLowerCase();

/** Microsoft documents the status, and that the message says which limit it was; the code is not known. */
function withinQuota(store: Store, caller: Caller): void {
  const all = living(store);
  const ofApp = all.filter((one) => one.clientId.toLowerCase() === caller.clientId.toLowerCase());
  const full = (what: string, max: number): GraphError =>
    new GraphError(403, 'quotaLimitReached', `The limit of ${max} subscriptions ${what} has been reached.`);
  if (ofApp.filter((one) => isOwn(one, caller)).length >= QUOTA.appAndTenant)
    throw full('of an application in a tenant', QUOTA.appAndTenant);
  if (all.filter((one) => one.tenantId === caller.tenant.id).length >= QUOTA.tenant)
    throw full('in a tenant', QUOTA.tenant);
  if (ofApp.length >= QUOTA.app) throw full('of an application', QUOTA.app);
}
