// What a history is played with: the parties on their ports, the trouble that they meet, and the witness. history.ts lets chance decide
// what happens, script.ts a script.
import { createSealer } from '../../src/base/seal.ts';
import type { ConnectionDeps } from '../../src/connection/deps.ts';
import { tell } from '../../src/notify/tell.ts';
import { unheard } from '../unheard.ts';
import { approveAll, press, type Desk } from './administrator.ts';
import { createCrew, type Crew } from './crew.ts';
import { createSimulatedDatabase, type Committed, type SimulatedDatabase } from './database.ts';
import { createNetwork, type Network } from './network.ts';
import type { HistoryPlan } from './plan.ts';
import { createScheduler, type Party, type Point, type Scheduler } from './scheduler.ts';
import type { Seeded } from './seeded.ts';
import type { Slot } from './slot.ts';
import { Violation } from './violation.ts';
import { createWitness, type Witness } from './witness.ts';
import { buildPlace, outfit, type Organisation, type Place } from './world.ts';

/** Where a scripted history is cut: at the k-th point of a worker, or at its k-th commit, counted from when the script says so. */
export interface Crash {
  at: number;
  kind: 'kill' | 'lostDone' | 'lostUndone';
}

export interface Played {
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
}

interface Given {
  seed: Seeded;
  plan: HistoryPlan;
  scheduler: Scheduler;
  place: Place;
  slot: Slot;
}

// Far more than any history takes.
const pointsMax = 60_000;
const [freezeMsMin, freezeMsMax] = [5_000, 180_000];
// As src/db/pool.ts has it.
const idleInTransactionMs = 30_000;
const patienceMs = 15_000;
const triesMax = 12;

/** Plays until `act` has come to its end, or an invariant to its. Throws what is neither. */
export async function playOut(
  options: { seed: Seeded; plan: HistoryPlan; slot: Slot; keepTrace: number; crash?: Crash | null },
  act: (play: Play) => Promise<void>,
): Promise<Played & { armed: { points: number; commits: number } }> {
  const { seed, plan, slot, keepTrace, crash = null } = options;
  const scheduler = createScheduler(seed, { keepTrace });
  const place = await buildPlace({ plan, seed, scheduler, slot });
  const play = new Play({ seed, plan, scheduler, place, slot }, crash);
  let violation: Played['violation'] = null;
  try {
    await play.witness.begin();
    await act(play);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = { invariant: error.invariant, text: error.message };
  } finally {
    await play.end();
  }
  return { violation, ...play.result(), armed: play.armed };
}

export class Play {
  readonly given: Given;
  readonly witness: Witness;
  readonly trouble: Seeded;
  readonly desks: readonly Desk[];
  /** Points and commits of workers since the script said so. */
  readonly armed = { points: 0, commits: 0 };
  isArmed = false;
  private readonly crash: Crash | null;
  private readonly database: SimulatedDatabase;
  private readonly network: Network;
  private readonly crew: Crew;
  private readonly met: Record<string, number> = {};
  private micros = 0;
  private isCalm = false;
  private commits = 0;
  private broken: Error | null = null;

  constructor(given: Given, crash: Crash | null) {
    const { seed, plan, scheduler, place, slot } = given;
    const { faults, lostJobRate, doubleRate, awayRate } = plan.troubles;
    this.given = given;
    this.crash = crash;
    this.trouble = seed.stream('trouble');
    this.witness = createWitness({
      scheduler,
      place,
      slot,
      isToldEverything: faults['never told'] === undefined,
      isToldAtOnce: faults['told later'] === undefined,
      mayForget: lostJobRate > 0,
    });
    this.database = createSimulatedDatabase({
      scheduler,
      slot,
      nextMicros: () => (this.micros = Math.max(this.micros + 1, scheduler.nowMs() * 1000)),
      committed: (commit) => this.committed(commit),
      looked: (party, organisationId, atMs) => this.witness.looked(party, organisationId, atMs),
      fate: (party) => this.fateOf(party),
      isAway: (party) => this.meets(party, 'database away', awayRate),
    });
    const { outside } = place;
    this.network = createNetwork({
      scheduler,
      outside,
      seed,
      asked: (request) => this.orBreak(() => this.witness.asked(request)),
    });
    this.crew = createCrew({
      scheduler,
      seed,
      database: this.database,
      network: this.network,
      workers: plan.workers,
      doubleRate,
      lostJobRate,
      failed: (error) => scheduler.note(`  job thrown: ${asError(error).message}`),
    });
    this.desks = place.organisations.map((organisation) => this.deskOf(organisation));
  }

