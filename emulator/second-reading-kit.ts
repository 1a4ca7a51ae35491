// The second reading of graph-protocol.md: questions put to the emulator over HTTP and its control API alone, one row a sentence of the reference.
// The rows are in second-reading-*.test.ts; they were written from the document, before and without the emulator's code.
import { expect, test } from 'vitest';
import { startEmulator } from './server.ts';

/** One sentence: what is asked, and what the reference says comes back. A path in `is`, `has` and `lacks` is divided by `>`. */
export interface Row {
  says: string;
  /** `GET /v1.0/...` unless it begins with a method or names another root; `{name}` stands for what the world calls so. */
  ask: string;
  /** Which application's token; `all` unless given, `nobody` for none. */
  as?: string;
  headers?: Record<string, string>;
  form?: Record<string, string>;
  json?: unknown;
  status: number;
  code?: string;
  is?: Record<string, unknown>;
  has?: string[];
  lacks?: string[];
  header?: Record<string, string | RegExp | null>;
  text?: RegExp;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: unknown;
}

export interface World {
  url: string;
  tenant: string;
  /** What `{name}` in a question stands for. */
  names: Record<string, string>;
  control(method: string, path: string, body?: unknown): Promise<Reply>;
  ask(question: string, more?: Partial<Row>): Promise<Reply>;
  close(): Promise<void>;
}

export const eventual = { ConsistencyLevel: 'eventual' };
export const secret = 'a-secret-of-the-second-reading';

const appId = (nth: number) => `5ec0de00-0000-4000-8000-${String(nth).padStart(12, '0')}`;

/** An empty emulator with one tenant; `apps` names applications by what each was granted there, `null` for one that nobody consented to. */
export async function openWorld(apps: Record<string, string[] | null>): Promise<World> {
  const emulator = await startEmulator({ seed: 'none' });
  const url = emulator.url;
  const names: Record<string, string> = {};
  const tokens = new Map<string, string>();
  const fill = (text: string) => text.replace(/\{([A-Za-z0-9]+)\}/g, (whole, name: string) => names[name] ?? whole);

  const send = async (
    method: string,
    address: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Reply> => {
    const answer = await fetch(address, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  };

  const control: World['control'] = async (method, path, body) => {
    const reply = await send(
      method,
      `${url}/_control/${fill(path)}`,
      { 'Content-Type': 'application/json' },
      body === undefined ? undefined : JSON.stringify(body),
    );
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply;
  };

  const token = async (app: string) => {
    const known = tokens.get(app);
    if (known !== undefined) return known;
    const form = {
      grant_type: 'client_credentials',
      client_id: fill(`{${app}}`),
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    };
    const reply = await send(
      'POST',
      `${url}/${fill('{tenant}')}/oauth2/v2.0/token`,
      formType,
      new URLSearchParams(form).toString(),
    );
    const fresh = String(at(reply.body, 'access_token'));
    tokens.set(app, fresh);
    return fresh;
  };

  const ask: World['ask'] = async (question, more = {}) => {
    const [, verb, rest = question] = /^(GET|POST|PATCH|PUT|DELETE|HEAD) (.*)$/s.exec(question) ?? [];
    const path = fill(rest);
    const graph = path.startsWith('/v1.0') || path.startsWith('http');
    const address = path.startsWith('http') ? path : `${url}${path}`;
    const as = more.as ?? (graph ? 'all' : 'nobody');
    const headers = {
      ...(as === 'nobody' ? {} : { Authorization: `Bearer ${await token(as)}` }),
      ...(more.json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(more.form === undefined ? {} : formType),
      ...more.headers,
    };
    const filled = new URLSearchParams(
      Object.entries(more.form ?? {}).map(([name, text]): [string, string] => [name, fill(text)]),
    );
    const json = more.json === undefined ? undefined : fill(JSON.stringify(more.json));
    const body = more.form === undefined ? json : filled.toString();
    return send(verb ?? (body === undefined ? 'GET' : 'POST'), address, headers, body);
  };

  const made = await control('POST', 'tenants', {
    displayName: 'Contoso',
    domains: ['contoso.example'],
    country: 'SE',
  });
  names['tenant'] = String(at(made.body, 'id'));
  for (const [nth, [name, roles]] of Object.entries(apps).entries()) {
    names[name] = appId(nth + 1);
    await control('PUT', `apps/{${name}}`, {
      name,
      secret,
      redirectUris: ['http://localhost:9/callback'],
      requiredRoles: roles ?? ['User.Read.All'],
    });
    if (roles !== null) await control('PUT', `tenants/{tenant}/grants/{${name}}`, { roles });
  }
  return { url, tenant: names['tenant'], names, control, ask, close: () => emulator.close() };
}

const formType = { 'Content-Type': 'application/x-www-form-urlencoded' };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is at a path such as `value>0>displayName`; undefined where there is nothing. */
export function at(body: unknown, path: string): unknown {
  return path
    .split('>')
    .reduce<unknown>(
      (within, step) => (typeof within === 'object' && within !== null ? Reflect.get(within, step) : undefined),
      body,
    );
}

/** The members of a collection, each as an object. */
export const value = (reply: { body: unknown }, path = 'value'): Record<string, unknown>[] => {
  const list = at(reply.body, path);
  return Array.isArray(list) ? list.map((item: unknown) => Object(item)) : [];
};

/** Ids and names in one order, so that two lists can be compared. */
export const inOrder = (list: unknown[]): string[] => list.map(String).toSorted((one, other) => (one < other ? -1 : 1));

/** Makes a test of each row. */
export function questions(world: () => World, rows: Row[]): void {
  for (const row of rows) test(row.says, async () => judge(row, await world().ask(row.ask, row)));
}

/** Holds an answer against what the row says. */
export function judge(row: Row, reply: Reply): void {
  expect(reply.status, reply.text.slice(0, 400)).toBe(row.status);
  if (row.code !== undefined) expect(at(reply.body, 'error>code')).toBe(row.code);
  for (const [path, expected] of Object.entries(row.is ?? {})) expect(at(reply.body, path), path).toEqual(expected);
  for (const path of row.has ?? [])
    expect(at(reply.body, path), `${path} in ${reply.text.slice(0, 400)}`).toBeDefined();
  for (const path of row.lacks ?? []) expect(at(reply.body, path), path).toBeUndefined();
  for (const [name, expected] of Object.entries(row.header ?? {})) {
    if (expected === null || typeof expected === 'string') expect(reply.headers.get(name), name).toBe(expected);
    else expect(reply.headers.get(name), name).toMatch(expected);
  }
  if (row.text !== undefined) expect(reply.text).toMatch(row.text);
}
