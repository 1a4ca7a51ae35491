// npm run chaos -- --rounds 100 --seed 1: kills workers, the web process, the database, connections and whole servers under load, and
// says what was lost, doubled or half. Exit code 1 when anything was, or when the test could not have seen it.
import { parseArgs } from 'node:util';
import { runChaos, type ChaosReport } from '../test/chaos/chaos.ts';
import type { Kind } from '../test/chaos/system.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 7 || !Number.isInteger(seed)) {
  console.error('npm run chaos -- --rounds 100 --seed 1: at least 7 rounds, one of each kind');
  process.exit(1);
}

// In what shares: most for what happens most often.
const shares = { worker: 25, connection: 25, web: 20, database: 10, embedded: 8, server: 7, machine: 5 };

function killsOf(kinds: readonly Kind[]): Partial<Record<Kind, number>> {
  return Object.fromEntries(kinds.map((kind) => [kind, Math.max(1, Math.round((rounds * shares[kind]) / 100))]));
}

const reports: ChaosReport[] = [];
for (const [setup, kinds] of [
  ['parts', ['worker', 'web', 'connection', 'database']],
  ['whole', ['embedded', 'server', 'machine']],
] as const) {
  console.log(
    setup === 'parts'
      ? 'A web process and two workers on one PostgreSQL'
      : '\nOne process with the embedded database under it',
  );
  const report = await runChaos({
    setup,
    kills: killsOf(kinds),
    seed,
    onRound: ({ round, kind, ms, wrong }) => {
      console.log(
        `  round ${String(round).padStart(3)}  ${kind.padEnd(10)} ${(ms / 1000).toFixed(1).padStart(5)} s  ${wrong.length === 0 ? 'ok' : wrong.join('; ')}`,
      );
    },
  });
  reports.push(report);
}

const sum = (of: (report: ChaosReport) => number) => reports.reduce((total, report) => total + of(report), 0);
const all = <T>(of: (report: ChaosReport) => readonly T[]) => reports.flatMap(of);
const seconds = (times: readonly number[]) => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1000).toFixed(1);
  return sorted.length === 0 ? 'none' : `p50 ${at(0.5)} s, max ${at(1)} s (${sorted.length})`;
};
const kinds = reports.flatMap((report) => Object.entries(report.rounds));
const ends = Map.groupBy(
  reports.flatMap((report) => Object.entries(report.runs)),
  ([state]) => state,
);
const unknown = sum(({ writes, unknownRuns }) => writes.unknownDone + unknownRuns);
const wrong = all((report) => [...report.lost, ...report.doubled, ...report.half, ...report.late]);
// With so many kills some commit is met between being done and being told; where none was, the test saw nothing of it.
const isBlind = unknown === 0 && kinds.reduce((total, [, times]) => total + times, 0) >= 50;

console.log(`
rounds               ${kinds.map(([kind, times]) => `${kind} ${times}`).join(', ')} in ${sum((report) => report.seconds)} s
writes               ${sum(({ writes }) => writes.acknowledged)} acknowledged, ${sum(({ writes }) => writes.refused)} refused
unknown commits      ${sum(({ writes }) => writes.unknownDone)} writes and ${sum((report) => report.unknownRuns)} runs were done and nobody was told; ${sum(({ writes }) => writes.unknownNotDone)} unanswered writes were not done${isBlind ? '  BLIND: none was met' : ''}
runs                 ${[...ends].map(([state, of]) => `${of.reduce((total, [, times]) => total + times, 0)} ${state}`).join(', ')}; ${sum((report) => report.takenOver)} taken over after a kill
answered again in    ${seconds(all((report) => report.answeredAgainMs))}
taken over in        ${seconds(all((report) => report.takenOverMs))}
lost                 ${all((report) => report.lost).length}
doubled              ${all((report) => report.doubled).length}
half                 ${all((report) => report.half).length}
later than 90 s      ${all((report) => report.late).length}
violations           ${wrong.length}`);
for (const line of new Set(wrong)) console.log(`  ${line}`);
process.exitCode = wrong.length > 0 || isBlind ? 1 : 0;
