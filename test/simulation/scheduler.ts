// Decides who goes on. Each call to the outside (clock, network, database) parks its caller at a point with a label; when everybody is
// parked, one point that is due is drawn from the seed, and when none is due, time jumps to the next. So a history is a list of points.
import { createHash } from 'node:crypto';
import type { Clock } from '../../src/base/clock.ts';
import type { Chance } from '../../src/base/chance.ts';
import type { Seeded } from './seeded.ts';

/** Who acts: a worker, an administrator, the directory. Dead parties never go on. */
export interface Party {
  readonly name: string;
  dead: boolean;
  /** It does nothing before: a machine that was put to sleep. */
  frozenUntilMs: number;
}

export interface Point {
  party: Party;
  label: string;
  dueMs: number;
  go(): void;
  fail(error: Error): void;
}

export interface Scheduler {
  /** Milliseconds since 1970, virtual. */
  nowMs(): number;
  party(name: string): Party;
  /** Waits until this point is drawn. Never comes back when the party dies meanwhile. */
  park(party: Party, label: string, options?: { dueMs?: number; signal?: AbortSignal | undefined }): Promise<void>;
  /** Something real that must be over before the next point is drawn, such as a statement of the database. */
  real<T>(work: () => Promise<T>): Promise<T>;
  clock(party: Party): Clock;
  chance(name: string): Chance;
  /** Its points are gone, and those that it comes to. */
  kill(party: Party): void;
  /** Draws points until `done` says so; throws when nobody can go on, or after `pointsMax`. */
  run(options: { done: () => boolean; at?: (point: Point) => Promise<void>; pointsMax: number }): Promise<void>;
  /** The next point by name, instead of by chance: for scripts. */
  readonly points: readonly Point[];
  readonly drawn: number;
  readonly trace: readonly string[];
  note(line: string): void;
  /** Of the whole trace, also of what is not kept. */
  traceHash(): string;
}

// Monday morning, as any.
const startMs = Date.UTC(2026, 8, 7, 6, 0, 0);
// What computing takes between two points.
const stepMsMax = 3;

export function createScheduler(seed: Seeded, options: { keepTrace: number }): Scheduler {
  const draw = seed.stream('scheduler');
  const points: Point[] = [];
  const trace: string[] = [];
  const hash = createHash('sha256');
  let nowMs = startMs;
  let underWay = 0;
  let woken: (() => void) | null = null;
  let drawn = 0;

  function note(text: string): void {
    const line = `${((nowMs - startMs) / 1000).toFixed(3)} ${text}`;
    trace.push(line);
    hash.update(line).update('\n');
    if (trace.length > options.keepTrace * 2) trace.splice(0, trace.length - options.keepTrace);
  }

  /** Until nothing real is under way and whoever went on is parked again. */
  async function settle(): Promise<void> {
    for (;;) {
      while (underWay > 0) await new Promise<void>((resolve) => (woken = resolve));
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (underWay === 0) return;
    }
  }

  function drop(point: Point): void {
    const at = points.indexOf(point);
    if (at >= 0) points.splice(at, 1);
  }

  const own: Scheduler = {
    nowMs: () => nowMs,
    party: (name) => ({ name, dead: false, frozenUntilMs: 0 }),
    park(party, label, { dueMs = nowMs, signal } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (party.dead) return promise;
      if (signal?.aborted === true) return Promise.reject(reasonOf(signal));
      const point: Point = { party, label, dueMs, go: resolve, fail: reject };
      points.push(point);
      signal?.addEventListener(
        'abort',
        () => {
          drop(point);
          if (!party.dead) reject(reasonOf(signal));
        },
        { once: true },
      );
      return promise;
    },
    async real(work) {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        woken?.();
      }
    },
    clock: (party) => ({
      now: () => new Date(nowMs),
      monotonicMs: () => nowMs - startMs,
      sleep: (ms, signal) => own.park(party, 'sleep', { dueMs: nowMs + Math.max(0, Math.ceil(ms)), signal }),
    }),
    chance: (name) => {
      const stream = seed.stream(`chance/${name}`);
      return () => stream.next();
    },
    kill(party) {
      party.dead = true;
      for (const point of points.filter((one) => one.party === party)) drop(point);
    },
    async run({ done, at, pointsMax }) {
      for (let count = 0; ; count += 1) {
        await settle();
        if (done()) return;
        if (count === pointsMax) throw new Error(`no end after ${pointsMax} points`);
        const point = next();
        if (point === null) throw new Error('nobody can go on');
        drop(point);
        drawn += 1;
        note(`${point.party.name} ${point.label}`);
        if (at) await at(point);
        else point.go();
      }
    },
    points,
    get drawn() {
      return drawn;
    },
    trace,
    note,
    traceHash: () => hash.copy().digest('hex'),
  };
  return own;

  function next(): Point | null {
    if (points.length === 0) return null;
    let due = points.filter((point) => whenOf(point) <= nowMs);
    if (due.length === 0) {
      nowMs = Math.min(...points.map(whenOf));
      due = points.filter((point) => whenOf(point) <= nowMs);
    } else {
      nowMs += draw.whole(0, stepMsMax);
    }
    return draw.pick(due);
  }
}

const whenOf = (point: Point): number => Math.max(point.dueMs, point.party.frozenUntilMs);

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
