// A fault as it is kept: which requests it meets, how often, and what it does to them.
import type { Json } from '../model.ts';

/** All that is given must hold. A text is found as a part; between slashes it is an expression: `/^\/v1\.0\/users\?/`. */
export interface FaultMatch {
  method?: string;
  /** In path and query, from the first slash. */
  path?: string;
  /** Id or verified domain of the tenant that the token, or the address of the login host, is for. */
  tenant?: string;
  /** Client id of the application that asks. */
  app?: string;
  headers?: Record<string, string>;
  /** In the body; or in the members of a form or a JSON object, such as `grant_type`. */
  body?: string | Record<string, string>;
  /** Only requests within a $batch, or only those that came by themselves. */
  inBatch?: boolean;
}

/** Of the requests that match: pass over `skip`, then take every n-th, of those each with a probability, and `times` at most. */
export interface FaultOften {
  times?: number;
  skip?: number;
  every?: number;
  probability?: number;
}

/** What becomes of the answer, spelt out. */
export interface Script {
  status?: number;
  headers?: Record<string, string>;
  body?: Json;
  delayMs?: number;
  cut?: boolean;
  malformed?: boolean;
  transform?: 'drop-value' | 'loop-next' | 'foreign-next';
}

/** A fault of the list in kinds.ts, with its parameters. */
export interface NamedFault {
  name: string;
  [parameter: string]: Json;
}

/** `skip` and `times` may also stand in `match`, where they were first. */
export interface FaultInput {
  /** What it is for, in the writer's own words. */
  title?: string;
  match: FaultMatch & Pick<FaultOften, 'skip' | 'times'>;
  often?: FaultOften;
  answer?: Script;
  fault?: NamedFault;
}

export interface Fault {
  id: string;
  title?: string;
  match: FaultMatch;
  often: FaultOften;
  answer?: Script;
  fault?: NamedFault;
  /** Whether it belongs to the plan, which is put and cleared as a whole. */
  planned: boolean;
  /** Requests that matched. */
  seen: number;
  /** Requests that were met. */
  used: number;
}
