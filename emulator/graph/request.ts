// What every Graph route is given: the emulator's parts, and one request with its caller.
import type { Keys } from '../keys.ts';
import type { Json } from '../model.ts';
import type { Store } from '../store.ts';
import { badRequest } from './graph-error.ts';
import type { GraphError } from './graph-error.ts';
import type { Caller } from './permissions.ts';

export interface GraphContext {
  store: Store;
  keys: Keys;
  publicUrl: string;
}

export interface GraphRequest {
  method: string;
  /** Path segments below the version. */
  path: string[];
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  caller: Caller;
}

/** What a request that is no read is answered with; a null body is none. */
export interface Written {
  status: 200 | 201 | 204;
  body: { [name: string]: Json } | null;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isGuid = (key: string): boolean => GUID.test(key);

export function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}

/** A path that the service knows nothing under. */
export const noSegment = (segment: string): GraphError =>
  badRequest(`Resource not found for the segment '${segment}'.`);

/**
 * What stands behind a relation: a cast to one of these types, `$count`, both or neither. `only` is the type of the cast; anything else is no
 * known path.
 */
export function castOf<T extends string>(
  rest: readonly string[],
  types: readonly T[],
): { only: T | undefined; count: boolean } {
  const count = rest.at(-1) === '$count';
  const [cast = '', tail] = count ? rest.slice(0, -1) : rest;
  const only = types.find((type) => cast === `microsoft.graph.${type}`);
  if (tail !== undefined || (cast !== '' && only === undefined)) throw noSegment(tail ?? cast);
  return { only, count };
}

/** The address of what an answer is of, with the members that were selected: `…#users(id,mail)/$entity`. */
export function contextOf(graph: GraphContext, { query }: GraphRequest, of: string, entity = false): string {
  const select = query.get('$select')?.replaceAll(/\s/g, '') ?? '';
  return `${graph.publicUrl}/v1.0/$metadata#${of}${select === '' ? '' : `(${select})`}${entity ? '/$entity' : ''}`;
}
