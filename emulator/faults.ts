// Scripted faults: which request they meet and how often. What they do to an answer is in http.ts.
import { randomUUID } from 'node:crypto';
import type { Fault } from './model.ts';

export interface Faults {
  add(fault: Pick<Fault, 'match' | 'answer'>): Fault;
  list(): Fault[];
  clear(id?: string): void;
  /** The first fault that this request meets; meeting it counts. */
  meet(method: string, pathAndQuery: string): Fault | undefined;
}

export function createFaults(): Faults {
  let all: Fault[] = [];
  const hits = (fault: Fault, method: string, path: string): boolean => {
    if (fault.match.method !== undefined && fault.match.method.toUpperCase() !== method) return false;
    const expression = expressionOf(fault.match.path);
    return expression === null ? path.includes(fault.match.path) : expression.test(path);
  };
  return {
    add(fault) {
      const added: Fault = { id: randomUUID(), match: fault.match, answer: fault.answer, seen: 0, used: 0 };
      all.push(added);
      return added;
    },
    list: () => all,
    clear(id) {
      all = id === undefined ? [] : all.filter((fault) => fault.id !== id);
    },
    meet(method, pathAndQuery) {
      for (const fault of all) {
        if (fault.used >= (fault.match.times ?? Infinity) || !hits(fault, method, pathAndQuery)) continue;
        fault.seen += 1;
        if (fault.seen <= (fault.match.skip ?? 0)) continue;
        fault.used += 1;
        return fault;
      }
      return undefined;
    },
  };
}

/** Whether the text is a part of a path, or an expression that can be compiled. */
export function isUsablePath(wanted: string): boolean {
  try {
    expressionOf(wanted);
    return true;
  } catch {
    return false;
  }
}

/** '/users/' is a path as well as an expression; only characters that no path starts with make it one. */
function expressionOf(wanted: string): RegExp | null {
  const parts = /^\/(.*)\/([a-z]*)$/.exec(wanted);
  return parts !== null && /[\\^$*+?()[\]|{}]/.test(wanted) ? new RegExp(parts[1] ?? '', parts[2]) : null;
}