  private deskOf(organisation: Organisation): Desk {
    const { seed, scheduler } = this.given;
    const { name, id } = organisation;
    const party = scheduler.party(`administrator ${name}`);
    const { database, network, crew } = this;
    const { deps, graph } = outfit({ scheduler, database, network, party, enqueue: (job) => crew.enqueue(job) });
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
    return {
      deps,
      settings,
      organisation,
      seed: seed.stream(`administrator ${name}`),
      page: () => this.witness.page(id),
    };
  }

  /** Lets everybody go on until all of these have come to their end. */
  async untilDone(lives: readonly Promise<unknown>[]): Promise<void> {
    let left = lives.length;
    for (const life of lives) {
      life.then(
        () => (left -= 1),
        (error: unknown) => (this.broken ??= asError(error)),
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

  /** Lets so much time pass, and whatever comes due in it. */
  async jump(ms: number): Promise<void> {
    const { scheduler } = this.given;
    const party = scheduler.party('time');
    await this.untilDone([scheduler.park(party, 'passes', { dueMs: scheduler.nowMs() + ms })]);
  }

  /** Presses the button, and waits until no run is open. */
  async run(desk: Desk): Promise<void> {
    const { scheduler } = this.given;
    const { organisation } = desk;
    const party = scheduler.party(`patience ${organisation.name}`);
    await press(desk);
    for (let waits = 0; waits < 400 && this.witness.hasOpenRun(organisation); waits += 1)
      await scheduler.park(party, 'waits', { dueMs: scheduler.nowMs() + patienceMs });
  }

  /** Whatever state it is in: an administrator who presses what is offered gets a run that goes well (I39). */
  async recover(desk: Desk): Promise<void> {
    const { organisation } = desk;
    if (this.witness.isOff(organisation)) return;
    for (let tries = 1; tries <= triesMax; tries += 1) {
      const before = this.witness.lastRun(organisation);
      await this.run(desk);
      const last = this.witness.lastRun(organisation);
      if (last === null || last['id'] === before?.['id']) continue;
      if (last['state'] === 'ok') return;
      if (last['state'] === 'held') await approveAll(desk);
    }
    const last = JSON.stringify(this.witness.lastRun(organisation));
    throw new Violation('I39', `${organisation.name}: no run goes well any more: ${last}`);
  }

  beginTrouble(): void {
    const { place, plan } = this.given;
    const faults = Object.entries(plan.troubles.faults).map(([title, fault]) => ({ ...fault, title }));
    place.store.faults.setPlan({ seed: this.trouble.whole(1, 2 ** 31), faults });
  }

  endTrouble(): void {
    const { place, scheduler } = this.given;
    this.isCalm = true;
    this.crew.calm();
    for (const fault of place.store.faults.list()) this.count(fault.title ?? '', fault.used);
    place.store.faults.clearPlan();
    scheduler.note('calm');
  }

  async end(): Promise<void> {
    const { scheduler } = this.given;
    for (const party of new Set(scheduler.points.map((point) => point.party))) scheduler.kill(party);
    await this.database.cutAll();
  }

  result(): Omit<Played, 'violation'> {
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

  /** A point that was drawn: its party goes on, or meets its end. */
  private async at(point: Point): Promise<void> {
    const { party } = point;
    const { killRate, freezeRate } = this.given.plan.troubles;
    if (this.crew.isWorker(party)) {
      if (this.isArmed) this.armed.points += 1;
      if (this.isArmed && this.crash?.kind === 'kill' && this.crash.at === this.armed.points)
        return this.crew.kill(party);
      if (this.meets(party, 'kill', killRate)) return this.crew.kill(party);
      if (this.meets(party, 'freeze', freezeRate)) {
        const ms = this.trouble.whole(freezeMsMin, freezeMsMax);
        party.frozenUntilMs = this.given.scheduler.nowMs() + ms;
        this.crew.froze(party, ms);
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
    this.given.scheduler.note(`${party.name} !! ${kind}`);
    return true;
  }

  private async committed(commit: Committed): Promise<void> {
    this.commits += 1;
    for (const job of commit.enqueued) this.crew.enqueue(job);
    try {
      await this.witness.committed(commit);
    } catch (error) {
      this.broken ??= asError(error);
    }
  }

  /** What is found among those who act ends the history, and not only them. */
  private orBreak(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.broken ??= asError(error);
    }
  }

  private count(kind: string, times: number): void {
    if (times > 0) this.met[kind] = (this.met[kind] ?? 0) + times;
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
