// The form in which server and web agree on one call: the server registers it, the web app calls it, OpenAPI shows it.
import type { z } from 'zod';
import type { Permission } from './permissions.ts';

/** Who may call a route: anybody, a signed-in account, a member of the organisation in the path, or a member with a permission. */
export type Access = 'public' | 'signed-in' | 'member' | Permission;

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Fastify's notation, `/api/v1/organisations/:organisationId/users`. */
  path: `/api/v1/${string}`;
  access: Access;
  /** The password must have been given within the last minutes, or password_needed is answered (T22). */
  recentSignIn?: true;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Absent: 204, no body. */
  response?: z.ZodType;
  /** Answers a file instead, in the format that the body asks for (table-export.ts). */
  download?: true;
}

/** Keeps the exact types of a route's schemas. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}
