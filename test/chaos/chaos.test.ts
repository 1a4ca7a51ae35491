// A few rounds of `npm run chaos`, so that each change is held against every kind of kill; and that the looking can see.
import { expect, test } from 'vitest';
import { runChaos, type ChaosReport } from './chaos.ts';
import { createLedger, type Write } from './ledger.ts';

function tell({ setup, report }: { setup: string; report: ChaosReport }): void {
  const { acknowledged, unknownDone, unknownNotDone } = report.writes;
  const longestMs = Math.max(0, ...report.answeredAgainMs, ...report.takenOverMs);
  process.stdout.write(
    `D5 ${setup}: ${JSON.stringify(report.rounds)}, ${acknowledged} acknowledged, ${unknownDone} done and not told, ${unknownNotDone} unanswered and not done, ${report.takenOver} taken over, at most ${(longestMs / 1000).toFixed(1)} s\n`,
  );
}

const none = { lost: [], doubled: [], half: [], late: [] };

test('D5 a worker, the web process, the database and connections killed with -9 under load: nothing is lost, doubled or half, and all goes on', async () => {
  const kills = { worker: 1, web: 1, connection: 2, database: 1 };
  const report = await runChaos({ setup: 'parts', kills, seed: 11, organisations: 2 });
  tell({ setup: 'parts', report });
  expect(report).toMatchObject({ ...none, rounds: kills });
  expect(report.writes.acknowledged).toBeGreaterThan(20);
}, 300_000);

test('D5 the embedded database, the server above it, and both at once: the same', async () => {
  const kills = { embedded: 1, server: 1, machine: 1 };
  const report = await runChaos({ setup: 'whole', kills, seed: 12, organisations: 2 });
  tell({ setup: 'whole', report });
  expect(report).toMatchObject({ ...none, rounds: kills });
  expect(report.writes.acknowledged).toBeGreaterThan(20);
}, 300_000);

const write: Write = { register: 'a', before: null, after: 'new', audit: 'changed' };

test.each([
  ['acknowledged and there', 'acknowledged', 'new', 0],
  ['acknowledged and gone', 'acknowledged', null, 1],
  ['acknowledged, and something else is there', 'acknowledged', 'other', 1],
  ['refused and there', 'refused', 'new', 1],
  ['refused and not there', 'refused', null, 0],
  ['unanswered and there', 'unknown', 'new', 0],
  ['unanswered and not there', 'unknown', null, 0],
  ['unanswered, and something else is there', 'unknown', 'other', 1],
] as const)('the ledger tells what is lost: %s', (_what, outcome, found, lost) => {
  const ledger = createLedger();
  ledger.record(write, outcome);
  expect(ledger.settle(new Map(found === null ? [] : [['a', found]]))).toHaveLength(lost);
  expect(ledger.counts).toMatchObject({
    lost,
    unknownDone: outcome === 'unknown' && found === 'new' ? 1 : 0,
    unknownNotDone: outcome === 'unknown' && found === null ? 1 : 0,
  });
});
