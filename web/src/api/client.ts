// One call to the server, typed by its route in the contract: fills the path, marks writes, parses the answer.
import type { z } from 'zod';
import type { Route } from '../../../src/contract/route.ts';
import { isQuiet } from './activity.ts';
import { ApiError, readApiError } from './api-error.ts';

type Part<R extends Route, K extends 'params' | 'query' | 'body'> = R[K] extends z.ZodType ? z.input<R[K]> : undefined;
type Given<K extends string, T> = [T] extends [undefined] ? { [key in K]?: undefined } : { [key in K]: T };
type Offered<K extends string, T> = [T] extends [undefined] ? { [key in K]?: undefined } : { [key in K]?: T };

/** What a call needs: `params` and `body` where the route has them, `query` where it may. */
export type Input<R extends Route> = Given<'params', Part<R, 'params'>> &
  Offered<'query', Part<R, 'query'>> &
  Given<'body', Part<R, 'body'>>;
export type Output<R extends Route> = R['response'] extends z.ZodType ? z.output<R['response']> : undefined;

export interface LooseInput {
  params?: Record<string, unknown> | undefined;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
}

export async function call<R extends Route>(
  route: R,
  input: Input<R>,
  options: { signal?: AbortSignal } = {},
): Promise<Output<R>> {
  const loose: LooseInput = input; // the exact shape has done its work: the caller was checked
  const response = await send(route, loose, options.signal);
  if (!response.ok) throw await readApiError(response);
  if (route.response === undefined) return undefined as Output<R>; // no schema, no answer
  const parsed = route.response.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw new ApiError('unreadable', response.status);
  return parsed.data as Output<R>; // parsed by the very schema that Output names
}

/** The answer as it came. Throws what names the failure when there was none. */
export async function send(route: Route, input: LooseInput, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (route.method !== 'GET') headers['x-samsyn'] = '1';
  if (isQuiet()) headers['x-samsyn-background'] = '1';
  const init: RequestInit = { method: route.method, headers, credentials: 'same-origin', redirect: 'error' };
  if (input.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(input.body);
  }
  if (signal !== undefined) init.signal = signal;
  try {
    return await fetch(addressOf(route, input), init);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError('unreachable', 0);
  }
}

export function addressOf(route: Route, { params = {}, query = {} }: LooseInput): string {
  const path = route.path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(textOf(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, textOf(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
