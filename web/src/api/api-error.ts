// What a call that failed looks like in the web app: the contract's code, and the ids to quote.
import { errorBodySchema, type ErrorBody, type ErrorCode } from '../../../src/contract/errors.ts';

/** `unreachable`: no answer at all. `unreadable`: an answer that is not the contract's. */
export type ApiErrorCode = ErrorCode | 'unreachable' | 'unreadable';

export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly params: Record<string, string | number>;
  readonly fields: { path: string; message: string }[];
  readonly requestId: string | undefined;
  readonly graphRequestId: string | undefined;

  constructor(code: ApiErrorCode, status: number, detail: Partial<ErrorBody['error']> = {}) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.params = detail.params ?? {};
    this.fields = detail.fields ?? [];
    this.requestId = detail.requestId;
    this.graphRequestId = detail.graphRequestId;
  }
}

export function isApiError(error: unknown, code?: ApiErrorCode): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

export async function readApiError(response: Response): Promise<ApiError> {
  const parsed = errorBodySchema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return new ApiError(parsed.data.error.code, response.status, parsed.data.error);
  // A proxy in front of the server answers for it while it is away.
  return new ApiError([502, 503, 504].includes(response.status) ? 'unreachable' : 'unreadable', response.status);
}
