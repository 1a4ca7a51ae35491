// One history: a seed makes a plan, a place and parties, and the scheduler lets them go on one at a time. First with trouble, when only
// what always holds is asked for; then without, when everything must come right, as the model says it is.
import { turnOff } from '../../src/connection/turn-off.ts';
import { act, press, type Desk } from './administrator.ts';
import { drawChange } from './directory.ts';
import type { DirectoryChange } from './model-directory.ts';
import { drawPlan, type HistoryPlan } from './plan.ts';
import { playOut, type Play, type Played } from './play.ts';
import { seeded } from './seeded.ts';
import type { Slot } from './slot.ts';
import type { Organisation } from './world.ts';

export interface HistoryResult extends Played {
  seed: number;
  plan: HistoryPlan;
}

// Virtual time that a run takes when nothing is in its way.
const runMsAbout = 5_000;
const blinkMsMax = 3_000;
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
  const { changes, deeds, presses, turnsOff } = organisation.plan;
  const moment = (): number => startMs + seed.whole(1, plan.spanMs);
  const sorted = (times: readonly number[]): number[] => times.toSorted((a, b) => a - b);
  // The first at once, so that there is somebody to decide about.
  const pressed = sorted([startMs, ...Array.from({ length: presses - 1 }, moment)]);
  // Most of what happens, happens while a run is under way: that is where it hurts.
  const moments = (count: number): number[] =>
    sorted(
      Array.from({ length: count }, () => (seed.hits(0.6) ? seed.pick(pressed) + seed.whole(0, runMsAbout) : moment())),
    );
  const at = async (who: string, times: readonly number[], fn: () => Promise<void> | void): Promise<void> => {
    const party = scheduler.party(who);
    for (const dueMs of times) {
      await scheduler.park(party, 'acts', { dueMs });
      await fn();
    }
  };
  const lives = [
    at(`directory ${name}`, moments(changes), () => changeDirectory(play, organisation)),
    at(`blink ${name}`, moments(Math.floor(changes / 6)), () => blink(play, organisation, seed.whole(50, blinkMsMax))),
    at(`button ${name}`, pressed, async () => void (await press(desk))),
    at(`desk ${name}`, moments(deeds), () => act(desk)),
  ];
  if (turnsOff) lives.push(at(`switch ${name}`, moments(1), () => turnOff(desk.settings, organisation.actor)));
  return lives;
}

function changeDirectory(play: Play, organisation: Organisation): void {
  const change = drawChange(organisation.drawing);
  if (change !== null) happen(play, organisation, change);
}

/** Somebody is deleted by mistake, and restored at once. */
async function blink(play: Play, organisation: Organisation, ms: number): Promise<void> {
  const { scheduler } = play.given;
  const { seed, store, tenantId } = organisation.drawing;
  const present = [...store.tenant(tenantId).users.values()].filter(({ deletedAt }) => deletedAt === null);
  if (present.length < 2) return;
  const { id } = seed.pick(present);
  happen(play, organisation, { op: 'softDelete', id });
  await scheduler.park(scheduler.party(`blink ${organisation.name}`), 'restores', { dueMs: scheduler.nowMs() + ms });
  happen(play, organisation, { op: 'restore', id });
}

function happen(play: Play, organisation: Organisation, change: DirectoryChange): void {
  try {
    organisation.change(change);
    play.given.scheduler.note(`  ${change.op}`);
  } catch (error) {
    // The directory itself refuses it, as with a name that is taken meanwhile.
    if (!(error instanceof Error) || !('status' in error)) throw error;
  }
}
