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
    const wanted = fault.match.path;
    const expression = /^\/(.*)\/([a-z]*)$/.exec(wanted);
    // '/users/' is a path as well as an expression; only characters that no path starts with make it one.
    if (expression !== null && /[\\^$*+?()[\]|{}]/.test(wanted))
      return new RegExp(expression[1] ?? '', expression[2]).test(path);
    return path.includes(wanted);
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
