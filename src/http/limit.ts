// Token buckets. In the memory of this process: a restart forgets them, and of two processes each counts its own.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../contract/errors.ts';

/** Takes one token from the bucket of `key`, or throws too_many_requests with the time to wait. */
export type Limit = (name: string, key: string, perMinute: number) => void;

/** Puts a token back: for what counts only when it fails. */
export type GiveBack = (name: string, key: string) => void;

export interface Limiter {
  limit: Limit;
  giveBack: GiveBack;
}

interface Bucket {
  tokens: number;
  atMs: number;
  perMinute: number;
}

// Full again after a minute: a bucket that nobody has touched for so long says nothing.
const fullAfterMs = 60_000;
// An attacker with many addresses or accounts cannot fill the memory: about 10 MB.
const bucketsMax = 100_000;

export function createLimit(clock: Clock): Limiter {
  const buckets = new Map<string, Bucket>();

  function forget(nowMs: number): void {
    for (const [id, { atMs }] of buckets) {
      if (buckets.size <= bucketsMax && nowMs - atMs < fullAfterMs) return;
      buckets.delete(id);
    }
  }

  return {
    limit(name, key, perMinute) {
      const nowMs = clock.monotonicMs();
      const id = `${name} ${key}`;
      const before = buckets.get(id) ?? { tokens: perMinute, atMs: nowMs };
      const tokens = Math.min(perMinute, before.tokens + ((nowMs - before.atMs) * perMinute) / fullAfterMs);
      if (tokens < 1) {
        throw new AppError('too_many_requests', { retryAfterSeconds: ((1 - tokens) * fullAfterMs) / perMinute / 1000 });
      }
      // Put at the end: the map stays in the order of last use.
      buckets.delete(id);
      buckets.set(id, { tokens: tokens - 1, atMs: nowMs, perMinute });
      forget(nowMs);
    },

    giveBack(name, key) {
      const bucket = buckets.get(`${name} ${key}`);
      if (bucket) bucket.tokens = Math.min(bucket.perMinute, bucket.tokens + 1);
    },
  };
}
