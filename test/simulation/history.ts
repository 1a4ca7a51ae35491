// One history: a seed makes a plan, a place and parties, and the scheduler lets them go on one at a time. First with trouble, when only
// what always holds is asked for; then without, when everything must come right, as the model says it is.
import type { ConnectionDeps } from '../../src/connection/deps.ts';
import { turnOff } from '../../src/connection/turn-off.ts';
import { createSealer } from '../../src/base/seal.ts';
import { tell } from '../../src/notify/tell.ts';
import { unheard } from '../unheard.ts';
import { act, approveAll, createAll, press, type Desk } from './administrator.ts';
import { createCrew, type Crew } from './crew.ts';
import { createSimulatedDatabase, type Committed, type SimulatedDatabase } from './database.ts';
import { drawChange } from './directory.ts';
import type { DirectoryChange } from './model-directory.ts';
import { createNetwork, type Network } from './network.ts';
import { drawPlan, type HistoryPlan } from './plan.ts';
import { createScheduler, type Party, type Point, type Scheduler } from './scheduler.ts';
import { seeded, type Seeded } from './seeded.ts';
import type { Slot } from './slot.ts';
import { Violation } from './violation.ts';
import { createWitness, type Witness } from './witness.ts';
import { buildPlace, outfit, type Organisation, type Place } from './world.ts';

export interface HistoryResult {
  seed: number;
  violation: { invariant: string; text: string } | null;
  points: number;
  requests: number;
  transactions: number;
  commits: number;
  /** How often each kind of trouble was met. */
  met: Record<string, number>;
  /** How runs ended. */
  ends: Record<string, number>;
  trace: readonly string[];
  traceHash: string;
  plan: HistoryPlan;
}

export interface HistoryOptions {
  seed: number;
  slot: Slot;
  keepTrace?: number;
}

// Far more than any history takes.
const pointsMax = 60_000;
const [freezeMsMin, freezeMsMax] = [5_000, 180_000];
// As src/db/pool.ts has it.
const idleInTransactionMs = 30_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export async function runHistory({ seed: number, slot, keepTrace = 50 }: HistoryOptions): Promise<HistoryResult> {
  const seed = seeded(String(number));
  const plan = drawPlan(seed.stream('plan'));
  const scheduler = createScheduler(seed, { keepTrace });
  const place = await buildPlace({ plan, seed, scheduler, slot });
  const history = new History({ seed, plan, scheduler, place, slot });
  let violation: HistoryResult['violation'] = null;
  try {
    await history.play();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = { invariant: error.invariant, text: error.message };
  } finally {
    await history.end();
  }
  return { seed: number, violation, ...history.result(), plan };
}

/** Where a scripted history is cut: at the k-th point of a worker, or at its k-th commit, counted from when the script says so. */
export interface Crash {
  at: number;
  kind: 'kill' | 'lostDone' | 'lostUndone';
}

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

/** A history without chance: one organisation, and one worker until it dies. */
export async function runScript(options: {
  slot: Slot;
  plan: HistoryPlan;
  script: (stage: Stage) => Promise<void>;
  crash: Crash | null;
}): Promise<Pick<HistoryResult, 'violation' | 'trace'> & { points: number; commits: number }> {
  const { slot, plan, script, crash } = options;
  const seed = seeded('script');
  const scheduler = createScheduler(seed, { keepTrace: 60 });
  const place = await buildPlace({ plan, seed, scheduler, slot });
  const history = new History({ seed, plan, scheduler, place, slot });
  let violation: HistoryResult['violation'] = null;
  try {
    await history.playScript(script, crash);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = { invariant: error.invariant, text: error.message };
  } finally {
    await history.end();
  }
  return { violation, trace: scheduler.trace, ...history.armed };
}

interface Given {
  seed: Seeded;
  plan: HistoryPlan;
  scheduler: Scheduler;
  place: Place;
  slot: Slot;
}

