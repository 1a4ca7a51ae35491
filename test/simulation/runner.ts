// Many histories in a few processes, and what came of them in figures.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HistoryResult } from './history.ts';
import type { Begin, Report, Task } from './process.ts';

export interface Server {
  admin: string;
  owner: string;
  template: string;
}

export interface RunnerOptions {
  server: Server;
  firstSeed: number;
  histories: number;
  processes: number;
  /** Side by side in each process. */
  slots: number;
  /** Each seed once more, and the traces compared. */
  twice?: boolean;
  mutant?: { name: string; planted: readonly string[] } | undefined;
  /** Ends after so many violations. */
  violationsMax?: number;
  /** Ends when so much time has passed; what was begun is brought to its end. */
  secondsMax?: number;
}

type Result = Omit<HistoryResult, 'plan'>;

export interface Summary {
  histories: number;
  seconds: number;
  points: number;
  requests: number;
  transactions: number;
  commits: number;
  met: Record<string, number>;
  ends: Record<string, number>;
  violations: Result[];
  crashes: { seed: number; text: string }[];
  /** Seeds whose two traces differ. */
  differing: number[];
  /** How many seeds ran twice. */
  compared: number;
}

const entry = fileURLToPath(new URL('process.ts', import.meta.url));
const hook = new URL('mutants/hook.ts', import.meta.url).href;
let runs = 0;

export async function runMany(options: RunnerOptions): Promise<Summary> {
  const { server, firstSeed, histories, twice = false, mutant, violationsMax = 20, secondsMax = Infinity } = options;
  const summary: Summary = {
    histories: 0, seconds: 0, points: 0, requests: 0, transactions: 0, commits: 0, met: {}, ends: {}, violations: [], crashes: [], differing: [], compared: 0,
  }; // prettier-ignore
  const startMs = performance.now();
  const seconds = (): number => (performance.now() - startMs) / 1000;
  const hashes = new Map<number, string>();
  const again: number[] = [];
  let given = 0;
  runs += 1;

  function nextSeed(): number | null {
    if (summary.violations.length + summary.crashes.length >= violationsMax) return null;
    // What was begun is compared, also when time is up.
    const repeated = again.shift();
    if (repeated !== undefined) return repeated;
    if (seconds() > secondsMax) return null;
    if (given === histories) return null;
    const seed = firstSeed + given;
    given += 1;
    if (twice) again.push(seed);
    return seed;
  }

  function take(report: Report): void {
    if ('crash' in report) summary.crashes.push(report.crash);
    if (!('result' in report)) return;
    const { result } = report;
    summary.histories += 1;
    for (const name of ['points', 'requests', 'transactions', 'commits'] as const) summary[name] += result[name];
    for (const name of ['met', 'ends'] as const)
      for (const [key, count] of Object.entries(result[name])) summary[name][key] = (summary[name][key] ?? 0) + count;
    if (result.violation !== null) summary.violations.push(result);
    const earlier = hashes.get(result.seed);
    if (earlier !== undefined) {
      summary.compared += 1;
      if (earlier !== result.traceHash) summary.differing.push(result.seed);
    }
    if (twice) hashes.set(result.seed, result.traceHash);
  }

  const children = Array.from({ length: options.processes }, (_, number) => {
    const child = fork(entry, {
      execArgv: mutant === undefined ? [] : ['--import', hook],
      env: { ...process.env, ...(mutant === undefined ? {} : { SAMSYN_MUTANT: mutant.name }) },
    });
    const begin: Begin = {
      ...server,
      prefix: `simulation_${process.pid}_${runs}_${number}`,
      slots: options.slots,
      planted: mutant?.planted ?? [],
    };
    const tell = (message: Begin | Task): void => void child.send(message);
    child.on('message', (report: Report) => {
      if ('ask' in report) tell({ seed: nextSeed() });
      else take(report);
    });
    tell(begin);
    return new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a process of the simulation ended with ${code}`)),
      );
    });
  });
  await Promise.all(children);
  summary.seconds = seconds();
  return summary;
}
