// The control API, JSON under /_control: what a test or the page can do to the directory from outside.
import type { Answer, Asked } from '../http.ts';
import type { Keys } from '../keys.ts';
import { DEFAULT_APP } from '../model.ts';
import type { AppRegistration, DeadLinkAnswer, Json, Props } from '../model.ts';
import { changeInBulk } from '../bulk.ts';
import { KINDS } from '../faults/kinds.ts';
import { parseFault, parsePlan, PlanError } from '../faults/parse.ts';
import { StoreError } from '../store/input.ts';
import type { SettingsInput, Store } from '../store.ts';
import type { UserInput } from '../store/input.ts';
import type { Notifier } from '../subscriptions/notifier.ts';
import { text } from '../tenant.ts';
import { notificationRoute } from './notifications.ts';
import { listGroups, listUsers, showGroup, showState, showUser } from './views.ts';

export interface ControlContext {
  store: Store;
  keys: Keys;
  notifier: Notifier;
  publicUrl: string;
}

export async function answerControl(context: ControlContext, asked: Asked): Promise<Answer> {
  try {
    // A page of another origin must not reach the API through a visitor's browser.
    const origin = asked.headers['origin'];
    if (origin !== undefined && URL.parse(origin)?.host !== asked.headers['host'])
      throw new StoreError(403, 'Requests from other origins are refused.');
    const body = asked.body === '' ? {} : parse(asked.body);
    const path = asked.url.pathname.split('/').slice(2).map(decoded);
    const answered = await route(context, asked, path, body);
    return answered === null
      ? { status: 204 }
      : {
          status: asked.method === 'POST' && path[0] === 'tenants' && path.length !== 5 ? 201 : 200,
          body: answered as Json,
        };
  } catch (error) {
    if (error instanceof StoreError)
      return {
        status: error.status,
        body: {
          error: error.message,
          ...(error.reason === undefined ? {} : { reason: error.reason }),
          ...(error instanceof PlanError ? { member: error.member } : {}),
        },
      };
    throw error;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new StoreError(400, 'The path is not well-formed.');
  }
}

function parse(text: string): { [name: string]: Json } {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    /* answered below */
  }
  throw new StoreError(400, 'The body must be a JSON object.');
}

type Body = { [name: string]: Json };

/** The casts of `body` below: the API is for tests on this machine, and the store checks what matters to it. */
async function route(
  { store, keys, notifier, publicUrl }: ControlContext,
  asked: Asked,
  path: string[],
  body: Body,
): Promise<unknown> {
  const { method } = asked;
  const [head, id = ''] = path;
  switch (`${method} ${head ?? ''}`) {
    case 'GET state':
      return showState(store, publicUrl);
    case 'POST tenants':
      if (id === '') {
        const made = store.createTenant(body as unknown as Parameters<Store['createTenant']>[0]);
        return { id: made.id, displayName: made.displayName, domains: made.domains };
      }
      break;
    case 'GET apps':
      return { value: [...store.apps.values()] };
    case 'PUT apps':
      return store.putApp({
        ...(store.app(id) ?? structuredClone(DEFAULT_APP)),
        ...(body as unknown as Partial<AppRegistration>),
        clientId: id,
      });
    case 'POST clock':
      return { now: new Date(store.advanceClock(Number(body['advanceSeconds'] ?? 0))).toISOString() };
    case 'GET settings':
      return store.settings;
    case 'PUT settings':
      return store.changeSettings(body as unknown as SettingsInput);
    case 'POST faults':
      return store.faults.add(parseFault(body), typeof body['seed'] === 'number' ? body['seed'] : undefined);
    case 'GET faults':
      return { value: store.faults.list() };
    case 'DELETE faults':
      store.faults.clear(id === '' ? undefined : id);
      return null;
    case 'PUT fault-plan':
      return store.faults.setPlan(parsePlan(body));
    case 'GET fault-plan':
      return store.faults.plan();
    case 'DELETE fault-plan':
      store.faults.clearPlan();
      return null;
    case 'GET fault-kinds':
      return { value: Object.entries(KINDS).map(([name, { parameters }]) => ({ name, parameters })) };
    case 'GET requests':
      return store.requests.summary();
    case 'DELETE requests':
      store.requests.reset();
      return null;
    case 'POST keys':
      await keys.rotate();
      return { kid: keys.signing().kid };
    default:
  }
  const told = notificationRoute({ store, notifier }, method, path);
  if (told !== undefined) return told;
  if (head === 'tenants' && id !== '') return tenantRoute(store, asked, store.tenant(id).id, path.slice(2), body);
  throw new StoreError(404, `There is no control route ${method} ${asked.url.pathname}.`);
}

