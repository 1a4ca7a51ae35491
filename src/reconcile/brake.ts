// The brake (R8, F40-F42): whether a plan is unusual. Only numbers in, only words out: what is counted, and what is done with the
// answer, is the run's.
import { type BrakeLimits, type HeldWhy } from '../contract/brake.ts';
import type { TargetField } from '../contract/settings.ts';

/** People in whom one field changes, and in how many of them it becomes empty. */
export interface FieldCount {
  field: TargetField;
  changed: number;
  emptied: number;
}

/** What has been done, or would be, without a person's word. */
export interface Deeds {
  gone: number;
  fields: readonly FieldCount[];
}

export interface BrakeInput {
  limits: BrakeLimits;
  /** People who are linked: what the shares are of. */
  linked: number;
  /** In scope before this run, and after it if all were done. */
  peopleBefore: number;
  peopleAfter: number;
  /** What would be done now; what earlier runs held and nobody has decided counts again. */
  plan: Deeds;
  /** What was done without an approval within the last seven days. */
  week: Deeds;
}

/** The limits that are met, each with its numbers. None: the plan is applied. `remaining` holds everything, the others their part. */
export function brake(input: BrakeInput): HeldWhy[] {
  const { limits, linked, plan, week } = input;
  const why: HeldWhy[] = [];
  const lost = input.peopleBefore - input.peopleAfter;
  const mayBeLost = Math.max(
    limits.gone.count,
    Math.floor(input.peopleBefore * (1 - limits.remaining.share) + rounding),
  );
  if (lost > mayBeLost) {
    const numbers = { people: lost, peopleInWeek: lost, of: input.peopleBefore, allowed: mayBeLost };
    why.push({ limit: 'remaining', field: null, ...numbers });
  }
  const goneAllowed = Math.min(limits.gone.max, allowedOf(limits.gone, linked));
  const goneInWeek = plan.gone + week.gone;
  if (plan.gone > 0 && goneInWeek > goneAllowed) {
    why.push({
      limit: 'gone',
      field: null,
      people: plan.gone,
      peopleInWeek: goneInWeek,
      of: linked,
      allowed: goneAllowed,
    });
  }
  for (const { field, ...now } of plan.fields) {
    const before = week.fields.find((one) => one.field === field);
    for (const limit of ['changed', 'emptied'] as const) {
      const allowed = allowedOf(limits[limit], linked);
      const peopleInWeek = now[limit] + (before?.[limit] ?? 0);
      if (now[limit] > 0 && peopleInWeek > allowed) {
        why.push({ limit, field, people: now[limit], peopleInWeek, of: linked, allowed });
      }
    }
  }
  return why;
}

// 0.1 of 50 is 5, also in binary fractions.
const rounding = 1e-9;

function allowedOf({ count, share }: { count: number; share: number }, of: number): number {
  return Math.max(count, Math.floor(of * share + rounding));
}

/** The sum of what several runs did, each a count of its own: somebody who went twice counts twice. */
export function sumDeeds(all: readonly Deeds[]): Deeds {
  const fields = new Map<TargetField, FieldCount>();
  for (const { field, changed, emptied } of all.flatMap((deeds) => deeds.fields)) {
    const sum = fields.get(field) ?? { field, changed: 0, emptied: 0 };
    fields.set(field, { field, changed: sum.changed + changed, emptied: sum.emptied + emptied });
  }
  return { gone: all.reduce((sum, deeds) => sum + deeds.gone, 0), fields: [...fields.values()] };
}

/** Which fields' changes are held by these limits; null: all of them. */
export function heldFields(why: readonly HeldWhy[]): readonly TargetField[] | null {
  if (why.some(({ limit }) => limit === 'remaining')) return null;
  return [...new Set(why.flatMap(({ field }) => (field === null ? [] : [field])))];
}

/** Whether absences are held by these limits: of those who are linked, of everybody, or of nobody. */
export function heldAbsences(why: readonly HeldWhy[]): 'everybody' | 'linked' | 'nobody' {
  if (why.some(({ limit }) => limit === 'remaining')) return 'everybody';
  return why.some(({ limit }) => limit === 'gone') ? 'linked' : 'nobody';
}
