import { describe, expect, test } from 'vitest';
import { defaultBrakeLimits as limits } from '../contract/brake.ts';
import { brake, heldAbsences, heldFields, sumDeeds, type BrakeInput } from './brake.ts';

const nothing = { gone: 0, fields: [] };
const calm: BrakeInput = { limits, linked: 0, peopleBefore: 1000, peopleAfter: 1000, plan: nothing, week: nothing };
const met = (input: Partial<BrakeInput>) => brake({ ...calm, ...input }).map(({ limit, field }) => field ?? limit);

describe('F41: who would be newly gone', () => {
  test.each([
    [5, 10, false],
    [6, 10, true],
    [10, 100, false],
    [11, 100, true],
    [500, 20_000, false],
    [501, 20_000, true],
  ])('%i of %i linked people is over the limit: %s', (gone, linked, isOver) => {
    expect(met({ linked, plan: { ...nothing, gone } })).toEqual(isOver ? ['gone'] : []);
  });

  test('what went within seven days without an approval counts with it', () => {
    expect(met({ linked: 100, plan: { ...nothing, gone: 1 }, week: { ...nothing, gone: 9 } })).toEqual([]);
    expect(met({ linked: 100, plan: { ...nothing, gone: 1 }, week: { ...nothing, gone: 10 } })).toEqual(['gone']);
  });

  test('a plan in which nobody goes is not held for what went before', () => {
    expect(met({ linked: 10, week: { ...nothing, gone: 500 } })).toEqual([]);
  });
});

describe('F42: one field of many people', () => {
  const ofTitle = (changed: number, emptied: number) => ({
    gone: 0,
    fields: [{ field: 'jobTitle' as const, changed, emptied }],
  });

  test.each([
    [10, 0, 20, false],
    [11, 0, 20, true],
    [20, 0, 100, false],
    [21, 0, 100, true],
    [5, 5, 20, false],
    [6, 6, 20, true],
    [6, 6, 200, false],
  ])('%i changes, %i of them emptied, of %i linked people: held %s', (changed, emptied, linked, isHeld) => {
    expect(met({ linked, plan: ofTitle(changed, emptied) }).length > 0).toBe(isHeld);
  });

  test('holds that field and no other, within seven days too', () => {
    const plan = {
      gone: 0,
      fields: [
        { field: 'jobTitle' as const, changed: 2, emptied: 0 },
        { field: 'department' as const, changed: 2, emptied: 0 },
      ],
    };
    const why = brake({ ...calm, linked: 20, plan, week: ofTitle(9, 0) });
    expect(why).toEqual([{ limit: 'changed', field: 'jobTitle', people: 2, peopleInWeek: 11, of: 20, allowed: 10 }]);
    expect(heldFields(why)).toEqual(['jobTitle']);
    expect(heldAbsences(why)).toBe('nobody');
  });
});

describe('F40: how many are left', () => {
  test.each([
    [3, 412, true],
    [330, 412, false],
    [329, 412, true],
    [0, 5, false],
    [0, 6, true],
  ])('%i people after %i before: held %s', (peopleAfter, peopleBefore, isHeld) => {
    const why = brake({ ...calm, peopleBefore, peopleAfter });
    expect(why.length > 0).toBe(isHeld);
    if (isHeld) expect([heldAbsences(why), heldFields(why)]).toEqual(['everybody', null]);
  });
});

test('the sum of several runs counts field by field', () => {
  const one = { gone: 1, fields: [{ field: 'jobTitle' as const, changed: 2, emptied: 1 }] };
  expect(sumDeeds([one, one, nothing])).toEqual({ gone: 2, fields: [{ field: 'jobTitle', changed: 4, emptied: 2 }] });
});
