// A history without chance: one organisation, one worker until it dies, and a script that says what happens.
import { approveAll, createAll } from './administrator.ts';
import type { DirectoryChange } from './model-directory.ts';
import type { HistoryPlan } from './plan.ts';
import { playOut, type Crash, type Played } from './play.ts';
import { seeded } from './seeded.ts';
import type { Slot } from './slot.ts';
import type { Organisation } from './world.ts';

/** What a script can do, one after the other. */
export interface Stage {
  organisation: Organisation;
  change(change: DirectoryChange): void;
  /** Makes all delta links answer that they are gone. */
  breakLinks(): void;
  /** Creates app users of everybody in scope. */
  createAll(): Promise<void>;
  approveAll(): Promise<void>;
  /** Presses the button, and waits until no run is open. */
  run(): Promise<void>;
  /** From here on points and commits of workers are counted. */
  arm(): void;
}

/** Plays the script, lets an administrator bring everything to a good end, and compares with the model. */
export async function runScript(options: {
  slot: Slot;
  plan: HistoryPlan;
  script: (stage: Stage) => Promise<void>;
  crash: Crash | null;
}): Promise<Pick<Played, 'violation' | 'trace'> & { points: number; commits: number }> {
  const { script, ...rest } = options;
  const seed = seeded('script');
  const { violation, trace, armed } = await playOut({ ...rest, seed, keepTrace: 60 }, async (play) => {
    const [desk] = play.desks;
    if (desk === undefined) throw new Error('a script needs an organisation');
    const { organisation } = desk;
    const { store } = play.given.place;
    const stage: Stage = {
      organisation,
      change: (change) => organisation.change(change),
      breakLinks: () => store.invalidateDeltaLinks(organisation.tenantId, 'gone'),
      createAll: () => createAll(desk),
      approveAll: () => approveAll(desk),
      run: () => play.run(desk),
      arm: () => void (play.isArmed = true),
    };
    await play.untilDone([script(stage)]);
    play.isArmed = false;
    await play.untilDone([play.recover(desk)]);
    await play.witness.atRest();
  });
  return { violation, trace, ...armed };
}
