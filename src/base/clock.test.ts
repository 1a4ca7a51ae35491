import { expect, test } from 'vitest';
import { manualClock } from '../../test/manual-clock.ts';
import { systemClock } from './clock.ts';

test('the system clock sleeps, and wakes early with the reason of an abort', async () => {
  const startMs = systemClock.monotonicMs();
  await systemClock.sleep(20);
  expect(systemClock.monotonicMs() - startMs).toBeGreaterThanOrEqual(19);
  const stop = new AbortController();
  const asleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('stopping'));
  await expect(asleep).rejects.toThrow('stopping');
});

test('the manual clock wakes sleepers in order and moves no faster than asked', async () => {
  const clock = manualClock('2026-01-01T00:00:00Z');
  const woken: string[] = [];
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name} ${clock.monotonicMs()}`);
  };
  const all = Promise.all([sleep('late', 2000), sleep('early', 1000)]);
  await clock.advance(500);
  expect(woken).toEqual([]);
  await clock.advance(1500);
  await all;
  expect(woken).toEqual(['early 1000', 'late 2000']);
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:02.000Z');
});

test('setting the calendar back leaves durations alone', async () => {
  const clock = manualClock('2026-01-01T00:00:00Z');
  await clock.advance(1000);
  clock.set('2025-01-01T00:00:00Z');
  expect(clock.monotonicMs()).toBe(1000);
});
