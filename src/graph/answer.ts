// What an answer's body says, or a failure that tells of which answer it could not be read.
import { GraphFailure } from './failures.ts';
import { asObject, Malformed, parseJson } from './parse.ts';
import type { Answer } from './send.ts';

/** Throws GraphFailure, with Malformed as its cause, when the body is not what it should be. */
export function parsed<T>({ parse }: { parse: (text: string) => T }, answer: Answer): T {
  try {
    return parse(answer.text);
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    const { requestId, clientRequestId } = answer;
    // A page for people comes from something that stands between: a proxy, or a network that wants a sign-in (F20).
    const code = isPage(answer.text) ? 'graph_intercepted' : 'graph_malformed';
    throw new GraphFailure('stop_run', code, { requestId, clientRequestId, cause });
  }
}

export const isPage = (text: string): boolean => /^\s*<(!doctype|html|head|body)\b/i.test(text.slice(0, 500));

/** Graph's error envelope: its code, and Microsoft's id of the request, which items of a batch tell in here alone. */
export function readEnvelope(body: unknown): { graphCode: string | null; requestId: string | null } {
  try {
    const error = asObject(asObject(body)['error']);
    // Spelt both ways by Microsoft's own pages (graph-protocol 7.2).
    const inner = error['innerError'] ?? error['innererror'];
    const requestId = inner === undefined || inner === null ? null : asObject(inner)['request-id'];
    return { graphCode: textOf(error['code'], 100), requestId: textOf(requestId, 64) };
  } catch (error) {
    if (error instanceof Malformed) return { graphCode: null, requestId: null };
    throw error;
  }
}

/** The same of a body that was not taken apart yet. */
export function readEnvelopeText(text: string): ReturnType<typeof readEnvelope> {
  try {
    return readEnvelope(parseJson(text));
  } catch (error) {
    if (error instanceof Malformed) return { graphCode: null, requestId: null };
    throw error;
  }
}

const textOf = (value: unknown, lengthMax: number): string | null =>
  typeof value === 'string' ? value.slice(0, lengthMax) : null;
