// npm run sim: histories of the simulation, and what came of them.
//   --histories N  --seed S    from seed S on (1000 and 1)
//   --seed S --replay          one history, with its whole trace
//   --twice                    each seed twice: the traces must be equal
//   --mutants [--mutant NAME]  bugs planted in the engine: how many histories find each of them; --enough F: until F have (3)
//   --processes P --slots K    how many at once (2 and 4)  --seconds T: no longer than that  --json: figures only, as JSON
import { parseArgs } from 'node:util';
import { runHistory } from '../test/simulation/history.ts';
import { mutants } from '../test/simulation/mutants/list.ts';
import { runMany, type RunnerOptions, type Server, type Summary } from '../test/simulation/runner.ts';
import { startSimulationServer } from '../test/simulation/server.ts';
import { openSlot } from '../test/simulation/slot.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    enough: { type: 'string', default: '3' },
    processes: { type: 'string', default: '2' },
    slots: { type: 'string', default: '4' },
    seconds: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const firstSeed = Number(values.seed);

/** One that runs already, as in the tests, or one for this time. */
async function openServer(): Promise<Server & { stop(): Promise<void> }> {
  const given = process.env['SAMSYN_SIMULATION_SERVER'];
  if (given === undefined) return startSimulationServer();
  return { ...(JSON.parse(given) as Server), stop: async () => undefined }; // as test/simulation/simulation.test.ts writes it
}

async function replay(server: Server): Promise<boolean> {
  const slot = await openSlot({ ...server, name: `simulation_${process.pid}_replay` });
  const result = await runHistory({ seed: firstSeed, slot, keepTrace: 1_000_000 });
  await slot.end();
  console.log(result.trace.join('\n'));
  console.log(
    JSON.stringify({ plan: result.plan, met: result.met, ends: result.ends, trace: result.traceHash }, null, 2),
  );
  if (result.violation !== null) console.log(`VIOLATION of ${result.violation.invariant}: ${result.violation.text}`);
  return result.violation === null;
}

const options = (server: Server): RunnerOptions => ({
  server,
  firstSeed,
  histories: Number(values.histories),
  processes: Number(values.processes),
  slots: Number(values.slots),
  twice: values.twice,
  ...(values.seconds === undefined ? {} : { secondsMax: Number(values.seconds) }),
});

function print(summary: Summary): void {
  const { histories, seconds, points, requests, transactions, commits, violations, crashes, differing, compared } =
    summary;
  for (const { seed, violation, trace } of violations) {
    console.log(trace.join('\n'));
    console.log(`VIOLATION of ${violation?.invariant} in seed ${seed}: ${violation?.text}`);
    console.log(`Plan and whole trace: npm run sim -- --seed ${seed} --replay\n`);
  }
  for (const { seed, text } of crashes) console.log(`SEED ${seed} ENDED BY AN ERROR\n${text}\n`);
  const rows = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .toSorted(([, one], [, other]) => other - one)
      .map(([name, count]) => `    ${String(count).padStart(9)}  ${name}`)
      .join('\n');
  console.log(`  Trouble met, by kind\n${rows(summary.met)}`);
  console.log(`  How runs ended\n${rows(summary.ends)}`);
  console.log(
    `  ${histories} histories in ${seconds.toFixed(1)} s (${(histories / seconds).toFixed(2)} a second): ${points} points, ${requests} requests, ${transactions} transactions, ${commits} commits`,
  );
  if (compared > 0)
    console.log(`  ${compared} seeds ran twice, ${differing.length} with another trace ${differing.join(' ')}`);
  console.log(`  ${violations.length} violations, ${crashes.length} ended by an error`);
}

/** Each mutant meets histories until some have found it, and as many as were asked for at most. */
async function hunt(server: Server): Promise<boolean> {
  const chosen = mutants.filter(({ name }) => values.mutant === undefined || name.includes(values.mutant));
  const missed: string[] = [];
  for (const { name, planted = [] } of chosen) {
    const summary = await runMany({
      ...options(server),
      twice: false,
      mutant: { name, planted },
      violationsMax: Number(values.enough),
    });
    const { histories, violations, crashes } = summary;
    const found = violations.length + crashes.length;
    const by = [...new Set(violations.map(({ violation }) => violation?.invariant))].join(' ') || 'an error';
    if (found === 0) missed.push(name);
    const rate = `${found} of ${histories + crashes.length}`.padStart(11);
    console.log(`  ${rate}  ${name}${found === 0 ? ': NOT FOUND' : ` (${by})`}`);
  }
  console.log(`  ${chosen.length - missed.length} of ${chosen.length} planted bugs found`);
  return missed.length === 0;
}

const server = await openServer();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void server.stop().finally(() => process.exit(1)));
let isGood = false;
try {
  if (values.replay) isGood = await replay(server);
  else if (values.mutants) isGood = await hunt(server);
  else {
    const summary = await runMany(options(server));
    if (values.json) console.log(JSON.stringify(summary));
    else print(summary);
    isGood = summary.violations.length + summary.crashes.length + summary.differing.length === 0;
  }
} finally {
  await server.stop();
}
process.exitCode = isGood ? 0 : 1;
