// Switches the schema judge on in every emulator that a test run starts, in whatever process; ends the run red when an answer of
// theirs broke Microsoft's model, also when the test that got it did not look.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readVerdicts, schemaNote, type Verdicts } from '../emulator/schema-judge.ts';

export default function setup(): () => void {
  // Who wants to read the figures afterwards names a folder (npm run protocol-report).
  const given = process.env['EMULATOR_JUDGE_DIR'];
  const folder = given ?? mkdtempSync(path.join(tmpdir(), 'samsyn-judge-'));
  process.env['EMULATOR_JUDGE_DIR'] = folder;
  return () => {
    if (schemaNote !== '') process.stdout.write(`Schema:${schemaNote}\n`);
    const verdicts = readVerdicts(folder);
    if (given === undefined && existsSync(folder)) rmSync(folder, { recursive: true });
    if (schemaNote === '') process.stdout.write(`${describeVerdicts(verdicts)}\n`);
    if (verdicts.violations.length > 0)
      throw new Error(`The emulator broke Microsoft's schema:\n${verdicts.violations.join('\n')}`);
  };
}

/** One line with the figures. */
export function describeVerdicts({ judged, unjudged, violations }: Verdicts): string {
  const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);
  return (
    `Schema: ${sum(judged)} answers of the emulator held against ${judged.size} definitions, ${violations.length} violations; ` +
    `${sum(unjudged)} answers on ${unjudged.size} routes that nothing judges`
  );
}
