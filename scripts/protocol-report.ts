// npm run protocol-report: runs the tests by which strangers judge the emulator and the client, and prints what they found: the
// recorded exchanges, the schema, the thefts, the fourteen points of a faithful emulator, and where things disagreed.
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readVerdicts } from '../emulator/schema-judge.ts';
import { describeVerdicts } from '../test/judge-setup.ts';
import { describeCorpus } from './report/corpus.ts';
import { describePoints, type RunTest } from './report/points.ts';
import { describeDisagreements } from './report/disagreements.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'samsyn-protocol-report-'));

/** The files with the points, the recorded exchanges and the thefts. */
function testFiles(): string[] {
  const named = globSync('{src,emulator,test}/**/*.test.ts', { cwd: root }).filter((file) =>
    /\bPoint \d+:/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  const corpus = globSync('test/corpus*.test.ts', { cwd: root });
  return [...new Set([...named, ...corpus, 'test/connect-theft.test.ts'])].toSorted();
}

/** Resolves with what the run printed; the tests' outcomes are in `report`. */
function run(files: readonly string[], report: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', ...files, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const env = { ...process.env, EMULATOR_JUDGE_DIR: path.join(folder, 'judge'), NO_COLOR: '1' };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      // So that somebody who waits sees that it goes on.
      if (process.stderr.isTTY) process.stderr.write(data);
    });
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });
}

function readTests(report: string): RunTest[] {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
  }; // by vitest's reporter
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: path.relative(root, name), fullName, status })),
  );
}

const missing: string[] = [];
function print(title: string, part: { lines: readonly string[]; missing?: readonly string[] }): void {
  missing.push(...(part.missing ?? []));
  console.log(`\n${title}\n${'='.repeat(title.length)}\n${part.lines.join('\n')}`);
}

try {
  const report = path.join(folder, 'tests.json');
  const files = testFiles();
  console.log(`Running ${files.length} files of tests; it takes some minutes.`);
  const output = await run(files, report);
  const tests = readTests(report);
  const failed = tests.filter(({ status }) => status === 'failed').map(({ file, fullName }) => `${file}: ${fullName}`);
  missing.push(...failed.map((name) => `a test that passes: ${name}`));
  print('Recorded exchanges', describeCorpus());
  const verdicts = readVerdicts(path.join(folder, 'judge'));
  print("Microsoft's schema", {
    lines: [
      describeVerdicts(verdicts),
      ...[...verdicts.judged]
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
      'Judged by nothing:',
      ...[...verdicts.unjudged]
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
    ],
    missing: verdicts.violations,
  });
  const thefts = /^.*(D8: .*)$/m.exec(output)?.[1];
  print('Thefts of a connection', {
    lines: [thefts ?? 'no figures'],
    missing: thefts === undefined ? ['the figures of D8'] : [],
  });
  print('The fourteen points of a faithful emulator (graph-protocol.md 16)', describePoints(tests));
  print('Disagreements (docs/protocol-disagreements.md)', describeDisagreements(root));
  print('Outcome', {
    lines: missing.length === 0 ? ['Nothing is missing.'] : missing.map((what) => `MISSING: ${what}`),
  });
  process.exitCode = missing.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
