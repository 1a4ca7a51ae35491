// Errors of the login host: the token endpoint's JSON, and the texts that redirects and pages carry.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../http.ts';
import { AADSTS } from './aadsts.ts';
import type { EntraErrorKind } from './aadsts-kind.ts';
import type { Aadsts } from './aadsts.ts';

/** Not in every answer: these were seen without. */
const WITHOUT_URI: readonly number[] = [700038, 70003, 7000229, 700213];

export const fill = (pattern: string, values: readonly string[]): string =>
  values.reduce((all, value, index) => all.replaceAll(`{${index}}`, () => value), pattern);

export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `AADSTS…: text\r\nTrace ID: …` with the ids that belong to it. */
export function describe(
  code: Aadsts,
  values: readonly string[],
  at: number,
  correlationId: string = randomUUID(),
): { text: string; traceId: string; correlationId: string; timestamp: string; error: string } {
  const { error, text } = AADSTS[code];
  const traceId = randomUUID();
  const when = timestamp(at);
  return {
    error,
    traceId,
    correlationId,
    timestamp: when,
    text: `AADSTS${code}: ${fill(text, values)}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${when}`,
  };
}

export class EntraError extends Error {
  readonly code: Aadsts;
  readonly values: string[];
  constructor(code: Aadsts, ...values: string[]) {
    super(`AADSTS${code}`);
    this.code = code;
    this.values = values;
  }
}

export function tokenErrorAnswer(
  error: EntraError,
  at: number,
  correlationId: string | undefined,
  name?: string,
): Answer {
  const said = describe(error.code, error.values, at, correlationId);
  const { status }: EntraErrorKind = AADSTS[error.code];
  const kind = name ?? said.error;
  return {
    status: status ?? (kind === 'invalid_client' ? 401 : 400),
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'x-ms-request-id': said.traceId,
    },
    body: {
      error: kind,
      error_description: said.text,
      error_codes: [error.code],
      timestamp: said.timestamp,
      trace_id: said.traceId,
      correlation_id: said.correlationId,
      ...(WITHOUT_URI.includes(error.code)
        ? {}
        : { error_uri: `https://login.microsoftonline.com/error?code=${error.code}` }),
    },
  };
}
