// One history: a seed makes a plan, a place and parties, and the scheduler lets them go on one at a time. First with trouble, when only
// what always holds is asked for; then without, when everything must come right, as the model says it is.
import { turnOff } from '../../src/connection/turn-off.ts';
import { act, press, type Desk } from './administrator.ts';
import { drawChange } from './directory.ts';
import { drawPlan, type HistoryPlan } from './plan.ts';
import { playOut, type Play, type Played } from './play.ts';
import { seeded } from './seeded.ts';
import type { Slot } from './slot.ts';
import type { Organisation } from './world.ts';

export interface HistoryResult extends Played {
  seed: number;
  plan: HistoryPlan;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export async function runHistory({
  seed: number,
  slot,
  keepTrace = 50,
}: {
  seed: number;
  slot: Slot;
  /** Lines. */
  keepTrace?: number;
}): Promise<HistoryResult> {
  const seed = seeded(String(number));
  const plan = drawPlan(seed.stream('plan'));
  const { armed: _, ...played } = await playOut({ seed, plan, slot, keepTrace }, live);
  return { seed: number, plan, ...played };
}

async function live(play: Play): Promise<void> {
  play.beginTrouble();
  await play.untilDone(play.desks.flatMap((desk) => livesOf(play, desk)));
  play.endTrouble();
  // Whatever was to be tried again by itself has had its time.
  await play.jump(4 * hourMs);
  play.witness.noneForgotten();
  // What changed comes with a delta round; what was kept back, with the full one of a week later (I15).
  await play.untilDone(play.desks.slice(0, 1).map((desk) => play.recover(desk)));
  await play.jump(8 * dayMs);
  await play.untilDone(play.desks.map((desk) => play.recover(desk)));
  await play.witness.atRest();
}

/** What goes on in and around one organisation, at times of the seed. */
function livesOf(play: Play, desk: Desk): Promise<void>[] {
  const { plan, scheduler } = play.given;
  const { organisation, seed } = desk;
  const { name } = organisation;
  const startMs = scheduler.nowMs();
  const moments = (count: number): number[] =>
    Array.from({ length: count }, () => startMs + seed.whole(1, plan.spanMs)).toSorted((a, b) => a - b);
  const at = async (who: string, times: readonly number[], fn: () => Promise<void> | void): Promise<void> => {
    const party = scheduler.party(who);
    for (const dueMs of times) {
      await scheduler.park(party, 'acts', { dueMs });
      await fn();
    }
  };
  const { changes, deeds, presses, turnsOff } = organisation.plan;
  const lives = [
    at(`directory ${name}`, moments(changes), () => changeDirectory(play, organisation)),
    // The first at once, so that there is somebody to decide about.
    at(`button ${name}`, [startMs, ...moments(presses - 1)], async () => void (await press(desk))),
    at(`desk ${name}`, moments(deeds), () => act(desk)),
  ];
  if (turnsOff) lives.push(at(`switch ${name}`, moments(1), () => turnOff(desk.settings, organisation.actor)));
  return lives;
}

function changeDirectory(play: Play, organisation: Organisation): void {
  const change = drawChange(organisation.drawing);
  if (change === null) return;
  try {
    organisation.change(change);
    play.given.scheduler.note(`  ${change.op}`);
  } catch (error) {
    // The directory itself refuses it, as with a name that is taken meanwhile.
    if (!(error instanceof Error) || !('status' in error)) throw error;
  }
}
