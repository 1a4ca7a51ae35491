// One process of a simulation: histories side by side, each in a slot of its own. It asks its parent for seeds until there are none.
import { runHistory, type HistoryResult } from './history.ts';
import { openSlot, type Slot } from './slot.ts';

/** From the parent, first. */
export interface Begin {
  admin: string;
  owner: string;
  template: string;
  /** Begins the names of the databases of this process. */
  prefix: string;
  slots: number;
  planted: readonly string[];
}

/** From the parent, each time that a seed is asked for. */
export interface Task {
  seed: number | null;
}

export type Report =
  | { ask: true }
  | { result: Omit<HistoryResult, 'plan'> }
  | { crash: { seed: number; text: string } };

// A truncation of all tables costs as much as a history.
const sweepEvery = 25;

const waiting: ((seed: number | null) => void)[] = [];

function say(report: Report): void {
  process.send?.(report);
}

function nextSeed(): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  waiting.push(resolve);
  say({ ask: true });
  return promise;
}

async function workSlot(slot: Slot): Promise<void> {
  for (let count = 1; ; count += 1) {
    const seed = await nextSeed();
    if (seed === null) return;
    try {
      const { plan: _, trace, ...result } = await runHistory({ seed, slot, keepTrace: 50 });
      say({ result: { ...result, trace: result.violation === null ? [] : trace.slice(-50) } });
    } catch (error) {
      say({ crash: { seed, text: error instanceof Error ? (error.stack ?? error.message) : String(error) } });
    }
    if (count % sweepEvery === 0) await slot.sweep();
  }
}

async function work(begin: Begin): Promise<void> {
  const names = Array.from({ length: begin.slots }, (_, at) => `${begin.prefix}_${at}`);
  const slots: Slot[] = [];
  for (const name of names) slots.push(await openSlot({ ...begin, name }));
  await Promise.all(slots.map(workSlot));
  for (const slot of slots) await slot.end();
  process.exit(0);
}

// Whoever started it is gone.
process.on('disconnect', () => process.exit(1));

process.on('message', (message: Begin | Task) => {
  if ('seed' in message) waiting.shift()?.(message.seed);
  else
    work(message).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
});
