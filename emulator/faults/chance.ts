// How often: which of the requests that match are met. Chance is drawn from the seed, one number per request in the order of
// their coming, so that the same seed with the same requests gives the same faults.
import type { FaultOften } from './fault.ts';

export interface Chance {
  /** Called once per request that matches; `seen` counts them from 1. */
  hits(seen: number): boolean;
}

/** `ordinal` is the fault's place in its plan: two faults of one plan draw independently. */
export function createChance(often: FaultOften, seed: number, ordinal: number): Chance {
  const draw = numbersFrom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(ordinal + 1, 0x85ebca6b));
  const { skip = 0, every = 1, probability = 1 } = often;
  return {
    hits(seen) {
      const after = seen - skip;
      if (after <= 0 || after % every !== 0) return false;
      return probability >= 1 || draw() < probability;
    },
  };
}

/** Mulberry32: small, and evenly spread enough to decide about requests. */
function numbersFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
