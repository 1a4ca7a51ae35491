// npm test: builds the web app, then runs every test (unit and integration, then a real browser) and ends with one plain line.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, by file and title: told once more at the end, where it is not scrolled away. */
  failures: string[];
}

interface Report {
  testResults?: {
    name: string;
    status?: string;
    message?: string;
    assertionResults?: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

const linesOfFailureMax = 12;

function failuresOf({ testResults = [] }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults = [] }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${file}: ${message ?? 'could not be run'}`] : [];
    return failed.map((one) => {
      const why = (one.failureMessages ?? []).join('\n').split('\n').slice(0, linesOfFailureMax).join('\n    ');
      return `${file}: ${one.fullName}\n    ${why}`;
    });
  });
}

/** Runs a program of node_modules with its output shown; resolves with its exit code. */
function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', command), ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

/** One vitest run. A run that broke before it could report counts as one failure. */
async function runTests(config: string, reports: string): Promise<Counts> {
  const report = join(reports, `${config.replaceAll('/', '-')}.json`);
  const code = await run('vitest/vitest.mjs', [
    'run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2),
  ]); // prettier-ignore
  if (!existsSync(report)) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${config}: ended with ${code} and without a report`] };
  }
  const result: unknown = JSON.parse(readFileSync(report, 'utf8'));
  const count = (name: string): number => {
    const value = typeof result === 'object' && result !== null ? Reflect.get(result, name) : 0;
    return typeof value === 'number' ? value : 0;
  };
  const failed = count('numFailedTests');
  const failures = failuresOf(result as Report); // written by vitest a moment ago, in the form of its JSON reporter
  if (code !== 0 && failures.length === 0) failures.push(`${config}: ended with ${code}, though no test failed`);
  return {
    failures,
    passed: count('numPassedTests'),
    // A file that could not be loaded has no test in it, and fails all the same.
    failed: failed > 0 || code === 0 ? failed : Math.max(1, count('numFailedTestSuites')),
    skipped: count('numPendingTests') + count('numTodoTests'),
  };
}

const reports = mkdtempSync(join(tmpdir(), 'samsyn-test-'));
const total: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
if ((await run('vite/bin/vite.js', ['build', 'web', '--logLevel', 'warn'])) !== 0) {
  total.failures.push('The web app could not be built.');
  total.failed += 1;
}
for (const config of ['vitest.config.ts', 'e2e/vitest.config.ts']) {
  if (!existsSync(join(root, config))) continue;
  const counts = await runTests(config, reports);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  total.failures.push(...counts.failures);
}
rmSync(reports, { recursive: true, force: true });
const ok = total.failed === 0 && total.passed > 0;
if (total.failures.length > 0) console.log(`\nFailed:\n  ${total.failures.join('\n  ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = ok ? 0 : 1;
