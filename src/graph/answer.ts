// What an answer's body says, or a failure that tells of which answer it could not be read.
import { GraphFailure } from './failures.ts';
import { Malformed } from './parse.ts';
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

const isPage = (text: string): boolean => /^\s*<(!doctype|html|head|body)\b/i.test(text.slice(0, 500));
