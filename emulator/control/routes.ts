// The control API, JSON under /_control: what a test or the page can do to the directory from outside.
import type { Answer, Asked } from '../http.ts';
import type { Keys } from '../keys.ts';
import { DEFAULT_APP } from '../model.ts';
import type { AppRegistration, Json } from '../model.ts';
import { KINDS } from '../faults/kinds.ts';
import { parseFault, parsePlan, PlanError } from '../faults/parse.ts';
import { StoreError } from '../store/input.ts';
import type { SettingsInput, Store } from '../store.ts';
import type { Notifier } from '../subscriptions/notifier.ts';
import { notificationRoute } from './notifications.ts';
import { tenantRoute } from './tenant-routes.ts';
import type { Body } from './tenant-routes.ts';
import { showState } from './views.ts';

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
