// A route of the contract becomes a route of the server: who may call it, what comes in, what goes out. A handler gets
// parsed input and an actor, and calls one room function.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../base/actor.ts';
import { present } from '../base/assert.ts';
import { AppError, errorBodySchema } from '../contract/errors.ts';
import type { Access, Route } from '../contract/route.ts';
import type { Account } from '../people/sign-in.ts';
import { authorize, type AuthorizeDeps } from './authorize.ts';

export type App = FastifyInstance;

type Parsed<R, K extends string> = R extends Record<K, infer S extends z.ZodType> ? z.output<S> : undefined;
type Answer<R> = R extends { response: infer S extends z.ZodType } ? z.input<S> : void;
type Acting<A extends Access> = A extends 'public' | 'signed-in' ? null : Actor;

export interface Call<R extends Route> {
  /** Who acts, in the organisation of the path; null where a route has none. */
  actor: Acting<R['access']>;
  /** Who is signed in; null for public routes, also for somebody who is. */
  account: R['access'] extends 'public' ? null : Account;
  params: Parsed<R, 'params'>;
  query: Parsed<R, 'query'>;
  body: Parsed<R, 'body'>;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Session, then access, then input: who may not call a route does not learn what it takes. */
export function addRoute<const R extends Route>(
  app: App,
  deps: AuthorizeDeps,
  route: R,
  fn: (call: Call<R>) => Promise<Answer<R>>,
): void {
  const { method, path, access, params, query, body, response } = route;
  const caller = new WeakMap<FastifyRequest, { actor: Actor | null; account: Account | null }>();
  app.route({
    method,
    url: path,
    schema: {
      summary: route.summary,
      tags: [tagOf(path)],
      ...(access === 'public' ? { security: [] } : {}),
      ...(params ? { params } : {}),
      ...(query ? { querystring: query } : {}),
      ...(body ? { body } : {}),
      response: { ...answerOf(route), '4xx': errorBodySchema, '5xx': errorBodySchema },
    },
    onRequest: async (request) => {
      caller.set(request, await authorize(deps, request, route));
    },
    handler: async (request, reply) => {
      const call = {
        ...present(caller.get(request), 'a request was authorized before it is handled'),
        params: request.params,
        query: request.query,
        body: request.body,
        request,
        reply,
      };
      // The schemas given above have been applied by parseInput, and authorize has answered by the access of the route.
      const result = await fn(call as unknown as Call<R>);
      if (route.download) return reply; // on its way
      if (!response) return reply.code(204).send();
      // Also takes away what the contract does not name.
      return reply.send(response.parse(result));
    },
  });
}

/** For the whole server: zod schemas of routes parse what comes in. */
export function useSchemas(app: App): void {
  app.setValidatorCompiler<z.ZodType>(
    ({ schema }) =>
      (data: unknown) =>
        parseInput(schema, data),
  );
  // Answers are parsed by addRoute.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

function parseInput(schema: z.ZodType, data: unknown): { value: unknown } | { error: Error } {
  const result = schema.safeParse(data ?? {});
  if (result.success) return { value: result.data };
  const fields = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  return { error: new AppError('invalid_input', { fields: fields.slice(0, fieldsToldMax) }) };
}

const fieldsToldMax = 50;
const emptySchema = z.undefined().describe('Nothing more to say');
const fileSchema = z.string().describe('The file');

function answerOf({ response, download }: Route): Record<number, z.ZodType> {
  if (download) return { 200: fileSchema };
  return response ? { 200: response } : { 204: emptySchema };
}

function tagOf(path: string): string {
  const [first = '', , third] = path.replace('/api/v1/', '').split('/');
  return first === 'organisations' ? (third ?? first) : first;
}