function tenantRoute(store: Store, asked: Asked, tid: string, path: string[], body: Body): unknown {
  const [head = '', id = '', part = '', other = ''] = path;
  const query = asked.url.searchParams;
  const tenant = store.tenant(tid);
  const shown = (userId: string) => showUser(tenant, store.user(tid, userId));
  const { roles, managerId, ...props } = body;
  switch (
    `${asked.method} ${head}${id === '' ? '' : '/id'}${part === '' ? '' : `/${part}`}${other === '' ? '' : '/id'}`
  ) {
    case 'GET users':
      return listUsers(tenant, query);
    case 'POST users': {
      const user = store.createUser(tid, props as UserInput, Array.isArray(roles) ? roles.map(String) : []);
      if (typeof managerId === 'string') store.setManager(tid, user.id, managerId);
      return shown(user.id);
    }
    case 'GET users/id':
      return shown(id);
    case 'PATCH users/id': {
      if (Object.keys(props).length > 0) store.updateUser(tid, id, props as Props);
      if (Array.isArray(roles)) store.setRoles(tid, id, roles.map(String));
      if (managerId !== undefined) store.setManager(tid, id, typeof managerId === 'string' ? managerId : null);
      return shown(id);
    }
    case 'DELETE users/id':
      if (query.get('permanent') === '1') store.purge(tid, store.user(tid, id).id);
      else store.deleteUser(tid, id);
      return null;
    case 'POST users/id/restore':
      store.restoreUser(tid, id);
      return shown(id);
    case 'PUT users/id/manager':
      store.setManager(tid, id, text(body['id'] ?? managerId));
      return shown(id);
    case 'DELETE users/id/manager':
      store.setManager(tid, id, null);
      return shown(id);
    case 'GET groups':
      return listGroups(tenant, query);
    case 'POST groups':
      return showGroup(tenant, store.createGroup(tid, body as Props & { displayName: string }));
    case 'GET groups/id':
      return showGroup(tenant, store.group(tid, id), true);
    case 'PATCH groups/id':
      return showGroup(tenant, store.updateGroup(tid, id, body));
    case 'DELETE groups/id':
      if (query.get('permanent') === '1') store.purge(tid, store.group(tid, id).id);
      else store.deleteGroup(tid, id);
      return null;
    case 'POST groups/id/restore':
      return showGroup(tenant, store.restoreGroup(tid, id));
    case 'PUT groups/id/members/id':
      store.addMember(tid, id, other);
      return null;
    case 'DELETE groups/id/members/id':
      store.removeMember(tid, id, other);
      return null;
    case 'GET grants':
      return { value: Object.fromEntries(tenant.grants) };
    case 'GET grants/id': {
      const grant = tenant.grants.get(id.toLowerCase());
      if (grant === undefined) throw new StoreError(404, 'The application has no service principal in this tenant.');
      return grant;
    }
    case 'PUT grants/id':
      return store.grant(
        tid,
        id,
        Array.isArray(roles) ? roles.map(String) : (store.app(id)?.requiredRoles ?? []),
        body['enabled'] !== false,
      );
    case 'DELETE grants/id':
      store.revoke(tid, id);
      return null;
    case 'POST bulk':
      return changeInBulk(store, tid, body as Parameters<typeof changeInBulk>[2]);
    case 'POST delta':
      store.invalidateDeltaLinks(tid, (body['answer'] ?? 'gone') as DeadLinkAnswer);
      return { generation: tenant.deltaGeneration };
    default:
      throw new StoreError(404, `There is no control route ${asked.method} ${asked.url.pathname}.`);
  }
}
