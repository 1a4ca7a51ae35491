// What an invariant looks at: one organisation before and after one commit, and who made it.
import type { Snapshot } from '../snapshot.ts';
import type { Organisation } from '../world.ts';

export interface Step {
  organisation: Organisation;
  /** A run or another job, or a person. */
  by: 'sync' | 'person';
  before: Snapshot;
  after: Snapshot;
  nowMs: number;
  /** Addresses that workers have asked since the mirror's generation before. */
  asked: ReadonlySet<string>;
  /** Whether Entra kept changes to itself for ever: rows may then be made of two states. */
  isToldEverything: boolean;
}

export type Check = (step: Step) => void;
