// The faults in force: set one by one or as a plan, met by the requests they are meant for, and counted.
// What they do to an answer is in faults/effects.ts.
import { randomUUID } from 'node:crypto';
import { createChance } from './faults/chance.ts';
import type { Chance } from './faults/chance.ts';
import type { Fault, FaultInput } from './faults/fault.ts';
import { isKindName, KINDS } from './faults/kinds.ts';
import type { Kind } from './faults/kinds.ts';
import { isMeant } from './faults/match.ts';
import type { Met } from './faults/match.ts';
import { PAST } from './faults/scene.ts';

export interface FaultPlan {
  seed: number;
  faults: Fault[];
}

export interface Faults {
  add(fault: FaultInput, seed?: number): Fault;
  list(): Fault[];
  /** All of them, or one. */
  clear(id?: string): void;
  /** Puts a plan in place of the one before; faults that were set one by one stay, and come first. */
  setPlan(plan: { seed: number; faults: FaultInput[] }): FaultPlan;
  plan(): FaultPlan;
  clearPlan(): void;
  /** The first fault that this request meets; meeting it counts. `memory` is what that fault keeps between requests. */
  meet(met: Met): { fault: Fault; memory: Set<string> } | undefined;
}

interface Kept {
  fault: Fault;
  chance: Chance;
  memory: Set<string>;
}

export const SEED_DEFAULT = 1;

export function createFaults(): Faults {
  let single: Kept[] = [];
  let planned: Kept[] = [];
  let seed = SEED_DEFAULT;
  const plan = (): FaultPlan => ({ seed, faults: planned.map(({ fault }) => fault) });
  return {
    add(input, ownSeed = SEED_DEFAULT) {
      const kept = keep(input, { planned: false, seed: ownSeed, ordinal: single.length });
      single.push(kept);
      return kept.fault;
    },
    list: () => [...single, ...planned].map(({ fault }) => fault),
    clear(id) {
      const rest = (all: Kept[]): Kept[] => (id === undefined ? [] : all.filter(({ fault }) => fault.id !== id));
      [single, planned] = [rest(single), rest(planned)];
    },
    setPlan(next) {
      seed = next.seed;
      planned = next.faults.map((input, ordinal) => keep(input, { planned: true, seed, ordinal }));
      return plan();
    },
    plan,
    clearPlan() {
      [seed, planned] = [SEED_DEFAULT, []];
    },
    meet(met) {
      const past = takenPast(met);
      for (const { fault, chance, memory } of [...single, ...planned]) {
        if (fault.used >= (fault.often.times ?? Infinity) || past.includes(fault.id)) continue;
        if (!isMeant(fault.match, met) || !concerns(fault, met)) continue;
        fault.seen += 1;
        if (!chance.hits(fault.seen)) continue;
        fault.used += 1;
        return { fault, memory };
      }
      return undefined;
    },
  };
}

function keep(input: FaultInput, of: { planned: boolean; seed: number; ordinal: number }): Kept {
  const { skip, times, ...match } = input.match;
  const often = {
    ...(skip === undefined ? {} : { skip }),
    ...(times === undefined ? {} : { times }),
    ...input.often,
  };
  const fault: Fault = { ...input, id: randomUUID(), match, often, planned: of.planned, seen: 0, used: 0 };
  return { fault, chance: createChance(often, of.seed, of.ordinal), memory: new Set() };
}

function concerns({ fault }: Fault, met: Met): boolean {
  if (fault === undefined || !isKindName(fault.name)) return true;
  const kind: Kind = KINDS[fault.name];
  return kind.concerns(met, fault);
}

/** The faults that a link of ours has passed already; the mark is taken off, as Graph would not know it. */
function takenPast({ asked }: Met): string[] {
  const { searchParams } = asked.url;
  const past = searchParams.getAll(PAST);
  if (past.length > 0) searchParams.delete(PAST);
  return past;
}