class History {
  private readonly given: Given;
  private readonly database: SimulatedDatabase;
  private readonly network: Network;
  private readonly crew: Crew;
  private readonly witness: Witness;
  private readonly trouble: Seeded;
  private readonly met: Record<string, number> = {};
  private micros = 0;
  private isCalm = false;
  private commits = 0;
  private broken: unknown = null;
  private readonly desks: Desk[];
  private crash: Crash | null = null;
  private isArmed = false;
  readonly armed = { points: 0, commits: 0 };

  constructor(given: Given) {
    const { seed, plan, scheduler, place, slot } = given;
    this.given = given;
    this.trouble = seed.stream('trouble');
    this.database = createSimulatedDatabase({
      scheduler,
      slot,
      nextMicros: () => (this.micros = Math.max(this.micros + 1, scheduler.nowMs() * 1000)),
      committed: (commit) => this.committed(commit),
      looked: (party, organisationId, atMs) => this.witness.looked(party, organisationId, atMs),
      fate: (party) => this.fateOf(party),
      isAway: (party) => this.meets(party, 'database away', plan.troubles.awayRate),
    });
    const { faults, lostJobRate } = plan.troubles;
    this.witness = createWitness({
      scheduler,
      place,
      slot,
      isToldEverything: faults['never told'] === undefined,
      isToldAtOnce: faults['told later'] === undefined,
      mayForget: lostJobRate > 0,
    });
    this.network = createNetwork({
      scheduler,
      outside: place.outside,
      seed,
      asked: (request) => this.orBreak(() => this.witness.asked(request)),
    });
    this.crew = createCrew({
      scheduler,
      seed,
      database: this.database,
      network: this.network,
      workers: plan.workers,
      doubleRate: plan.troubles.doubleRate,
      lostJobRate: plan.troubles.lostJobRate,
      failed: (error) => this.note(`job thrown: ${error instanceof Error ? error.message : String(error)}`),
    });
    this.desks = place.organisations.map((organisation) => this.deskOf(organisation));
  }

  async play(): Promise<void> {
    const { plan, scheduler, place } = this.given;
    await this.witness.begin();
    place.store.faults.setPlan({
      seed: this.trouble.whole(1, 2 ** 31),
      faults: Object.entries(plan.troubles.faults).map(([title, fault]) => ({ ...fault, title })),
    });
    const lives = this.desks.flatMap((desk) => this.livesOf(desk));
    await this.untilDone(lives);
    this.calmDown();
    // Whatever was to be tried again by itself has had its time.
    await this.jump(4 * hourMs);
    this.witness.noneForgotten();
    // What changed comes with a delta round; what was kept back, with the full one of a week later (I15).
    await this.untilDone(this.desks.slice(0, 1).map((desk) => this.recover(desk)));
    await this.jump(8 * dayMs);
    await this.untilDone(this.desks.map((desk) => this.recover(desk)));
    await this.witness.atRest();
    scheduler.note('the end');
  }

  async playScript(script: (stage: Stage) => Promise<void>, crash: Crash | null): Promise<void> {
    const { scheduler, place } = this.given;
    const [desk] = this.desks;
    if (desk === undefined) throw new Error('a script needs an organisation');
    const { organisation } = desk;
    this.crash = crash;
    await this.witness.begin();
    const party = scheduler.party('script');
    const stage: Stage = {
      organisation,
      change: (change) => organisation.change(change),
      breakLinks: () => place.store.invalidateDeltaLinks(organisation.tenantId, 'gone'),
      createAll: () => createAll(desk),
      approveAll: () => approveAll(desk),
      run: async () => {
        await press(desk);
        while (this.witness.hasOpenRun(organisation))
          await scheduler.park(party, 'waits', { dueMs: scheduler.nowMs() + 5_000 });
      },
      arm: () => (this.isArmed = true),
    };
    await this.untilDone([script(stage)]);
    this.isArmed = false;
    await this.untilDone([this.recover(desk)]);
    await this.witness.atRest();
  }

