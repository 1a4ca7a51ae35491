// The brake by property (D1): against limits worked out in whole numbers, growing with what a plan does, and over seven days of runs.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { HeldWhy } from '../contract/brake.ts';
import type { TargetField } from '../contract/settings.ts';
import { brake, heldAbsences, heldFields, sumDeeds, type BrakeInput, type Deeds } from './brake.ts';

const runs = { numRuns: 100_000 };
const fewer = { numRuns: 50_000 };
// Some four seconds each on an idle machine.
vi.setConfig({ testTimeout: 90_000 });
const names: readonly TargetField[] = ['email', 'mobile', 'custom:ort'];

const percent = fc.nat({ max: 100 });
const people = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 3000 }));
// More values can become empty only where more change.
const fieldCounts = fc
  .tuple(fc.subarray([...names]), fc.array(fc.tuple(people, people), { minLength: 3, maxLength: 3 }))
  .map(([fields, counts]) =>
    fields.map((field, index) => {
      const [one = 0, other = 0] = counts[index] ?? [];
      return { field, changed: Math.max(one, other), emptied: Math.min(one, other) };
    }),
  );
const deeds: fc.Arbitrary<Deeds> = fc.record({ gone: people, fields: fieldCounts });
/** Limits in whole percent, so that a reference without fractions can judge. */
const limits = fc.record({
  gone: fc.record({ count: people, percent, max: people }),
  remaining: fc.record({ percent }),
  changed: fc.record({ count: people, percent }),
  emptied: fc.record({ count: people, percent }),
});
type Percents = typeof limits extends fc.Arbitrary<infer T> ? T : never;

function inShares(given: Percents): BrakeInput['limits'] {
  return {
    gone: { count: given.gone.count, share: given.gone.percent / 100, max: given.gone.max },
    remaining: { share: given.remaining.percent / 100 },
    changed: { count: given.changed.count, share: given.changed.percent / 100 },
    emptied: { count: given.emptied.count, share: given.emptied.percent / 100 },
  };
}

const numbers = fc.record({ linked: people, peopleBefore: people, peopleAfter: people, plan: deeds, week: deeds });

/** By hand, and without a fraction: which limits are met, as "limit field". */
function reference(
  given: Percents,
  { linked, peopleBefore, peopleAfter, plan, week }: Omit<BrakeInput, 'limits'>,
): Set<string> {
  const met = new Set<string>();
  const lost = peopleBefore - peopleAfter;
  if (lost > given.gone.count && lost * 100 > peopleBefore * (100 - given.remaining.percent)) met.add('remaining');
  const isOver = (sum: number, limit: { count: number; percent: number }): boolean =>
    sum > limit.count && sum * 100 > linked * limit.percent;
  const gone = plan.gone + week.gone;
  if (plan.gone > 0 && (isOver(gone, given.gone) || gone > given.gone.max)) met.add('gone');
  for (const now of plan.fields) {
    const before = week.fields.find(({ field }) => field === now.field) ?? { changed: 0, emptied: 0 };
    if (now.changed > 0 && isOver(now.changed + before.changed, given.changed)) met.add(`changed ${now.field}`);
    if (now.emptied > 0 && isOver(now.emptied + before.emptied, given.emptied)) met.add(`emptied ${now.field}`);
  }
  return met;
}

const named = (why: readonly HeldWhy[]): Set<string> =>
  new Set(why.map(({ limit, field }) => (field === null ? limit : `${limit} ${field}`)));
const isWithin = <T>(part: ReadonlySet<T>, whole: ReadonlySet<T>): boolean => [...part].every((one) => whole.has(one));

test('D1, F40-F42: limits by number and by share are met exactly where whole numbers say so, and leave the plan as it was', () => {
  fc.assert(
    fc.property(limits, numbers, (given, rest) => {
      const input = { limits: inShares(given), ...rest };
      const before = JSON.stringify(input);
      const why = brake(input);
      const expected = reference(given, rest);
      if (named(why).size !== why.length || !isWithin(named(why), expected) || !isWithin(expected, named(why)))
        expect(named(why)).toEqual(expected);
      // What is said of a limit is over it.
      if (!why.every(({ peopleInWeek, allowed, people: now }) => peopleInWeek > allowed && now <= peopleInWeek))
        return false;
      return JSON.stringify(input) === before && JSON.stringify(brake(input)) === JSON.stringify(why);
    }),
    runs,
  );
});

