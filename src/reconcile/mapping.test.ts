import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFieldProblem } from '../contract/field-value.ts';
import { appFields, sourceAttributes, type Mapping, type TargetField } from '../contract/settings.ts';
import { planFields, type FieldPlan, type FieldValues } from './mapping.ts';

const mapping = (given: Partial<Mapping> = {}): Mapping => ({
  source: 'department', target: 'department', write: 'always', empty: 'keep', ...given,
}); // prettier-ignore

/** What the app does with a plan. */
function apply(fields: FieldValues, plan: FieldPlan): FieldValues {
  const next: Record<string, string | undefined> = { ...fields };
  for (const { field, after } of plan.changes) {
    if (after === null) delete next[field];
    else next[field] = after;
  }
  return next;
}

const value = fc.oneof(
  { arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), weight: 6 },
  { arbitrary: fc.constantFrom('a@b.example', 'Åsa Öberg', 'Drift', 'Ny'), weight: 4 },
  { arbitrary: fc.constantFrom('', '\u0000', 'rad\nrad', 'x'.repeat(1024), 'x'.repeat(1025), '\ud800'), weight: 2 },
);
const target = fc.oneof(
  fc.constantFrom<TargetField[]>(...appFields),
  fc.constantFrom<TargetField[]>('custom:ort', 'custom:niva_2'),
);
const mappings = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom(...sourceAttributes),
    target,
    write: fc.constantFrom<Mapping['write'][]>('always', 'when_empty'),
    empty: fc.constantFrom<Mapping['empty'][]>('keep', 'clear'),
  }),
  { selector: (one) => one.target, maxLength: 12 },
);
const source = fc.dictionary(fc.constantFrom<string[]>(...sourceAttributes), value, { maxKeys: 20 });
const fields = fc.dictionary(
  fc.constantFrom<string[]>(...appFields, 'custom:ort', 'custom:annat'),
  value.filter((one) => one !== ''),
  { maxKeys: 12 },
);

const runs = { numRuns: 3000 };

describe('properties of a plan', () => {
  test('applying it and planning again gives nothing', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        const again = planFields(map, from, apply(have, planFields(map, from, have)));
        expect(again.changes).toEqual([]);
      }),
      runs,
    );
  });

  test('I3: only mapped fields are in it, each once, and before is what stands there', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        const { changes, issues } = planFields(map, from, have);
        const targets = new Set(map.map((one) => one.target));
        const touched = [...changes, ...issues].map((one) => one.field);
        expect(touched.every((field) => targets.has(field))).toBe(true);
        expect(new Set(touched).size).toBe(touched.length);
        for (const change of changes) {
          expect(change.before).toBe(have[change.field] ?? null);
          expect(change.after).not.toBe(change.before);
        }
      }),
      runs,
    );
  });

  test('I5: a field is emptied only by a mapping that says so, and only when Entra has nothing', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        for (const { field, after } of planFields(map, from, have).changes) {
          expect(after).not.toBe('');
          if (after !== null) continue;
          const one = map.find((given) => given.target === field);
          expect(one).toMatchObject({ empty: 'clear', write: 'always' });
          expect(from[one?.source ?? ''] ?? '').toBe('');
        }
      }),
      runs,
    );
  });

  test('a field that is filled when empty never loses what stands in it', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        const filled = map.map((one): Mapping => ({ ...one, write: 'when_empty' }));
        for (const change of planFields(filled, from, have).changes) expect(change.before).toBeNull();
      }),
      runs,
    );
  });

  test('F36: no change writes what a field cannot hold; an issue stands for each such value that would have been written', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        const { changes, issues } = planFields(map, from, have);
        for (const { field, after } of changes)
          if (after !== null) expect(findFieldProblem(field, after)).toBeUndefined();
        for (const { field, code } of issues) {
          const bad = from[map.find((one) => one.target === field)?.source ?? ''] ?? '';
          expect(findFieldProblem(field, bad) === 'too_long').toBe(code === 'value_too_long');
          expect(findFieldProblem(field, bad)).toBeDefined();
        }
      }),
      runs,
    );
  });

  test('everything that is mapped, always written and fit to be held stands in the app afterwards', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        const after = apply(have, planFields(map, from, have));
        for (const one of map) {
          const wanted = from[one.source] ?? '';
          if (one.write === 'always' && wanted !== '' && findFieldProblem(one.target, wanted) === undefined) {
            expect(after[one.target]).toBe(wanted);
          }
        }
      }),
      runs,
    );
  });

  test('the order of the mappings changes the order of the plan and nothing else', () => {
    fc.assert(
      fc.property(mappings, source, fields, fc.nat(), (map, from, have, by) => {
        const turned = map.length === 0 ? [] : [...map.slice(by % map.length), ...map.slice(0, by % map.length)];
        const byField = (plan: FieldPlan) => ({
          changes: plan.changes.toSorted((a, b) => (a.field < b.field ? -1 : 1)),
          issues: plan.issues.toSorted((a, b) => (a.field < b.field ? -1 : 1)),
        });
        expect(byField(planFields(turned, from, have))).toEqual(byField(planFields(map, from, have)));
      }),
      runs,
    );
  });

  test('equal input gives the same plan and is left as it was', () => {
    fc.assert(
      fc.property(mappings, source, fields, (map, from, have) => {
        const given = structuredClone({ map, from, have });
        const first = planFields(map, from, have);
        expect(planFields(given.map, given.from, given.have)).toEqual(first);
        expect({ map, from, have }).toEqual(given);
      }),
      runs,
    );
  });
});

