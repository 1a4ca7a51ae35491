import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from './list.ts';

const source = new URL('../../../src/', import.meta.url);

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  'a bug to be planted fits the engine as it is now: %s (D6)',
  (_name, { patches }) => {
    for (const { file, find } of patches)
      expect(readFileSync(new URL(file, source), 'utf8').split(find).length - 1, `${file}: ${find}`).toBe(1);
  },
);

test('there are the nine known ones and twenty more, each with a name of its own (D6)', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(29);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});
