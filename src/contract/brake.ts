// The limits of the brake, and why a run was held: what server and web agree on.
import { z } from 'zod';
import { targetFieldSchema } from './settings.ts';

const share = z.number().min(0).max(1);
const count = z.number().int().min(0).max(1_000_000);

/**
 * A limit is met when more people than the larger of `count` and `share` of the linked are concerned, in one run or within seven
 * days. `max` is an end by number alone.
 */
export const brakeLimitsSchema = z.object({
  /** Linked people who would newly be under *Ta bort Entra ID-användare*. */
  gone: z.object({ count, share, max: count }),
  /** People in scope after the run, as a share of those before. */
  remaining: z.object({ share }),
  /** Linked people in whom one field changes. */
  changed: z.object({ count, share }),
  /** Linked people in whom one field would become empty. */
  emptied: z.object({ count, share }),
});
export type BrakeLimits = z.infer<typeof brakeLimitsSchema>;

/** trust.md F40-F42. */
export const defaultBrakeLimits: BrakeLimits = {
  gone: { count: 5, share: 0.1, max: 500 },
  remaining: { share: 0.8 },
  changed: { count: 10, share: 0.2 },
  emptied: { count: 5, share: 0.05 },
};

/** One limit that was met: so many people in this run, so many within seven days with it, out of so many; allowed were `limit`. */
export const heldWhySchema = z.object({
  limit: z.enum(['gone', 'remaining', 'changed', 'emptied']),
  field: targetFieldSchema.nullable(),
  people: z.number().int(),
  peopleInWeek: z.number().int(),
  of: z.number().int(),
  allowed: z.number().int(),
});
export type HeldWhy = z.infer<typeof heldWhySchema>;