  async end(): Promise<void> {
    const { scheduler } = this.given;
    for (const party of new Set(scheduler.points.map((point) => point.party))) {
      scheduler.kill(party);
      await this.database.cut(party);
    }
    await this.database.cutAll();
  }

  result(): Omit<HistoryResult, 'seed' | 'violation' | 'plan'> {
    const { scheduler, place } = this.given;
    for (const fault of place.store.faults.list()) this.count(fault.title ?? '', fault.used);
    return {
      points: scheduler.drawn,
      requests: this.network.requests,
      transactions: this.database.transactions,
      commits: this.commits,
      met: this.met,
      ends: this.witness.ends(),
      trace: scheduler.trace,
      traceHash: scheduler.traceHash(),
    };
  }

  // -- the parties ----------------------------------------------------------------------------------------------------

  private deskOf(organisation: Organisation): Desk {
    const { seed, scheduler } = this.given;
    const { name, id } = organisation;
    const party = scheduler.party(`administrator ${name}`);
    const { deps, graph } = outfit({ ...this.parts(), party });
    const settings: ConnectionDeps = {
      ...deps,
      ...unheard,
      graph,
      tell,
      sealer: createSealer(new Uint8Array(32)),
      publicUrl: 'http://samsyn.test',
      schedule: async () => undefined,
      nextNightly: () => new Date(0),
    };
    const page = (): ReturnType<Desk['page']> => this.witness.page(id);
    return { deps, settings, organisation, seed: seed.stream(`administrator ${name}`), page };
  }

  private parts() {
    const { scheduler } = this.given;
    const { database, network } = this;
    return { scheduler, database, network, enqueue: (job: Parameters<Crew['enqueue']>[0]) => this.crew.enqueue(job) };
  }

  /** What goes on in and around one organisation, at times of the seed. */
  private livesOf(desk: Desk): Promise<void>[] {
    const { plan, scheduler } = this.given;
    const { organisation, seed } = desk;
    const { name, drawing } = organisation;
    const startMs = scheduler.nowMs();
    const moments = (count: number): number[] =>
      Array.from({ length: count }, () => startMs + seed.whole(1, plan.spanMs)).toSorted((a, b) => a - b);
    const live = async (who: string, at: readonly number[], fn: () => Promise<void> | void): Promise<void> => {
      const party = scheduler.party(who);
      for (const dueMs of at) {
        await scheduler.park(party, 'acts', { dueMs });
        await fn();
      }
    };
    const { changes, deeds, presses, turnsOff } = organisation.plan;
    const lives = [
      live(`directory ${name}`, moments(changes), () => this.changeDirectory(drawing, organisation)),
      // The first at once, so that there is somebody to decide about.
      live(`button ${name}`, [startMs, ...moments(presses - 1)], async () => void (await press(desk))),
      live(`desk ${name}`, moments(deeds), () => act(desk)),
    ];
    if (turnsOff) lives.push(live(`switch ${name}`, moments(1), () => turnOff(desk.settings, organisation.actor)));
    return lives;
  }

  private changeDirectory(drawing: Organisation['drawing'], organisation: Organisation): void {
    const change = drawChange(drawing);
    if (change === null) return;
    try {
      organisation.change(change);
      this.given.scheduler.note(`  ${change.op}`);
    } catch (error) {
      // The directory itself refuses it, as with a name that is taken meanwhile.
      if (!(error instanceof Error) || !('status' in error)) throw error;
    }
  }

