// What the table of the recorded exchanges says of each.
import type { Tolerance } from './shape.ts';
import type { World } from './world.ts';

/** What the emulator answered, however it was asked. */
export interface Answered {
  status: number;
  body: unknown;
  /** Of a redirect. */
  redirect?: string;
}

/** (a) Put to the emulator. */
export interface EmulatorUse {
  /** Below the version, with {user}, {group} and the like; by default the recorded path with its ids replaced. */
  path?: string;
  method?: string;
  body?: (world: World) => unknown;
  headers?: Record<string, string>;
  /** Another way of asking than one request to Graph. */
  ask?: (world: World) => Promise<Answered>;
  /** Where the page shows a body without its status. */
  status?: number;
  tolerate?: readonly Tolerance[];
  /** Why another request is put than the recorded one. */
  because?: string;
}

/** (b) What of the client reads it; test/corpus/readers.ts has a reader for each kind. */
export type ReaderUse =
  | { kind: 'users' | 'user' | 'group' | 'groups' | 'people of a group' | 'count' }
  | { kind: 'users delta' | 'groups delta' }
  | { kind: 'batch' }
  | { kind: 'failure'; code: string; reaction: string; waitSeconds?: number; link?: boolean }
  | { kind: 'token' | 'discovery' | 'unknown tenant' | 'keys' | 'sign-in answer' }
  | { kind: 'refused token'; code: string; reaction: string };

/** Read by the whole product, in test/corpus-consent.test.ts: where the connecting stands afterwards, and why it failed. */
export type ClientUse = ReaderUse | { kind: 'consent answer'; step: string; code: string | null };

export interface Used {
  a?: EmulatorUse;
  b?: ClientUse;
  /** What it is, in the words of the report. */
  kind: string;
  /** Why it is used for neither. */
  skipped?: string;
}
