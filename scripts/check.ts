// npm run check: types, lint, format, unused, architecture and unit tests side by side. Before each commit, in under a minute.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name: string) => join(root, 'node_modules/.bin', name);

const checks: Record<string, readonly string[]> = {
  'types (server)': [bin('tsc'), '-p', 'tsconfig.json'],
  'types (web)': [bin('tsc'), '-p', 'web/tsconfig.json'],
  lint: [bin('oxlint'), '--type-aware', '--deny-warnings'],
  format: [bin('oxfmt'), '--check'],
  unused: [bin('knip')],
  'architecture and unit tests': [
    bin('vitest'), 'run', '--reporter=dot',
    'test/architecture.test.ts', 'src/base', 'src/reconcile', 'src/config.test.ts', 'src/contract', 'src/i18n', 'web/src',
    // A hundred thousand cases each: npm test.
    '--exclude', '**/*.properties.test.ts',
  ], // prettier-ignore
};

interface Outcome {
  name: string;
  ok: boolean;
  seconds: number;
  output: string;
}

function check(name: string, [command = '', ...args]: readonly string[]): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const end = (ok: boolean) => resolve({ name, ok, seconds: (performance.now() - start) / 1000, output });
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('exit', (code) => end(code === 0));
  });
}

let failed = false;
await Promise.all(
  Object.entries(checks).map(async ([name, command]) => {
    const outcome = await check(name, command);
    failed ||= !outcome.ok;
    console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${outcome.seconds.toFixed(1).padStart(5)} s  ${name}`);
    if (!outcome.ok) console.log(outcome.output);
  }),
);
process.exitCode = failed ? 1 : 0;
