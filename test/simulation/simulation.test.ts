// A part of the simulation in each test run; `npm run sim -- --histories 10000` is the whole. The invariants that are held after each
// commit, and at the end, are named in test/simulation/invariants/.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { templateName } from '../database-setup.ts';
import type { Summary } from './runner.ts';

const script = fileURLToPath(new URL('../../scripts/sim.ts', import.meta.url));

/** A process of its own, as from the command line: histories run without what the tests put around modules. */
async function simulate(args: readonly string[]): Promise<Summary> {
  const { admin, owner } = inject('testServer');
  const env = { ...process.env, SAMSYN_SIMULATION_SERVER: JSON.stringify({ admin, owner, template: templateName }) };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', ...args], options).catch(
    // With violations it ends with 1, and says which.
    (error: { stdout?: string; message: string }) => {
      if (!error.stdout) throw new Error(error.message);
      return { stdout: error.stdout };
    },
  );
  return JSON.parse(stdout) as Summary; // as scripts/sim.ts writes it
}

const shown = ({ violations, crashes }: Summary) => [
  ...violations.map(({ seed, violation, trace }) => ({ seed, ...violation, trace })),
  ...crashes,
];

test(
  'with workers that die, faults of Microsoft and of the database, and persons who decide meanwhile: nobody is lost, nothing is mixed up, and all comes right (I1-I19, I22-I26, I28-I30, I32, I34, I37, I39)',
  { timeout: 300_000 },
  async () => {
    const summary = await simulate(['--histories', '80', '--seed', '1', '--seconds', '45']);
    expect(shown(summary)).toEqual([]);
    // Blind would be a simulation in which nothing goes wrong.
    expect(summary.histories).toBeGreaterThan(2);
    expect(summary.met['kill'] ?? 0).toBeGreaterThan(0);
    expect(summary.met['commit unknown'] ?? 0).toBeGreaterThan(0);
    expect(Object.keys(summary.met).length).toBeGreaterThan(12);
  },
);

test('the same seed gives the same history', { timeout: 300_000 }, async () => {
  const summary = await simulate(['--histories', '200', '--seed', '100001', '--twice', '--seconds', '20']);
  expect(summary.compared).toBeGreaterThan(0);
  expect(summary.differing).toEqual([]);
});
