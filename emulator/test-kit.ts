// What the emulator's own tests share: a running emulator, a consented app, and short calls.
import { createHash } from 'node:crypto';
import { drive } from './drive.ts';
import type { Decision, Ended } from './drive.ts';
import { DEFAULT_APP } from './model.ts';
import type { AppRegistration } from './model.ts';
import { NORRSKEN } from './people.ts';
import { startEmulator } from './server.ts';
import type { Emulator, EmulatorOptions } from './server.ts';

export const REDIRECT = 'http://localhost:3999/callback';
export const APP: AppRegistration = { ...DEFAULT_APP, redirectUris: [REDIRECT] };
export const A = NORRSKEN.id;
export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-00';

/** An answer read as JSON; tests look into it freely. */
export interface Got {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  value: Record<string, unknown>[];
  code: string;
}

export interface Kit extends Emulator {
  /** A Graph request; the path is below the version, or a whole link. An answer that breaks the schema throws. */
  ask(method: string, path: string, headers?: Record<string, string>, body?: unknown): Promise<Got>;
  get(path: string, headers?: Record<string, string>): Promise<Got>;
  control(method: string, path: string, body?: unknown): Promise<Got>;
  token(fields?: Record<string, string>, tenant?: string): Promise<Got>;
  /** Mints an app-only token that `get` uses from now on. */
  use(tenant?: string): Promise<string>;
  /** The same after an administrator consented to exactly these. */
  grantAndUse(roles: string[], tenant?: string): Promise<string>;
  authorize(changes?: Record<string, string | null>, segment?: string): string;
  consentUrl(changes?: Record<string, string | null>, segment?: string): string;
  go(address: string, decision: Decision): Promise<Ended>;
  /** All pages of a collection or delta round. */
  all(
    path: string,
    headers?: Record<string, string>,
  ): Promise<{ items: Record<string, unknown>[]; pages: number; deltaLink: string }>;
}

export async function startKit(options: EmulatorOptions & { granted?: string[] | null } = {}): Promise<Kit> {
  const { granted = APP.requiredRoles, ...rest } = options;
  const emulator = await startEmulator({ apps: [structuredClone(APP)], ...rest });
  if (granted !== null && rest.seed !== 'none') emulator.store.grant(A, APP.clientId, granted);
  let bearer = '';
  const withParameters = (address: string, parameters: Record<string, string | null>): string => {
    const url = new URL(address);
    for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
    return url.href;
  };
  const kit: Kit = {
    ...emulator,
    async ask(method, path, headers = {}, body) {
      const got = await read(
        await fetch(path.startsWith('http') ? path : `${emulator.url}/v1.0${path}`, {
          method,
          headers: { authorization: `Bearer ${bearer}`, ...json(body), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          redirect: 'manual',
        }),
      );
      if (got.code === 'EmulatorSchemaViolation') throw new Error(JSON.stringify(got.body));
      return got;
    },
    get: (path, headers = {}) => kit.ask('GET', path, headers),
    async control(method, path, body) {
      return read(
        await fetch(`${emulator.url}/_control${path}`, {
          method,
          headers: json(body),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
    },
    async token(fields = {}, tenant = A) {
      const all = {
        grant_type: 'client_credentials',
        client_id: APP.clientId,
        client_secret: APP.secret,
        scope: 'https://graph.microsoft.com/.default',
        ...fields,
      };
      const body = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''));
      return read(await fetch(`${emulator.url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body }));
    },
    async use(tenant = A) {
      const { body } = await kit.token({}, tenant);
      bearer = String(body['access_token']);
      return bearer;
    },
    async grantAndUse(roles, tenant = A) {
      emulator.store.grant(tenant, APP.clientId, roles);
      return kit.use(tenant);
    },
    authorize: (changes = {}, segment = 'organizations') =>
      withParameters(`${emulator.url}/${segment}/oauth2/v2.0/authorize`, {
        client_id: APP.clientId,
        response_type: 'code',
        redirect_uri: REDIRECT,
        scope: 'openid profile',
        state: 'the state',
        nonce: 'the nonce',
        code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
        code_challenge_method: 'S256',
        ...changes,
      }),
    consentUrl: (changes = {}, segment = A) =>
      withParameters(`${emulator.url}/${segment}/v2.0/adminconsent`, {
        client_id: APP.clientId,
        redirect_uri: REDIRECT,
        scope: 'https://graph.microsoft.com/.default',
        state: 'the state',
        ...changes,
      }),
    go: drive,
    async all(path, headers = {}) {
      const items: Record<string, unknown>[] = [];
      let next: unknown = path;
      let pages = 0;
      let last: Got | undefined;
      while (typeof next === 'string') {
        last = await kit.get(next, headers);
        if (last.status !== 200) throw new Error(`${last.status} ${last.code}`);
        items.push(...last.value);
        pages += 1;
        next = last.body['@odata.nextLink'];
      }
      return { items, pages, deltaLink: String(last?.body['@odata.deltaLink']) };
    },
  };
  if (granted !== null && rest.seed !== 'none') await kit.use();
  return kit;
}

const json = (body: unknown): Record<string, string> =>
  body === undefined ? {} : { 'content-type': 'application/json' };

async function read(response: Response): Promise<Got> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    body = { text };
  }
  const error = body['error'];
  const code =
    typeof error === 'object' && error !== null && 'code' in error
      ? String(error.code)
      : typeof error === 'string'
        ? error
        : '';
  return {
    status: response.status,
    headers: response.headers,
    body,
    value: (body['value'] ?? []) as Record<string, unknown>[],
    code,
  };
}
