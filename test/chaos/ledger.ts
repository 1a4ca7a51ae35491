// What was answered, against what is there. Every write of the load is to a register of its own with one writer: an acknowledged
// value has to be there, an unanswered one may be there or not, and whichever it is stays so. Each effect is counted, so that one
// that happened twice shows.

export type Outcome = 'acknowledged' | 'refused' | 'not sent' | 'unknown';

export interface Write {
  /** organisation and register. */
  register: string;
  before: string | null;
  after: string | null;
  /** Of the audit trail, and the organisation's: each effect has exactly one line there. */
  audit: string;
}

interface Register {
  value: string | null;
  unknown: Write | null;
  effects: number;
}

export interface LedgerCounts {
  acknowledged: number;
  refused: number;
  /** Unanswered, and there afterwards: the commit was done, and nobody was told. */
  unknownDone: number;
  unknownNotDone: number;
  lost: number;
}

export interface Ledger {
  /** What is there from the start. */
  begin(register: string, value: string): void;
  valueOf(register: string): string | null;
  /** Whether the register waits for `settle` to say what became of an unanswered write. */
  isOpen(register: string): boolean;
  record(write: Write, outcome: Outcome): void;
  /** Holds all registers against what the database has; answers what is wrong, a line each. */
  settle(actual: ReadonlyMap<string, string | null>): string[];
  effectsOf(register: string): number;
  auditsOf(action: string): number;
  registers(): string[];
  counts: LedgerCounts;
}

export function createLedger(): Ledger {
  const registers = new Map<string, Register>();
  const audits = new Map<string, number>();
  const counts: LedgerCounts = { acknowledged: 0, refused: 0, unknownDone: 0, unknownNotDone: 0, lost: 0 };
  const of = (name: string): Register => {
    const known = registers.get(name) ?? { value: null, unknown: null, effects: 0 };
    registers.set(name, known);
    return known;
  };
  const take = (register: Register, write: Write) => {
    register.value = write.after;
    register.effects += 1;
    audits.set(write.audit, (audits.get(write.audit) ?? 0) + 1);
  };

  return {
    counts,
    begin: (name, value) => void (of(name).value = value),
    valueOf: (name) => of(name).value,
    isOpen: (name) => of(name).unknown !== null,
    effectsOf: (name) => of(name).effects,
    auditsOf: (action) => audits.get(action) ?? 0,
    registers: () => [...registers.keys()],
    record(write, outcome) {
      if (outcome === 'not sent') return;
      const register = of(write.register);
      if (outcome === 'unknown') {
        register.unknown = write;
        return;
      }
      counts[outcome] += 1;
      if (outcome === 'acknowledged') take(register, write);
    },
    settle(actual) {
      const wrong: string[] = [];
      for (const [name, register] of registers) {
        const found = actual.get(name) ?? null;
        const { unknown } = register;
        register.unknown = null;
        if (unknown && found === unknown.after) {
          counts.unknownDone += 1;
          take(register, unknown);
        } else if (found === register.value) {
          if (unknown) counts.unknownNotDone += 1;
        } else {
          counts.lost += 1;
          wrong.push(`lost: ${name} is ${found} and not ${register.value}${unknown ? ` or ${unknown.after}` : ''}`);
          register.value = found;
        }
      }
      return wrong;
    },
  };
}
