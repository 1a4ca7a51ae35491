// Graph's error envelope.
import type { Json } from '../model.ts';

export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;
  readonly inner: { [name: string]: Json };
  constructor(
    status: number,
    code: string,
    message: string,
    more: { headers?: Record<string, string>; inner?: { [name: string]: Json } } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.inner = more.inner ?? {};
  }
}

export const notFound = (id: string): GraphError =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
export const denied = (): GraphError =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
export const unsupported = (message: string): GraphError => new GraphError(400, 'Request_UnsupportedQuery', message);
export const badRequest = (message: string): GraphError => new GraphError(400, 'Request_BadRequest', message);

/** The date of an inner error is UTC but says no zone. */
export function innerError(
  date: Date,
  requestId: string,
  clientRequestId: string | undefined,
  more: { [name: string]: Json } = {},
): { [name: string]: Json } {
  return {
    ...more,
    date: date.toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': clientRequestId ?? requestId,
  };
}
