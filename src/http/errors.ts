// Whatever goes wrong on a request ends here and becomes the error body of the contract. What is not on the list of codes
// is a mistake of ours: the browser gets `internal` and the id of the request, the log gets the rest.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../base/log.ts';
import { isContended, isDatabaseLost, isStorageFull } from '../db/lost.ts';
import { AppError, errorStatus, type AppErrorDetail, type ErrorBody, type ErrorCode } from '../contract/errors.ts';
import type { App } from './route.ts';

export function useErrors(app: App, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const told = asAppError(error);
    if (!told) log.error('A request failed', { ...where(request), code: 'internal', error });
    else if (errorStatus[told.code] >= 500)
      log.warn('A request could not be answered', { ...where(request), error: told });
    return sendError(reply, told ?? new AppError('internal'));
  });
}

export function sendError(reply: FastifyReply, { code, detail }: AppError): FastifyReply {
  const { params, fields, graphRequestId, retryAfterSeconds } = detail;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  const body: ErrorBody = {
    error: {
      code,
      ...(params ? { params } : {}),
      ...(fields ? { fields } : {}),
      requestId: reply.request.id,
      ...(graphRequestId ? { graphRequestId } : {}),
    },
  };
  return reply.code(errorStatus[code]).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body);
}

/** Undefined for what nobody has foreseen. */
function asAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (isGraphCode(code)) return new AppError(code, graphDetail(error));
  // Repeated in vain: a run that commits holds the rows for minutes in a large directory. Nothing was changed.
  if (isContended(error)) return new AppError('database_unavailable', { retryAfterSeconds: 30, cause: error });
  if (isStorageFull(error)) return new AppError('storage_full', { retryAfterSeconds: 60, cause: error });
  if (isDatabaseLost(error)) return new AppError('database_unavailable', { retryAfterSeconds: 5, cause: error });
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AppError('payload_too_large');
  // The framework's own: a body that is no JSON, of another type, an address that cannot be decoded.
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (
    typeof status === 'number' &&
    status >= 400 &&
    status < 500 &&
    (code.startsWith('FST_') || error instanceof SyntaxError)
  ) {
    return new AppError('invalid_input');
  }
  return undefined;
}

function isGraphCode(code: string): code is ErrorCode {
  return code.startsWith('graph_') && Object.hasOwn(errorStatus, code);
}

/** The door does not know the room graph: a failure of it is known by its code. */
function graphDetail(failure: Error): AppErrorDetail {
  const { requestId, waitSeconds } = failure as { requestId?: unknown; waitSeconds?: unknown }; // looked at below
  return {
    cause: failure,
    ...(typeof requestId === 'string' ? { graphRequestId: requestId } : {}),
    ...(typeof waitSeconds === 'number' ? { retryAfterSeconds: waitSeconds } : {}),
  };
}

function where(request: FastifyRequest): { requestId: string; method: string; route: string } {
  return { requestId: request.id, method: request.method, route: request.routeOptions.url ?? 'none' };
}
