import type { Clock } from '../src/base/clock.ts';

export interface ManualClock extends Clock {
  /** Turns the hands forward and wakes whoever has slept long enough, in order. */
  advance(ms: number): Promise<void>;
  /** Sets the calendar only, as an operator or a time server does: durations are untouched. */
  set(now: Date | string): void;
  /** How many are asleep. */
  readonly sleepers: number;
}

/** A clock that stands still until a test moves it. */
export function manualClock(start: Date | string = '2026-03-02T08:00:00Z'): ManualClock {
  let calendarMs = new Date(start).getTime();
  let monotonicMs = 0;
  const sleeping = new Set<{ untilMs: number; wake: () => void }>();

  return {
    now: () => new Date(calendarMs),
    monotonicMs: () => monotonicMs,
    get sleepers() {
      return sleeping.size;
    },
    set(now) {
      calendarMs = new Date(now).getTime();
    },
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) {
        reject(signal.reason);
        return promise;
      }
      const sleeper = { untilMs: monotonicMs + ms, wake: resolve };
      sleeping.add(sleeper);
      signal?.addEventListener('abort', () => {
        if (sleeping.delete(sleeper)) reject(signal.reason);
      });
      return promise;
    },
    async advance(ms) {
      const endMs = monotonicMs + ms;
      for (;;) {
        const next = [...sleeping].filter((one) => one.untilMs <= endMs).toSorted((a, b) => a.untilMs - b.untilMs)[0];
        if (!next) break;
        const stepMs = Math.max(0, next.untilMs - monotonicMs);
        monotonicMs += stepMs;
        calendarMs += stepMs;
        sleeping.delete(next);
        next.wake();
        // Lets what was waiting run on, so that it can go to sleep again before the clock does.
        await new Promise((done) => setImmediate(done));
      }
      calendarMs += endMs - monotonicMs;
      monotonicMs = endMs;
      await new Promise((done) => setImmediate(done));
    },
  };
}