describe('examples', () => {
  test('a changed value is one change', () => {
    expect(planFields([mapping()], { department: 'Ny' }, { department: 'Gammal', city: 'Luleå' })).toEqual({
      changes: [{ field: 'department', before: 'Gammal', after: 'Ny' }],
      issues: [],
    });
  });

  test('an empty source keeps, or clears by its rule, and does nothing where nothing stands', () => {
    const clearing = mapping({ empty: 'clear' });
    for (const from of [{}, { department: '' }]) {
      expect(planFields([mapping()], from, { department: 'Drift' }).changes).toEqual([]);
      expect(planFields([clearing], from, { department: 'Drift' }).changes).toEqual([
        { field: 'department', before: 'Drift', after: null },
      ]);
      expect(planFields([clearing], from, {}).changes).toEqual([]);
    }
  });

  test('one source may fill several fields', () => {
    const both = [mapping(), mapping({ target: 'custom:ort' })];
    expect(planFields(both, { department: 'Drift' }, {}).changes.map((change) => change.field)).toEqual([
      'department',
      'custom:ort',
    ]);
  });

  test('the longest value that fits is written, one letter more is an issue, and so is what is no address', () => {
    expect(planFields([mapping()], { department: 'x'.repeat(1024) }, {}).changes).toHaveLength(1);
    expect(planFields([mapping()], { department: 'x'.repeat(1025) }, { department: 'Drift' })).toEqual({
      changes: [],
      issues: [{ field: 'department', code: 'value_too_long' }],
    });
    const mail = [mapping({ source: 'mail', target: 'email' })];
    for (const bad of ['a@b', 'a@b.example,c@d.example', 'A <a@b.example>', 'a b@c.example', '@b.example']) {
      expect(planFields(mail, { mail: bad }, {}).issues).toEqual([{ field: 'email', code: 'value_invalid' }]);
    }
    expect(planFields(mail, { mail: 'Åsa.Öberg@företag.example' }, {}).changes).toHaveLength(1);
  });

  test('å written in two ways are two values: the history says what Entra says', () => {
    const [one, two] = ['Å', 'A\u030a'];
    expect(planFields([mapping()], { department: two }, { department: one }).changes).toHaveLength(1);
  });
});
