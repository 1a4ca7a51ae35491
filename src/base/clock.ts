// The only place that asks the time. Whoever needs it gets a Clock, so that a test can turn the hands.
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Calendar time: can jump when the machine's clock is set. Never subtract two of these to get a duration. */
  now(): Date;
  /** Milliseconds since some start: never goes backwards. For durations. */
  monotonicMs(): number;
  /** Waits; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : undefined);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
