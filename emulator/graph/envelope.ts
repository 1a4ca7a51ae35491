// What every answer of Graph wears: the ids of the request, and around an error the envelope that names them again.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../http.ts';
import { innerError } from './graph-error.ts';
import type { GraphError } from './graph-error.ts';

export interface Envelope {
  /** Fresh for each request. */
  requestId: string;
  /** As the client sent it. */
  clientRequestId: string | undefined;
  headers: Record<string, string>;
}

export function openEnvelope(asked: Record<string, string>): Envelope {
  const requestId = randomUUID();
  const clientRequestId = asked['client-request-id'];
  return {
    requestId,
    clientRequestId,
    headers: {
      'request-id': requestId,
      'client-request-id': clientRequestId ?? requestId,
      'x-ms-ags-diagnostic':
        '{"ServerInfo":{"DataCenter":"Sweden Central","Slice":"E","Ring":"3","ScaleUnit":"001","RoleInstance":"EMULATOR"}}',
      'OData-Version': '4.0',
      'Strict-Transport-Security': 'max-age=31536000',
      'Cache-Control': 'no-cache',
    },
  };
}

/** `at` is the emulator's time in milliseconds. */
export function errorAnswer(error: GraphError, envelope: Envelope, at: number): Answer {
  const { requestId, clientRequestId, headers } = envelope;
  return {
    status: error.status,
    headers: { ...headers, ...error.headers, 'Content-Type': 'application/json' },
    body: {
      error: {
        code: error.code,
        message: error.message,
        innerError:
          error.status === 429
            ? throttledInside(requestId, at)
            : innerError(new Date(at), requestId, clientRequestId, error.inner),
      },
    },
  };
}

/** The members of Microsoft's sample, which leaves the client's id out: https://learn.microsoft.com/graph/throttling */
const throttledInside = (requestId: string, at: number): Record<string, string> => ({
  code: '429',
  date: new Date(at).toISOString().slice(0, 19),
  message: 'Please retry after',
  'request-id': requestId,
  status: '429',
});
