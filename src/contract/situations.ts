// Where a directory user stands in relation to the app. Derived by the view directory_situation, never stored.
import { z } from 'zod';

/** linked · unlinked (one candidate) · disputed (several) · unmatched (none) · ignored · deleted (gone from Entra) · out_of_scope. */
export const situations = [
  'linked',
  'unlinked',
  'disputed',
  'unmatched',
  'ignored',
  'deleted',
  'out_of_scope',
] as const;

/** Why somebody who exists in Entra is outside the scope. */
export const outOfScopeReasons = ['left_groups', 'disabled', 'guest'] as const;

/** Why a linked person stands under *Ta bort Entra ID-användare*. `deleted` can come back within 30 days, `purged` cannot. */
export const goneReasons = ['deleted', 'purged', ...outOfScopeReasons] as const;
export const goneReasonSchema = z.enum(goneReasons);

/** The review lists (*Hantera användare*) and the situations that each shows. */
export const reviewLists = ['linked', 'suggested', 'available', 'ignored', 'gone', 'app_only'] as const;
export const reviewListSchema = z.enum(reviewLists);
export type ReviewList = z.infer<typeof reviewListSchema>;

/** Why an app user is proposed for a directory user, strongest first. */
export const matchReasons = ['earlier_link', 'same_email', 'same_upn', 'same_alias', 'same_employee_id'] as const;
/** Why somebody new may be a linked person who is gone. */
export const returningReasons = ['same_email', 'same_upn', 'same_alias', 'same_employee_id'] as const;
export const matchReasonSchema = z.enum(matchReasons);
export type MatchReason = z.infer<typeof matchReasonSchema>;
