// Mapping by property (D1), in many more cases than mapping.test.ts has: values, rules and fields are drawn from few, so that every
// combination of empty, unchanged, changed and unfit comes often. All that must hold of a plan is looked at in each case.
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { expect, test, vi } from 'vitest';
import { findFieldProblem } from '../contract/field-value.ts';
import type { Mapping, SourceAttribute, TargetField } from '../contract/settings.ts';
import { planFields, type FieldPlan, type FieldValues } from './mapping.ts';

// Some six seconds on an idle machine.
vi.setConfig({ testTimeout: 120_000 });
const runs = { numRuns: 100_000 };

const targets: readonly TargetField[] = ['email', 'displayName', 'department', 'custom:ort'];
const sources: readonly SourceAttribute[] = ['mail', 'displayName', 'department', 'extensionAttribute1'];
const values = [
  undefined,
  '',
  'a@b.example',
  'A@b.example',
  'Åsa',
  'A\u030asa',
  'rad\nrad',
  'x'.repeat(300),
  'x'.repeat(1025),
];

const rule = fc.record({
  source: fc.constantFrom(...sources),
  write: fc.constantFrom<Mapping['write'][]>('always', 'when_empty'),
  empty: fc.constantFrom<Mapping['empty'][]>('keep', 'clear'),
});
/** Each field has one mapping or none. */
const mappings = fc
  .tuple(...targets.map(() => fc.option(rule)))
  .map((rules) =>
    rules.flatMap((one, index): Mapping[] => (one ? [{ ...one, target: targets[index] ?? 'email' }] : [])),
  );
const valuesOf = (names: readonly string[], from: readonly (string | undefined)[]) =>
  fc
    .array(fc.nat({ max: from.length - 1 }), { minLength: names.length, maxLength: names.length })
    .map((drawn): FieldValues => Object.fromEntries(names.map((name, index) => [name, from[drawn[index] ?? 0]])));
const source = valuesOf(sources, values);
const fields = valuesOf(
  [...targets, 'phone'],
  values.filter((one) => one !== ''),
);

/** What the app does with a plan. */
function apply(have: FieldValues, { changes }: FieldPlan): FieldValues {
  return { ...have, ...Object.fromEntries(changes.map(({ field, after }) => [field, after ?? undefined])) };
}

/** A field's value after a run, from the words of the rules: the value that it must have, and whether a person must look at it. */
function reference(
  map: readonly Mapping[],
  from: FieldValues,
  have: FieldValues,
): { after: FieldValues; issues: Set<string> } {
  const after: Record<string, string | undefined> = { ...have };
  const issues = new Set<string>();
  for (const { source: attribute, target, write, empty } of map) {
    const told = from[attribute] ?? '';
    const filled = have[target] !== undefined;
    if (write === 'when_empty' && filled) continue;
    if (told === '') after[target] = empty === 'clear' ? undefined : have[target];
    else if (told !== have[target] && findFieldProblem(target, told) !== undefined) issues.add(target);
    else after[target] = told;
  }
  return { after, issues };
}

test('D1, I3, I5, F36: a plan does what the rules say to each field, and nothing to any other', () => {
  fc.assert(
    fc.property(mappings, source, fields, (map, from, have) => {
      const plan = planFields(map, from, have);
      const expected = reference(map, from, have);
      const found = { after: apply(have, plan), issues: new Set<string>(plan.issues.map(({ field }) => field)) };
      if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
      const mapped = new Set(map.map(({ target }) => target));
      return (
        found.issues.size === plan.issues.length &&
        new Set(plan.changes.map(({ field }) => field)).size === plan.changes.length &&
        plan.changes.every(
          ({ field, before, after }) =>
            mapped.has(field) && before === (have[field] ?? null) && after !== before && after !== '',
        )
      );
    }),
    runs,
  );
});

test('D1: done once, there is nothing more to do; the same input gives the same plan and is left as it was', () => {
  fc.assert(
    fc.property(mappings, source, fields, (map, from, have) => {
      const given = JSON.stringify([map, from, have]);
      const plan = planFields(map, from, have);
      const again = planFields(map, from, apply(have, plan));
      return (
        again.changes.length === 0 &&
        isDeepStrictEqual(again.issues, plan.issues) &&
        isDeepStrictEqual(planFields(map, from, have), plan) &&
        JSON.stringify([map, from, have]) === given
      );
    }),
    runs,
  );
});