test('D1, F40-F42: at every whole percent and up to a thousand people, the last that passes is the last that may', () => {
  for (let percentage = 0; percentage <= 100; percentage += 1) {
    const share = percentage / 100;
    const given = {
      gone: { count: 0, share, max: 1000 },
      remaining: { share: 1 - share },
      changed: { count: 0, share },
      emptied: { count: 0, share },
    };
    for (let of = 0; of <= 1000; of += 1) {
      const may = Math.trunc((of * percentage) / 100 + 1 / 1000);
      for (const so of [may, may + 1]) {
        const plan = { gone: so, fields: [{ field: 'email' as const, changed: so, emptied: so }] };
        const week = { gone: 0, fields: [] };
        const why = brake({ limits: given, linked: of, peopleBefore: of, peopleAfter: of - so, plan, week });
        if (why.length !== (so > may ? 4 : 0))
          expect(why, `${so} of ${of} at ${percentage} %`).toHaveLength(so > may ? 4 : 0);
      }
    }
  }
});

test('D1: whoever does more meets at least the same limits', () => {
  fc.assert(
    fc.property(limits, numbers, deeds, fc.nat({ max: 50 }), (given, rest, more, lost) => {
      const asked = { limits: inShares(given), ...rest };
      const planned = { ...asked, plan: sumDeeds([rest.plan, more]), peopleAfter: rest.peopleAfter - lost };
      const earlier = { ...asked, week: sumDeeds([rest.week, more]) };
      return (
        isWithin(named(brake(asked)), named(brake(planned))) && isWithin(named(brake(asked)), named(brake(earlier)))
      );
    }),
    runs,
  );
});

test('D1, F41, F42: runs of seven days that were not held have not done more together than one may', () => {
  fc.assert(
    fc.property(limits, people, fc.array(deeds, { maxLength: 6 }), (given, linked, plans) => {
      const done: Deeds[] = [];
      for (const plan of plans) {
        const why = brake({
          limits: inShares(given),
          linked,
          peopleBefore: linked,
          peopleAfter: linked,
          plan,
          week: sumDeeds(done),
        });
        const held = heldFields(why) ?? names;
        const gone = heldAbsences(why) === 'nobody' ? plan.gone : 0;
        done.push({ gone, fields: plan.fields.filter(({ field }) => !held.includes(field)) });
      }
      const sum = sumDeeds(done);
      const nothing: Deeds = { gone: 0, fields: [] };
      const all = { linked, peopleBefore: linked, peopleAfter: linked, plan: sum, week: nothing };
      return reference(given, all).size === 0;
    }),
    fewer,
  );
});

test('D1: what runs did adds up in whatever order, and nothing is lost or made up', () => {
  const total = ({ gone, fields }: Deeds): string =>
    JSON.stringify([
      gone,
      fields
        .toSorted((a, b) => (a.field < b.field ? -1 : 1))
        .map(({ field, changed, emptied }) => [field, changed, emptied]),
    ]);
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 4 }), fc.nat(), (all, at) => {
      const cut = all.length === 0 ? 0 : at % all.length;
      const sum = sumDeeds(all);
      const people = all.flatMap(({ fields }) => fields).reduce((changed, field) => changed + field.changed, 0);
      return (
        total(sumDeeds(all.toReversed())) === total(sum) &&
        total(sumDeeds([sumDeeds(all.slice(0, cut)), sumDeeds(all.slice(cut))])) === total(sum) &&
        sum.fields.reduce((changed, field) => changed + field.changed, 0) === people
      );
    }),
    fewer,
  );
});

test('D1, I37: what is held is what the limits name, and everything where too few people remain', () => {
  fc.assert(
    fc.property(limits, numbers, (given, rest) => {
      const why = brake({ limits: inShares(given), ...rest });
      const met = reference(given, rest);
      const [fields, absences] = [heldFields(why), heldAbsences(why)];
      if (met.has('remaining')) return fields === null && absences === 'everybody';
      const overLimit = names.filter((field) => met.has(`changed ${field}`) || met.has(`emptied ${field}`));
      return (
        fields?.length === overLimit.length &&
        overLimit.every((field) => fields.includes(field)) &&
        absences === (met.has('gone') ? 'linked' : 'nobody')
      );
    }),
    fewer,
  );
});
