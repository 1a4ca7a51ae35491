// What each fault does: an answer instead of the right one, a change to the right one, or trouble on the line.
import { findAadsts } from '../login/aadsts.ts';
import { openEnvelope, errorAnswer } from '../graph/envelope.ts';
import { deadLinkError } from '../graph/dead-link.ts';
import type { Answer } from '../http.ts';
import type { DeadLinkAnswer, Json } from '../model.ts';
import { bombed, captive, malformed } from './bodies.ts';
import { entraFailure, failureAnswer, retryAfterHeader } from './failures.ts';
import type { Fault, NamedFault } from './fault.ts';
import { KINDS } from './kinds.ts';
import type { KindName, Parameter } from './kinds.ts';
import { PAGE_CHANGES } from './pages.ts';
import type { Effect, Scene } from './scene.ts';
import { scriptEffect } from './script.ts';

/** What the fault does to a request of that path. */
export function effectOf(fault: Fault, path: string): Effect {
  if (fault.fault === undefined) return scriptEffect(fault.answer ?? {}, path);
  const name = fault.fault.name as KindName; // parsed when it was set
  const told = parametersOf(fault.fault);
  const change = PAGE_CHANGES[name];
  if (change !== undefined)
    return { change: (answer, scene) => change.of(answer, told, scene), wellShaped: change.wellShaped };
  return OTHERS[name]?.(told) ?? { wellShaped: true };
}

export type Told = Record<string, Json | undefined>;

/** As given, and what is left out as the list says. */
function parametersOf({ name, ...given }: NamedFault): Told {
  const parameters: Record<string, Parameter> = KINDS[name as KindName].parameters; // parsed when it was set
  return Object.fromEntries(
    Object.entries(parameters).map(([key, parameter]) => [
      key,
      given[key] ?? ('otherwise' in parameter ? parameter.otherwise : undefined),
    ]),
  );
}

const number = (value: Json | undefined): number => Number(value);
const word = (value: Json | undefined): string => String(value as string | number); // a word or a number, as parsed

const instead = (of: (scene: Scene) => Answer): Effect => ({ instead: of, wellShaped: true });
const broken = (change: (answer: Answer) => Answer): Effect => ({ change, wellShaped: false });

const failing = (told: Told): Effect =>
  instead((scene) =>
    failureAnswer(
      {
        status: told['status'] === undefined ? undefined : number(told['status']),
        code: told['code'] === undefined ? undefined : word(told['code']),
        message: told['message'] === undefined ? undefined : word(told['message']),
        headers: retryAfterHeader(word(told['retryAfter']), scene.at),
      },
      scene,
    ),
  );

const OTHERS: Partial<Record<KindName, (told: Told) => Effect>> = {
  status: failing,
  graphError: failing,
  throttled: (told) => failing({ ...told, status: 429 }),
  tokenError: (told) =>
    instead((scene) =>
      entraFailure(
        findAadsts(word(told['error'])) ?? 90033,
        told['status'] === undefined ? undefined : number(told['status']),
        scene,
      ),
    ),
  deadDeltaLink: (told) =>
    instead((scene) => {
      const restart = `${scene.publicUrl}${scene.asked.url.pathname}?$deltatoken=`;
      const error = deadLinkError(word(told['answer']) as DeadLinkAnswer, restart); // one of the list
      return errorAnswer(error, openEnvelope(scene.asked.headers), scene.at);
    }),
  cut: (told) => ({ line: { cutAfter: number(told['after']) }, wellShaped: true }),
  reset: () => ({ line: { reset: true }, wellShaped: true }),
  slowStart: (told) => ({ line: { delayMs: number(told['ms']) }, wellShaped: true }),
  slowDrip: (told) => ({ line: { dripMs: number(told['ms']) }, wellShaped: true }),
  malformedJson: () => broken(malformed),
  captivePortal: (told) => ({ instead: () => captive(number(told['status'])), wellShaped: false }),
  gzipBomb: (told) => ({ instead: () => bombed(number(told['megabytes'])), wellShaped: false }),
};