  /** Whatever state it is in: an administrator who presses what is offered gets a run that goes well (I39). */
  private async recover(desk: Desk): Promise<void> {
    const { scheduler } = this.given;
    const { organisation } = desk;
    const party = scheduler.party(`patience ${organisation.name}`);
    if (this.witness.isOff(organisation)) return;
    for (let tries = 1; tries <= 12; tries += 1) {
      const before = this.witness.lastRun(organisation);
      await press(desk);
      for (let waits = 0; waits < 400 && this.witness.hasOpenRun(organisation); waits += 1)
        await scheduler.park(party, 'waits', { dueMs: scheduler.nowMs() + 15_000 });
      const last = this.witness.lastRun(organisation);
      if (last === null || last['id'] === before?.['id']) continue;
      if (last['state'] === 'ok') return;
      if (last['state'] === 'held') await approveAll(desk);
    }
    throw new Violation(
      'I39',
      `${organisation.name}: no run goes well any more: ${JSON.stringify(this.witness.lastRun(organisation))}`,
    );
  }

  // -- trouble --------------------------------------------------------------------------------------------------------

  private async untilDone(lives: readonly Promise<unknown>[]): Promise<void> {
    let left = lives.length;
    for (const life of lives) {
      life.then(
        () => (left -= 1),
        (error: unknown) => (this.broken ??= error),
      );
    }
    await this.given.scheduler.run({
      done: () => {
        if (this.broken !== null) throw this.broken;
        return left === 0;
      },
      at: (point) => this.at(point),
      pointsMax,
    });
  }

  /** A point that was drawn: its party goes on, or meets its end. */
  private async at(point: Point): Promise<void> {
    const { party } = point;
    const { killRate, freezeRate } = this.given.plan.troubles;
    if (this.crew.isWorker(party)) {
      if (this.isArmed) {
        this.armed.points += 1;
        if (this.crash?.kind === 'kill' && this.crash.at === this.armed.points) return this.crew.kill(party);
      }
      if (this.meets(party, 'kill', killRate)) return this.crew.kill(party);
      if (this.meets(party, 'freeze', freezeRate)) {
        const ms = this.trouble.whole(freezeMsMin, freezeMsMax);
        party.frozenUntilMs = this.given.scheduler.nowMs() + ms;
        if (ms > idleInTransactionMs) await this.database.timeOut(party);
      }
    }
    point.go();
  }

  private fateOf(party: Party): 'commit' | 'lostUndone' | 'lostDone' {
    if (this.isArmed && this.crew.isWorker(party)) {
      this.armed.commits += 1;
      const { crash } = this;
      if (crash !== null && crash.kind !== 'kill' && crash.at === this.armed.commits) return crash.kind;
    }
    if (!this.meets(party, 'commit unknown', this.given.plan.troubles.lostCommitRate)) return 'commit';
    return this.trouble.hits(0.5) ? 'lostDone' : 'lostUndone';
  }

  /** Only workers meet trouble: administrators try again by themselves. */
  private meets(party: Party, kind: string, rate: number): boolean {
    if (this.isCalm || rate === 0 || !this.crew.isWorker(party) || !this.trouble.hits(rate)) return false;
    this.count(kind, 1);
    this.note(`${party.name} !! ${kind}`);
    return true;
  }

  private calmDown(): void {
    const { place } = this.given;
    this.isCalm = true;
    this.crew.calm();
    for (const fault of place.store.faults.list()) this.count(fault.title ?? '', fault.used);
    place.store.faults.clearPlan();
    this.note('calm');
  }

  /** Lets so much time pass, and whatever comes due in it. */
  private async jump(ms: number): Promise<void> {
    const { scheduler } = this.given;
    const party = scheduler.party('time');
    await this.untilDone([scheduler.park(party, 'passes', { dueMs: scheduler.nowMs() + ms })]);
  }

  private async committed(commit: Committed): Promise<void> {
    this.commits += 1;
    for (const job of commit.enqueued) this.crew.enqueue(job);
    try {
      await this.witness.committed(commit);
    } catch (error) {
      this.broken ??= error;
    }
  }

  /** What is found among those who act ends the history, and not only them. */
  private orBreak(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.broken ??= error;
    }
  }

  private count(kind: string, times: number): void {
    if (times > 0) this.met[kind] = (this.met[kind] ?? 0) + times;
  }

  private note(line: string): void {
    this.given.scheduler.note(line);
  }
}
